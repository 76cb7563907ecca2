/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Has this regular expression appeared in a stream? Extended syntax, C locale; '.' and the
 * anchors stay within a line. What was seen is looked at line by line, so a match does not span
 * lines; an unfinished line counts as it stands, '$' included. At most MATCH_LINE bytes of a line
 * are kept, its latest: what matches within half of that is found wherever it stands.
 */
#ifndef NETPY_BASE_MATCH_H
#define NETPY_BASE_MATCH_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { MATCH_LINE = 4096 };

struct match {
	regex_t regex;
	bool compiled;
	bool found;
	struct buf line; /* the unfinished line so far */
	bool cut;	 /* its beginning has been dropped: '^' is not there */
};

/* *match is zero or cleared. option names the row for messages. -1 with ERR_USAGE and why. */
int match_compile(struct match *match, const char *option, const char *ere, struct err *err);
/* More of the stream; returns match->found, which stays once it is true. */
bool match_feed(struct match *match, const void *data, size_t len);
/* Forget what was seen, keep the expression: for the next stream. */
void match_reset(struct match *match);
void match_clear(struct match *match);

#endif
