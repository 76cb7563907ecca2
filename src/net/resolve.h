/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From an endpoint to its addresses, without holding up the loop.
 *
 * Numbers ("127.0.0.1", "fe80::1%eth0"), unix paths and "localhost" (both loopbacks) are known
 * here and never reach the system's resolver. A name is looked up in a thread of its own, which
 * outlives a resolver that is freed early.
 */
#ifndef NETPY_NET_RESOLVE_H
#define NETPY_NET_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/addr.h"
#include "net/sock.h"

struct ev_loop;

/* What came of it; valid inside the callback only. */
struct resolve_result {
	const struct addr *addrs; /* in the system's order of preference, no duplicates */
	size_t count;             /* at least 1 */
	bool looked_up;           /* the system's resolver was asked */
	double seconds;
};

struct resolve;
struct resolve_cb {
	/* One of these, once, never inside resolve_start; the resolver may be freed in either. */
	void (*done)(void *owner, const struct resolve_result *result);
	/* ERR_RESOLVE; or ERR_USAGE: a name with -n, a number of the other family than -4 or -6.
	 * Moved out by the callee. */
	void (*failed)(void *owner, struct err *err);
};

/*
 * Is host a number of this family (AF_UNSPEC: of either)? 1 with *out set, port included; 0: not
 * a number; -1 with ERR_USAGE: of the other family, or of an interface that does not exist.
 */
int resolve_number(const char *host, unsigned port, int family, struct addr *out,
	struct err *err);

/*
 * -4, -6 and -n of sock count. An endpoint without host is every interface, "::" first. type is
 * SOCK_STREAM or SOCK_DGRAM. endpoint and sock are not needed afterwards; cb is borrowed until
 * resolve_free.
 */
struct resolve *resolve_start(struct ev_loop *loop, const struct endpoint *endpoint,
	const struct sock_cfg *sock, int type, const struct resolve_cb *cb, void *owner);
/* The callback will not come any more. NULL is nothing. */
void resolve_free(struct resolve *resolve);

#endif
