/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chan is a link on the loop: it reads when there is something, writes at once what it can and
 * queues the rest, half-closes behind its queue, and tells its owner what happened.
 *
 * Memory: what one read brought (the loop's buffer) plus the queue; the queue grows only by what
 * the owner sends, so an owner that pauses the source while chan_queued is not 0 holds at most
 * one read per direction.
 */
#ifndef NETPY_IO_CHAN_H
#define NETPY_IO_CHAN_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "io/link.h"

struct chan;

/*
 * None of these is called from inside a chan_ function. The chan may be freed inside any of them.
 * A callback that is NULL is not called.
 */
struct chan_cb {
	/* Bytes have come. Returns how many were taken; when fewer than len, the rest is held and
	 * given again after chan_resume. Must not be NULL. */
	size_t (*data)(struct chan *chan, const void *data, size_t len);
	/* The other side ended its stream; nothing more will come. */
	void (*eof)(struct chan *chan);
	/* The queue was not empty and now is. */
	void (*drained)(struct chan *chan);
	/* chan_end has taken effect: everything is written and the stream is half-closed. */
	void (*shut)(struct chan *chan);
	/* The other side is gone although it ended properly and we have not: sending is in vain. */
	void (*gone)(struct chan *chan);
	/* The link has failed: chan_err says how. What had come before has been given to data. */
	void (*failed)(struct chan *chan);
};

/* The chan owns the link from now on. owner is for the callbacks. Reading starts paused. */
struct chan *chan_new(
	struct ev_loop *loop, struct link *link, const struct chan_cb *cb, void *owner);
/* Another owner takes over, its callbacks with it. */
void chan_set_owner(struct chan *chan, const struct chan_cb *cb, void *owner);
void *chan_owner(const struct chan *chan);
struct link *chan_link(const struct chan *chan);
/* The link's first error. */
struct err *chan_err(struct chan *chan);
/* Also frees the link; what is queued is lost. NULL is nothing. */
void chan_free(struct chan *chan);

/* Send bytes, now or from the queue. Nothing happens after chan_end or a failure. */
void chan_send(struct chan *chan, const void *data, size_t len);
/* The same for shared bytes: no copy is made. Takes a reference of its own. */
void chan_send_seg(struct chan *chan, struct seg *seg);
/* Half-close when the queue is empty. */
void chan_end(struct chan *chan);
/* Write what goes out without waiting. */
void chan_flush(struct chan *chan);
/* Bytes of memory that wait to be written. */
size_t chan_queued(const struct chan *chan);

void chan_pause(struct chan *chan);
/* Also gives the held bytes again and tries a read: a layer may hold what rfd does not announce. */
void chan_resume(struct chan *chan);

/*
 * Let somebody else do the reading: `ready` is called when rfd is readable, in place of read and
 * data. It moves the bytes itself and reports what it met; after EOF or a failure the chan goes on
 * as if it had read that. Held bytes are still given to data first. NULL ends the loan.
 */
void chan_borrow_read(struct chan *chan, void (*ready)(struct chan *chan));
/* The borrower's result of one attempt: a count, or one of enum link_result. */
void chan_report_read(struct chan *chan, ssize_t result);

bool chan_has_ended(const struct chan *chan);  /* the other side's EOF was given */
bool chan_is_shut(const struct chan *chan);    /* our half-close is done */
bool chan_has_failed(const struct chan *chan); /* one of the directions broke */
bool chan_is_paused(const struct chan *chan);  /* by chan_pause, or for want of taking */

uint64_t chan_sent(const struct chan *chan);	     /* bytes the link took */
uint64_t chan_received(const struct chan *chan);     /* bytes the link gave */
/* Loop time of the last byte either way, or of the end of the last pause. */
ev_tstamp chan_last_active(const struct chan *chan);

#endif
