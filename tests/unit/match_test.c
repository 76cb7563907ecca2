/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/match.h"

static bool found(const char *ere, const char *text, size_t len, size_t step)
{
	struct match match = { .compiled = false };
	struct err err = { 0 };
	bool result;

	assert_int_equal(match_compile(&match, "expect", ere, &err), 0);
	for (size_t at = 0; at < len; at += step)
		match_feed(&match, text + at, len - at < step ? len - at : step);
	result = match.found;
	match_clear(&match);
	return result;
}

static bool in_text(const char *ere, const char *text, size_t step)
{
	return found(ere, text, strlen(text), step);
}

static void a_line_is_found_however_it_comes(void **state)
{
	(void)state;
	for (size_t step = 1; step < 20; step++) {
		assert_true(in_text("^250 ok$", "220 hi\r\n250 ok\r\nbye\r\n", step));
		assert_true(in_text("^220", "220 hi\n", step));
		assert_false(in_text("^hi", "220 hi\n", step));
		assert_false(in_text("^25[0-9] no", "220 hi\r\n250 ok\r\n", step));
	}
}

static void a_match_stays_within_a_line(void **state)
{
	(void)state;
	assert_false(in_text("one.*two", "one\ntwo\n", 100));
	assert_false(in_text("one[^x]two", "one\ntwo\n", 100));
}

static void an_unfinished_line_counts(void **state)
{
	(void)state;
	assert_true(in_text("login: $", "welcome\r\nlogin: ", 3));
}

static void bytes_behind_a_nul_are_seen(void **state)
{
	(void)state;
	assert_true(found("end$", "a\0b\0end\n", 8, 8));
}

static void a_long_line_is_searched_from_end_to_end(void **state)
{
	size_t len = 10 * MATCH_LINE;
	size_t steps[] = { 999, MATCH_LINE / 2, MATCH_LINE, len };
	char *line = malloc(len + 1);

	(void)state;
	assert_non_null(line);
	memset(line, 'x', len);
	memcpy(line, "START", 5);
	memcpy(line + 3 * MATCH_LINE - 3, "MIDDLE", 6);
	memcpy(line + len - 3, "END", 3);
	line[len] = '\0';
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_true(in_text("START", line, steps[i]));
		assert_true(in_text("^START", line, steps[i]));
		assert_true(in_text("MIDDLE", line, steps[i]));
		assert_true(in_text("END$", line, steps[i]));
		assert_false(in_text("^x", line, steps[i]));
	}
	assert_false(in_text("x$", line, len));
	free(line);
}

static void a_reset_forgets_the_text_only(void **state)
{
	struct match match = { .compiled = false };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(match_compile(&match, "until", "ab", &err), 0);
	assert_true(match_feed(&match, "ab", 2));
	assert_true(match_feed(&match, "\n", 1));
	match_reset(&match);
	assert_false(match_feed(&match, "a", 1));
	assert_true(match_feed(&match, "b", 1));
	match_clear(&match);
}

static void a_broken_expression_says_why(void **state)
{
	struct match match = { .compiled = false };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(match_compile(&match, "until", "a[", &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.msg, "--until: 'a['"));
	err_clear(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found_however_it_comes),
		cmocka_unit_test(a_match_stays_within_a_line),
		cmocka_unit_test(an_unfinished_line_counts),
		cmocka_unit_test(bytes_behind_a_nul_are_seen),
		cmocka_unit_test(a_long_line_is_searched_from_end_to_end),
		cmocka_unit_test(a_reset_forgets_the_text_only),
		cmocka_unit_test(a_broken_expression_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
