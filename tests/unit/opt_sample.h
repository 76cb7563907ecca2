/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A command with an option of each type, for the tests of the option tables.
 */
#ifndef NETPY_TESTS_OPT_SAMPLE_H
#define NETPY_TESTS_OPT_SAMPLE_H

#include "base/opt.h"

struct sample {
	bool quiet;
	int verbose;
	const char *source;
	long count;
	int64_t size;
	double limit;
	int eof;
	struct opt_list names;
	bool in_only, out_only;
};

#define AT(MEMBER, TYPE) OPT_AT(struct sample, MEMBER, TYPE)
enum { EXCL_WAY = 1 };

static const struct opt sample_rows[] = {
	{ .ch = 'q',
		.name = "quiet",
		.type = OPT_FLAG,
		.off = AT(quiet, bool),
		.everyday = true,
		.help = "say less" },
	{ .ch = 'v',
		.name = "verbose",
		.type = OPT_COUNT,
		.off = AT(verbose, int),
		.help = "say more" },
	{ .ch = 's',
		.name = "source",
		.arg = "ADDRESS",
		.type = OPT_STR,
		.off = AT(source, const char *),
		.help = "come from there" },
	{ .name = "count",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(count, long),
		.min = 1,
		.max = 9,
		.dflt = "3",
		.help = "so many" },
	{ .name = "size",
		.arg = "SIZE",
		.type = OPT_SIZE,
		.off = AT(size, int64_t),
		.min = 1,
		.max = 4096,
		.help = "so large" },
	{ .ch = 'w',
		.name = "connect-timeout",
		.also = "-q --timeout --max-time",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(limit, double),
		.help = "no longer than that" },
	{ .name = "eof",
		.arg = "HOW",
		.type = OPT_ENUM,
		.choices = "half|keep|close",
		.off = AT(eof, int),
		.help = "what happens at the end" },
	{ .name = "name",
		.arg = "NAME",
		.type = OPT_LIST,
		.off = AT(names, struct opt_list),
		.help = "one of the names" },
	{ .ch = 'i',
		.name = "in-only",
		.type = OPT_FLAG,
		.off = AT(in_only, bool),
		.excl = EXCL_WAY,
		.help = "only this way" },
	{ .name = "out-only",
		.type = OPT_FLAG,
		.off = AT(out_only, bool),
		.excl = EXCL_WAY,
		.help = "only that way" },
	{ 0 },
};

static const struct opt_group sample_groups[] = {
	{ .word = "sample", .title = "Sample", .rows = sample_rows },
	{ 0 },
};

static const struct opt_spec sample_spec = {
	.name = "try",
	.args = "ADDRESS PORT [DATA]",
	.about = "A command for this test",
	.groups = sample_groups,
	.size = sizeof(struct sample),
	.min = 1,
	.max = 3,
};

#endif
