/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/mux.h"

#include <stdlib.h>

#include "base/mem.h"
#include "io/mux_impl.h"

/* --- output ------------------------------------------------------------------------------- */

static void pause_members(struct mux *mux, bool pause)
{
	for (struct peer *peer = mux->peers.list; peer; peer = peer->next) {
		struct member *member = member_of(peer);

		if (member->closing)
			continue;
		if (pause)
			chan_pause(member->chan);
		else if (!member_is_behind(member))
			chan_resume(member->chan);
	}
}

void mux_output(struct mux *mux, const void *data, size_t len)
{
	if (len == 0)
		return;
	chan_send(mux->local, data, len);
	if (chan_queued(mux->local) > 0 && !mux->blocked) {
		mux->blocked = true;
		pause_members(mux, true);
	}
}

static void on_local_drained(struct chan *chan)
{
	struct mux *mux = chan_owner(chan);

	mux->blocked = false;
	pause_members(mux, false);
}

/* --- input -------------------------------------------------------------------------------- */

/* Only those who are chosen count: who was before may take its time. */
static bool somebody_is_slow(const struct mux *mux)
{
	struct peer *peer = NULL;

	while ((peer = peers_choose(&mux->peers, &mux->cfg.to, peer)))
		if (chan_queued(member_of(peer)->chan) > 0)
			return true;
	return false;
}

void mux_retry_input(struct mux *mux)
{
	if (!chan_is_paused(mux->local) || mux->input_over || mux->peers.count == 0)
		return;
	if (!somebody_is_slow(mux))
		chan_resume(mux->local);
}

/* Also notices that the last one has left: what is on stdin then waits for the next. */
static bool anybody_chosen(const struct mux *mux)
{
	return peers_choose(&mux->peers, &mux->cfg.to, NULL) != NULL;
}

static void send_to_chosen(struct mux *mux, const void *data, size_t len)
{
	struct peer *peer = NULL;
	bool more = true;

	if (len == 0)
		return;
	while ((peer = peers_choose(&mux->peers, &mux->cfg.to, peer)))
		more = peer->ops->send(peer, data, len) && more;
	if (!more)
		chan_pause(mux->local);
}

static size_t on_local_data(struct chan *chan, const void *data, size_t len)
{
	struct mux *mux = chan_owner(chan);

	if (!anybody_chosen(mux)) {
		chan_pause(chan);
		return 0;
	}
	if (!mux->cfg.to_peer) {
		send_to_chosen(mux, data, len);
		return len;
	}
	filters_feed(mux->cfg.to_peer, data, len, &mux->scratch);
	send_to_chosen(mux, mux->scratch.data, mux->scratch.len);
	mux->scratch.len = 0;
	return len;
}

static void on_local_eof(struct chan *chan)
{
	struct mux *mux = chan_owner(chan);
	struct peer *next;

	mux->input_over = true;
	for (struct peer *peer = mux->peers.list; peer; peer = next) {
		next = peer->next;
		member_end(member_of(peer));
	}
}

/* --- the end ------------------------------------------------------------------------------ */

static void on_kick(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct mux *mux = CONTAINER_OF(timer, struct mux, kick);

	(void)loop;
	(void)events;
	mux->cb->done(mux->owner, &mux->err);
}

static void on_local_shut(struct chan *chan)
{
	struct mux *mux = chan_owner(chan);

	ev_feed_event(mux->loop, &mux->kick, EV_TIMER);
}

static void on_local_failed(struct chan *chan)
{
	struct mux *mux = chan_owner(chan);

	err_move(&mux->err, chan_err(chan));
	ev_feed_event(mux->loop, &mux->kick, EV_TIMER);
}

void mux_finish(struct mux *mux)
{
	chan_pause(mux->local);
	chan_end(mux->local);
}

void mux_left(struct mux *mux, struct member *member)
{
	struct err err = { 0 };
	unsigned id = member->peer.id;
	char *name = member->name;

	err_move(&err, &member->err);
	member->name = NULL;
	peers_remove(&mux->peers, &member->peer);
	member_free(member);
	mux_retry_input(mux);
	mux->cb->left(mux->owner, id, name, &err, mux->peers.count);
	err_clear(&err);
	free(name);
}

/* --- life --------------------------------------------------------------------------------- */

static const struct chan_cb local_cb = {
	.data = on_local_data,
	.eof = on_local_eof,
	.drained = on_local_drained,
	.shut = on_local_shut,
	.failed = on_local_failed,
};

struct mux *mux_new(struct ev_loop *loop, struct link *local, const struct mux_cfg *cfg,
	const struct mux_cb *cb, void *owner)
{
	struct mux *mux = x_calloc(1, sizeof(*mux));

	mux->loop = loop;
	mux->cfg = *cfg;
	mux->cb = cb;
	mux->owner = owner;
	ev_timer_init(&mux->kick, on_kick, 0., 0.);
	if (cfg->answer == MUX_REPLY)
		mux->reply = seg_new(cfg->reply, cfg->reply_len);
	/* It is read once there is somebody to read it for. */
	mux->local = chan_new(loop, local, &local_cb, mux);
	return mux;
}

unsigned mux_add(struct mux *mux, struct link *link, const char *name)
{
	struct member *member = member_new(mux, link, name);

	if (mux->input_over)
		member_end(member);
	mux_retry_input(mux);
	return member->peer.id;
}

unsigned mux_count(const struct mux *mux)
{
	return mux->peers.count;
}

void mux_flush(struct mux *mux)
{
	chan_flush(mux->local);
	for (struct peer *peer = mux->peers.list; peer; peer = peer->next)
		chan_flush(member_of(peer)->chan);
}

void mux_free(struct mux *mux)
{
	struct peer *peer;

	if (!mux)
		return;
	ev_clear_pending(mux->loop, &mux->kick);
	while ((peer = mux->peers.list)) {
		link_abort(chan_link(member_of(peer)->chan));
		peers_remove(&mux->peers, peer);
		member_free(member_of(peer));
	}
	chan_free(mux->local);
	filters_free(mux->cfg.to_peer);
	seg_unref(mux->reply);
	buf_clear(&mux->scratch);
	err_clear(&mux->err);
	free(mux);
}
