/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dialling: from an endpoint to a connected link.
 *
 * Resolves off the loop, tries every address with 250 ms between attempts and the families in
 * turn (RFC 8305), names each failure when all fail, and begins again with back-off for as long
 * as --retry says. Later steps (proxies, TLS) run here before `done`.
 */
#ifndef NETPY_NET_DIAL_H
#define NETPY_NET_DIAL_H

#include <ev.h>

#include "base/event.h"
#include "base/opt.h"
#include "io/link.h"
#include "net/addr.h"
#include "net/sock.h"
#include "net/source.h"

/* Filled by dial_opts: -w --retry --retry-wait */
struct dial_cfg {
	double connect_timeout;	  /* from resolving until payload may flow; 0: none */
	struct source_cfg source; /* filled by source_opts */
	double retry;		  /* begin another try for so long; -1: never. Each has its own
				     * connect_timeout */
	double retry_wait;	  /* first pause between tries, doubled up to 32 times that */
};
extern const struct opt dial_opts[];

/* Before anything is opened: is what was typed usable (source port, ...)? -1 with ERR_USAGE. */
int dial_check(const struct dial_cfg *cfg, const struct sock_cfg *sock,
	const struct endpoint *endpoint, struct err *err);

struct dial_result {
	struct link *link; /* ready for payload; the receiver owns it */
	struct addr local, peer;
	double seconds; /* from dial_start */
};

struct dial;
struct dial_cb {
	/* Exactly one of these is called, once, never from inside dial_start. The dial may be freed
	 * inside either. err: ERR_RESOLVE, ERR_CONNECT, ERR_TIMEOUT; ERR_LISTEN when the source
	 * cannot be bound; ERR_USAGE. Moved out by the callee. */
	void (*done)(void *owner, struct dial_result *result);
	void (*failed)(void *owner, struct err *err);
};

/* cfg, sock, endpoint, sink and cb are borrowed until dial_free. */
struct dial *dial_start(struct ev_loop *loop, const struct dial_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, struct event_sink *sink,
	const struct dial_cb *cb, void *owner);
/* Gives up whatever is under way. NULL is nothing. */
void dial_free(struct dial *dial);

#endif
