/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/tap.h"

void tap_bytes(struct tap *taps, enum tap_way way, unsigned conn, const char *peer,
	const void *data, size_t len, int datagram)
{
	for (struct tap *tap = taps; tap; tap = tap->next)
		tap->bytes(tap, way, conn, peer, data, len, datagram);
}
