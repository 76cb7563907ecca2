/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Socket addresses: comparing them, and writing them as text.
 */
#ifndef NETPY_NET_ADDR_H
#define NETPY_NET_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/err.h"
#include "net/endpoint.h"

/* A socket address. len 0 is "none" (an unnamed unix peer has len sizeof(sa_family_t)). */
struct addr {
	socklen_t len;
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage storage;
	};
};

enum { ADDR_TEXT = 128 };
/* Numeric: "127.0.0.1:80", "[fe80::1%eth0]:80", "unix:/run/x", "unix:@name", "unix:unnamed";
 * an IPv4-mapped address is shown as IPv4. Returns buf. */
const char *addr_format(const struct addr *addr, char buf[ADDR_TEXT]);
/* The address alone, without port or brackets; returns buf. */
const char *addr_format_host(const struct addr *addr, char buf[ADDR_TEXT]);
/* The port; 0 for unix. */
unsigned addr_port(const struct addr *addr);
void addr_set_port(struct addr *addr, unsigned port);
bool addr_same(const struct addr *a, const struct addr *b);
bool addr_is_loopback(const struct addr *addr);
/* A unix address from an endpoint; too long a path is ERR_USAGE naming the limit. */
int addr_from_unix(const struct endpoint *endpoint, struct addr *out, struct err *err);
/* Local or remote address of a socket; len 0 when there is none. */
void addr_of_socket(int fd, bool remote, struct addr *out);

#endif
