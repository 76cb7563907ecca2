/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A mux joins one local side to many stream peers at once.
 *
 * What comes from the local side goes to those that cfg.to chooses; while nobody is chosen it is
 * not read. What the peers send goes to the local output in whole lines, so that two peers never
 * share one (an unfinished line goes out after a tenth of a second, or when it is MUX_LINE long);
 * it may also be answered: echoed, or replied to. A slow output pauses all peers; a chosen peer
 * that does not read pauses the local side. Memory: one read a peer plus its unfinished line.
 *
 * Ends, per peer: its EOF closes it (after our own end: cfg.eof), unless cfg.peer_eof keeps it
 * for what the local side may still say.
 */
#ifndef NETPY_IO_MUX_H
#define NETPY_IO_MUX_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/event.h"
#include "base/match.h"
#include "io/peer.h"
#include "io/pump.h"

enum { MUX_LINE = 64 * 1024 };

enum mux_answer { MUX_LOCAL, MUX_ECHO, MUX_REPLY };

struct mux_cfg {
	struct to to;
	enum pump_eof eof;
	enum pump_peer_eof peer_eof;
	double linger;
	double idle; /* seconds without a byte, per peer; -1: no limit */
	bool raw;    /* bytes as they come instead of whole lines */
	bool drop;   /* what the peers send is not shown */
	enum mux_answer answer;
	const void *reply; /* MUX_REPLY; borrowed */
	size_t reply_len;
	double reply_after;	 /* seconds from the arrival; -1: after the first data */
	const char *reply_match; /* or when a line matches this expression, checked before */
	struct filter *to_peer;	 /* owned; what comes from the local side */
	bool escape;		 /* the local output is a terminal */
	struct tap *taps;	 /* borrowed */
	struct event_sink *sink; /* borrowed; gets EVENT_FIRST, EVENT_EOF, EVENT_CLOSE */
};

/* Called from the loop, never from inside a mux_ function. */
struct mux_cb {
	/* A peer has been closed; err says how (moved out), left is how many are still there. */
	void (*left)(void *owner, unsigned id, const char *name, struct err *err, unsigned left);
	/* The local side has failed, or mux_finish is done: nothing more will come of the mux. */
	void (*done)(void *owner, struct err *err);
};

struct mux;

/* Owns the link, whose input may be absent (rfd -1). cfg is copied. */
struct mux *mux_new(struct ev_loop *loop, struct link *local, const struct mux_cfg *cfg,
	const struct mux_cb *cb, void *owner);
/* A new peer; the mux owns its link. name is copied. Returns its number. */
unsigned mux_add(struct mux *mux, struct link *link, const char *name);
unsigned mux_count(const struct mux *mux);
/* Everybody has left and nobody will come: flush the output and end it; then done. */
void mux_finish(struct mux *mux);
/* Before dying of a signal: write what can be written without waiting. */
void mux_flush(struct mux *mux);
/* Peers that are still there see a cut. NULL is nothing. */
void mux_free(struct mux *mux);

#endif
