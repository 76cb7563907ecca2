/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Foreign bytes to a terminal: nothing that passes is a control, wherever a read ends. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only what an escape_feed in one piece says is right: two ways must agree. */
static void check_stream(const uint8_t *data, size_t size, struct buf *whole, struct buf *pieces)
{
	struct escape a = { .held_len = 0 }, b = { .held_len = 0 };
	size_t i;

	escape_feed(&a, data, size, whole);
	escape_flush(&a, whole);
	for (i = 0; i < size; i++)
		escape_feed(&b, data + i, 1, pieces);
	escape_flush(&b, pieces);
	if (whole->len != pieces->len || memcmp(buf_text(whole), buf_text(pieces), whole->len) != 0)
		abort();
	for (i = 0; i < whole->len; i++) {
		unsigned char c = (unsigned char)whole->data[i];

		if (c == 0x7f || (c < 0x20 && !strchr("\t\r\n", c)) ||
			(c == '\r' && whole->data[i + 1] != '\n') ||
			(c == 0xc2 && (unsigned char)whole->data[i + 1] < 0xa0))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = { .data = NULL }, pieces = { .data = NULL };
	const char *bad;
	char *text = escape_text(data, size, size % 100);

	if (strpbrk(text, "\t\r\n\033"))
		abort();
	free(text);
	check_stream(data, size, &whole, &pieces);
	pieces.len = 0;
	if (escape_decode((const char *)data, size, &pieces, NULL, &bad) < 0 && *bad != '\\')
		abort();
	escape_decode_hex(buf_text(&whole), &pieces, &bad);
	buf_clear(&whole);
	buf_clear(&pieces);
	return 0;
}
