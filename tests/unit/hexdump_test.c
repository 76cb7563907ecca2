/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "ui/hexdump.h"

static void assert_rows(uint64_t offset, const void *data, size_t len, const char *rows)
{
	struct buf out = { .data = NULL };

	hexdump_format(&out, offset, data, len);
	assert_string_equal(buf_text(&out), rows);
	buf_clear(&out);
}

static void a_row_has_offset_bytes_and_text(void **state)
{
	(void)state;
	assert_rows(0, "", 0, "");
	assert_rows(0, "GET / HTTP/1.0\r\n", 16,
		"00000000: 47 45 54 20 2f 20 48 54-54 50 2f 31 2e 30 0d 0a  "
		"|GET / HTTP/1.0..|\n");
	assert_rows(0x1fffffff0, "\x00\x1f ~\x7f\x80\xff", 7,
		"1fffffff0: 00 1f 20 7e 7f 80 ff                             |.. ~...|\n");
	assert_rows(5, "0123456789abcdefg", 17,
		"00000005: 30 31 32 33 34 35 36 37-38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
		"00000015: 67                                               |g|\n");
}

static void repeated_rows_are_folded_but_for_the_last(void **state)
{
	char zeros[16 * 5] = { 0 };

	(void)state;
	assert_rows(0, zeros, 16 * 4,
		"00000000: 00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  |................|\n"
		"*\n"
		"00000030: 00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  |................|\n");
	assert_rows(0, zeros, 16 * 2,
		"00000000: 00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  |................|\n"
		"00000010: 00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  |................|\n");
	zeros[16 * 3] = 'x';
	assert_rows(0, zeros, 16 * 4 + 1,
		"00000000: 00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  |................|\n"
		"*\n"
		"00000030: 78 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00  |x...............|\n"
		"00000040: 00                                               |.|\n");
}

/* The heads with their times made 0, without the rows. */
static char *heads(const char *text)
{
	char *result = calloc(1, strlen(text) + 1), *to = result;
	const char *line, *end;

	assert_non_null(result);
	for (line = text; *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		if (*line != '<' && *line != '>')
			continue;
		assert_int_equal(line[1], ' ');
		to += sprintf(to, "%c %.*s", *line, (int)(end - strchr(line + 2, ' ')),
			strchr(line + 2, ' ') + 1);
	}
	return result;
}

static void each_chunk_says_where_from_and_how_much(void **state)
{
	struct tap *tap = hexdump_tap_new();
	struct capture capture;
	char *text, *found;

	(void)state;
	capture_start(&capture);
	tap->bytes(tap, TAP_SENT, 1, "127.0.0.1:80", "a", 1, false);
	tap->bytes(tap, TAP_RECEIVED, 1, "127.0.0.1:80", "bc", 2, false);
	tap->bytes(tap, TAP_RECEIVED, 2, "[::1]:9", "bc", 2, true);
	tap->bytes(tap, TAP_SENT, 1, NULL, "", 0, true);
	tap->bytes(tap, TAP_SENT, 2, "unix:/\033[2J", "", 0, true);
	text = capture_end(&capture);
	hexdump_tap_free(tap);
	found = heads(text);
	assert_string_equal(found, "> 1 byte to 127.0.0.1:80\n"
				   "< 2 bytes from 127.0.0.1:80\n"
				   "< datagram of 2 bytes from [::1]:9 (#2)\n"
				   "> datagram of 0 bytes (#1)\n"
				   "> datagram of 0 bytes to unix:/\\x1b[2J (#2)\n");
	free(found);
	free(text);
}

/* The offsets of the rows, one behind the other. */
static char *offsets(const char *text)
{
	char *result = calloc(1, strlen(text) + 1), *to = result;
	const char *line;

	assert_non_null(result);
	for (line = text; *line; line = strchr(line, '\n') + 1)
		if (*line == '0')
			to += sprintf(to, "%.8s ", line);
	return result;
}

static void offsets_count_per_direction_and_connection(void **state)
{
	struct tap *tap = hexdump_tap_new();
	struct capture capture;
	char *text, *found;

	(void)state;
	capture_start(&capture);
	tap->bytes(tap, TAP_SENT, 1, "p", "abc", 3, false);
	tap->bytes(tap, TAP_SENT, 1, "p", "d", 1, false);
	tap->bytes(tap, TAP_RECEIVED, 1, "p", "ab", 2, false);
	tap->bytes(tap, TAP_SENT, 2, "q", "a", 1, false);
	tap->bytes(tap, TAP_SENT, 1, "p", "e", 1, false);
	tap->bytes(tap, TAP_RECEIVED, 1, "p", "c", 1, false);
	tap->bytes(tap, TAP_RECEIVED, 3, "u", "abc", 3, true);
	tap->bytes(tap, TAP_RECEIVED, 3, "u", "def", 3, true);
	text = capture_end(&capture);
	hexdump_tap_free(tap);
	found = offsets(text);
	assert_string_equal(
		found, "00000000 00000003 00000000 00000000 00000004 00000002 00000000 00000000 ");
	free(found);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_offset_bytes_and_text),
		cmocka_unit_test(repeated_rows_are_folded_but_for_the_last),
		cmocka_unit_test(each_chunk_says_where_from_and_how_much),
		cmocka_unit_test(offsets_count_per_direction_and_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
