/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <limits.h>

#include "base/mem.h"
#include "base/num.h"

static void whole_numbers_keep_to_their_range(void **state)
{
	long out = 77;

	(void)state;
	assert_int_equal(num_parse_int("0", 0, 10, &out), 0);
	assert_int_equal(out, 0);
	assert_int_equal(num_parse_int("10", 0, 10, &out), 0);
	assert_int_equal(out, 10);
	assert_int_equal(num_parse_int("11", 0, 10, &out), -1);
	assert_int_equal(num_parse_int("4", 5, 10, &out), -1);
	assert_int_equal(out, 10);
	assert_int_equal(num_parse_int("-3", -5, 5, &out), 0);
	assert_int_equal(out, -3);
	assert_int_equal(num_parse_int("-6", -5, 5, &out), -1);
	assert_int_equal(num_parse_int("-0", 0, 5, &out), -1);
	assert_int_equal(num_parse_int("9223372036854775807", 0, LONG_MAX, &out), 0);
	assert_int_equal(out, LONG_MAX);
}

static void what_is_not_a_whole_number_is_refused(void **state)
{
	static const char *const words[] = { "", "-", "--1", "+1", " 1", "1 ", "1x", "x1", "0x10",
		"1.0", "1e3", "9223372036854775808", "18446744073709551616",
		"99999999999999999999999999" };
	long out = 77;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (!num_parse_int(words[i], LONG_MIN, LONG_MAX, &out))
			fail_msg("\"%s\" was taken", words[i]);
		assert_int_equal(out, 77);
	}
}

static void times_have_units(void **state)
{
	static const struct {
		const char *word;
		double seconds;
	} times[] = {
		{ "0", 0 },
		{ "2", 2 },
		{ "0.25", 0.25 },
		{ ".5", 0.5 },
		{ "500ms", 0.5 },
		{ "0.1ms", 0.0001 },
		{ "2s", 2 },
		{ "1.5m", 90 },
		{ "1h", 3600 },
		{ "14d", 14 * 86400.0 },
		{ "10000d", 864000000 },
		{ "1.50000000000000000000000000000000", 1.5 },
	};
	double out;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(times) - 1; i++) {
		out = -1;
		if (num_parse_time(times[i].word, &out))
			fail_msg("\"%s\" was refused", times[i].word);
		if (out < times[i].seconds || out > times[i].seconds)
			fail_msg("\"%s\" became %.17g", times[i].word, out);
	}
	/* More digits than a number holds are refused, and not rounded. */
	assert_int_equal(num_parse_time(times[i].word, &out), -1);
}

static void what_is_not_a_time_is_refused(void **state)
{
	static const char *const words[] = { "", ".", "5.", "ms", "-1", "+1", " 1", "1 s", "1 ",
		"1e3", "1x", "1S", "1sm", "1..5", "1.5.2", "0x1", "inf", "nan", "1,5", "10001d",
		"99999999999999999999" };
	double out = 77;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (!num_parse_time(words[i], &out))
			fail_msg("\"%s\" was taken", words[i]);
		assert_true(out > 76 && out < 78);
	}
}

static void sizes_are_powers_of_1024(void **state)
{
	static const struct {
		const char *word;
		int64_t bytes;
	} sizes[] = {
		{ "0", 0 },
		{ "512", 512 },
		{ "512.0", 512 },
		{ "64K", 65536 },
		{ "64k", 65536 },
		{ "1.5M", 1572864 },
		{ "0.5m", 524288 },
		{ "2G", INT64_C(2) << 30 },
		{ "2T", INT64_C(2) << 40 },
		{ "0.0009765625K", 1 },
		{ "1.25K", 1280 },
		{ "1.75g", INT64_C(1879048192) },
		{ "9223372036854775807", INT64_MAX },
		{ "8388607T", INT64_C(8388607) << 40 },
	};
	int64_t out;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(sizes); i++) {
		out = -1;
		if (num_parse_size(sizes[i].word, &out))
			fail_msg("\"%s\" was refused", sizes[i].word);
		if (out != sizes[i].bytes)
			fail_msg("\"%s\" became %lld", sizes[i].word, (long long)out);
	}
}

static void what_is_not_a_size_is_refused(void **state)
{
	static const char *const words[] = { "", "K", "-1", "1KB", "1KiB", "1 K", "1P", "0.5",
		"1.0001K", "0.3K", "1.5.5K", "9223372036854775808", "8388608T", "16777216T",
		"18446744073709551615K" };
	int64_t out = 77;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (!num_parse_size(words[i], &out))
			fail_msg("\"%s\" was taken", words[i]);
		assert_int_equal(out, 77);
	}
}

static void times_are_shown_with_three_digits(void **state)
{
	static const struct {
		double seconds;
		const char *text;
	} times[] = {
		{ 0, "0 ms" },
		{ -1, "0 ms" },
		{ 1e-9, "0 ms" },
		{ 0.0001, "0.1 ms" },
		{ 0.012, "12 ms" },
		{ 0.14, "140 ms" },
		{ 0.0123456, "12.3 ms" },
		{ 0.9994, "999 ms" },
		{ 0.99951, "1 s" },
		{ 4.1, "4.1 s" },
		{ 28, "28 s" },
		{ 119.4, "119 s" },
		{ 150, "2.5 min" },
		{ 3600 * 3.5, "3.5 h" },
		{ 86400 * 9.0, "9 d" },
		{ 86400 * 1234.0, "1234 d" },
	};
	char buf[NUM_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(times); i++)
		assert_string_equal(num_format_time(times[i].seconds, buf), times[i].text);
}

static void sizes_are_shown_with_three_digits(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} sizes[] = {
		{ 0, "0 B" },
		{ 107, "107 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 1572864, "1.5 MiB" },
		{ 1048575, "1 MiB" },
		{ 1023 * 1024, "1023 KiB" },
		{ UINT64_MAX, "16 EiB" },
	};
	char buf[NUM_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(sizes); i++)
		assert_string_equal(num_format_size(sizes[i].bytes, buf), sizes[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_numbers_keep_to_their_range),
		cmocka_unit_test(what_is_not_a_whole_number_is_refused),
		cmocka_unit_test(times_have_units),
		cmocka_unit_test(what_is_not_a_time_is_refused),
		cmocka_unit_test(sizes_are_powers_of_1024),
		cmocka_unit_test(what_is_not_a_size_is_refused),
		cmocka_unit_test(times_are_shown_with_three_digits),
		cmocka_unit_test(sizes_are_shown_with_three_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
