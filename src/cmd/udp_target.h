/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where datagrams are sent to: the addresses of a name, one after the other, and a socket for
 * each. Nothing tells whether anybody is there but an answer or a refusal, so there is no race.
 */
#ifndef NETPY_CMD_UDP_TARGET_H
#define NETPY_CMD_UDP_TARGET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/opt.h"
#include "net/addr.h"
#include "net/endpoint.h"
#include "net/sock.h"
#include "net/source.h"

struct udp_target_cfg {
	struct source_cfg source; /* filled by source_opts */
	bool broadcast;		  /* filled by udp_target_opts */
};
extern const struct opt udp_target_opts[];

struct udp_target {
	const struct udp_target_cfg *cfg;
	const struct sock_cfg *sock;
	char *name; /* of the endpoint */
	struct source source;
	struct addr *addrs;
	size_t count, next, current;
	struct buf reasons; /* why the ones before would not do */
};

/* Before anything is opened. -1 with ERR_USAGE. */
int udp_target_init(struct udp_target *target, const struct udp_target_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, struct err *err);
void udp_target_set(struct udp_target *target, const struct addr *addrs, size_t count);
/*
 * A socket for the next address that one can be opened for; *peer is that address, *connected
 * whether the socket is (it is not for broadcast and multicast). Returns it, or -1 with err:
 * ERR_CONNECT that names every address and its reason, ERR_LISTEN for the source, ERR_USAGE.
 */
int udp_target_next(struct udp_target *target, struct addr *peer, bool *connected, struct err *err);
/* The address given last does not do for this reason. */
void udp_target_refused(struct udp_target *target, int errnum);
/* "sending to ADDRESS from ADDRESS"; allocated. */
char *udp_target_describe(int fd, const struct addr *peer);
/* Is there another address to try? */
bool udp_target_has_more(const struct udp_target *target);
/* There is no other address from now on. */
void udp_target_stay(struct udp_target *target);
void udp_target_clear(struct udp_target *target);

#endif
