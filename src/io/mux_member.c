/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "io/fdlink.h"
#include "io/mux_impl.h"

/* How long an unfinished line waits for its end, in seconds. */
#define PARTIAL 0.1

struct member *member_of(struct peer *peer)
{
	return CONTAINER_OF(peer, struct member, peer);
}

/* --- as a peer ---------------------------------------------------------------------------- */

static bool member_send(struct peer *peer, const void *data, size_t len)
{
	struct member *member = member_of(peer);

	if (member->closing)
		return true;
	tap_bytes(member->mux->cfg.taps, TAP_SENT, peer->id, member->name, data, len, 0);
	chan_send(member->chan, data, len);
	return chan_queued(member->chan) == 0;
}

static void member_half_close(struct peer *peer)
{
	if (!member_of(peer)->closing)
		chan_end(member_of(peer)->chan);
}

static void member_kick(struct peer *peer)
{
	link_abort(chan_link(member_of(peer)->chan));
	mux_left(member_of(peer)->mux, member_of(peer));
}

static const char *member_describe(const struct peer *peer)
{
	return CONTAINER_OF((struct peer *)(uintptr_t)peer, struct member, peer)->name;
}

static const struct peer_ops member_ops = {
	.send = member_send,
	.end = member_half_close,
	.kick = member_kick,
	.describe = member_describe,
};

/* --- what it sends goes to the output --------------------------------------------------------- */

static void show(struct member *member, const void *data, size_t len)
{
	struct buf shown = { 0 };

	if (!member->escape) {
		mux_output(member->mux, data, len);
		return;
	}
	filters_feed(member->escape, data, len, &shown);
	mux_output(member->mux, shown.data, shown.len);
	buf_clear(&shown);
}

static void show_unfinished(struct member *member)
{
	ev_timer_stop(member->mux->loop, &member->partial);
	show(member, member->line.data, member->line.len);
	buf_clear(&member->line);
}

static void on_partial(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	show_unfinished(CONTAINER_OF(timer, struct member, partial));
}

static void show_lines(struct member *member, const char *data, size_t len)
{
	const char *lf = memrchr(data, '\n', len);
	size_t whole = lf ? (size_t)(lf - data) + 1 : 0;

	if (whole > 0) {
		if (member->line.len > 0)
			show_unfinished(member);
		show(member, data, whole);
	}
	if (whole == len)
		return;
	buf_add(&member->line, data + whole, len - whole);
	if (member->line.len >= MUX_LINE)
		show_unfinished(member);
	else if (!ev_is_active(&member->partial))
		ev_timer_start(member->mux->loop, &member->partial);
}

/* --- and is answered -------------------------------------------------------------------------- */

static void close_member(struct member *member, double linger);

static void reply(struct member *member)
{
	struct seg *text = member->mux->reply;

	if (member->replied || member->closing)
		return;
	member->replied = true;
	tap_bytes(member->mux->cfg.taps, TAP_SENT, member->peer.id, member->name, text->data,
		text->len, 0);
	chan_send_seg(member->chan, text);
	chan_end(member->chan);
}

static void on_answer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct member *member = CONTAINER_OF(timer, struct member, answer);

	(void)loop;
	(void)events;
	if (!member->replied)
		reply(member);
	else if (fdlink_unacked(chan_link(member->chan)->wfd) > 0)
		close_member(member, member->mux->cfg.linger); /* is still taking the reply */
	else
		close_member(member, 0); /* the client had its time */
}

static void reply_when_due(struct member *member, const void *data, size_t len)
{
	const struct mux_cfg *cfg = &member->mux->cfg;

	if (cfg->answer != MUX_REPLY || member->replied)
		return;
	if (member->match.compiled ? match_feed(&member->match, data, len) : cfg->reply_after < 0)
		reply(member);
}

bool member_is_behind(const struct member *member)
{
	return member->mux->cfg.answer == MUX_ECHO && chan_queued(member->chan) > 0;
}

static void echo(struct member *member, const void *data, size_t len)
{
	tap_bytes(member->mux->cfg.taps, TAP_SENT, member->peer.id, member->name, data, len, 0);
	chan_send(member->chan, data, len);
	if (member_is_behind(member))
		chan_pause(member->chan);
}

static size_t on_data(struct chan *chan, const void *data, size_t len)
{
	struct member *member = chan_owner(chan);
	struct mux *mux = member->mux;

	if (!member->first_seen) {
		member->first_seen = true;
		event_emit(mux->cfg.sink, EVENT_FIRST, member->peer.id,
			EVENT_S("s", ev_now(mux->loop) - member->start));
	}
	tap_bytes(mux->cfg.taps, TAP_RECEIVED, member->peer.id, member->name, data, len, 0);
	peers_spoke(&mux->peers, &member->peer);
	mux_retry_input(mux);
	if (mux->cfg.answer == MUX_ECHO)
		echo(member, data, len);
	reply_when_due(member, data, len);
	if (mux->cfg.drop)
		return len;
	if (mux->cfg.raw)
		show(member, data, len);
	else
		show_lines(member, data, len);
	return len;
}

/* --- ends ----------------------------------------------------------------------------------- */

static void finish(struct member *member)
{
	struct mux *mux = member->mux;
	struct buf rest = { 0 };

	show_unfinished(member);
	filters_flush(member->escape, &rest);
	mux_output(mux, rest.data, rest.len);
	buf_clear(&rest);
	event_emit(mux->cfg.sink, EVENT_CLOSE, member->peer.id, EVENT_T("peer", member->name),
		EVENT_T("by", chan_has_ended(member->chan) ? "peer" : "us"),
		EVENT_T("reason", member->err.msg), EVENT_N("sent", chan_sent(member->chan)),
		EVENT_N("received", chan_received(member->chan)),
		EVENT_S("s", ev_now(mux->loop) - member->start));
	mux_left(mux, member);
}

