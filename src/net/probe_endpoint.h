/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One attempt to find out whether an endpoint answers.
 *
 * A stream has to accept; with `send` or `expect` it is also talked to, because a proxy accepts
 * for servers that are not there. A datagram endpoint is sent one datagram: refused is "no", an
 * answer is "yes", and silence for a second is a "yes" too, for more cannot be known.
 */
#ifndef NETPY_NET_PROBE_ENDPOINT_H
#define NETPY_NET_PROBE_ENDPOINT_H

#include <ev.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/match.h"
#include "net/endpoint.h"
#include "net/sock.h"

struct probe_cfg {
	double timeout;         /* for the attempt, in seconds */
	const struct buf *send; /* sent once connected; NULL: nothing, or an empty datagram */
	const char *expect;     /* an expression that has to appear in the answer, or NULL */
};

struct probe;
struct probe_cb {
	/*
	 * How it went, once, never inside probe_start; the probe may be freed inside. state follows
	 * the endpoint's name in a sentence ("refused", "accepted") and is a constant or
	 * strerror's. err is set when it makes no sense to try again: ERR_USAGE; moved out.
	 */
	void (*result)(void *owner, bool up, const char *state, struct err *err);
};

/* All pointers are borrowed until probe_free. */
struct probe *probe_start(struct ev_loop *loop, const struct probe_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, const struct probe_cb *cb,
	void *owner);
/* NULL is nothing. */
void probe_free(struct probe *probe);

#endif
