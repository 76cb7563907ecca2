/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/probe_endpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/event.h"
#include "base/mem.h"
#include "net/dial.h"
#include "net/resolve.h"

/* Nobody refused a datagram for so long: up, as far as can be known. */
#define SILENCE 1.0

struct probe {
	struct ev_loop *loop;
	const struct probe_cfg *cfg;
	const struct sock_cfg *sock;
	const struct endpoint *endpoint;
	const struct probe_cb *cb;
	void *owner;
	ev_timer limit; /* of the whole attempt; for datagrams, of one address */
	ev_io io;
	struct match match;

	/* a stream */
	struct event_sink sink; /* hears why an address failed */
	int errnum;		/* of the last address that failed */
	struct dial_cfg dial_cfg;
	struct dial *dial;
	struct link *link;
	size_t sent;

	/* datagrams */
	struct resolve *resolve;
	struct addr *addrs;
	size_t count, next;
	int fd; /* -1: none */
};

static void tell(struct probe *p, bool up, const char *state)
{
	p->cb->result(p->owner, up, state, &(struct err){ 0 });
}

static const char *state_of(int errnum)
{
	switch (errnum) {
	case ECONNREFUSED:
		return "refused";
	case ENOENT:
		return "is not there";
	case ETIMEDOUT:
		return "does not answer";
	case ECONNRESET:
	case EPIPE:
		return "closed the connection";
	}
	return strerror(errnum);
}

/* ---- streams ---- */

static void watch_link(struct probe *p, int events)
{
	ev_io_stop(p->loop, &p->io);
	ev_io_set(&p->io, events & EV_WRITE ? p->link->wfd : p->link->rfd, events);
	ev_io_start(p->loop, &p->io);
}

/* What --send says; true when all of it is on its way. */
static bool send_all(struct probe *p)
{
	const struct buf *data = p->cfg->send;
	struct iovec piece;
	ssize_t n;

	while (data && p->sent < data->len) {
		piece.iov_base = data->data + p->sent;
		piece.iov_len = data->len - p->sent;
		n = link_write(p->link, &piece, 1);
		if (n == LINK_WANT_WRITE) {
			watch_link(p, EV_WRITE);
			return false;
		}
		/* An answer may have come before the end of it. */
		if (n < 0)
			break;
		p->sent += (size_t)n;
	}
	return true;
}

static void read_answer(struct probe *p)
{
	char data[4096];
	ssize_t n = link_read(p->link, data, sizeof(data));

	if (n > 0 && match_feed(&p->match, data, (size_t)n))
		tell(p, true, "answered as expected");
	else if (n > 0 || n == LINK_WANT_READ)
		watch_link(p, EV_READ);
	else if (n == LINK_EOF)
		tell(p, false, "ended without the expected answer");
	else
		tell(p, false, "cut the connection");
}

static void talk(struct probe *p)
{
	if (!send_all(p))
		return;
	if (p->cfg->expect)
		read_answer(p);
	else
		tell(p, true, "accepted");
}

static void on_stream_io(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	talk(CONTAINER_OF(io, struct probe, io));
}

static void on_connected(void *owner, struct dial_result *result)
{
	struct probe *p = owner;

	double left = p->cfg->timeout - result->seconds;

	p->link = result->link;
	ev_now_update(p->loop);
	ev_timer_set(&p->limit, left > 0 ? left : 0, 0);
	ev_timer_start(p->loop, &p->limit);
	talk(p);
}

static void on_not_connected(void *owner, struct err *err)
{
	struct probe *p = owner;
	struct err mine = { 0 };

	err_move(&mine, err);
	if (mine.kind == ERR_USAGE)
		p->cb->result(p->owner, false, NULL, &mine);
	else if (mine.kind == ERR_RESOLVE)
		tell(p, false, "has no address");
	else if (mine.kind == ERR_TIMEOUT || p->errnum == 0)
		tell(p, false, "does not answer");
	/* A datagram socket takes no connections: that it is bound is all that can be asked. */
	else if (p->errnum == EPROTOTYPE && !p->cfg->expect)
		tell(p, true, "is there");
	else
		tell(p, false, state_of(p->errnum));
	err_clear(&mine);
}

static void hear(struct event_sink *sink, const struct event *event)
{
	struct probe *p = CONTAINER_OF(sink, struct probe, sink);

	if (event->kind == EVENT_ATTEMPT)
		p->errnum = (int)event_count(event, "errno");
}

