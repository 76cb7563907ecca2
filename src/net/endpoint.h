/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Endpoints as people write them. The one parser of them.
 *
 *   HOST PORT   HOST:PORT   [::1]:PORT   ::1 PORT   fe80::1%eth0 PORT   *:PORT   :PORT
 *   unix:PATH   unix:@NAME   tcp:HOST:PORT   tcp://HOST:PORT   udp:HOST:PORT
 *
 * The first word with a scheme, or [v6]:PORT, is complete; [v6] or two or more colons is an IPv6
 * address and PORT follows; one colon is HOST:PORT; else HOST and PORT follow.
 */
#ifndef NETPY_NET_ENDPOINT_H
#define NETPY_NET_ENDPOINT_H

#include <stdbool.h>

#include "base/err.h"

enum endpoint_kind { ENDPOINT_INET, ENDPOINT_UNIX };
enum endpoint_scheme { SCHEME_NONE, SCHEME_TCP, SCHEME_UDP, SCHEME_UNIX };

struct endpoint {
	enum endpoint_kind kind;
	enum endpoint_scheme scheme; /* what was written in front */
	char *host;     /* INET: a name or number without brackets; NULL: all interfaces */
	unsigned port;  /* INET: 0-65535 */
	char *path;     /* UNIX: path, or the name behind '@' */
	bool abstract;  /* UNIX: a name, not a path */
};

enum endpoint_flags {
	ENDPOINT_LISTEN = 1,   /* one plain word is PORT; '*', no host and port 0 are allowed */
	ENDPOINT_DATAGRAM = 2, /* service names are looked up for UDP; tcp: is refused */
	ENDPOINT_STREAM = 4,   /* udp: is refused */
	ENDPOINT_WHOLE = 8,    /* one word only: HOST PORT in two words is refused */
};

/*
 * Parse an endpoint from words[0..count-1]. Returns how many words it took (1 or 2), or -1 with
 * err of ERR_USAGE. Numbers are checked (65536 and 80x are errors), names are not resolved.
 */
int endpoint_parse(char *const *words, int count, unsigned flags, struct endpoint *out,
	struct err *err);
void endpoint_clear(struct endpoint *endpoint);

/* A port number or service name; returns 0-65535, or -1 with err. */
int endpoint_parse_port(const char *word, bool datagram, bool zero_ok, struct err *err);

/* "db:5432", "[::1]:80", "*:80", "udp:db:53", "unix:/run/x", "unix:@name"; allocated. */
char *endpoint_text(const struct endpoint *endpoint);

#endif
