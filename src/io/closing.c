/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/closing.h"

#include <stdlib.h>

#include "base/mem.h"
#include "io/fdlink.h"

/* First pause before asking again what is not acknowledged yet, doubled each time, in seconds. */
#define ASK_AGAIN     0.001
#define ASK_AGAIN_MAX 0.1

struct closing {
	struct ev_loop *loop;
	struct chan *chan;
	void (*done)(void *owner, struct err *err);
	void *owner;
	ev_timer linger;
	ev_timer ask;
	double pause;
	unsigned long left; /* not taken by the peer when the linger timer was set */
};

static bool is_settled(const struct closing *closing)
{
	return chan_is_shut(closing->chan) && chan_has_ended(closing->chan);
}

static void finish(struct closing *closing, struct err *err)
{
	ev_timer_stop(closing->loop, &closing->linger);
	ev_timer_stop(closing->loop, &closing->ask);
	closing->done(closing->owner, err);
}

static unsigned long not_taken(const struct closing *closing)
{
	return fdlink_unacked(chan_link(closing->chan)->wfd) + chan_queued(closing->chan);
}

/* Time is over, or the peer said all it had to say: is anything lost? */
static void judge(struct closing *closing)
{
	struct err err = { 0 };
	unsigned long lost = not_taken(closing);

	if (lost > 0) {
		link_abort(chan_link(closing->chan));
		if (fdlink_is_unix(chan_link(closing->chan)->wfd))
			err_set(&err, ERR_PEER, "the peer did not take all that was sent");
		else
			err_set(&err, ERR_PEER, "the peer did not take the last %lu bytes", lost);
		err_set_hint(&err, "--linger TIME waits longer");
	}
	finish(closing, &err);
}

static void ask(struct closing *closing)
{
	if (fdlink_unacked(chan_link(closing->chan)->wfd) == 0) {
		judge(closing);
		return;
	}
	ev_timer_set(&closing->ask, closing->pause, 0.);
	ev_timer_start(closing->loop, &closing->ask);
	closing->pause = closing->pause < ASK_AGAIN_MAX ? closing->pause * 2 : ASK_AGAIN_MAX;
}

static void on_ask(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	ask(CONTAINER_OF(timer, struct closing, ask));
}

/* A slow peer that goes on taking gets the time again. */
static void on_linger(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct closing *closing = CONTAINER_OF(timer, struct closing, linger);
	unsigned long left = not_taken(closing);

	(void)events;
	if (left > 0 && left < closing->left) {
		closing->left = left;
		ev_timer_again(loop, timer);
		return;
	}
	judge(closing);
}

/* Read and dropped, and not by recv with MSG_TRUNC: a reset is told once, to the link. */
static size_t on_data(struct chan *chan, const void *data, size_t len)
{
	(void)chan;
	(void)data;
	return len;
}

static void on_end(struct chan *chan)
{
	struct closing *closing = chan_owner(chan);

	if (is_settled(closing) && !ev_is_active(&closing->ask))
		ask(closing);
}

static void on_failed(struct chan *chan)
{
	struct closing *closing = chan_owner(chan);
	struct err err = { 0 };

	err_move(&err, chan_err(chan));
	finish(closing, &err);
}

static const struct chan_cb closing_cb = {
	.data = on_data,
	.eof = on_end,
	.shut = on_end,
	.failed = on_failed,
};

struct closing *closing_start(struct ev_loop *loop, struct chan *chan, double linger,
	void (*done)(void *owner, struct err *err), void *owner)
{
	struct closing *closing = x_calloc(1, sizeof(*closing));

	*closing = (struct closing){
		.loop = loop, .chan = chan, .done = done, .owner = owner, .pause = ASK_AGAIN
	};
	chan_set_owner(chan, &closing_cb, closing);
	closing->left = not_taken(closing);
	ev_timer_init(&closing->linger, on_linger, 0., linger > 0 ? linger : 1e-6);
	ev_timer_again(loop, &closing->linger);
	ev_timer_init(&closing->ask, on_ask, 0., 0.);
	chan_end(chan);
	chan_resume(chan);
	/* Both ends may have come before we did; then no callback will follow. */
	if (is_settled(closing)) {
		ev_timer_set(&closing->ask, 0., 0.);
		ev_timer_start(loop, &closing->ask);
	}
	return closing;
}

void closing_free(struct closing *closing)
{
	if (!closing)
		return;
	ev_timer_stop(closing->loop, &closing->linger);
	ev_timer_stop(closing->loop, &closing->ask);
	chan_free(closing->chan);
	free(closing);
}
