/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the two halves of a mux share: mux.c has the local side, mux_member.c a peer.
 */
#ifndef NETPY_IO_MUX_IMPL_H
#define NETPY_IO_MUX_IMPL_H

#include "io/chan.h"
#include "io/closing.h"
#include "io/mux.h"

struct mux {
	struct ev_loop *loop;
	struct mux_cfg cfg;
	const struct mux_cb *cb;
	void *owner;

	struct chan *local;
	struct peers peers;
	bool input_over; /* the local side has ended: new peers are half-closed at once */
	bool blocked;	 /* the output is slow: nobody is read */
	struct seg *reply;
	struct buf scratch;
	struct err err;
	ev_timer kick; /* never started: fed when it is over */
};

struct member {
	struct peer peer; /* first */
	struct mux *mux;
	char *name;
	struct chan *chan;
	struct closing *closing; /* owns chan once it exists */
	ev_tstamp start;
	bool first_seen, replied;
	struct buf line; /* the unfinished line */
	struct filter *escape;
	struct match match;
	struct err err;
	ev_timer partial; /* the unfinished line has waited long enough */
	ev_timer idle;
	ev_timer answer; /* --reply-after TIME, then the linger behind the reply */
};

/* mux_member.c */
struct member *member_new(struct mux *mux, struct link *link, const char *name);
void member_free(struct member *member);
/* The local side has ended: tell the peer what cfg.eof says. */
void member_end(struct member *member);
struct member *member_of(struct peer *peer);
/* Is it not to be read because it does not take its echo? */
bool member_is_behind(const struct member *member);

/* mux.c, for the members */
void mux_output(struct mux *mux, const void *data, size_t len);
/* Somebody may be chosen now, or may take more. */
void mux_retry_input(struct mux *mux);
/* The member is closed: forget and free it, tell the owner. */
void mux_left(struct mux *mux, struct member *member);

#endif
