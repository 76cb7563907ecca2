/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sending datagrams: a queue that keeps their order and empties itself as the kernel allows.
 */
#include "io/dgram_impl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	BATCH = 64,
	/* Senders are asked to stop when so much waits. */
	FULL_BYTES = 1024 * 1024,
	FULL_ITEMS = 4096,
};

/* ENOBUFS, and a unix socket whose owner is slow: nothing will wake us, so look again soon. */
static const double NAP = 0.002;
/* So long one receiver that does not read may hold up the others. */
static const double STUCK_MAX = 1;

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

struct outbox {
	struct mmsghdr msgs[BATCH];
	struct iovec pieces[BATCH];
	union control controls[BATCH];
};

static void on_nap(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct dgram *dgram = timer->data;

	(void)loop;
	(void)revents;
	dgram_enter(dgram);
	dgram_flush(dgram);
	dgram_leave(dgram);
}

void dgram_queue_init(struct dgram *dgram)
{
	ev_timer_init(&dgram->queue.nap, on_nap, NAP, 0);
	dgram->queue.nap.data = dgram;
}

size_t dgram_queued(const struct dgram *dgram)
{
	return dgram->queue.count - dgram->queue.head;
}

/* Bring what waits to the front, once most of the memory is behind it. */
static void queue_compact(struct dgram_queue *queue)
{
	size_t gone;

	if (queue->head == queue->count) {
		queue->head = queue->count = 0;
		queue->bytes.len = 0;
		return;
	}
	gone = queue->items[queue->head].off;
	if (gone < FULL_BYTES || gone < queue->waiting)
		return;
	queue->count -= queue->head;
	memmove(queue->items, queue->items + queue->head, queue->count * sizeof(*queue->items));
	queue->head = 0;
	buf_drop(&queue->bytes, gone);
	for (size_t i = 0; i < queue->count; i++)
		queue->items[i].off -= gone;
}

static void queue_add(
	struct dgram_queue *queue, struct dgram_peer *to, const void *data, size_t len)
{
	if (queue->count == queue->cap) {
		queue->cap = queue->cap ? queue->cap * 2 : BATCH;
		queue->items = x_realloc(queue->items, queue->cap, sizeof(*queue->items));
	}
	queue->items[queue->count++] = (struct dgram_item){ to, queue->bytes.len, len, false };
	buf_add(&queue->bytes, data, len);
	queue->waiting += len;
	to->refs++;
}

static void queue_drop(struct dgram_queue *queue)
{
	struct dgram_item *item = &queue->items[queue->head++];

	queue->waiting -= item->len;
	queue->stuck = 0;
	dgram_peer_unref(item->to);
	if (queue->head == queue->count)
		queue_compact(queue);
}

static bool queue_is_full(const struct dgram_queue *queue)
{
	return queue->waiting >= FULL_BYTES || queue->count - queue->head >= FULL_ITEMS;
}

static void add_local(struct msghdr *msg, union control *control, const struct dgram_local *local)
{
	size_t size = local->family == AF_INET ? sizeof(local->in) : sizeof(local->in6);
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(size);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_len = CMSG_LEN(size);
	c->cmsg_level = local->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = local->family == AF_INET ? IP_PKTINFO : IPV6_PKTINFO;
	memcpy(CMSG_DATA(c), local->family == AF_INET ? (const void *)&local->in : &local->in6,
		size);
}

static void outbox_put(
	struct dgram *dgram, struct outbox *out, size_t at, const struct dgram_item *item)
{
	struct msghdr *msg = &out->msgs[at].msg_hdr;

	out->pieces[at] = (struct iovec){ dgram->queue.bytes.data + item->off, item->len };
	*msg = (struct msghdr){ .msg_iov = &out->pieces[at], .msg_iovlen = 1 };
	if (dgram->cfg.connected)
		return;
	msg->msg_name = &item->to->addr;
	msg->msg_namelen = item->to->len;
	if (item->to->local.family)
		add_local(msg, &out->controls[at], &item->to->local);
}

