/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Somebody at the far end, whatever carries the bytes: a stream (a chan) or a datagram sender.
 * What talks to many at once (mux, udp-listen; later hub, session, scripts) needs only this.
 */
#ifndef NETPY_IO_PEER_H
#define NETPY_IO_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct peer;

struct peer_ops {
	/* Send bytes (for datagrams: exactly one). All are taken, queued where need be. Returns
	 * false when no more should be sent until the owner's `drained` call. */
	bool (*send)(struct peer *peer, const void *data, size_t len);
	/* Half-close behind what was sent; nothing for datagrams. */
	void (*end)(struct peer *peer);
	/* Drop the peer at once: a stream is cut. */
	void (*kick)(struct peer *peer);
	/* Its address as text, numeric; belongs to the peer. */
	const char *(*describe)(const struct peer *peer);
};

/* Embedded in whatever implements it. */
struct peer {
	const struct peer_ops *ops;
	unsigned id;        /* from 1, never used again */
	struct peer *next, *prev; /* in arrival order, latest first; used by struct peers */
};

/* Who gets what stands on stdin: --to last|all|none|N|ADDRESS. */
enum to_kind { TO_LAST, TO_ALL, TO_NONE, TO_ID, TO_ADDRESS };
struct to {
	enum to_kind kind;
	unsigned id;
	const char *address; /* borrowed from the word; "ADDRESS" or "ADDRESS:PORT" */
};
/* Returns 0, or -1 with err of ERR_USAGE. */
int to_parse(const char *word, struct to *out, struct err *err);

/* Those who are there. The peers belong to their makers; this only knows them. */
struct peers {
	struct peer *list;    /* latest arrival first */
	struct peer *speaker; /* who sent last, while it is there */
	unsigned count;
	unsigned last_id;
};

/* Number the peer and remember it. */
void peers_add(struct peers *peers, struct peer *peer);
void peers_remove(struct peers *peers, struct peer *peer);
/* This one has just sent something. */
void peers_spoke(struct peers *peers, struct peer *peer);
/* The next receiver that `to` chooses, after `previous` (NULL: the first); NULL: no more. */
struct peer *peers_choose(const struct peers *peers, const struct to *to,
	const struct peer *previous);

#endif