static void start_stream(struct probe *p)
{
	static const struct dial_cb cb = { on_connected, on_not_connected };

	p->sink.take = hear;
	p->dial_cfg = (struct dial_cfg){ .connect_timeout = p->cfg->timeout, .retry = -1 };
	p->dial = dial_start(p->loop, &p->dial_cfg, p->sock, p->endpoint, &p->sink, &cb, p);
}

/* ---- datagrams ---- */

static void close_datagram(struct probe *p)
{
	ev_io_stop(p->loop, &p->io);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

static int send_datagram(struct probe *p, const struct addr *addr)
{
	const struct buf *data = p->cfg->send;
	struct err ignored = { 0 };

	p->fd = sock_open(p->sock, addr->any.sa_family, SOCK_DGRAM, ERR_CONNECT, &ignored);
	err_clear(&ignored);
	if (p->fd < 0 || connect(p->fd, &addr->any, addr->len) < 0)
		return -1;
	return send(p->fd, data ? data->data : "", data ? data->len : 0, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* The next address of the name, each after the one before was refused. */
static void next_address(struct probe *p, int errnum)
{
	double wait = p->cfg->expect || p->cfg->timeout < SILENCE ? p->cfg->timeout : SILENCE;

	ev_timer_stop(p->loop, &p->limit);
	while (p->next < p->count) {
		close_datagram(p);
		if (send_datagram(p, &p->addrs[p->next++]) == 0) {
			ev_io_set(&p->io, p->fd, EV_READ);
			ev_io_start(p->loop, &p->io);
			ev_now_update(p->loop);
			ev_timer_set(&p->limit, wait, 0);
			ev_timer_start(p->loop, &p->limit);
			return;
		}
		errnum = errno;
	}
	tell(p, false, state_of(errnum));
}

static void on_datagram(struct ev_loop *loop, ev_io *io, int events)
{
	struct probe *p = CONTAINER_OF(io, struct probe, io);
	char data[4096];
	ssize_t n = recv(p->fd, data, sizeof(data), 0);

	(void)loop;
	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		next_address(p, errno);
	else if (!p->cfg->expect)
		tell(p, true, "answered");
	else if (match_feed(&p->match, data, (size_t)n))
		tell(p, true, "answered as expected");
	else
		match_reset(&p->match);
}

static void on_resolved(void *owner, const struct resolve_result *result)
{
	struct probe *p = owner;

	p->count = result->count;
	p->addrs = x_calloc(p->count, sizeof(*p->addrs));
	memcpy(p->addrs, result->addrs, p->count * sizeof(*p->addrs));
	next_address(p, EADDRNOTAVAIL);
}

static void start_datagram(struct probe *p)
{
	static const struct resolve_cb cb = { on_resolved, on_not_connected };

	ev_now_update(p->loop);
	ev_timer_set(&p->limit, p->cfg->timeout, 0);
	ev_timer_start(p->loop, &p->limit);
	p->resolve = resolve_start(p->loop, p->endpoint, p->sock, SOCK_DGRAM, &cb, p);
}

/* ---- both ---- */

static bool is_datagram(const struct probe *p)
{
	return p->endpoint->scheme == SCHEME_UDP;
}

static void on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct probe *p = CONTAINER_OF(timer, struct probe, limit);

	(void)loop;
	(void)events;
	if (!is_datagram(p))
		tell(p, false, "accepts, but does not answer as expected");
	else if (p->fd < 0 || p->cfg->expect)
		tell(p, false, p->fd < 0 ? "has no address" : "does not answer as expected");
	else
		tell(p, true, "took a datagram in silence");
}

struct probe *probe_start(struct ev_loop *loop, const struct probe_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, const struct probe_cb *cb,
	void *owner)
{
	struct probe *p = x_calloc(1, sizeof(*p));
	struct err ignored = { 0 };

	p->loop = loop;
	p->cfg = cfg;
	p->sock = sock;
	p->endpoint = endpoint;
	p->cb = cb;
	p->owner = owner;
	p->fd = -1;
	ev_init(&p->limit, on_limit);
	ev_init(&p->io, is_datagram(p) ? on_datagram : on_stream_io);
	/* The caller has compiled it before: it cannot fail. */
	if (cfg->expect)
		match_compile(&p->match, "expect", cfg->expect, &ignored);
	err_clear(&ignored);
	if (is_datagram(p))
		start_datagram(p);
	else
		start_stream(p);
	return p;
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	ev_timer_stop(probe->loop, &probe->limit);
	close_datagram(probe);
	dial_free(probe->dial);
	link_free(probe->link);
	resolve_free(probe->resolve);
	match_clear(&probe->match);
	free(probe->addrs);
	free(probe);
}
