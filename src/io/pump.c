/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/pump.h"

#include <stdlib.h>

#include "base/mem.h"
#include "io/closing.h"

struct pump {
	struct ev_loop *loop;
	struct pump_cfg cfg;
	const struct pump_cb *cb;
	void *owner;

	struct chan *local, *peer;
	struct closing *closing; /* owns peer once it exists */
	struct buf scratch;	 /* what filters make of one read */
	ev_tstamp start;

	bool local_over;  /* nothing more comes from the local side */
	bool peer_over;	  /* the peer is closed or has failed */
	bool output_over; /* the local side has everything, and its end */
	bool first_seen, done_told;
	struct err err;
	ev_timer kick; /* never started: fed when it is over */
};

/* --- the end ------------------------------------------------------------------------------ */

static void report_close(struct pump *pump)
{
	event_emit(pump->cfg.sink, EVENT_CLOSE, pump->cfg.conn, EVENT_T("peer", pump->cfg.name),
		EVENT_T("by", chan_has_ended(pump->peer) ? "peer" : "us"),
		EVENT_T("reason", pump->err.msg), EVENT_N("sent", chan_sent(pump->peer)),
		EVENT_N("received", chan_received(pump->peer)),
		EVENT_S("s", ev_now(pump->loop) - pump->start));
}

static void on_kick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct pump *pump = CONTAINER_OF(timer, struct pump, kick);

	(void)loop;
	(void)events;
	report_close(pump);
	pump->cb->done(pump->owner, &pump->err);
}

static void check_done(struct pump *pump)
{
	if (pump->done_told || !pump->peer_over || !pump->output_over)
		return;
	pump->done_told = true;
	ev_feed_event(pump->loop, &pump->kick, EV_TIMER);
}

/* The local output gets its end behind what is queued, or a cut where the stream had no proper
 * end and the output can show that. */
static void end_output(struct pump *pump)
{
	chan_pause(pump->local);
	if (pump->err.kind == ERR_NONE) {
		chan_end(pump->local);
	} else if (chan_queued(pump->local) == 0) {
		link_abort(chan_link(pump->local));
		pump->output_over = true;
	}
	if (chan_is_shut(pump->local))
		pump->output_over = true;
	check_done(pump);
}

static void on_closed(void *owner, struct err *err)
{
	struct pump *pump = owner;

	pump->peer_over = true;
	err_move(&pump->err, err);
	end_output(pump);
}

static void close_peer(struct pump *pump)
{
	if (pump->closing || pump->peer_over)
		return;
	pump->local_over = true;
	chan_pause(pump->local);
	pump->closing = closing_start(pump->loop, pump->peer, pump->cfg.linger, on_closed, pump);
}

/* --- local side to peer --------------------------------------------------------------------- */

static void send_to_peer(struct pump *pump, const void *data, size_t len)
{
	if (len == 0 || pump->peer_over || pump->closing)
		return;
	tap_bytes(pump->cfg.taps, TAP_SENT, pump->cfg.conn, pump->cfg.name, data, len, 0);
	chan_send(pump->peer, data, len);
	if (chan_queued(pump->peer) > 0)
		chan_pause(pump->local);
}

static size_t on_local_data(struct chan *chan, const void *data, size_t len)
{
	struct pump *pump = chan_owner(chan);

	if (pump->cfg.to_peer) {
		filters_feed(pump->cfg.to_peer, data, len, &pump->scratch);
		send_to_peer(pump, pump->scratch.data, pump->scratch.len);
		pump->scratch.len = 0;
	} else {
		send_to_peer(pump, data, len);
	}
	return len;
}

static void local_ended(struct pump *pump)
{
	if (pump->local_over)
		return;
	pump->local_over = true;
	filters_flush(pump->cfg.to_peer, &pump->scratch);
	send_to_peer(pump, pump->scratch.data, pump->scratch.len);
	pump->scratch.len = 0;
	if (pump->cfg.eof == PUMP_EOF_CLOSE || chan_has_ended(pump->peer))
		close_peer(pump);
	else if (pump->cfg.eof == PUMP_EOF_HALF)
		pump_half_close(pump);
	if (pump->cb->local_eof)
		pump->cb->local_eof(pump->owner);
}

static void on_local_eof(struct chan *chan)
{
	local_ended(chan_owner(chan));
}

static void on_local_drained(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	if (pump->peer_over)
		end_output(pump);
	else if (!pump->closing)
		chan_resume(pump->peer);
}

static void on_local_shut(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	pump->output_over = true;
	check_done(pump);
}

/* Our side is broken: the peer must not take what it got for the whole. */
static void on_local_failed(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	err_move(&pump->err, chan_err(chan));
	link_abort(chan_link(pump->peer));
	pump->peer_over = pump->output_over = true;
	check_done(pump);
}

/* --- peer to local side --------------------------------------------------------------------- */

static void send_to_local(struct pump *pump, const void *data, size_t len)
{
	if (len == 0)
		return;
	chan_send(pump->local, data, len);
	if (chan_queued(pump->local) > 0)
		chan_pause(pump->peer);
}

