/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Datagram sockets on the loop, and those who are at the other end of them.
 *
 * Nobody is connected to the first who speaks: whoever sends becomes a peer (struct peer, see
 * io/peer.h), in a table that is bounded in number and age. A peer is answered from the address
 * and the socket that its datagram came to. What cannot be sent now waits in order in a queue.
 *
 * Receiving goes in batches into buffers that hold the largest datagram; one that is larger still
 * (possible with unix sockets only) is handed over cut, and its whole length with it. What the
 * kernel dropped for want of room is told as EVENT_WARN, once a second at most.
 */
#ifndef NETPY_IO_DGRAM_H
#define NETPY_IO_DGRAM_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/event.h"
#include "io/peer.h"
#include "io/tap.h"

/*
 * The most that one UDP datagram carries over IPv4, and so what we send over either. A unix socket
 * carries what its buffers hold, which is less than this.
 */
enum { DGRAM_MAX = 65507, DGRAM_MAX_UNIX = 64 * 1024 * 1024 };

struct dgram_cfg {
	struct event_sink *sink; /* EVENT_DATAGRAM for each that came, EVENT_WARN for loss */
	struct tap *taps;
	/* The address as text for people, allocated. */
	char *(*describe)(const struct sockaddr *addr, socklen_t len);
	double peer_age;    /* seconds until a silent peer is forgotten */
	unsigned max_peers; /* then the one that has been silent longest goes; at least 1 */
	bool keep_rcvbuf;   /* the receive buffer has been chosen; else a large one is tried for */
	bool connected;	    /* the sockets are: there is one peer, the one of dgram_meet */
};

struct dgram_cb {
	/* One datagram; len may be 0. full > len: it was cut. */
	void (*received)(void *owner, struct peer *peer, const void *data, size_t len, size_t full);
	/* Those that came together have all been handed over. */
	void (*batch)(void *owner);
	/* What had to wait in the queue is sent: there is room again. */
	void (*drained)(void *owner);
	/*
	 * errnum: a datagram of len bytes to peer could not be sent and was dropped; or with len -1
	 * something that was sent earlier did not arrive (ECONNREFUSED), and where peer is NULL
	 * nobody knows whose it was. The sockets go on either way.
	 */
	void (*trouble)(void *owner, struct peer *peer, int errnum, ssize_t len);
};

struct dgram_figures {
	uint64_t received, received_bytes;
	uint64_t sent, sent_bytes;
	uint64_t lost; /* dropped by the kernel before we could take them */
};

/* cfg is copied, what it points to and cb are borrowed. */
struct dgram *dgram_new(
	struct ev_loop *loop, const struct dgram_cfg *cfg, const struct dgram_cb *cb, void *owner);
/* Take over a bound or connected socket, and read from it from now on. */
void dgram_add(struct dgram *dgram, int fd);

/*
 * A peer that did not speak first, on the first socket: the one a client sends to. It is never
 * forgotten. On connected sockets addr serves only for its name.
 */
struct peer *dgram_meet(struct dgram *dgram, const struct sockaddr *addr, socklen_t len);

/* Those who are there: the ones that were silent for too long are forgotten first. */
const struct peers *dgram_peers(struct dgram *dgram);

/* The port a peer's datagrams come from; 0 where there are no ports. */
unsigned dgram_peer_port(const struct peer *peer);

/* Stop reading, or go on. What comes meanwhile waits in the kernel as far as there is room. */
void dgram_pause(struct dgram *dgram, bool paused);

/*
 * Between these, what is sent is gathered, and it leaves in few calls at the second, which answers
 * like `send`: false when no more should be sent until `drained`. A `trouble` may come inside
 * either way of sending, `drained` never does.
 */
void dgram_hold(struct dgram *dgram);
bool dgram_release(struct dgram *dgram);

/* Datagrams that still wait to be sent. */
size_t dgram_queued(const struct dgram *dgram);
void dgram_get_figures(struct dgram *dgram, struct dgram_figures *out);

/* Close the sockets and forget everybody; what was queued is dropped. Allowed in its callbacks,
 * after which none comes any more. NULL is nothing. */
void dgram_free(struct dgram *dgram);

#endif
