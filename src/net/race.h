/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Connecting a stream to the first of several addresses that answers (RFC 8305): the families in
 * turn, the next address 250 ms after the one before, or at once when that failed.
 */
#ifndef NETPY_NET_RACE_H
#define NETPY_NET_RACE_H

#include <ev.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/event.h"
#include "net/addr.h"
#include "net/sock.h"
#include "net/source.h"

struct race;

struct race_cfg {
	const struct sock_cfg *sock;
	const char *name;     /* of what is connected to, for messages */
	struct source source; /* connect from there */
	struct event_sink *sink;
};

struct race_cb {
	/* The connected socket is the receiver's, its options are applied. seconds: what this
	 * address took. The race may be freed inside either. */
	void (*won)(void *owner, int fd, const struct addr *peer, double seconds);
	/* ERR_CONNECT: every address failed, each is named. ERR_LISTEN: the source cannot be
	 * bound. ERR_USAGE: an option of sock. The callee moves err out. */
	void (*lost)(void *owner, struct err *err);
};

/* cfg and cb are borrowed until race_free; addrs are copied. Those of another family than the
 * source are left out. */
struct race *race_new(struct ev_loop *loop, const struct race_cfg *cfg, const struct addr *addrs,
	size_t count, const struct race_cb *cb, void *owner);
/* Start; a callback may come from inside. */
void race_run(struct race *race);
/* "[::1]:1 refused, 127.0.0.1:1 no answer": how it stands. Returns out's text. */
const char *race_describe(const struct race *race, struct buf *out);
/* How many addresses take part. */
size_t race_size(const struct race *race);
void race_free(struct race *race);

#endif
