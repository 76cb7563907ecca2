/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sockets: their options, the same in every command, and when each is applied.
 */
#ifndef NETPY_NET_SOCK_H
#define NETPY_NET_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/event.h"
#include "base/opt.h"
#include "net/addr.h"

/* Filled by sock_opts: -4 -6 -n --sndbuf --rcvbuf --ttl --tos --interface; and for streams by
 * sock_stream_opts: --keepalive --nodelay */
struct sock_cfg {
	bool only4, only6;
	bool numeric;         /* -n: names are not looked up */
	double keepalive;     /* seconds of silence before the first probe; -1: 60; 0: no probes */
	int nodelay;          /* 0 off, 1 on (default) */
	int64_t sndbuf, rcvbuf; /* bytes; -1: the system's */
	long ttl, tos;        /* -1: the system's */
	const char *interface; /* bind to this device */
};
extern const struct opt sock_opts[];
extern const struct opt sock_stream_opts[];

/* AF_UNSPEC, AF_INET or AF_INET6 as -4 and -6 say. */
int sock_family(const struct sock_cfg *cfg);

/* Before anything is opened: does the interface exist? -1 with ERR_USAGE. */
int sock_check(const struct sock_cfg *cfg, struct err *err);

/*
 * A non-blocking, close-on-exec socket with every option applied that belongs before bind or
 * connect. Returns the descriptor (the caller's), or -1 with errno and err of `kind` that names the
 * option; of ERR_USAGE when sock_check fails.
 */
int sock_open(const struct sock_cfg *cfg, int family, int type, enum err_kind kind,
	struct err *err);
/* What belongs on a connected stream: TCP_NODELAY, keepalive. Accepted streams inherit it from
 * a listening socket that got it. */
void sock_apply_stream(const struct sock_cfg *cfg, int fd);

#endif