static size_t on_peer_data(struct chan *chan, const void *data, size_t len)
{
	struct pump *pump = chan_owner(chan);

	if (!pump->first_seen) {
		pump->first_seen = true;
		event_emit(pump->cfg.sink, EVENT_FIRST, pump->cfg.conn,
			EVENT_S("s", ev_now(pump->loop) - pump->start));
	}
	tap_bytes(pump->cfg.taps, TAP_RECEIVED, pump->cfg.conn, pump->cfg.name, data, len, 0);
	if (pump->cfg.drop)
		return len;
	if (pump->cfg.to_local) {
		filters_feed(pump->cfg.to_local, data, len, &pump->scratch);
		send_to_local(pump, pump->scratch.data, pump->scratch.len);
		pump->scratch.len = 0;
	} else {
		send_to_local(pump, data, len);
	}
	return len;
}

static void flush_output(struct pump *pump)
{
	if (pump->cfg.drop)
		return;
	filters_flush(pump->cfg.to_local, &pump->scratch);
	send_to_local(pump, pump->scratch.data, pump->scratch.len);
	pump->scratch.len = 0;
}

static void on_peer_eof(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	event_emit(pump->cfg.sink, EVENT_EOF, pump->cfg.conn, EVENT_T("by", "peer"));
	flush_output(pump);
	if (pump->local_over || pump->cfg.peer_eof == PUMP_PEER_EOF_END)
		close_peer(pump);
	else
		chan_end(pump->local);
	if (pump->cb->peer_eof)
		pump->cb->peer_eof(pump->owner);
}

static void on_peer_drained(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	if (!pump->local_over)
		chan_resume(pump->local);
}

static void on_peer_shut(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	event_emit(pump->cfg.sink, EVENT_EOF, pump->cfg.conn, EVENT_T("by", "us"));
}

/* It ended its stream, and now it is gone altogether: there is nobody left to send to. */
static void on_peer_gone(struct chan *chan)
{
	close_peer(chan_owner(chan));
}

static void on_peer_failed(struct chan *chan)
{
	struct pump *pump = chan_owner(chan);

	err_move(&pump->err, chan_err(chan));
	pump->peer_over = pump->local_over = true;
	flush_output(pump);
	end_output(pump);
}

/* --- life --------------------------------------------------------------------------------- */

static const struct chan_cb local_cb = {
	.data = on_local_data,
	.eof = on_local_eof,
	.drained = on_local_drained,
	.shut = on_local_shut,
	.failed = on_local_failed,
};

static const struct chan_cb peer_cb = {
	.data = on_peer_data,
	.eof = on_peer_eof,
	.drained = on_peer_drained,
	.shut = on_peer_shut,
	.gone = on_peer_gone,
	.failed = on_peer_failed,
};

struct pump *pump_new(struct ev_loop *loop, struct link *local, struct link *peer,
	const struct pump_cfg *cfg, const struct pump_cb *cb, void *owner)
{
	struct pump *pump = x_calloc(1, sizeof(*pump));

	pump->loop = loop;
	pump->cfg = *cfg;
	pump->cb = cb;
	pump->owner = owner;
	pump->start = ev_now(loop);
	ev_timer_init(&pump->kick, on_kick, 0., 0.);
	pump->local = chan_new(loop, local, &local_cb, pump);
	pump->peer = chan_new(loop, peer, &peer_cb, pump);
	chan_resume(pump->local);
	chan_resume(pump->peer);
	return pump;
}

void pump_free(struct pump *pump)
{
	if (!pump)
		return;
	ev_clear_pending(pump->loop, &pump->kick);
	if (!pump->peer_over)
		link_abort(chan_link(pump->peer));
	if (pump->closing)
		closing_free(pump->closing);
	else
		chan_free(pump->peer);
	chan_free(pump->local);
	filters_free(pump->cfg.to_peer);
	filters_free(pump->cfg.to_local);
	buf_clear(&pump->scratch);
	err_clear(&pump->err);
	free(pump);
}

void pump_say(struct pump *pump, const void *data, size_t len)
{
	send_to_peer(pump, data, len);
}

void pump_end_local(struct pump *pump)
{
	chan_pause(pump->local);
	local_ended(pump);
}

void pump_half_close(struct pump *pump)
{
	if (!pump->closing && !pump->peer_over)
		chan_end(pump->peer);
}

void pump_finish(struct pump *pump, struct err *err)
{
	if (err)
		err_move(&pump->err, err);
	flush_output(pump);
	close_peer(pump);
}

void pump_abort(struct pump *pump, struct err *err)
{
	err_move(&pump->err, err);
	link_abort(chan_link(pump->peer));
	pump->peer_over = pump->local_over = true;
	chan_pause(pump->peer);
	chan_flush(pump->local);
	pump->output_over = true;
	check_done(pump);
}

void pump_leave(struct pump *pump, bool whole)
{
	chan_flush(pump->local);
	chan_flush(pump->peer);
	if (whole && chan_queued(pump->peer) == 0)
		pump->peer_over = true;
}

struct chan *pump_peer(const struct pump *pump)
{
	return pump->peer;
}

struct chan *pump_local(const struct pump *pump)
{
	return pump->local;
}
