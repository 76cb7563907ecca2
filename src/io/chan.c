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

#include <stdint.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "io/hangup.h"
#include "io/loop.h"

enum { READS_PER_TURN = 8, PIECES_PER_WRITE = 16 };

/* A read shorter than this has probably emptied a plain descriptor: ask the loop before again. */
enum { READ_AGAIN = 16 * 1024 };

enum read_state { R_OPEN, R_ENDED, R_DEAD };
enum send_state { S_OPEN, S_DRAIN, S_SHUT, S_DEAD };

static const char *const read_names[] = { "open", "ended", "dead" };
static const char *const send_names[] = { "open", "drain", "shut", "dead" };

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

static void drop_queue(struct chan *chan)
{
	struct piece *piece;

	while ((piece = chan->first)) {
		chan->first = piece->next;
		seg_unref(piece->seg);
		free(piece);
	}
	chan->last = &chan->first;
	chan->queued = 0;
}

static void call_later(struct chan *chan)
{
	ev_feed_event(chan->loop, &chan->kick, EV_TIMER);
}

static void on_gone(struct hangup *hangup)
{
	struct chan *chan = CONTAINER_OF(hangup, struct chan, hangup);

	chan->gone = true;
	call_later(chan);
}

static void event_read_eof(struct chan *chan)
{
	if (chan->reading != R_OPEN)
		return;
	move(chan, R_ENDED, chan->sending);
	if (chan->sending == S_OPEN || chan->sending == S_DRAIN)
		hangup_start(&chan->hangup, chan->loop, chan->link->wfd, on_gone);
}

static void event_read_failed(struct chan *chan)
{
	drop_queue(chan);
	move(chan, R_DEAD, S_DEAD);
}

static void event_write_failed(struct chan *chan)
{
	drop_queue(chan);
	/* Two files: the one that was read is not the one that failed, and it does not matter. */
	if (chan->link->rfd != chan->link->wfd || chan->reading == R_ENDED)
		move(chan, R_DEAD, S_DEAD);
	else
		move(chan, chan->reading, S_DEAD);
	call_later(chan);
}

static void event_end_asked(struct chan *chan)
{
	if (chan->sending == S_OPEN)
		move(chan, chan->reading, S_DRAIN);
}

static void event_shut_done(struct chan *chan)
{
	if (chan->sending != S_DRAIN)
		return;
	move(chan, chan->reading, S_SHUT);
	hangup_stop(&chan->hangup);
	call_later(chan);
}

/* --- what to wait for: the only place that starts and stops watchers ------------------------ */

static void watch(struct chan *chan, ev_io *io, bool on)
{
	if (on && !ev_is_active(io))
		ev_io_start(chan->loop, io);
	else if (!on && ev_is_active(io))
		ev_io_stop(chan->loop, io);
}

static bool may_read(const struct chan *chan)
{
	return chan->reading == R_OPEN && !chan->paused && !chan->held;
}

