/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes that grow: struct buf owns one allocation; struct seg is a piece that many may share.
 */
#ifndef NETPY_BASE_BUF_H
#define NETPY_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

/* Invariant: len <= cap; data is NULL only when cap is 0. Zero-initialised is empty. */
struct buf {
	char *data;
	size_t len, cap;
};

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_char(struct buf *buf, char c);
void buf_add_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Drop len bytes (at most buf->len) from the front. */
void buf_drop(struct buf *buf, size_t len);
/* Room for len more bytes; returns where they go. The caller adds what it used to buf->len. */
char *buf_reserve(struct buf *buf, size_t len);
/* The bytes as a string: a NUL is put behind them, which does not count in len. */
const char *buf_text(struct buf *buf);
/* Release the memory and be empty. */
void buf_clear(struct buf *buf);

/* A counted reference to bytes that no longer change; made with one reference. */
struct seg {
	unsigned refs;
	size_t len;
	unsigned char data[];
};

struct seg *seg_new(const void *data, size_t len);
struct seg *seg_ref(struct seg *seg);
/* Gives one reference back; the last one frees. NULL is nothing. */
void seg_unref(struct seg *seg);

#endif
