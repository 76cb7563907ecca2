/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/distance.h"
#include "base/mem.h"
#include "base/opt.h"
#include "opt_sample.h"

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
		cmocka_unit_test(distances_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
