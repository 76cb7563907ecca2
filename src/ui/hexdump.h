/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The hex view: offset of the stream per direction, 16 bytes in two groups of 8
 * with a dash between, |ascii|. Plain ASCII frame, so that it copies cleanly and `xxd -r` reads the
 * rows.
 */
#ifndef NETPY_UI_HEXDUMP_H
#define NETPY_UI_HEXDUMP_H

#include <stdint.h>

#include "base/buf.h"
#include "io/tap.h"

/*
 * Rows for len bytes of data that begin at offset, appended to out, each ended by LF. Repeated
 * full rows are folded into one "*" (the last row is always shown; xxd -r leaves a hole there).
 */
void hexdump_format(struct buf *out, uint64_t offset, const void *data, size_t len);

/*
 * A tap that writes both directions to stderr as they come: a line with the way, the seconds since
 * the tap was made, the peer and, from the second on, the number of the connection; then the rows.
 * Offsets count per direction of a connection, and from 0 in each datagram. Freed by
 * hexdump_tap_free.
 */
struct tap *hexdump_tap_new(void);
void hexdump_tap_free(struct tap *tap);

#endif
