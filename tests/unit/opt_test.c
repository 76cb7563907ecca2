/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/distance.h"
#include "base/mem.h"
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

/* A parsed line: `words` are separated by blanks, "''" is an empty one. */
struct line {
	const struct opt_spec *spec;
	char *text;
	char *argv[20];
	int argc;
	union {
		struct sample cfg;
		struct {
			struct sample in, out;
		} ends;
	};
	struct opt_rest rest;
	struct err err;
	int result;
};

static void parse_as(struct line *line, const struct opt_spec *spec, const char *words)
{
	char *rest;

	memset(line, 0, sizeof(*line));
	line->spec = spec;
	line->text = x_strdup(words);
	line->argv[line->argc++] = line->text;
	for (char *word = strtok_r(line->text, " ", &rest); word;
		word = strtok_r(NULL, " ", &rest)) {
		assert_true(line->argc < 19);
		line->argv[line->argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	}
	/* What was there before is of no importance. */
	memset(&line->ends, 0xa5, sizeof(line->ends));
	line->result = opt_parse(spec, line->argc, line->argv, &line->cfg, &line->rest, &line->err);
}

static void parse(struct line *line, const char *words)
{
	parse_as(line, &sample_spec, words);
}

static void done(struct line *line)
{
	opt_free(line->spec, &line->cfg, &line->rest);
	err_clear(&line->err);
	free(line->text);
}

/* These words are refused with this message and hint (NULL: none). */
static void refused(const char *words, const char *msg, const char *hint)
{
	struct line line;

	parse(&line, words);
	assert_int_equal(line.result, -1);
	assert_int_equal(line.err.kind, ERR_USAGE);
	assert_string_equal(line.err.msg, msg);
	if (hint)
		assert_string_equal(line.err.hint, hint);
	else
		assert_null(line.err.hint);
	done(&line);
}

static void what_is_not_given_has_its_default(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "a");
	assert_int_equal(line.result, 0);
	assert_false(line.cfg.quiet);
	assert_int_equal(line.cfg.verbose, 0);
	assert_null(line.cfg.source);
	assert_int_equal(line.cfg.count, 3);
	assert_int_equal(line.cfg.size, -1);
	assert_true(line.cfg.limit == -1);
	assert_int_equal(line.cfg.eof, -1);
	assert_int_equal(line.cfg.names.count, 0);
	done(&line);
}

static void every_type_is_stored(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "-qvv --source=x --count 9 --size 4K -w500ms --eof close --name a a --name=b");
	assert_int_equal(line.result, 0);
	assert_true(line.cfg.quiet);
	assert_int_equal(line.cfg.verbose, 2);
	assert_string_equal(line.cfg.source, "x");
	assert_int_equal(line.cfg.count, 9);
	assert_int_equal(line.cfg.size, 4096);
	assert_true(line.cfg.limit == 0.5);
	assert_int_equal(line.cfg.eof, 2);
	assert_int_equal(line.cfg.names.count, 2);
	assert_string_equal(line.cfg.names.items[1], "b");
	done(&line);
}

static void options_and_operands_mix(void **state)
{
	struct line line;

	(void)state;
	for (int posix = 0; posix < 2; posix++) {
		if (posix)
			setenv("POSIXLY_CORRECT", "1", 1);
		parse(&line, "a -q - --count 5 c");
		assert_int_equal(line.result, 0);
		assert_true(line.cfg.quiet);
		assert_int_equal(line.cfg.count, 5);
		assert_int_equal(line.rest.count, 3);
		assert_string_equal(line.rest.operands[0], "a");
		assert_string_equal(line.rest.operands[1], "-");
		assert_string_equal(line.rest.operands[2], "c");
		assert_null(line.rest.operands[3]);
		done(&line);
	}
	unsetenv("POSIXLY_CORRECT");
}

static void the_last_one_wins(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "a --eof half --eof keep --in-only -i");
	assert_int_equal(line.result, 0);
	assert_int_equal(line.cfg.eof, 1);
	done(&line);
}

