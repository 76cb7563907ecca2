/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "io/filter.h"

/* Feed text in pieces of `step` bytes, end, and return the result as a string to free. */
static char *run(struct filter *list, const char *text, size_t step)
{
	struct buf out = { 0 };
	size_t len = strlen(text);
	char *copy;

	for (size_t at = 0; at < len; at += step)
		filters_feed(list, text + at, len - at < step ? len - at : step, &out);
	filters_flush(list, &out);
	copy = strdup(buf_text(&out));
	buf_clear(&out);
	filters_free(list);
	return copy;
}

static void assert_eol(enum eol eol, const char *text, const char *expected)
{
	for (size_t step = 1; step <= strlen(text); step++) {
		char *result = run(filter_new_eol(eol), text, step);

		assert_string_equal(result, expected);
		free(result);
	}
}

static void bare_line_feeds_become_the_line_end(void **state)
{
	(void)state;
	assert_eol(EOL_CRLF, "one\ntwo\n\n", "one\r\ntwo\r\n\r\n");
	assert_eol(EOL_CR, "one\ntwo\n", "one\rtwo\r");
	assert_eol(EOL_NONE, "one\ntwo\n", "onetwo");
}

static void a_pair_passes_also_when_it_is_cut(void **state)
{
	(void)state;
	assert_eol(EOL_CRLF, "one\r\ntwo\r\n", "one\r\ntwo\r\n");
	assert_eol(EOL_CRLF, "\r\r\n\n\r", "\r\r\n\r\n\r");
	assert_eol(EOL_CR, "a\r\nb\n", "a\r\nb\r");
}

static void lf_needs_no_filter(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_null(filter_new_eol(EOL_LF));
	filters_feed(NULL, "as it is\n", 9, &out);
	assert_string_equal(buf_text(&out), "as it is\n");
	buf_clear(&out);
}

static void filters_follow_each_other(void **state)
{
	struct filter *list = NULL;
	char *result;

	(void)state;
	filters_add(&list, filter_new_escape());
	filters_add(&list, NULL);
	filters_add(&list, filter_new_eol(EOL_CRLF));
	result = run(list, "a\033b\nc\xc3", 2);
	assert_string_equal(result, "a\\x1bb\r\nc\\xc3");
	free(result);
}

static void what_the_first_holds_passes_through_the_second_at_the_end(void **state)
{
	struct filter *list = NULL;
	char *result;

	(void)state;
	filters_add(&list, filter_new_escape());
	filters_add(&list, filter_new_escape());
	result = run(list, "x\r", 1);
	assert_string_equal(result, "x\\r");
	free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bare_line_feeds_become_the_line_end),
		cmocka_unit_test(a_pair_passes_also_when_it_is_cut),
		cmocka_unit_test(lf_needs_no_filter),
		cmocka_unit_test(filters_follow_each_other),
		cmocka_unit_test(what_the_first_holds_passes_through_the_second_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
