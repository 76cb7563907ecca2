/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Half-close, as a table. Each side of a chan is in one state; events move it, and only the
 * functions named event_* change a state. Actions follow from the move.
 *
 *   reading side   event            next    told to the owner
 *   OPEN           read_eof         ENDED   eof (and the watch for a hang-up begins)
 *   OPEN           read_failed      DEAD    failed
 *   ENDED, DEAD    any              same
 *
 *   sending side   event            next    told to the owner
 *   OPEN           end_asked        DRAIN   (shut is tried when the queue is empty)
 *   OPEN, DRAIN    write_failed     DEAD    failed, once reading has met its end as well
 *   DRAIN          shut_done        SHUT    shut
 *   SHUT, DEAD     any              same
 *
 * A failure of either side ends both. It is told when nothing more can be read: what the peer
 * sent before it went is delivered first. Where the directions are different files (stdin and
 * stdout) they say nothing about each other, and it is told at once.
 */
#include "io/chan.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/chan_impl.h"

static const char *const read_names[] = { "open", "ended", "dead" };
static const char *const send_names[] = { "open", "drain", "shut", "dead" };

/* --- states ------------------------------------------------------------------------------- */

static void move(struct chan *chan, enum read_state reading, enum send_state sending)
{
	if (chan->reading == reading && chan->sending == sending)
		return;
	log_debug("chan %p: reading %s -> %s, sending %s -> %s", (void *)chan,
		read_names[chan->reading], read_names[reading], send_names[chan->sending],
		send_names[sending]);
	chan->reading = reading;
	chan->sending = sending;
}

void chan_call_later(struct chan *chan)
{
	ev_feed_event(chan->loop, &chan->kick, EV_TIMER);
}

static void on_gone(struct hangup *hangup)
{
	struct chan *chan = CONTAINER_OF(hangup, struct chan, hangup);

	chan->gone = true;
	chan_call_later(chan);
}

void chan_event_read_eof(struct chan *chan)
{
	if (chan->reading != R_OPEN)
		return;
	move(chan, R_ENDED, chan->sending);
	if (chan->sending == S_OPEN || chan->sending == S_DRAIN)
		hangup_start(&chan->hangup, chan->loop, chan->link->wfd, on_gone);
}

void chan_event_read_failed(struct chan *chan)
{
	chan_drop_queue(chan);
	move(chan, R_DEAD, S_DEAD);
}

void chan_event_write_failed(struct chan *chan)
{
	chan_drop_queue(chan);
	/* Two files: the one that was read is not the one that failed, and it does not matter. */
	if (chan->link->rfd != chan->link->wfd || chan->reading == R_ENDED)
		move(chan, R_DEAD, S_DEAD);
	else
		move(chan, chan->reading, S_DEAD);
	chan_call_later(chan);
}

void chan_event_end_asked(struct chan *chan)
{
	if (chan->sending == S_OPEN)
		move(chan, chan->reading, S_DRAIN);
}

void chan_event_shut_done(struct chan *chan)
{
	if (chan->sending != S_DRAIN)
		return;
	move(chan, chan->reading, S_SHUT);
	hangup_stop(&chan->hangup);
	chan_call_later(chan);
}

/* --- what to wait for: the only place that starts and stops watchers ------------------------ */

void chan_watch(struct chan *chan, ev_io *io, bool on)
{
	if (on && !ev_is_active(io))
		ev_io_start(chan->loop, io);
	else if (!on && ev_is_active(io))
		ev_io_stop(chan->loop, io);
}

bool chan_may_read(const struct chan *chan)
{
	return chan->reading == R_OPEN && !chan->paused && !chan->held;
}

void chan_update(struct chan *chan)
{
	bool to_read = chan_may_read(chan) && !ev_is_active(&chan->nap);
	bool to_write = chan->first || chan->sending == S_DRAIN;
	bool readable =
		(to_read && !chan->read_wants_write) || (to_write && chan->write_wants_read);
	bool writable =
		(to_write && !chan->write_wants_read) || (to_read && chan->read_wants_write);

	chan_watch(chan, &chan->rio, readable);
	chan_watch(chan, &chan->wio, writable);
}

/* --- calling the owner: it may free the chan -------------------------------------------------- */

static void release(struct chan *chan)
{
	link_free(chan->link);
	free(chan);
}

static void enter(struct chan *chan)
{
	chan->calls++;
}

/* The chan may be no more after this. */
static void leave(struct chan *chan)
{
	if (--chan->calls > 0)
		return;
	if (chan->freed)
		release(chan);
	else
		chan_update(chan);
}

void chan_call(struct chan *chan, void (*cb)(struct chan *chan))
{
	if (cb && !chan->freed)
		cb(chan);
}

/* --- the loop's calls ----------------------------------------------------------------------- */

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct chan *chan = CONTAINER_OF(io, struct chan, rio);

	(void)loop;
	(void)events;
	enter(chan);
	if (chan->write_wants_read)
		chan_write_some(chan);
	if (!chan->freed && !chan->read_wants_write)
		chan_read_some(chan);
	leave(chan);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	struct chan *chan = CONTAINER_OF(io, struct chan, wio);

	(void)loop;
	(void)events;
	enter(chan);
	if (!chan->write_wants_read)
		chan_write_some(chan);
	if (!chan->freed && chan->read_wants_write)
		chan_read_some(chan);
	leave(chan);
}

