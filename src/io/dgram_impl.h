/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of io/dgram share; nobody else includes it.
 */
#ifndef NETPY_IO_DGRAM_IMPL_H
#define NETPY_IO_DGRAM_IMPL_H

#include <netinet/in.h>

#include "base/buf.h"
#include "io/dgram.h"

struct dgram_sock {
	struct dgram *dgram;
	ev_io io;
	int fd;
	int family;
	bool blocked;	   /* the kernel takes no more now: wait until it is writable */
	uint32_t overflow; /* the kernel's count of what it dropped */
};

/* The address of ours that a datagram came to: answers leave from there. */
struct dgram_local {
	int family; /* AF_INET or AF_INET6; 0: unknown, let the kernel choose */
	union {
		struct in_pktinfo in;
		struct in6_pktinfo in6;
	};
};

struct dgram_peer {
	struct peer peer; /* first: a struct peer of ours is a struct dgram_peer */
	struct dgram *dgram;
	unsigned refs; /* the table's, and one for each datagram in the queue */
	bool known;    /* it is in the table */
	bool kept;     /* never forgotten */
	bool deaf;     /* had no room for too long: is not waited for until it has some again */
	size_t sock;
	struct dgram_local local;
	char *name;
	ev_tstamp heard;
	struct dgram_peer *chain;	  /* others in the same bucket */
	struct dgram_peer *newer, *older; /* by when they were heard last */
	socklen_t len;
	struct sockaddr_storage addr;
};

struct dgram_item {
	struct dgram_peer *to;
	size_t off, len; /* in dgram->bytes */
	bool again;	 /* it has been put off once for an error of an earlier one */
};

struct dgram_queue {
	struct dgram_item *items;
	size_t head, count, cap; /* items[head .. count-1] wait */
	struct buf bytes;
	size_t waiting; /* bytes of those */
	bool flushing;
	unsigned held;
	ev_timer nap;	 /* the kernel has no room and will not say when */
	ev_tstamp stuck; /* since when the first item cannot leave; 0: it can */
};

struct dgram_inbox;

struct dgram {
	struct ev_loop *loop;
	struct dgram_cfg cfg;
	const struct dgram_cb *cb;
	void *owner;
	struct dgram_sock **socks;
	size_t sock_count;
	bool paused;
	bool dead;     /* freed; the memory goes when nobody is inside any more */
	unsigned busy; /* calls of ours on the stack that will look at this again */

	struct dgram_inbox *inbox;
	struct dgram_queue queue;

	struct peers peers;
	struct dgram_peer **buckets;
	size_t bucket_count;
	struct dgram_peer *newest, *oldest;
	struct dgram_peer
		*latest; /* of the last datagram: the next is often its, too; may be NULL */

	struct dgram_figures figures;
	uint64_t told_lost;
	ev_timer tell; /* runs for a second after loss was told */
};

/* dgram.c: around everything that calls back. The last one out of a freed dgram takes the memory
 * away, and gets false. */
void dgram_enter(struct dgram *dgram);
bool dgram_leave(struct dgram *dgram);
/* Watch a socket for what its state asks for. */
void dgram_watch(struct dgram_sock *sock);
/* The kernel's count of what it dropped on a socket is now this. */
void dgram_lost(struct dgram_sock *sock, uint32_t overflow);

/* dgram_recv.c */
struct dgram_inbox *dgram_inbox_new(int family);
void dgram_inbox_free(struct dgram_inbox *inbox);
void dgram_receive(struct dgram_sock *sock);

/* dgram_send.c */
void dgram_queue_init(struct dgram *dgram);
bool dgram_send(struct dgram_peer *to, const void *data, size_t len);
void dgram_flush(struct dgram *dgram);
void dgram_queue_clear(struct dgram *dgram);

/* dgram_peers.c */
void dgram_table_init(struct dgram *dgram);
struct dgram_peer *dgram_peer_find(
	struct dgram *dgram, size_t sock, const struct sockaddr *addr, socklen_t len);
/* Out of the table; it lives on while datagrams to it are queued. */
void dgram_peer_forget(struct dgram_peer *peer);
void dgram_peer_unref(struct dgram_peer *peer);
void dgram_table_clear(struct dgram *dgram);

#endif