static void what_follows_the_separator_are_operands(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "a -- -q --");
	assert_int_equal(line.result, 0);
	assert_false(line.cfg.quiet);
	assert_int_equal(line.rest.count, 3);
	assert_string_equal(line.rest.operands[1], "-q");
	assert_string_equal(line.rest.operands[2], "--");
	assert_null(line.rest.program);
	done(&line);
}

static void what_follows_the_separator_is_a_program(void **state)
{
	struct opt_spec spec = sample_spec;
	struct line line;

	(void)state;
	spec.program = true;
	parse_as(&line, &spec, "a --source -- -q -- ls -v -- x");
	assert_int_equal(line.result, 0);
	assert_string_equal(line.cfg.source, "--");
	assert_true(line.cfg.quiet);
	assert_int_equal(line.cfg.verbose, 0);
	assert_int_equal(line.rest.count, 1);
	assert_string_equal(line.rest.program[0], "ls");
	assert_string_equal(line.rest.program[3], "x");
	assert_null(line.rest.program[4]);
	done(&line);
	parse_as(&line, &spec, "a --");
	assert_int_equal(line.result, -1);
	assert_string_equal(line.err.msg, "missing PROGRAM after '--'");
	done(&line);
}

static void help_is_asked_for(void **state)
{
	static const char *const lines[] = { "-h", "--help", "a -qh b c d e", "--count 4 --help" };
	struct line line;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		parse(&line, lines[i]);
		assert_int_equal(line.result, 1);
		done(&line);
	}
}

static void a_wrong_value_is_named_with_what_is_allowed(void **state)
{
	(void)state;
	refused("a --eof helf", "--eof: 'helf' is none of half, keep, close", NULL);
	refused("a --eof hal", "--eof: 'hal' is none of half, keep, close", NULL);
	refused("a --eof ''", "--eof: '' is none of half, keep, close", NULL);
	refused("a --eof half|keep", "--eof: 'half|keep' is none of half, keep, close", NULL);
	refused("a --count 10", "--count: '10' is not a whole number from 1 to 9", NULL);
	refused("a --count=", "--count: '' is not a whole number from 1 to 9", NULL);
	refused("a --count 0x5", "--count: '0x5' is not a whole number from 1 to 9", NULL);
	refused("a --size 4097", "--size: '4097' is not from 1 to 4096 bytes", NULL);
	refused("a --size big",
		"--size: 'big' is not a size such as 512, 64K, 1.5M or 2G (powers of 1024)", NULL);
	refused("a -w 5x",
		"-w: '5x' is not a time such as 500ms, 2s, 1.5m, 1h or 14d"
		" (a bare number is seconds)",
		NULL);
	refused("a --eof \x1b[2J", "--eof: '\\x1b[2J' is none of half, keep, close", NULL);
}

static void a_missing_value_is_named(void **state)
{
	(void)state;
	refused("a -w", "-w needs a value TIME", NULL);
	refused("a --connect-timeout", "--connect-timeout needs a value TIME", NULL);
	refused("a --eof", "--eof needs a value half|keep|close", NULL);
	refused("a --quiet=yes", "--quiet takes no value", NULL);
	refused("a --help=yes", "--help takes no value", NULL);
}

static void unknown_options_get_a_hint_where_one_is_meant(void **state)
{
	const char *timeout = "--connect-timeout TIME (no longer than that)";
	const char *eof = "--eof half|keep|close (what happens at the end)";

	(void)state;
	refused("a --timeout 3", "unknown option '--timeout'", timeout);
	refused("a --max-time=3", "unknown option '--max-time'", timeout);
	refused("a --conect-timeout 3", "unknown option '--conect-timeout'", timeout);
	refused("a --eofs 3", "unknown option '--eofs'", eof);
	refused("a --nonsense", "unknown option '--nonsense'", NULL);
	refused("a -x", "unknown option '-x'", NULL);
	refused("a -vx", "unknown option '-x' in '-vx'", NULL);
	refused("a -\xff", "unknown option '-\\xff'", NULL);
	refused("a --=", "unknown option '--'", NULL);
}

static void long_options_are_not_abbreviated(void **state)
{
	(void)state;
	refused("a --connect-t 3", "unknown option '--connect-t'",
		"--connect-timeout TIME (no longer than that)");
	refused("a --verbos", "unknown option '--verbos'", "--verbose (say more)");
	refused("a --hel", "unknown option '--hel'", NULL);
}

