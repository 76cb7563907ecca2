/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of a chan share: chan.c has its states, the loop's calls and its life,
 * chan_read.c and chan_write.c move the bytes.
 */
#ifndef NETPY_IO_CHAN_IMPL_H
#define NETPY_IO_CHAN_IMPL_H

#include "io/chan.h"
#include "io/hangup.h"

enum read_state { R_OPEN, R_ENDED, R_DEAD };
enum send_state { S_OPEN, S_DRAIN, S_SHUT, S_DEAD };

struct piece {
	struct piece *next;
	struct seg *seg;
	size_t off;
};

struct chan {
	struct ev_loop *loop;
	struct link *link;
	const struct chan_cb *cb;
	void *owner;

	enum read_state reading;
	enum send_state sending;
	bool paused;
	bool read_wants_write, write_wants_read; /* a layer asked for the other direction */
	bool shut_told, failed_told, gone;
	bool retry_read; /* resumed: try without asking the descriptor */
	void (*borrower)(struct chan *chan);

	struct seg *held; /* what data did not take, from held_off on */
	size_t held_off;
	struct piece *first, **last;
	size_t queued;

	uint64_t sent, received;
	ev_tstamp active;

	ev_io rio, wio;
	ev_timer nap;
	ev_timer kick; /* never started: fed when the owner is to be told something */
	struct hangup hangup;

	unsigned calls; /* how many of our callbacks are running */
	bool freed;
};

/* chan.c: the only functions that change a state. */
void chan_event_read_eof(struct chan *chan);
void chan_event_read_failed(struct chan *chan);
void chan_event_write_failed(struct chan *chan);
void chan_event_end_asked(struct chan *chan);
void chan_event_shut_done(struct chan *chan);

/* chan.c: start and stop the watchers as the state wants it. */
void chan_update(struct chan *chan);
void chan_watch(struct chan *chan, ev_io *io, bool on);
/* Tell the owner, or try again, from the loop. */
void chan_call_later(struct chan *chan);
/* Call one of the owner's functions, if there is one; the chan may be marked as freed after it. */
void chan_call(struct chan *chan, void (*cb)(struct chan *chan));
/* Would a read be welcome? */
bool chan_may_read(const struct chan *chan);

/* chan_read.c: read what there is and give it to the owner; give again what was not taken. */
void chan_read_some(struct chan *chan);
void chan_give_held(struct chan *chan);

/* chan_write.c: write what is queued, then half-close where that was asked for. */
void chan_write_some(struct chan *chan);
void chan_try_shut(struct chan *chan);
void chan_drop_queue(struct chan *chan);

#endif
