/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/chan_impl.h"
#include "io/loop.h"

enum { READS_PER_TURN = 8 };

/* A read shorter than this has probably emptied a plain descriptor: ask the loop before again. */
enum { READ_AGAIN = 16 * 1024 };

static void give(struct chan *chan, const unsigned char *data, size_t len)
{
	size_t taken = chan->cb->data(chan, data, len);

	if (taken < len && !chan->freed) {
		chan->held = seg_new(data + taken, len - taken);
		chan->held_off = 0;
	}
}

void chan_give_held(struct chan *chan)
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
		chan_event_read_eof(chan);
		chan_call(chan, chan->cb->eof);
	} else if (n == LINK_CUT || n == LINK_ERROR) {
		chan_event_read_failed(chan);
		chan_call_later(chan);
	} else if (chan->sending == S_DEAD) {
		/* Sending has failed and there is nothing left to read: that was all. */
		chan_event_read_failed(chan);
		chan_call_later(chan);
	} else if (chan->link->nap > 0) {
		ev_timer_set(&chan->nap, chan->link->nap, 0.);
		ev_timer_start(chan->loop, &chan->nap);
	}
	return false;
}

void chan_read_some(struct chan *chan)
{
	char *buffer = loop_buffer(chan->loop);

	if (chan->borrower && chan_may_read(chan)) {
		chan->borrower(chan);
		return;
	}
	for (int i = 0; i < READS_PER_TURN && chan_may_read(chan) && !chan->freed; i++) {
		ssize_t n = link_read(chan->link, buffer, LOOP_BUFFER);
		bool again = take_result(chan, n);

		if (n > 0 && !chan->freed)
			give(chan, (unsigned char *)buffer, (size_t)n);
		if (!again)
			return;
	}
	/* A layer may still hold bytes that no descriptor announces. */
	if (!chan->freed && !chan->link->bare && chan_may_read(chan)) {
		chan->retry_read = true;
		chan_call_later(chan);
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