static void on_nap_over(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct chan *chan = CONTAINER_OF(timer, struct chan, nap);

	(void)loop;
	(void)events;
	chan_update(chan);
}

/* The reader of our output has gone, or the peer closed whole behind its EOF. */
static void tell_gone(struct chan *chan)
{
	chan->gone = false;
	if (chan->sending != S_OPEN && chan->sending != S_DRAIN)
		return;
	if (chan->link->rfd == chan->link->wfd) {
		chan_call(chan, chan->cb->gone);
		return;
	}
	if (!chan->link->ended) {
		chan->link->ended = LINK_ERROR;
		chan->link->err.kind = ERR_LOCAL; /* quiet, as EPIPE is */
	}
	chan_event_write_failed(chan);
}

static void tell_states(struct chan *chan)
{
	if (chan->gone)
		tell_gone(chan);
	if (chan->sending == S_SHUT && !chan->shut_told) {
		chan->shut_told = true;
		chan_call(chan, chan->cb->shut);
	}
	if (chan->freed || chan->sending != S_DEAD || chan->failed_told)
		return;
	if (chan->reading == R_DEAD) {
		chan->failed_told = true;
		chan_call(chan, chan->cb->failed);
	} else if (chan->reading == R_OPEN && chan_may_read(chan)) {
		chan_read_some(chan);
	}
}

static void on_kick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct chan *chan = CONTAINER_OF(timer, struct chan, kick);

	(void)loop;
	(void)events;
	enter(chan);
	if (chan->retry_read) {
		chan->retry_read = false;
		if (chan->held && !chan->paused)
			chan_give_held(chan);
		if (!chan->freed)
			chan_read_some(chan);
	}
	if (!chan->freed)
		tell_states(chan);
	leave(chan);
}

/* --- life --------------------------------------------------------------------------------- */

struct chan *chan_new(
	struct ev_loop *loop, struct link *link, const struct chan_cb *cb, void *owner)
{
	struct chan *chan = x_calloc(1, sizeof(*chan));

	chan->loop = loop;
	chan->link = link;
	chan->paused = true;
	chan->last = &chan->first;
	chan->active = ev_now(loop);
	chan->reading = link->rfd >= 0 ? R_OPEN : R_ENDED;
	ev_io_init(&chan->rio, on_readable, link->rfd, EV_READ);
	ev_io_init(&chan->wio, on_writable, link->wfd, EV_WRITE);
	ev_timer_init(&chan->nap, on_nap_over, 0., 0.);
	ev_timer_init(&chan->kick, on_kick, 0., 0.);
	chan_set_owner(chan, cb, owner);
	if (link->rfd != link->wfd)
		hangup_start(&chan->hangup, loop, link->wfd, on_gone);
	return chan;
}

void chan_set_owner(struct chan *chan, const struct chan_cb *cb, void *owner)
{
	chan->cb = cb;
	chan->owner = owner;
}

void chan_free(struct chan *chan)
{
	if (!chan || chan->freed)
		return;
	chan->freed = true;
	hangup_stop(&chan->hangup);
	ev_io_stop(chan->loop, &chan->rio);
	ev_io_stop(chan->loop, &chan->wio);
	ev_timer_stop(chan->loop, &chan->nap);
	ev_clear_pending(chan->loop, &chan->kick);
	chan_drop_queue(chan);
	seg_unref(chan->held);
	chan->held = NULL;
	if (chan->calls == 0)
		release(chan);
}

void chan_pause(struct chan *chan)
{
	chan->paused = true;
	chan_update(chan);
}

void chan_resume(struct chan *chan)
{
	/* The silence of a pause was ours, not the other side's. */
	if (chan_is_paused(chan))
		chan->active = ev_now(chan->loop);
	chan->paused = false;
	chan_update(chan);
	if (chan->held || (chan->reading == R_OPEN && !chan->link->bare)) {
		chan->retry_read = true;
		chan_call_later(chan);
	} else if (chan->sending == S_DEAD) {
		chan_call_later(chan);
	}
}

void *chan_owner(const struct chan *chan)
{
	return chan->owner;
}

struct link *chan_link(const struct chan *chan)
{
	return chan->link;
}

struct err *chan_err(struct chan *chan)
{
	return &chan->link->err;
}

size_t chan_queued(const struct chan *chan)
{
	return chan->queued;
}

bool chan_has_ended(const struct chan *chan)
{
	return chan->reading == R_ENDED;
}

bool chan_is_shut(const struct chan *chan)
{
	return chan->sending == S_SHUT;
}

bool chan_has_failed(const struct chan *chan)
{
	return chan->sending == S_DEAD || chan->reading == R_DEAD;
}

bool chan_is_paused(const struct chan *chan)
{
	return chan->paused || chan->held;
}

uint64_t chan_sent(const struct chan *chan)
{
	return chan->sent;
}

uint64_t chan_received(const struct chan *chan)
{
	return chan->received;
}

ev_tstamp chan_last_active(const struct chan *chan)
{
	return chan->active;
}