/* Offer what goes out by the first item's socket; returns how many went, or -1 with errno. */
static int send_batch(struct dgram *dgram)
{
	struct dgram_queue *queue = &dgram->queue;
	const struct dgram_item *first = &queue->items[queue->head];
	size_t count = 0, waiting = queue->count - queue->head;
	struct outbox out;

	if (first->to->len <= sizeof(sa_family_t)) {
		errno = EDESTADDRREQ;
		return -1;
	}
	while (count < BATCH && count < waiting && first[count].to->sock == first->to->sock) {
		outbox_put(dgram, &out, count, &first[count]);
		count++;
	}
	return sendmmsg(dgram->socks[first->to->sock]->fd, out.msgs, (unsigned)count,
		MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void count_sent(struct dgram *dgram, int count)
{
	for (int i = 0; i < count; i++) {
		struct dgram_item *item = &dgram->queue.items[dgram->queue.head];

		item->to->deaf = false;
		dgram->figures.sent++;
		dgram->figures.sent_bytes += item->len;
		tap_bytes(dgram->cfg.taps, TAP_SENT, item->to->peer.id, item->to->name,
			dgram->queue.bytes.data + item->off, item->len, 1);
		queue_drop(&dgram->queue);
	}
}

/* The first item did not go for this reason, which has nothing to do with what it is. Returns
 * whether to wait: a receiver of many must not hold up the others for ever. */
static bool wait_for_room(struct dgram *dgram, struct dgram_peer *to, int errnum)
{
	struct dgram_queue *queue = &dgram->queue;
	struct dgram_sock *sock = dgram->socks[to->sock];

	if (errnum != ENOBUFS && errnum != ENOMEM &&
		(sock->family != AF_UNIX || dgram->cfg.connected)) {
		sock->blocked = true;
		dgram_watch(sock);
		return true;
	}
	if (queue->stuck == 0)
		queue->stuck = ev_now(dgram->loop);
	if (!dgram->cfg.connected && ev_now(dgram->loop) - queue->stuck > STUCK_MAX)
		to->deaf = true;
	if (to->deaf)
		return false;
	ev_timer_set(&queue->nap, NAP, 0);
	ev_timer_start(dgram->loop, &queue->nap);
	return true;
}

/* Returns whether to go on with the queue at once. */
static bool send_failed(struct dgram *dgram, int errnum)
{
	struct dgram_item *item = &dgram->queue.items[dgram->queue.head];
	struct dgram_peer *to = item->to;
	struct dgram_sock *sock = dgram->socks[to->sock];
	size_t len = item->len;

	switch (errnum) {
	case EINTR:
		return true;
	case EAGAIN:
#if EWOULDBLOCK != EAGAIN
	case EWOULDBLOCK:
#endif
	case ENOBUFS:
	case ENOMEM:
		if (wait_for_room(dgram, to, errnum))
			return false;
		break;
	case ECONNREFUSED:
		/* A connected socket tells so what became of an earlier datagram. */
		if (!dgram->cfg.connected || sock->family == AF_UNIX || item->again)
			break;
		item->again = true;
		dgram->cb->trouble(dgram->owner, &to->peer, errnum, -1);
		return !dgram->dead;
	case EINVAL:
	case EADDRNOTAVAIL:
		/* The address that was asked may be gone, or may be nobody's own. */
		if (to->local.family == 0)
			break;
		to->local.family = 0;
		return true;
	}
	to->refs++;
	queue_drop(&dgram->queue);
	dgram->cb->trouble(dgram->owner, &to->peer, errnum, (ssize_t)len);
	dgram_peer_unref(to);
	return !dgram->dead;
}

/* Send until the queue is empty or has to wait. */
static void flush(struct dgram *dgram)
{
	struct dgram_queue *queue = &dgram->queue;

	/* A callback may send: its datagram goes behind the others, in the loop that is running. */
	if (queue->flushing)
		return;
	queue->flushing = true;
	while (queue->head < queue->count && !ev_is_active(&queue->nap)) {
		int count;

		if (dgram->socks[queue->items[queue->head].to->sock]->blocked)
			break;
		count = send_batch(dgram);
		if (count >= 0)
			count_sent(dgram, count);
		else if (!send_failed(dgram, errno))
			break;
	}
	queue->flushing = false;
}

void dgram_flush(struct dgram *dgram)
{
	struct dgram_queue *queue = &dgram->queue;

	if (queue->head == queue->count)
		return;
	flush(dgram);
	if (!dgram->dead && queue->head == queue->count)
		dgram->cb->drained(dgram->owner);
}

bool dgram_send(struct dgram_peer *to, const void *data, size_t len)
{
	struct dgram *dgram = to->dgram;
	struct dgram_queue *queue = &dgram->queue;

	queue_compact(queue);
	queue_add(queue, to, data, len);
	if (queue->held == 0) {
		dgram_enter(dgram);
		flush(dgram);
		if (!dgram_leave(dgram))
			return false;
	}
	return !queue_is_full(queue);
}

void dgram_hold(struct dgram *dgram)
{
	dgram->queue.held++;
}

bool dgram_release(struct dgram *dgram)
{
	struct dgram_queue *queue = &dgram->queue;

	if (--queue->held == 0) {
		dgram_enter(dgram);
		flush(dgram);
		if (!dgram_leave(dgram))
			return false;
	}
	return !queue_is_full(queue);
}

void dgram_queue_clear(struct dgram *dgram)
{
	struct dgram_queue *queue = &dgram->queue;

	while (queue->head < queue->count)
		queue_drop(queue);
	free(queue->items);
	buf_clear(&queue->bytes);
}
