/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char *buf_reserve(struct buf *buf, size_t len)
{
	size_t want, cap;

	/* An impossible length is handed on: x_realloc ends the program. */
	if (__builtin_add_overflow(buf->len, len, &want))
		want = SIZE_MAX;
	if (want > buf->cap || !buf->data) {
		cap = buf->cap <= SIZE_MAX / 2 ? buf->cap * 2 : want;
		if (cap < want)
			cap = want;
		if (cap < 64)
			cap = 64;
		buf->data = x_realloc(buf->data, cap, 1);
		buf->cap = cap;
	}
	return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	if (!len)
		return;
	memcpy(buf_reserve(buf, len), data, len);
	buf->len += len;
}

void buf_add_char(struct buf *buf, char c)
{
	*buf_reserve(buf, 1) = c;
	buf->len++;
}

void buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list ap, again;
	int len;

	va_start(ap, format);
	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len > 0) {
		vsnprintf(buf_reserve(buf, (size_t)len + 1), (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

void buf_drop(struct buf *buf, size_t len)
{
	if (len > buf->len)
		len = buf->len;
	buf->len -= len;
	if (len && buf->len)
		memmove(buf->data, buf->data + len, buf->len);
}

const char *buf_text(struct buf *buf)
{
	*buf_reserve(buf, 1) = '\0';
	return buf->data;
}

void buf_clear(struct buf *buf)
{
	free(buf->data);
	*buf = (struct buf){ .data = NULL };
}

struct seg *seg_new(const void *data, size_t len)
{
	struct seg *seg = x_malloc(sizeof(*seg) + len);

	seg->refs = 1;
	seg->len = len;
	if (len)
		memcpy(seg->data, data, len);
	return seg;
}

struct seg *seg_ref(struct seg *seg)
{
	seg->refs++;
	return seg;
}

void seg_unref(struct seg *seg)
{
	if (seg && --seg->refs == 0)
		free(seg);
}
