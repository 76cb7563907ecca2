/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DATA on the command line: words joined by one blank and sent exactly.
 *
 * A word "@FILE" stands for the content of that file ("@-" for stdin), "@@x" for the text "@x".
 * -e decodes escapes and --hex takes bytes in hexadecimal; both leave the content of a file alone.
 */
#ifndef NETPY_CMD_DATA_H
#define NETPY_CMD_DATA_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/event.h"
#include "base/opt.h"

/* Filled by data_opts: -e --hex */
struct data_cfg {
	bool escapes;
	bool hex;
};
extern const struct opt data_opts[];

/*
 * Append the bytes that count words make to out.
 *
 * line_end is what --eol or -C ask for ("\n", "\r\n", "\r"), or NULL: then nothing is added or
 * changed. With one, each LF that has no CR before it becomes line_end, and one is put at the end
 * unless the last word is a file or ends with \c. With --hex it is a usage error.
 *
 * What was probably not meant (a "\r" without -e, a word that is the name of a file) is told to
 * the sink as an EVENT_WARN. Returns 0, or -1 with ERR_USAGE, or ERR_LOCAL for a file.
 */
int data_build(const struct data_cfg *cfg, char *const *words, int count, const char *line_end,
	struct event_sink *sink, struct buf *out, struct err *err);

/* One value "TEXT", "@FILE" or "@@TEXT", as --reply takes it. Returns 0, or -1 with ERR_LOCAL. */
int data_value(const char *word, struct buf *out, struct err *err);

#endif
