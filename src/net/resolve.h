/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a host to its addresses, without holding up the loop.
 *
 * Numbers ("127.0.0.1", "fe80::1%eth0") are read here and never reach the system's resolver; a
 * name is looked up in a thread of its own, which outlives a resolver that is freed early.
 */
#ifndef NETPY_NET_RESOLVE_H
#define NETPY_NET_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "net/addr.h"

struct ev_loop;

struct resolve_query {
	const char *host; /* a name or number; NULL: every interface, "::" first */
	unsigned port;    /* goes into every address */
	int family;       /* AF_UNSPEC, AF_INET or AF_INET6 */
	int type;         /* SOCK_STREAM or SOCK_DGRAM */
	bool numeric;     /* names are not looked up but refused */
};

/* What came of it; belongs to the resolver and is valid inside the callback only. */
struct resolve_result {
	const struct addr *addrs; /* in the system's order of preference, no duplicates */
	size_t count;             /* at least 1 */
	double seconds;
	bool looked_up;           /* false: it was a number */
};

struct resolve;
struct resolve_cb {
	/* One of these, once, never inside resolve_start. The resolver may be freed inside either. */
	void (*done)(void *owner, const struct resolve_result *result);
	/* ERR_RESOLVE, or ERR_USAGE for a name with `numeric`; moved out by the callee. */
	void (*failed)(void *owner, struct err *err);
};

/*
 * A number of the family asked for: 1 with *out set (port included); 0: not a number; -1 with
 * ERR_USAGE: a number of the other family, or an interface that does not exist behind '%'.
 */
int resolve_number(const struct resolve_query *query, struct addr *out, struct err *err);

/* query is copied, host too; cb is borrowed until resolve_free. */
struct resolve *resolve_start(struct ev_loop *loop, const struct resolve_query *query,
	const struct resolve_cb *cb, void *owner);
/* The callback will not come any more. NULL is nothing. */
void resolve_free(struct resolve *resolve);

#endif