static void the_unknown_option_is_handed_out(void **state)
{
	struct line line;

	(void)state;
	parse(&line, "a --ssl=yes");
	assert_string_equal(line.rest.unknown, "--ssl");
	done(&line);
	parse(&line, "a -vz");
	assert_string_equal(line.rest.unknown, "-z");
	done(&line);
	parse(&line, "a --eof x");
	assert_null(line.rest.unknown);
	done(&line);
}

static void some_exclude_each_other(void **state)
{
	(void)state;
	refused("a -i --out-only", "-i and --out-only exclude each other", NULL);
	refused("a --out-only b --in-only", "--out-only and --in-only exclude each other", NULL);
}

static void operands_are_counted(void **state)
{
	struct err err = { 0 };

	(void)state;
	refused("", "missing ADDRESS PORT", "netpy try [OPTION]... ADDRESS PORT [DATA]");
	refused("-q", "missing ADDRESS PORT", "netpy try [OPTION]... ADDRESS PORT [DATA]");
	refused("a b c d", "too many operands: 'd'", NULL);
	assert_int_equal(opt_missing(&sample_spec, 1, &err), -1);
	assert_string_equal(err.msg, "missing PORT");
	err_clear(&err);
}

static void a_prefix_makes_two_of_a_group(void **state)
{
	static const struct opt_group groups[] = {
		{ .word = "in", .title = "In", .rows = sample_rows, .prefix = "in-" },
		{ .word = "out",
			.title = "Out",
			.rows = sample_rows,
			.off = sizeof(struct sample),
			.prefix = "out-" },
		{ 0 },
	};
	struct opt_spec spec = sample_spec;
	struct line line;

	(void)state;
	spec.groups = groups;
	spec.size = 2 * sizeof(struct sample);
	parse_as(&line, &spec, "a --in-count 4 --out-count 5 --in-in-only --out-out-only");
	assert_int_equal(line.result, 0);
	assert_int_equal(line.ends.in.count, 4);
	assert_int_equal(line.ends.out.count, 5);
	done(&line);
	parse_as(&line, &spec, "a -q");
	assert_int_equal(line.result, -1);
	done(&line);
	assert_null(opt_find(&spec, "--count"));
	assert_ptr_equal(opt_find(&spec, "--out-count"), &sample_rows[3]);
}

static void rows_are_found(void **state)
{
	(void)state;
	assert_ptr_equal(opt_find(&sample_spec, "--quiet"), &sample_rows[0]);
	assert_ptr_equal(opt_find(&sample_spec, "-v"), &sample_rows[1]);
	assert_null(opt_find(&sample_spec, "-vv"));
	assert_null(opt_find(&sample_spec, "--quie"));
	assert_null(opt_find(&sample_spec, "quiet"));
	assert_ptr_equal(opt_find_also(&sample_spec, "--timeout"), &sample_rows[5]);
	assert_null(opt_find_also(&sample_spec, "--time"));
}

/* What a function writes, as a string that the caller frees. */
static char *written(void (*fn)(const struct opt_spec *, FILE *), const struct opt_spec *spec)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fn(spec, out);
	fclose(out);
	return text;
}

static void write_group(const struct opt_spec *spec, FILE *out)
{
	assert_int_equal(opt_help_group(spec, "sample", out), 0);
	assert_int_equal(opt_help_group(spec, "all", out), 0);
	assert_int_equal(opt_help_group(spec, "other", out), -1);
}

static void help_shows_everyday_rows(void **state)
{
	char *text = written(opt_help, &sample_spec);

	(void)state;
	assert_non_null(strstr(text, "Usage: netpy try [OPTION]... ADDRESS PORT [DATA]\n"));
	assert_non_null(strstr(text, "\n  -q, --quiet                 say less\n"));
	assert_null(strstr(text, "--verbose"));
	assert_non_null(strstr(text, "\n  2 usage, "));
	free(text);
	text = written(write_group, &sample_spec);
	assert_non_null(strstr(text, "\n      --count N               so many (default 3)\n"));
	assert_non_null(strstr(text, "\n      --eof half|keep|close   what happens at the end\n"));
	free(text);
}

