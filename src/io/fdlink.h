/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The link at the bottom: plain descriptors. Sockets are used with MSG_DONTWAIT, so their flags
 * do not matter; others are given non-blocking or never block.
 */
#ifndef NETPY_IO_FDLINK_H
#define NETPY_IO_FDLINK_H

#include "io/link.h"

/* A connected stream socket; its errors are ERR_PEER and call the other side "the peer" until
 * fdlink_set_name. The link owns fd. */
struct link *fdlink_new_socket(int fd);

/*
 * Two descriptors as one link, -1 for a direction that does not exist; errors are ERR_LOCAL. Each
 * may be anything, also the same socket. The link owns both. names are for messages and copied.
 * also_out: one of 0-2 that has to be let go together with wfd (the reader must see its end); -1.
 */
struct link *fdlink_new_pair(int rfd, const char *rname, int wfd, const char *wname, int also_out);

/* What messages call the other side of a socket, such as "127.0.0.1:80"; copied. */
void fdlink_set_name(struct link *link, const char *name);

/*
 * Bytes of a stream socket that the other side has not acknowledged (tcp(7), SIOCOUTQ); 0 for
 * what cannot tell. Takes a link's wfd, so that it also serves for a layer above. Of a unix socket
 * it is the memory of what was not read, which says no more than whether there is any.
 */
unsigned long fdlink_unacked(int wfd);
bool fdlink_is_unix(int wfd);

#endif