static void chan_update(struct chan *chan)
{
	bool to_read = may_read(chan) && !ev_is_active(&chan->nap);
	bool to_write = chan->first || chan->sending == S_DRAIN;
	bool readable =
		(to_read && !chan->read_wants_write) || (to_write && chan->write_wants_read);
	bool writable =
		(to_write && !chan->write_wants_read) || (to_read && chan->read_wants_write);

	watch(chan, &chan->rio, readable);
	watch(chan, &chan->wio, writable);
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

/* Returns false when the chan is no more. */
static bool leave(struct chan *chan)
{
	if (--chan->calls > 0)
		return true;
	if (chan->freed) {
		release(chan);
		return false;
	}
	chan_update(chan);
	return true;
}

static void call(struct chan *chan, void (*cb)(struct chan *chan))
{
	if (cb && !chan->freed)
		cb(chan);
}

/* --- reading ------------------------------------------------------------------------------ */

static void give(struct chan *chan, const unsigned char *data, size_t len)
{
	size_t taken = chan->cb->data(chan, data, len);

	if (taken < len && !chan->freed) {
		chan->held = seg_new(data + taken, len - taken);
		chan->held_off = 0;
	}
}

static void give_held(struct chan *chan)
{
	struct seg *seg = chan->held;
	size_t off = chan->held_off;

	chan->held = NULL;
	give(chan, seg->data + off, seg->len - off);
	seg_unref(seg);
}

/* What one attempt to read brought, whoever made it. Returns true when another may bring more. */
static bool take_result(struct chan *chan, ssize_t n)
{
	chan->read_wants_write = n == LINK_WANT_WRITE;
	if (n > 0) {
		chan->received += (uint64_t)n;
		chan->active = ev_now(chan->loop);
		return n >= READ_AGAIN || !chan->link->bare;
	}
	if (n == LINK_EOF) {
		event_read_eof(chan);
		call(chan, chan->cb->eof);
	} else if (n == LINK_CUT || n == LINK_ERROR) {
		event_read_failed(chan);
		call_later(chan);
	} else if (chan->sending == S_DEAD) {
		/* Sending has failed and there is nothing left to read: that was all. */
		event_read_failed(chan);
		call_later(chan);
	} else if (chan->link->nap > 0) {
		ev_timer_set(&chan->nap, chan->link->nap, 0.);
		ev_timer_start(chan->loop, &chan->nap);
	}
	return false;
}

static void read_some(struct chan *chan)
{
	char *buffer = loop_buffer(chan->loop);

	if (chan->borrower && may_read(chan)) {
		chan->borrower(chan);
		return;
	}
	for (int i = 0; i < READS_PER_TURN && may_read(chan) && !chan->freed; i++) {
		ssize_t n = link_read(chan->link, buffer, LOOP_BUFFER);
		bool again = take_result(chan, n);

		if (n > 0 && !chan->freed)
			give(chan, (unsigned char *)buffer, (size_t)n);
		if (!again)
			return;
	}
	/* A layer may still hold bytes that no descriptor announces. */
	if (!chan->freed && !chan->link->bare && may_read(chan)) {
		chan->retry_read = true;
		call_later(chan);
	}
}

void chan_report_read(struct chan *chan, ssize_t result)
{
	take_result(chan, result);
}

void chan_borrow_read(struct chan *chan, void (*ready)(struct chan *chan))
{
	chan->borrower = ready;
}

/* --- writing ------------------------------------------------------------------------------ */

/* Returns the bytes written, or 0 when it has to wait or has failed. */
static size_t write_pieces(struct chan *chan, const struct iovec *pieces, int count)
{
	ssize_t n = link_write(chan->link, pieces, count);

	chan->write_wants_read = n == LINK_WANT_READ;
	if (n > 0) {
		chan->sent += (uint64_t)n;
		chan->active = ev_now(chan->loop);
		return (size_t)n;
	}
	if (n == LINK_ERROR || n == LINK_CUT)
		event_write_failed(chan);
	return 0;
}

static void drop_written(struct chan *chan, size_t n)
{
	struct piece *piece;

	while ((piece = chan->first) && n >= piece->seg->len - piece->off) {
		n -= piece->seg->len - piece->off;
		chan->queued -= piece->seg->len;
		chan->first = piece->next;
		if (!chan->first)
			chan->last = &chan->first;
		seg_unref(piece->seg);
		free(piece);
	}
	if (piece)
		piece->off += n;
}

static bool write_queue(struct chan *chan)
{
	struct iovec pieces[PIECES_PER_WRITE];
	int count = 0;
	size_t n;

	for (struct piece *p = chan->first; p && count < PIECES_PER_WRITE; p = p->next)
		pieces[count++] = (struct iovec){ p->seg->data + p->off, p->seg->len - p->off };
	n = write_pieces(chan, pieces, count);
	drop_written(chan, n);
	return n > 0;
}

static void try_shut(struct chan *chan)
{
	ssize_t result;

	if (chan->sending != S_DRAIN || chan->first)
		return;
	/* The link may close the descriptor: no watcher may be left on it. */
	watch(chan, &chan->wio, false);
	result = link_shut(chan->link);
	chan->write_wants_read = result == LINK_WANT_READ;
	if (result == 0)
		event_shut_done(chan);
	else if (result == LINK_ERROR || result == LINK_CUT)
		event_write_failed(chan);
}

static void flush(struct chan *chan)
{
	bool waiting = chan->first != NULL;

	while (chan->first && write_queue(chan))
		;
	try_shut(chan);
	if (waiting && !chan->first && chan->sending != S_DEAD)
		call(chan, chan->cb->drained);
}

static void enqueue(struct chan *chan, struct seg *seg, size_t off)
{
	struct piece *piece = x_malloc(sizeof(*piece));

	*piece = (struct piece){ .seg = seg, .off = off };
	*chan->last = piece;
	chan->last = &piece->next;
	chan->queued += seg->len;
	chan_update(chan);
}

/* Write while nothing is queued; returns how many bytes have gone. */
static size_t write_now(struct chan *chan, const void *data, size_t len)
{
	size_t done = 0, n = 1;

	while (!chan->first && done < len && n > 0 && chan->sending == S_OPEN) {
		struct iovec piece = { (char *)(uintptr_t)data + done, len - done };

		n = write_pieces(chan, &piece, 1);
		done += n;
	}
	return done;
}

void chan_send(struct chan *chan, const void *data, size_t len)
{
	size_t done = write_now(chan, data, len);

	if (done < len && chan->sending == S_OPEN)
		enqueue(chan, seg_new((const char *)data + done, len - done), 0);
}

void chan_send_seg(struct chan *chan, struct seg *seg)
{
	size_t done = write_now(chan, seg->data, seg->len);

	if (done < seg->len && chan->sending == S_OPEN)
		enqueue(chan, seg_ref(seg), done);
}

void chan_end(struct chan *chan)
{
	event_end_asked(chan);
	try_shut(chan);
	chan_update(chan);
}

void chan_flush(struct chan *chan)
{
	while (chan->first && write_queue(chan))
		;
}

/* --- the loop's calls ----------------------------------------------------------------------- */

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct chan *chan = CONTAINER_OF(io, struct chan, rio);

	(void)loop;
	(void)events;
	enter(chan);
	if (chan->write_wants_read)
		flush(chan);
	if (!chan->freed && !chan->read_wants_write)
		read_some(chan);
	leave(chan);
}

