/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of datagram peers: found by address and socket, forgotten by age.
 */
#include "io/dgram_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* More buckets than this are not worth their memory, however many peers are allowed. */
enum { BUCKETS_MAX = 65536 };

static const struct peer_ops dgram_peer_ops;

void dgram_table_init(struct dgram *dgram)
{
	size_t want = dgram->cfg.max_peers;

	dgram->bucket_count = 16;
	while (dgram->bucket_count < want && dgram->bucket_count < BUCKETS_MAX)
		dgram->bucket_count *= 2;
	dgram->buckets = x_calloc(dgram->bucket_count, sizeof(*dgram->buckets));
}

/* FNV-1a: short, and good enough for a table whose chains are bounded anyway. */
static struct dgram_peer **bucket_of(struct dgram *dgram, const void *addr, socklen_t len)
{
	const unsigned char *at = addr;
	uint32_t hash = 2166136261u;

	for (socklen_t i = 0; i < len; i++)
		hash = (hash ^ at[i]) * 16777619u;
	return &dgram->buckets[(hash ^ hash >> 16) & (dgram->bucket_count - 1)];
}

static bool peer_is(const struct dgram_peer *peer, size_t sock, const void *addr, socklen_t len)
{
	return peer->sock == sock && peer->len == len && memcmp(&peer->addr, addr, len) == 0;
}

static void order_unlink(struct dgram_peer *peer)
{
	struct dgram *dgram = peer->dgram;

	*(peer->newer ? &peer->newer->older : &dgram->newest) = peer->older;
	*(peer->older ? &peer->older->newer : &dgram->oldest) = peer->newer;
}

static void order_link(struct dgram_peer *peer)
{
	struct dgram *dgram = peer->dgram;

	peer->newer = NULL;
	peer->older = dgram->newest;
	*(dgram->newest ? &dgram->newest->newer : &dgram->oldest) = peer;
	dgram->newest = peer;
}

static struct dgram_peer *peer_new(
	struct dgram *dgram, size_t sock, const struct sockaddr *addr, socklen_t len)
{
	struct dgram_peer *peer = x_calloc(1, sizeof(*peer));

	peer->peer.ops = &dgram_peer_ops;
	peer->dgram = dgram;
	peer->refs = 1;
	peer->known = true;
	peer->sock = sock;
	peer->len = len;
	memcpy(&peer->addr, addr, len);
	peer->name = dgram->cfg.describe(addr, len);
	return peer;
}

/* The one to give up for a new one, or because it is older than `age`. */
static struct dgram_peer *oldest_to_go(struct dgram *dgram)
{
	struct dgram_peer *peer = dgram->oldest;

	while (peer && peer->kept)
		peer = peer->newer;
	return peer;
}

static void forget_aged(struct dgram *dgram)
{
	ev_tstamp now = ev_now(dgram->loop);
	struct dgram_peer *peer;

	while ((peer = oldest_to_go(dgram)) && now - peer->heard > dgram->cfg.peer_age)
		dgram_peer_forget(peer);
}

static struct dgram_peer *peer_enter(
	struct dgram *dgram, size_t sock, const struct sockaddr *addr, socklen_t len)
{
	struct dgram_peer **bucket = bucket_of(dgram, addr, len);
	struct dgram_peer *peer;

	forget_aged(dgram);
	if (dgram->peers.count >= dgram->cfg.max_peers && (peer = oldest_to_go(dgram)))
		dgram_peer_forget(peer);
	peer = peer_new(dgram, sock, addr, len);
	peer->chain = *bucket;
	*bucket = peer;
	order_link(peer);
	peers_add(&dgram->peers, &peer->peer);
	return peer;
}

struct dgram_peer *dgram_peer_find(
	struct dgram *dgram, size_t sock, const struct sockaddr *addr, socklen_t len)
{
	struct dgram_peer *peer = dgram->latest;

	if (!peer || !peer_is(peer, sock, addr, len)) {
		peer = *bucket_of(dgram, addr, len);
		while (peer && !peer_is(peer, sock, addr, len))
			peer = peer->chain;
		if (!peer)
			peer = peer_enter(dgram, sock, addr, len);
		else if (peer != dgram->newest) {
			order_unlink(peer);
			order_link(peer);
		}
		dgram->latest = peer;
	}
	peer->heard = ev_now(dgram->loop);
	return peer;
}

struct peer *dgram_meet(struct dgram *dgram, const struct sockaddr *addr, socklen_t len)
{
	struct dgram_peer *peer = dgram_peer_find(dgram, 0, addr, len);

	peer->kept = true;
	return &peer->peer;
}

const struct peers *dgram_peers(struct dgram *dgram)
{
	forget_aged(dgram);
	return &dgram->peers;
}

void dgram_peer_unref(struct dgram_peer *peer)
{
	if (--peer->refs > 0)
		return;
	free(peer->name);
	free(peer);
}

void dgram_peer_forget(struct dgram_peer *peer)
{
	struct dgram *dgram = peer->dgram;
	struct dgram_peer **at = bucket_of(dgram, &peer->addr, peer->len);

	if (!peer->known)
		return;
	while (*at != peer)
		at = &(*at)->chain;
	*at = peer->chain;
	order_unlink(peer);
	peers_remove(&dgram->peers, &peer->peer);
	if (dgram->latest == peer)
		dgram->latest = NULL;
	peer->known = false;
	dgram_peer_unref(peer);
}

void dgram_table_clear(struct dgram *dgram)
{
	while (dgram->oldest)
		dgram_peer_forget(dgram->oldest);
	free(dgram->buckets);
}

unsigned dgram_peer_port(const struct peer *peer)
{
	const struct sockaddr_storage *addr = &((const struct dgram_peer *)peer)->addr;

	switch (addr->ss_family) {
	case AF_INET:
		return ntohs(((const struct sockaddr_in *)addr)->sin_port);
	case AF_INET6:
		return ntohs(((const struct sockaddr_in6 *)addr)->sin6_port);
	default:
		return 0;
	}
}

static bool peer_send(struct peer *peer, const void *data, size_t len)
{
	return dgram_send(CONTAINER_OF(peer, struct dgram_peer, peer), data, len);
}

static void peer_end(struct peer *peer)
{
	(void)peer;
}

static void peer_kick(struct peer *peer)
{
	struct dgram_peer *self = CONTAINER_OF(peer, struct dgram_peer, peer);

	if (!self->kept)
		dgram_peer_forget(self);
}

static const char *peer_describe(const struct peer *peer)
{
	return ((const struct dgram_peer *)peer)->name;
}

static const struct peer_ops dgram_peer_ops = {
	.send = peer_send,
	.end = peer_end,
	.kick = peer_kick,
	.describe = peer_describe,
};
