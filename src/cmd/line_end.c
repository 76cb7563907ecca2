/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/line_end.h"

#include <stddef.h>

enum { EXCL_EOL = 1u << 9 };

const struct opt line_end_opts[] = {
	{ .name = "eol",
		.also = "--newline",
		.arg = "EOL",
		.type = OPT_ENUM,
		.off = OPT_AT(struct line_end_cfg, eol, int),
		.choices = EOL_CHOICES,
		.excl = EXCL_EOL,
		.help = "turn each bare LF that is sent into EOL" },
	{ .ch = 'C',
		.name = "crlf",
		.also = "-c",
		.type = OPT_FLAG,
		.off = OPT_AT(struct line_end_cfg, crlf, bool),
		.excl = EXCL_EOL,
		.everyday = true,
		.help = "the same as --eol crlf" },
	{ 0 },
};

enum eol line_end_eol(const struct line_end_cfg *cfg)
{
	if (cfg->crlf)
		return EOL_CRLF;
	return cfg->eol >= 0 ? (enum eol)cfg->eol : EOL_LF;
}

const char *line_end_asked(const struct line_end_cfg *cfg)
{
	return cfg->crlf || cfg->eol >= 0 ? eol_text(line_end_eol(cfg)) : NULL;
}
