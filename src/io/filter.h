/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A filter changes the bytes of one direction on their way. It may hold some back, within a bound
 * of its own, until more come or the stream ends.
 */
#ifndef NETPY_IO_FILTER_H
#define NETPY_IO_FILTER_H

#include <stddef.h>

#include "base/buf.h"

struct filter;

struct filter_ops {
	/* Append what becomes of data to out. */
	void (*feed)(struct filter *filter, const void *data, size_t len, struct buf *out);
	/* The stream ends: append what was held back. NULL: nothing is ever held. */
	void (*flush)(struct filter *filter, struct buf *out);
	void (*free)(struct filter *filter);
};

struct filter {
	const struct filter_ops *ops;
	struct filter *next; /* the bytes go on to this one */
};

/* Run bytes through a list. filters_flush ends every filter in order, each one's rest passing
 * through those behind it. Both append to out. */
void filters_feed(struct filter *list, const void *data, size_t len, struct buf *out);
void filters_flush(struct filter *list, struct buf *out);
void filters_free(struct filter *list);
/* Put a filter (NULL is none) at the end of the list. */
void filters_add(struct filter **list, struct filter *filter);

/* The line ends that --eol names, in the order of its choices. */
enum eol { EOL_LF, EOL_CRLF, EOL_CR, EOL_NONE };
#define EOL_CHOICES "lf|crlf|cr|none"
const char *eol_text(enum eol eol);

/* Turn every bare LF into eol; a CR before it is remembered across calls, and such a pair passes
 * unchanged. NULL for EOL_LF, which changes nothing. */
struct filter *filter_new_eol(enum eol eol);

/* Foreign bytes for a terminal: base/escape as a filter. What is held (a cut character) is shown
 * with the next bytes or at the end. */
struct filter *filter_new_escape(void);

#endif
