/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/opt.h"
#include "opt_sample.h"

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
	row.help = "Begins with a capital";
	checked(row, "help begins with a small letter");
	row.help = "IPv9 only";
	checked(row, NULL);
	row = sample_rows[3];
	row.also = "quiet";
	checked(row, "also: words");
	row.also = "--quiet";
	checked(row, "a name of our own");
	row = sample_rows[3];
	row.off = sizeof(struct sample);
	checked(row, "outside of the config struct");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_shows_everyday_rows),
		cmocka_unit_test(the_dump_has_a_line_for_each_row),
		cmocka_unit_test(the_table_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
