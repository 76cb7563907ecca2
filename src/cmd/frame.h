/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What makes a datagram of a stream of bytes: --datagram line|whole|SIZE.
 *
 *   line    each line with its line end; the last may have none
 *   whole   everything until the end, be it nothing
 *   SIZE    pieces of so many bytes; the last may be smaller
 */
#ifndef NETPY_CMD_FRAME_H
#define NETPY_CMD_FRAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "io/filter.h"

enum frame_kind { FRAME_LINE, FRAME_WHOLE, FRAME_SIZE };

struct frame {
	enum frame_kind kind;
	size_t size;	     /* of FRAME_SIZE */
	size_t max;	     /* no datagram may be larger */
	const char *source;  /* "stdin" or "DATA", for messages */
	enum err_kind fault; /* the kind of error that too large a datagram is */
	enum eol eol;	     /* bare LFs become this; EOL_LF changes nothing */
	struct filter *filter;
	struct buf in;
	size_t at;	/* what is in front of it has been handed out */
	size_t scanned; /* there is no LF between at and here */
	struct buf line;
	bool ended, whole_done;
};

/* Zero-initialise the struct, set max, source, fault and eol; this sets the rest. -1: ERR_USAGE. */
int frame_init(struct frame *frame, const char *word, struct err *err);
/* Begin again with other bytes. */
void frame_restart(struct frame *frame);
void frame_feed(struct frame *frame, const void *data, size_t len);
/* There are no more bytes. */
void frame_end(struct frame *frame);
/* 1: the next datagram, valid until the next call of any frame_ function; 0: none yet, or no more
 * at all when frame->ended; -1: too large a one, with err. */
int frame_next(struct frame *frame, const void **data, size_t *len, struct err *err);
void frame_clear(struct frame *frame);

#endif
