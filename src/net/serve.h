/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serving: from an endpoint to accepted links.
 *
 * One [::] socket for all interfaces (IPv4 where there is no IPv6), one socket an address for a
 * name, all on one port. accept errors are survived: a connection that went away is skipped; when
 * descriptors run out, watching pauses until serve_client_left or 100 ms, and it is said once.
 */
#ifndef NETPY_NET_SERVE_H
#define NETPY_NET_SERVE_H

#include <ev.h>

#include "base/event.h"
#include "base/opt.h"
#include "io/link.h"
#include "net/addr.h"
#include "net/bind.h"
#include "net/sock.h"

extern const struct opt serve_opts[]; /* --backlog, in struct bind_cfg; bind_opts has the rest */

struct serve;
struct serve_cb {
	/* All sockets listen, --ready-fd and --port-file are written. Never inside serve_start. */
	void (*listening)(void *owner);
	/* link is the receiver's. */
	void (*accepted)(void *owner, struct link *link, const struct addr *local,
		const struct addr *peer);
	/* It could not begin, or cannot go on: ERR_RESOLVE, ERR_LISTEN. err is moved out. */
	void (*failed)(void *owner, struct err *err);
};

/* All pointers are borrowed until serve_free. */
struct serve *serve_start(struct ev_loop *loop, const struct bind_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, struct event_sink *sink,
	const struct serve_cb *cb, void *owner);
/* Descriptors may be free again: accept at once where it was paused for want of them. */
void serve_client_left(struct serve *serve);
/* Stop accepting, close the sockets, remove a unix path that is still ours (device, inode). */
void serve_free(struct serve *serve);

#endif
