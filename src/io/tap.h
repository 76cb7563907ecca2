/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A tap sees every byte that crosses a connection and changes nothing. It rules out zero copy;
 * a counter does not need one (chan counts).
 */
#ifndef NETPY_IO_TAP_H
#define NETPY_IO_TAP_H

#include <stddef.h>

enum tap_way { TAP_RECEIVED, TAP_SENT };

struct tap {
	/*
	 * conn: number of the connection or peer, from 1. For streams a call is whatever came at
	 * once; for datagrams it is exactly one datagram, len 0 included, and datagram is true.
	 */
	void (*bytes)(struct tap *tap, enum tap_way way, unsigned conn, const char *peer,
		const void *data, size_t len, int datagram);
	struct tap *next; /* taps of one place form a list; the owner of each is whoever made it */
};

/* Show all taps of a list; NULL is an empty list. */
void tap_bytes(struct tap *taps, enum tap_way way, unsigned conn, const char *peer,
	const void *data, size_t len, int datagram);

#endif
