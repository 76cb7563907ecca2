/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "io/chan_impl.h"

enum { PIECES_PER_WRITE = 16 };

void chan_drop_queue(struct chan *chan)
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
		chan_event_write_failed(chan);
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

void chan_try_shut(struct chan *chan)
{
	ssize_t result;

	if (chan->sending != S_DRAIN || chan->first)
		return;
	/* The link may close the descriptor: no watcher may be left on it. */
	chan_watch(chan, &chan->wio, false);
	result = link_shut(chan->link);
	chan->write_wants_read = result == LINK_WANT_READ;
	if (result == 0)
		chan_event_shut_done(chan);
	else if (result == LINK_ERROR || result == LINK_CUT)
		chan_event_write_failed(chan);
}

void chan_write_some(struct chan *chan)
{
	bool waiting = chan->first != NULL;

	while (chan->first && write_queue(chan))
		;
	chan_try_shut(chan);
	if (waiting && !chan->first && chan->sending != S_DEAD)
		chan_call(chan, chan->cb->drained);
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
	chan_event_end_asked(chan);
	chan_try_shut(chan);
	chan_update(chan);
}

void chan_flush(struct chan *chan)
{
	while (chan->first && write_queue(chan))
		;
}