static void the_dump_has_a_line_for_each_row(void **state)
{
	char *text = written(opt_dump, &sample_spec);

	(void)state;
	assert_non_null(strstr(text, "q\tquiet\t-\tflag\t-\t-\tsample\tSample\n"));
	assert_non_null(strstr(text, "-\tcount\tN\tnumber\t-\t3\tsample\tSample\n"));
	assert_non_null(strstr(text, "-\teof\tHOW\tchoice\thalf|keep|close\t-\tsample\tSample\n"));
	free(text);
}

/* The self-test finds nothing in `row` but a fault that `complaint` names; NULL: none at all. */
static void checked(struct opt row, const char *complaint)
{
	struct opt rows[] = { sample_rows[0], row, { 0 } };
	struct opt_group groups[] = { { .word = "w", .title = "W", .rows = rows }, { 0 } };
	struct opt_spec spec = sample_spec;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int faults;

	spec.groups = groups;
	faults = opt_check(&spec, out);
	fclose(out);
	if (complaint) {
		assert_int_not_equal(faults, 0);
		assert_non_null(strstr(text, complaint));
	} else {
		assert_int_equal(faults, 0);
	}
	free(text);
}

static void the_table_is_checked(void **state)
{
	struct opt row = sample_rows[3];

	(void)state;
	checked(row, NULL);
	row.dflt = "10";
	checked(row, "is not a whole number");
	row = sample_rows[3];
	row.arg = NULL;
	checked(row, "arg stands exactly");
	row = sample_rows[3];
	row.choices = "a|b";
	checked(row, "choices stand exactly");
	row = sample_rows[3];
	row.max = 1;
	checked(row, "an INT has a range");
	row = sample_rows[3];
	row.ch = 'q';
	checked(row, "two options have its letter");
	row.ch = 'h';
	checked(row, "the letter must be");
	row = sample_rows[3];
	row.name = "quiet";
	checked(row, "two options have this name");
	row = sample_rows[3];
	row.help = "ends in a stop.";
	checked(row, "help has no full stop");
	row = sample_rows[3];
	row.also = "quiet";
	checked(row, "also: words");
	row.also = "--quiet";
	checked(row, "a name of our own");
	row = sample_rows[3];
	row.off = sizeof(struct sample);
	checked(row, "outside of the config struct");
}

static void distances_are_counted(void **state)
{
	(void)state;
	assert_int_equal(distance_words("", ""), 0);
	assert_int_equal(distance_words("", "abc"), 3);
	assert_int_equal(distance_words("listen", "listen"), 0);
	assert_int_equal(distance_words("lisen", "listen"), 1);
	assert_int_equal(distance_words("litsen", "listen"), 1);
	assert_int_equal(distance_words("kitten", "sitting"), 3);
	assert_true(distance_is_slip("conect", "connect"));
	assert_false(distance_is_slip("db", "dc"));
	assert_false(distance_is_slip("wait", "send"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(every_type_is_stored),
		cmocka_unit_test(options_and_operands_mix),
		cmocka_unit_test(the_last_one_wins),
		cmocka_unit_test(what_follows_the_separator_are_operands),
		cmocka_unit_test(what_follows_the_separator_is_a_program),
		cmocka_unit_test(help_is_asked_for),
		cmocka_unit_test(a_wrong_value_is_named_with_what_is_allowed),
		cmocka_unit_test(a_missing_value_is_named),
		cmocka_unit_test(unknown_options_get_a_hint_where_one_is_meant),
		cmocka_unit_test(long_options_are_not_abbreviated),
		cmocka_unit_test(the_unknown_option_is_handed_out),
		cmocka_unit_test(some_exclude_each_other),
		cmocka_unit_test(operands_are_counted),
		cmocka_unit_test(a_prefix_makes_two_of_a_group),
		cmocka_unit_test(rows_are_found),
		cmocka_unit_test(help_shows_everyday_rows),
		cmocka_unit_test(the_dump_has_a_line_for_each_row),
		cmocka_unit_test(the_table_is_checked),
		cmocka_unit_test(distances_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
