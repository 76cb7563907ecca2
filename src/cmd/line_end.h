/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which line end is sent: --eol and -C, the same for streams and datagrams.
 */
#ifndef NETPY_CMD_LINE_END_H
#define NETPY_CMD_LINE_END_H

#include <stdbool.h>

#include "base/opt.h"
#include "io/filter.h"

/* Filled by line_end_opts. */
struct line_end_cfg {
	int eol; /* enum eol, or -1 */
	bool crlf;
};
extern const struct opt line_end_opts[];

/* EOL_LF, which changes nothing, where nothing was asked for. */
enum eol line_end_eol(const struct line_end_cfg *cfg);
/* The text of the line end that was asked for, or NULL. */
const char *line_end_asked(const struct line_end_cfg *cfg);

#endif
