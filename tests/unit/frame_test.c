/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "cmd/frame.h"

static void begin(struct frame *frame, const char *word, enum eol eol)
{
	struct err err = { 0 };

	*frame = (struct frame){ .max = 8, .source = "the input", .fault = ERR_LOCAL, .eol = eol };
	assert_int_equal(frame_init(frame, word, &err), 0);
}

/* The next datagram is this text; NULL: there is none. */
static void expect(struct frame *frame, const char *text)
{
	struct err err = { 0 };
	const void *data;
	size_t len;
	int got = frame_next(frame, &data, &len, &err);

	assert_int_equal(got, text ? 1 : 0);
	if (!text)
		return;
	assert_int_equal(len, strlen(text));
	assert_memory_equal(data, text, len);
}

static void expect_too_large(struct frame *frame)
{
	struct err err = { 0 };
	const void *data;
	size_t len;

	assert_int_equal(frame_next(frame, &data, &len, &err), -1);
	assert_int_equal(err.kind, ERR_LOCAL);
	assert_non_null(strstr(err.hint, "--datagram SIZE"));
	err_clear(&err);
}

static void feed(struct frame *frame, const char *text)
{
	frame_feed(frame, text, strlen(text));
}

static void lines_with_their_ends(void **state)
{
	struct frame frame;

	(void)state;
	begin(&frame, "line", EOL_LF);
	feed(&frame, "one\n\ntw");
	expect(&frame, "one\n");
	expect(&frame, "\n");
	expect(&frame, NULL);
	feed(&frame, "o\nrest");
	expect(&frame, "two\n");
	expect(&frame, NULL);
	frame_end(&frame);
	expect(&frame, "rest");
	expect(&frame, NULL);
	frame_clear(&frame);
}

static void line_ends_are_changed_once(void **state)
{
	struct frame frame;

	(void)state;
	begin(&frame, "line", EOL_CRLF);
	feed(&frame, "a\nb\r");
	expect(&frame, "a\r\n");
	expect(&frame, NULL);
	feed(&frame, "\n\n");
	expect(&frame, "b\r\n");
	expect(&frame, "\r\n");
	frame_clear(&frame);

	begin(&frame, "line", EOL_NONE);
	feed(&frame, "a\nb\n");
	expect(&frame, "a");
	expect(&frame, "b");
	frame_clear(&frame);

	begin(&frame, "3", EOL_CRLF);
	feed(&frame, "a\nb\n");
	expect(&frame, "a\r\n");
	expect(&frame, "b\r\n");
	frame_clear(&frame);
}

static void a_line_may_be_as_long_as_a_datagram(void **state)
{
	struct frame frame;

	(void)state;
	begin(&frame, "line", EOL_LF);
	feed(&frame, "1234567\n");
	expect(&frame, "1234567\n");
	feed(&frame, "12345678");
	expect(&frame, NULL);
	feed(&frame, "9");
	expect_too_large(&frame);
	frame_clear(&frame);

	begin(&frame, "line", EOL_CRLF);
	feed(&frame, "1234567\n");
	expect_too_large(&frame);
	frame_clear(&frame);
}

static void whole_waits_for_the_end(void **state)
{
	struct frame frame;

	(void)state;
	begin(&frame, "whole", EOL_LF);
	feed(&frame, "a\n");
	expect(&frame, NULL);
	feed(&frame, "b");
	frame_end(&frame);
	expect(&frame, "a\nb");
	expect(&frame, NULL);
	frame_restart(&frame);
	frame_end(&frame);
	expect(&frame, "");
	expect(&frame, NULL);
	frame_restart(&frame);
	feed(&frame, "123456789");
	expect_too_large(&frame);
	frame_clear(&frame);
}

static void pieces_of_one_size(void **state)
{
	struct frame frame;

	(void)state;
	begin(&frame, "3", EOL_LF);
	feed(&frame, "ab");
	expect(&frame, NULL);
	feed(&frame, "cdefg");
	expect(&frame, "abc");
	expect(&frame, "def");
	expect(&frame, NULL);
	frame_end(&frame);
	expect(&frame, "g");
	expect(&frame, NULL);
	frame_restart(&frame);
	frame_end(&frame);
	expect(&frame, NULL);
	frame_clear(&frame);
}

static void other_words_are_refused(void **state)
{
	static const char *const words[] = { "", "lines", "0", "9", "-1", "1x" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct frame frame = { .max = 8 };
		struct err err = { 0 };

		assert_int_equal(frame_init(&frame, words[i], &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		err_clear(&err);
		frame_clear(&frame);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_with_their_ends),
		cmocka_unit_test(line_ends_are_changed_once),
		cmocka_unit_test(a_line_may_be_as_long_as_a_datagram),
		cmocka_unit_test(whole_waits_for_the_end),
		cmocka_unit_test(pieces_of_one_size),
		cmocka_unit_test(other_words_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
