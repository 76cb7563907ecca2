/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"

/* A text whose bytes may include NUL, and how many they are. */
#define BYTES(TEXT) (TEXT), sizeof(TEXT) - 1

struct example {
	const char *bytes;
	size_t len;
	const char *shown;
};

static const struct example streams[] = {
	{ BYTES("plain text\twith\nlines\n"), "plain text\twith\nlines\n" },
	{ BYTES("back\\slash"), "back\\slash" },
	{ BYTES("nul\0del\x7f"), "nul\\x00del\\x7f" },
	{ BYTES("\033[2J\a\b"), "\\x1b[2J\\x07\\x08" },
	{ BYTES("one\r\ntwo"), "one\r\ntwo" },
	{ BYTES("one\rtwo"), "one\\rtwo" },
	{ BYTES("\r\r\n\r"), "\\r\r\n\\r" },
	{ BYTES("\r\xc3\xa9"), "\\r\u00e9" },
	{ BYTES("\u00e9 \u20ac \U0001f600"), "\u00e9 \u20ac \U0001f600" },
	/* C1 as a byte and as a character */
	{ BYTES("\x9b"
		"31m"),
		"\\x9b31m" },
	{ BYTES("\xc2\x9b"
		"31m"),
		"\\xc2\\x9b31m" },
	{ BYTES("\xc2\xa0"), "\xc2\xa0" },
	/* overlong forms */
	{ BYTES("\xc0\xaf \xc1\xbf"), "\\xc0\\xaf \\xc1\\xbf" },
	{ BYTES("\xe0\x80\xaf"), "\\xe0\\x80\\xaf" },
	{ BYTES("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf" },
	{ BYTES("\xf0\x80\x80\xaf"), "\\xf0\\x80\\x80\\xaf" },
	{ BYTES("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf" },
	/* surrogates, and the characters around them */
	{ BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
	{ BYTES("\xed\x9f\xbf\xee\x80\x80"), "\xed\x9f\xbf\xee\x80\x80" },
	/* the last character and what would be behind it */
	{ BYTES("\xf4\x8f\xbf\xbd"), "\xf4\x8f\xbf\xbd" },
	{ BYTES("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80" },
	{ BYTES("\xf5\x80\xfe\xff"), "\\xf5\\x80\\xfe\\xff" },
	/* cut off by another character, by a control, by the end */
	{ BYTES("\xe2\x82"
		"a"),
		"\\xe2\\x82a" },
	{ BYTES("\xe2\x82\xe2\x82\xac"), "\\xe2\\x82\u20ac" },
	{ BYTES("\xe2\x82\033"), "\\xe2\\x82\\x1b" },
	{ BYTES("\xf0\x9f\x98"), "\\xf0\\x9f\\x98" },
	{ BYTES("\xe2\r\n"), "\\xe2\r\n" },
	/* not seen, or changing how others are seen */
	{ BYTES("a\u200bb\u200d\ufeff"), "a\\u{200b}b\\u{200d}\\u{feff}" },
	{ BYTES("\u202e\u2066\u2069\u200e\u200f\u061c"),
		"\\u{202e}\\u{2066}\\u{2069}\\u{200e}\\u{200f}\\u{61c}" },
	{ BYTES("\u2028\u2029\u2060\u2064"), "\\u{2028}\\u{2029}\\u{2060}\\u{2064}" },
	{ BYTES("\U000e0041\U000e007f"), "\\u{e0041}\\u{e007f}" },
	{ BYTES("\u2010\u202f\u2070"), "\u2010\u202f\u2070" },
};

/* Feed the bytes in pieces of `step`. */
static void assert_shown(const struct example *example, size_t step)
{
	struct escape esc = { .held_len = 0 };
	struct buf out = { .data = NULL };
	size_t at, len;

	for (at = 0; at < example->len; at += len) {
		len = example->len - at < step ? example->len - at : step;
		escape_feed(&esc, example->bytes + at, len, &out);
	}
	escape_flush(&esc, &out);
	assert_int_equal(esc.held_len, 0);
	assert_string_equal(buf_text(&out), example->shown);
	buf_clear(&out);
}

static void streams_are_made_harmless(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(streams); i++)
		assert_shown(&streams[i], SIZE_MAX);
}

static void where_a_read_ends_makes_no_difference(void **state)
{
	size_t i, step;

	(void)state;
	for (i = 0; i < ARRAY_LEN(streams); i++)
		for (step = 1; step < 4; step++)
			assert_shown(&streams[i], step);
}

static void an_unfinished_character_waits(void **state)
{
	struct escape esc = { .held_len = 0 };
	struct buf out = { .data = NULL };

	(void)state;
	escape_feed(&esc, "a\xe2\x82", 3, &out);
	assert_string_equal(buf_text(&out), "a");
	escape_feed(&esc, "\xac\r", 2, &out);
	assert_string_equal(buf_text(&out), "a\u20ac");
	escape_feed(&esc, "", 0, &out);
	escape_feed(&esc, "\n", 1, &out);
	assert_string_equal(buf_text(&out), "a\u20ac\r\n");
	escape_flush(&esc, &out);
	assert_string_equal(buf_text(&out), "a\u20ac\r\n");
	buf_clear(&out);
}

/* Every character there is: what passes is no control. */
static void no_control_passes(void **state)
{
	uint32_t code;

	(void)state;
	for (code = 0; code < 0x110000; code++) {
		struct escape esc = { .held_len = 0 };
		struct buf typed = { .data = NULL }, text = { .data = NULL },
			   out = { .data = NULL };
		const char *bad;
		bool passed;

		if (code == 0xd800)
			code = 0xe000;
		buf_printf(&typed, "\\u{%x}", (unsigned)code);
		assert_int_equal(escape_decode(typed.data, typed.len, &text, NULL, &bad), 0);
		escape_feed(&esc, text.data, text.len, &out);
		escape_flush(&esc, &out);
		passed = out.len == text.len && !memcmp(out.data, text.data, out.len);
		if (code < 0x20 || (code >= 0x7f && code < 0xa0))
			assert_int_equal(passed, code == '\t' || code == '\n');
		else if (!passed)
			assert_memory_equal(out.data, typed.data, typed.len);
		buf_clear(&typed);
		buf_clear(&text);
		buf_clear(&out);
	}
}

static void assert_text(const char *bytes, size_t len, size_t max, const char *shown)
{
	char *text = escape_text(bytes, len, max);

	assert_string_equal(text, shown);
	free(text);
}

static void text_for_a_message_is_one_line(void **state)
{
	(void)state;
	assert_text(BYTES(""), 0, "");
	assert_text(BYTES("220 hi\r\n\tthere\033\xff"), 0, "220 hi\\r\\n\\tthere\\x1b\\xff");
	assert_text(BYTES("\xe2\x82\n"), 0, "\\xe2\\x82\\n");
	assert_text(BYTES("cut \xe2\x82"), 0, "cut \\xe2\\x82");
	assert_text(BYTES("\0"), 0, "\\x00");
}

static void long_text_is_cut_between_characters(void **state)
{
	char longer[100], shown[ESCAPE_SHORT + 1];

	(void)state;
	assert_text(BYTES("0123456789"), 10, "0123456789");
	assert_text(BYTES("0123456789a"), 10, "0123456...");
	assert_text(BYTES("012345\033789a"), 10, "012345...");
	assert_text(BYTES("\u20ac\u20ac\u20ac\u20ac"), 4, "\u20ac\u20ac\u20ac\u20ac");
	assert_text(BYTES("\u20ac\u20ac\u20ac\u20ac\u20ac"), 4, "\u20ac...");
	assert_text(BYTES("abcd"), 3, "...");
	assert_text(BYTES("abcd"), 2, "..");
	memset(longer, 'x', sizeof(longer));
	memset(shown, 'x', sizeof(shown));
	memcpy(shown + ESCAPE_SHORT - 3, "...", 4);
	assert_text(longer, sizeof(longer), 0, shown);
}

static void typed_escapes_become_bytes(void **state)
{
	static const char typed[] = "a\\r\\n\\t\\0\\a\\e\\\\\\x4a\\xfF\\u{e9}\\u{20AC}\\u{1f600}b";
	static const char bytes[] = "a\r\n\t\0\a\033\\J\xff\u00e9\u20ac\U0001f600b";
	struct buf out = { .data = NULL };
	const char *bad = NULL;
	bool no_eol = true;

	(void)state;
	assert_int_equal(escape_decode(BYTES(typed), &out, &no_eol, &bad), 0);
	assert_int_equal(out.len, sizeof(bytes) - 1);
	assert_memory_equal(out.data, bytes, out.len);
	assert_false(no_eol);
	assert_int_equal(escape_decode(BYTES("c\\c"), &out, &no_eol, &bad), 0);
	assert_int_equal(out.len, sizeof(bytes));
	assert_true(no_eol);
	buf_clear(&out);
}

static void a_wrong_escape_is_pointed_at(void **state)
{
	static const char *const typed[] = { "ab\\", "ab\\q", "ab\\cd", "ab\\x", "ab\\x4",
		"ab\\xg0", "ab\\u", "ab\\u20ac", "ab\\u{}", "ab\\u{", "ab\\u{20ac", "ab\\u{110000}",
		"ab\\u{d800}", "ab\\u{0000041}", "ab\\u{g}", "ab\\N" };
	struct buf out = { .data = NULL };
	const char *bad;
	size_t i;

	(void)state;
	buf_add_text(&out, "kept");
	for (i = 0; i < ARRAY_LEN(typed); i++) {
		bad = NULL;
		if (!escape_decode(typed[i], strlen(typed[i]), &out, NULL, &bad))
			fail_msg("\"%s\" was taken", typed[i]);
		assert_ptr_equal(bad, typed[i] + 2);
		assert_string_equal(buf_text(&out), "kept");
	}
	/* The text is no string: what stands behind its end is not looked at. */
	assert_int_equal(escape_decode("\\x41", 3, &out, NULL, &bad), -1);
	assert_int_equal(escape_decode("\\u{41}", 5, &out, NULL, &bad), -1);
	buf_clear(&out);
}

static void hexadecimal_becomes_bytes(void **state)
{
	struct buf out = { .data = NULL };
	const char *bad = NULL;
	static const char odd[] = "00 1", split[] = "0 0", word[] = "00 zz";

	(void)state;
	assert_int_equal(escape_decode_hex(" 00 01ff\tAb\n", &out, &bad), 0);
	assert_int_equal(out.len, 4);
	assert_memory_equal(out.data, "\x00\x01\xff\xab", 4);
	assert_int_equal(escape_decode_hex("", &out, &bad), 0);
	assert_int_equal(escape_decode_hex(odd, &out, &bad), -1);
	assert_ptr_equal(bad, odd + 3);
	assert_int_equal(escape_decode_hex(split, &out, &bad), -1);
	assert_ptr_equal(bad, split);
	assert_int_equal(escape_decode_hex(word, &out, &bad), -1);
	assert_ptr_equal(bad, word + 3);
	assert_int_equal(out.len, 4);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_made_harmless),
		cmocka_unit_test(where_a_read_ends_makes_no_difference),
		cmocka_unit_test(an_unfinished_character_waits),
		cmocka_unit_test(no_control_passes),
		cmocka_unit_test(text_for_a_message_is_one_line),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(typed_escapes_become_bytes),
		cmocka_unit_test(a_wrong_escape_is_pointed_at),
		cmocka_unit_test(hexadecimal_becomes_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