static void on_writable(struct ev_loop *loop, ev_io *io, int events)
{
	struct chan *chan = CONTAINER_OF(io, struct chan, wio);

	(void)loop;
	(void)events;
	enter(chan);
	if (!chan->write_wants_read)
		flush(chan);
	if (!chan->freed && chan->read_wants_write)
		read_some(chan);
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
		call(chan, chan->cb->gone);
		return;
	}
	if (!chan->link->ended) {
		chan->link->ended = LINK_ERROR;
		chan->link->err.kind = ERR_LOCAL; /* quiet, as EPIPE is */
	}
	event_write_failed(chan);
}

static void tell_states(struct chan *chan)
{
	if (chan->gone)
		tell_gone(chan);
	if (chan->sending == S_SHUT && !chan->shut_told) {
		chan->shut_told = true;
		call(chan, chan->cb->shut);
	}
	if (chan->freed || chan->sending != S_DEAD || chan->failed_told)
		return;
	if (chan->reading == R_DEAD) {
		chan->failed_told = true;
		call(chan, chan->cb->failed);
	} else if (chan->reading == R_OPEN && may_read(chan)) {
		read_some(chan);
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
			give_held(chan);
		if (!chan->freed)
			read_some(chan);
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
	drop_queue(chan);
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
	chan->paused = false;
	chan_update(chan);
	if (chan->held || (chan->reading == R_OPEN && !chan->link->bare)) {
		chan->retry_read = true;
		call_later(chan);
	} else if (chan->sending == S_DEAD) {
		call_later(chan);
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
