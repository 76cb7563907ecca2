/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Foreign bytes made harmless for a terminal, and escapes that people type made bytes.
 *
 * Shown as \xHH: C0 but TAB and LF, DEL, C1 (bytes and U+0080-9F), invalid UTF-8; as \u{...}:
 * bidi controls, zero-width characters, U+FEFF; a CR before LF passes, any other is \r.
 * Nothing that passes can move the cursor backwards, set a mode or make the terminal answer.
 */
#ifndef NETPY_BASE_ESCAPE_H
#define NETPY_BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A stream being escaped: holds an unfinished character between calls. Zero is the start. */
struct escape {
	unsigned char held[4];
	unsigned char held_len;
};

/* Add data to out, escaped. A character cut off at the end waits for the next call, and so does a
 * CR, which an LF may follow. */
void escape_feed(struct escape *esc, const void *data, size_t len, struct buf *out);
/* The stream ends (or pauses): what is held goes out as \xHH, a CR as \r. */
void escape_flush(struct escape *esc, struct buf *out);

/*
 * Foreign text for a message: escaped (LF, CR and TAB too: it stays one line), and cut to max
 * characters, the "..." behind included. max 0: ESCAPE_SHORT. The caller frees.
 */
enum { ESCAPE_SHORT = 80 };
char *escape_text(const void *data, size_t len, size_t max);

/*
 * Decode \r \n \t \0 \a \e \\ \xHH \u{...} and a final \c, appending bytes to out.
 * *no_eol (may be NULL) tells of the final \c. Returns 0, or -1 with *bad at the offending
 * backslash in text, and out as it was.
 */
int escape_decode(const char *text, size_t len, struct buf *out, bool *no_eol, const char **bad);

/* Decode "00 01ff" (blanks between bytes are free). Returns 0, or -1 with *bad set. */
int escape_decode_hex(const char *text, struct buf *out, const char **bad);

#endif
