/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/escape.h"

#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/*
 * Characters that are not seen, or that change how others are seen: joiners, direction marks,
 * separators that some terminals take for a new line, fillers, annotations and tags. In order.
 */
static const struct {
	uint32_t first, last;
} escape_hidden[] = {
	{ 0x00ad, 0x00ad },
	{ 0x061c, 0x061c },
	{ 0x115f, 0x1160 },
	{ 0x180e, 0x180e },
	{ 0x200b, 0x200f },
	{ 0x2028, 0x202e },
	{ 0x2060, 0x206f },
	{ 0x3164, 0x3164 },
	{ 0xfeff, 0xfeff },
	{ 0xffa0, 0xffa0 },
	{ 0xfff9, 0xfffb },
	{ 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe0fff },
};

static bool escape_is_hidden(uint32_t code)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(escape_hidden) && code >= escape_hidden[i].first; i++)
		if (code <= escape_hidden[i].last)
			return true;
	return false;
}

static void escape_put_hex(const unsigned char *bytes, size_t len, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		const char text[4] = { '\\', 'x', digits[bytes[i] >> 4], digits[bytes[i] & 15] };

		buf_add(out, text, sizeof(text));
	}
}

/* How many bytes a character has that begins so; 0: none begins so. */
static unsigned escape_length(unsigned char lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/*
 * May c follow? The second byte's range depends on the first: that refuses overlong forms (E0,
 * F0), surrogates (ED) and what is above U+10FFFF (F4).
 */
static bool escape_follows(const struct escape *esc, unsigned char c)
{
	unsigned char low = 0x80, high = 0xbf;

	if (esc->held_len == 1) {
		switch (esc->held[0]) {
		case 0xe0:
			low = 0xa0;
			break;
		case 0xed:
			high = 0x9f;
			break;
		case 0xf0:
			low = 0x90;
			break;
		case 0xf4:
			high = 0x8f;
			break;
		}
	}
	return c >= low && c <= high;
}

/* The character that is held is complete. */
static void escape_put_character(struct escape *esc, struct buf *out)
{
	uint32_t code = esc->held[0] & (0xffu >> (esc->held_len + 1));
	unsigned i;

	for (i = 1; i < esc->held_len; i++)
		code = code << 6 | (esc->held[i] & 0x3f);
	if (code < 0xa0)
		escape_put_hex(esc->held, esc->held_len, out);
	else if (escape_is_hidden(code))
		buf_printf(out, "\\u{%x}", (unsigned)code);
	else
		buf_add(out, esc->held, esc->held_len);
	esc->held_len = 0;
}

static void escape_put_ascii(struct escape *esc, unsigned char c, struct buf *out)
{
	if (c == '\r') {
		esc->held[0] = c;
		esc->held_len = 1;
	} else if ((c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n') {
		buf_add_char(out, (char)c);
	} else {
		escape_put_hex(&c, 1, out);
	}
}

static void escape_put(struct escape *esc, unsigned char c, struct buf *out)
{
	bool cr = esc->held_len && esc->held[0] == '\r';

	if (cr && c == '\n') {
		esc->held_len = 0;
		buf_add(out, "\r\n", 2);
		return;
	}
	if (esc->held_len && !cr && escape_follows(esc, c)) {
		esc->held[esc->held_len++] = c;
		if (esc->held_len == escape_length(esc->held[0]))
			escape_put_character(esc, out);
		return;
	}
	escape_flush(esc, out);
	if (c < 0x80) {
		escape_put_ascii(esc, c, out);
	} else if (escape_length(c)) {
		esc->held[0] = c;
		esc->held_len = 1;
	} else {
		escape_put_hex(&c, 1, out);
	}
}

/* How many bytes at the front are plain: most streams are nothing else. */
static size_t escape_plain(const unsigned char *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((data[i] < 0x20 && data[i] != '\n' && data[i] != '\t') || data[i] >= 0x7f)
			break;
	return i;
}

void escape_feed(struct escape *esc, const void *data, size_t len, struct buf *out)
{
	const unsigned char *at = data, *end = at + len;
	size_t plain;

	while (at < end) {
		plain = esc->held_len ? 0 : escape_plain(at, (size_t)(end - at));
		buf_add(out, at, plain);
		at += plain;
		if (at < end)
			escape_put(esc, *at++, out);
	}
}

void escape_flush(struct escape *esc, struct buf *out)
{
	if (esc->held_len && esc->held[0] == '\r')
		buf_add_text(out, "\\r");
	else
		escape_put_hex(esc->held, esc->held_len, out);
	esc->held_len = 0;
}

/* One byte of a text that must stay one line. */
static void escape_put_in_line(struct escape *esc, unsigned char c, struct buf *out)
{
	static const char controls[] = "\t\n\r", letters[] = "tnr";
	const char *control = c ? strchr(controls, c) : NULL;

	if (!control) {
		escape_put(esc, c, out);
		return;
	}
	escape_flush(esc, out);
	buf_add_char(out, '\\');
	buf_add_char(out, letters[control - controls]);
}

/* Characters in what was added from `from` on; out is valid UTF-8. */
static size_t escape_columns(const struct buf *out, size_t from)
{
	size_t columns = 0;

	for (; from < out->len; from++)
		columns += (out->data[from] & 0xc0) != 0x80;
	return columns;
}

char *escape_text(const void *data, size_t len, size_t max)
{
	static const char dots[] = "...";
	const unsigned char *bytes = data;
	struct escape esc = { .held_len = 0 };
	struct buf out = { .data = NULL };
	size_t i, before, columns = 0, cut = 0;

	if (!max)
		max = ESCAPE_SHORT;
	for (i = 0; i <= len && columns <= max; i++) {
		before = out.len;
		if (i < len)
			escape_put_in_line(&esc, bytes[i], &out);
		else
			escape_flush(&esc, &out);
		columns += escape_columns(&out, before);
		if (columns + strlen(dots) <= max)
			cut = out.len;
	}
	if (columns > max) {
		out.len = cut;
		buf_add(&out, dots, max < strlen(dots) ? max : strlen(dots));
	}
	buf_text(&out);
	return out.data;
}

static int escape_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Two hexadecimal digits at the front as a byte, or -1. */
static int escape_hex_byte(const char *text, size_t len)
{
	int high = len >= 2 ? escape_hex_digit(text[0]) : -1;
	int low = high >= 0 ? escape_hex_digit(text[1]) : -1;

	return low >= 0 ? high << 4 | low : -1;
}

static void escape_add_utf8(uint32_t code, struct buf *out)
{
	unsigned shift = code < 0x80 ? 0 : code < 0x800 ? 6 : code < 0x10000 ? 12 : 18;
	static const unsigned char lead[] = { 0x00, 0xc0, 0xe0, 0xf0 };

	buf_add_char(out, (char)(lead[shift / 6] | code >> shift));
	while (shift) {
		shift -= 6;
		buf_add_char(out, (char)(0x80 | (code >> shift & 0x3f)));
	}
}

/* "{20ac}" at the front; returns how much was taken, or 0. */
static size_t escape_decode_code(const char *text, size_t len, struct buf *out)
{
	uint32_t code = 0;
	size_t i;

	if (!len || text[0] != '{')
		return 0;
	for (i = 1; i < len && i <= 6 && escape_hex_digit(text[i]) >= 0; i++)
		code = code << 4 | (uint32_t)escape_hex_digit(text[i]);
	if (i == 1 || i == len || text[i] != '}')
		return 0;
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	escape_add_utf8(code, out);
	return i + 1;
}

/* What stands behind a backslash, up to len bytes; returns how much was taken, or 0. */
static size_t escape_decode_one(const char *text, size_t len, struct buf *out, bool *no_eol)
{
	static const char letters[] = "rnt0ae\\", bytes[] = "\r\n\t\0\a\033\\";
	const char *letter;
	size_t taken;
	int byte;

	if (!len)
		return 0;
	if (text[0] == 'c' && len == 1) {
		*no_eol = true;
		return 1;
	}
	if (text[0] == 'x') {
		byte = escape_hex_byte(text + 1, len - 1);
		if (byte < 0)
			return 0;
		buf_add_char(out, (char)byte);
		return 3;
	}
	if (text[0] == 'u') {
		taken = escape_decode_code(text + 1, len - 1, out);
		return taken ? taken + 1 : 0;
	}
	letter = memchr(letters, text[0], sizeof(letters) - 1);
	if (!letter)
		return 0;
	buf_add_char(out, bytes[letter - letters]);
	return 1;
}

int escape_decode(const char *text, size_t len, struct buf *out, bool *no_eol, const char **bad)
{
	size_t before = out->len, i = 0, taken;
	bool ends = false;

	while (i < len) {
		if (text[i] != '\\') {
			buf_add_char(out, text[i++]);
			continue;
		}
		taken = escape_decode_one(text + i + 1, len - i - 1, out, &ends);
		if (!taken) {
			*bad = text + i;
			out->len = before;
			return -1;
		}
		i += taken + 1;
	}
	if (no_eol)
		*no_eol = ends;
	return 0;
}

int escape_decode_hex(const char *text, struct buf *out, const char **bad)
{
	size_t before = out->len;
	int byte;

	for (;;) {
		text += strspn(text, " \t\r\n");
		if (!*text)
			return 0;
		byte = escape_hex_byte(text, strnlen(text, 2));
		if (byte < 0)
			break;
		buf_add_char(out, (char)byte);
		text += 2;
	}
	*bad = text;
	out->len = before;
	return -1;
}