static void on_closed(void *owner, struct err *err)
{
	struct member *member = owner;

	err_move(&member->err, err);
	finish(member);
}

static void close_member(struct member *member, double linger)
{
	if (member->closing)
		return;
	ev_timer_stop(member->mux->loop, &member->idle);
	ev_timer_stop(member->mux->loop, &member->answer);
	member->closing = closing_start(member->mux->loop, member->chan, linger, on_closed, member);
}

void member_end(struct member *member)
{
	const struct mux_cfg *cfg = &member->mux->cfg;

	if (cfg->answer != MUX_LOCAL || member->closing)
		return;
	if (cfg->eof == PUMP_EOF_CLOSE || chan_has_ended(member->chan))
		close_member(member, cfg->linger);
	else if (cfg->eof == PUMP_EOF_HALF)
		chan_end(member->chan);
}

static void on_eof(struct chan *chan)
{
	struct member *member = chan_owner(chan);
	struct mux *mux = member->mux;

	event_emit(mux->cfg.sink, EVENT_EOF, member->peer.id, EVENT_T("by", "peer"));
	/* What waits for a time or is still to be sent gets its time; the rest is over. */
	if (mux->cfg.answer == MUX_REPLY && !member->replied && mux->cfg.reply_after >= 0)
		return;
	if (mux->cfg.answer == MUX_LOCAL && !mux->input_over &&
		mux->cfg.peer_eof == PUMP_PEER_EOF_KEEP && !chan_is_shut(chan))
		return;
	close_member(member, mux->cfg.linger);
}

static void on_drained(struct chan *chan)
{
	struct member *member = chan_owner(chan);

	if (member->mux->cfg.answer == MUX_ECHO && !member->mux->blocked)
		chan_resume(chan);
	mux_retry_input(member->mux);
}

static void on_shut(struct chan *chan)
{
	struct member *member = chan_owner(chan);
	struct mux *mux = member->mux;

	event_emit(mux->cfg.sink, EVENT_EOF, member->peer.id, EVENT_T("by", "us"));
	if (!member->replied)
		return;
	if (chan_has_ended(chan)) {
		close_member(member, mux->cfg.linger);
		return;
	}
	ev_timer_stop(mux->loop, &member->answer);
	ev_timer_set(&member->answer, mux->cfg.linger, 0.);
	ev_timer_start(mux->loop, &member->answer);
}

static void on_gone(struct chan *chan)
{
	struct member *member = chan_owner(chan);

	close_member(member, member->mux->cfg.linger);
}

static void on_failed(struct chan *chan)
{
	struct member *member = chan_owner(chan);

	err_move(&member->err, chan_err(chan));
	finish(member);
}

static void on_idle(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct member *member = CONTAINER_OF(timer, struct member, idle);
	double limit = member->mux->cfg.idle;
	double left = limit - (ev_now(loop) - chan_last_active(member->chan));
	char text[NUM_TEXT];

	(void)events;
	/* Time in which we hold the peer back ourselves does not count; it is its own doing when it
	 * does not take its echo. */
	if (chan_is_paused(member->chan) && !member_is_behind(member))
		left = limit;
	if (left > 0) {
		ev_timer_set(timer, left, 0.);
		ev_timer_start(loop, timer);
		return;
	}
	err_set(&member->err, ERR_TIMEOUT, "%s: no byte either way for %s", member->name,
		num_format_time(limit, text));
	link_abort(chan_link(member->chan));
	finish(member);
}

/* --- life --------------------------------------------------------------------------------- */

static const struct chan_cb member_cb = {
	.data = on_data,
	.eof = on_eof,
	.drained = on_drained,
	.shut = on_shut,
	.gone = on_gone,
	.failed = on_failed,
};

static void start_timers(struct member *member)
{
	const struct mux_cfg *cfg = &member->mux->cfg;

	ev_timer_init(&member->partial, on_partial, PARTIAL, 0.);
	ev_timer_init(&member->idle, on_idle, cfg->idle, 0.);
	ev_timer_init(&member->answer, on_answer, cfg->reply_after, 0.);
	if (cfg->idle >= 0)
		ev_timer_start(member->mux->loop, &member->idle);
	if (cfg->answer == MUX_REPLY && cfg->reply_after >= 0)
		ev_timer_start(member->mux->loop, &member->answer);
}

struct member *member_new(struct mux *mux, struct link *link, const char *name)
{
	struct member *member = x_calloc(1, sizeof(*member));
	struct err ignored = { 0 };

	member->peer.ops = &member_ops;
	member->mux = mux;
	member->name = x_strdup(name);
	member->start = ev_now(mux->loop);
	member->escape = mux->cfg.escape ? filter_new_escape() : NULL;
	if (mux->cfg.reply_match)
		match_compile(&member->match, "reply-after", mux->cfg.reply_match, &ignored);
	err_clear(&ignored);
	member->chan = chan_new(mux->loop, link, &member_cb, member);
	peers_add(&mux->peers, &member->peer);
	start_timers(member);
	if (!mux->blocked)
		chan_resume(member->chan);
	return member;
}

void member_free(struct member *member)
{
	ev_timer_stop(member->mux->loop, &member->partial);
	ev_timer_stop(member->mux->loop, &member->idle);
	ev_timer_stop(member->mux->loop, &member->answer);
	if (member->closing)
		closing_free(member->closing);
	else
		chan_free(member->chan);
	filters_free(member->escape);
	match_clear(&member->match);
	buf_clear(&member->line);
	err_clear(&member->err);
	free(member->name);
	free(member);
}
