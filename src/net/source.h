/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a socket of ours speaks from: -s and -p, the same for streams and datagrams.
 */
#ifndef NETPY_NET_SOURCE_H
#define NETPY_NET_SOURCE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/opt.h"
#include "net/addr.h"
#include "net/endpoint.h"
#include "net/sock.h"

/* Filled by source_opts. */
struct source_cfg {
	const char *address; /* -s: a number */
	const char *port;    /* -p: a number or the name of a service */
};
extern const struct opt source_opts[];

struct source {
	struct addr addr; /* port included; len 0: the system's choice */
	unsigned port;	  /* 0: the system's choice */
};

/*
 * What was typed, checked against -4 and -6 and against the endpoint, which cannot be a unix
 * socket. type: SOCK_STREAM or SOCK_DGRAM. Returns 0, or -1 with ERR_USAGE.
 */
int source_parse(const struct source_cfg *cfg, const struct sock_cfg *sock,
	const struct endpoint *endpoint, int type, struct source *out, struct err *err);
/* Is it nothing but the system's choice? */
bool source_is_any(const struct source *source);
/* An address can only speak to those of its own family. */
bool source_fits(const struct source *source, const struct addr *peer);
/* Bind fd, which will speak to peer. Returns 0, or -1 with ERR_LISTEN. */
int source_bind(const struct source *source, const struct addr *peer, int fd, struct err *err);

#endif
