/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is anybody there behind a unix path? Asked without being taken for a client.
 *
 * A socket of another type is connected: the kernel answers EPROTOTYPE when somebody is bound
 * there and ECONNREFUSED when the path was left behind, and the owner notices nothing.
 */
#ifndef NETPY_NET_PROBE_H
#define NETPY_NET_PROBE_H

#include "net/addr.h"

enum probe_result {
	PROBE_ABSENT,     /* nothing there */
	PROBE_LIVE,       /* somebody is bound to it */
	PROBE_STALE,      /* a socket that nobody is bound to */
	PROBE_NOT_SOCKET, /* some other kind of file */
	PROBE_UNKNOWN,    /* cannot tell; errno says why (EACCES) */
};

/* type: what we want to be there, SOCK_STREAM or SOCK_DGRAM. */
enum probe_result probe_unix(const struct addr *addr, int type);

#endif
