/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/serve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/fdlink.h"
#include "net/ready.h"

/* So many clients are taken in one go before others get their turn. */
enum { ACCEPT_BATCH = 64 };
/* When descriptors ran out, it is tried again after this. */
#define PAUSE 0.1

#define AT(MEMBER, TYPE) OPT_AT(struct bind_cfg, MEMBER, TYPE)

const struct opt serve_opts[] = {
	{ .name = "backlog",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(backlog, long),
		.min = 1,
		.max = 65535,
		.help = "let so many clients wait to be accepted (the system's most)" },
	{ 0 }
};

/* One of the listening sockets. */
struct door {
	struct serve *serve;
	ev_io io;
};

struct serve {
	struct ev_loop *loop;
	const struct bind_cfg *cfg;
	const struct sock_cfg *sock;
	struct event_sink *sink;
	const struct serve_cb *cb;
	void *owner;
	struct binding *binding;
	struct bind_set set;
	struct door *doors; /* as many as the set has sockets */
	ev_timer pause;	    /* while it is active, nothing is accepted */
	bool pause_told;
	bool *freed; /* set by serve_free, for an accept loop that is running */
};

enum verdict { SKIP, ENOUGH, WAIT, BROKEN };

/* What an error of accept means for those who come after. */
static enum verdict judge(int errnum)
{
	switch (errnum) {
	case EAGAIN:
		return ENOUGH;
	/* This connection went away, or the network said something about it (accept(2)). */
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case EOPNOTSUPP:
	case ENETUNREACH:
	case EPERM:
	case ETIMEDOUT:
		return SKIP;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return WAIT;
	}
	return BROKEN;
}

static void watch(struct serve *s, bool on)
{
	size_t i;

	for (i = 0; s->doors && i < s->set.count; i++) {
		if (on)
			ev_io_start(s->loop, &s->doors[i].io);
		else
			ev_io_stop(s->loop, &s->doors[i].io);
	}
}

static void pause_accepting(struct serve *s, int errnum)
{
	char *text;

	watch(s, false);
	ev_now_update(s->loop);
	ev_timer_set(&s->pause, PAUSE, 0);
	ev_timer_start(s->loop, &s->pause);
	if (s->pause_told)
		return;
	s->pause_told = true;
	text = x_asprintf("new clients have to wait: %s", strerror(errnum));
	event_emit(s->sink, EVENT_WARN, 0, EVENT_T("text", text));
	free(text);
}

static void resume_accepting(struct serve *s)
{
	ev_timer_stop(s->loop, &s->pause);
	watch(s, true);
}

static void on_pause_over(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	resume_accepting(CONTAINER_OF(timer, struct serve, pause));
}

/* accept is the last word about a socket that cannot go on. */
static void broken(struct serve *s, const struct addr *local, int errnum)
{
	struct err err = { 0 };
	char text[ADDR_TEXT];

	watch(s, false);
	err_set_errno(&err, ERR_LISTEN, errnum, "cannot accept on %s", addr_format(local, text));
	s->cb->failed(s->owner, &err);
}

static void hand_over(struct serve *s, int fd, const struct addr *peer)
{
	struct link *link = fdlink_new_socket(fd);
	struct addr local;
	char text[ADDR_TEXT];

	addr_of_socket(fd, false, &local);
	fdlink_set_name(link, addr_format(peer, text));
	s->cb->accepted(s->owner, link, &local, peer);
}

/* Take one client; *verdict says what follows when there is none. */
static bool accept_one(struct serve *s, int fd, enum verdict *verdict)
{
	struct addr peer = { .len = sizeof(peer.storage) };
	int client = accept4(fd, &peer.any, &peer.len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (client < 0) {
		*verdict = judge(errno);
		return false;
	}
	hand_over(s, client, &peer);
	return true;
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
	struct door *door = CONTAINER_OF(io, struct door, io);
	struct serve *s = door->serve;
	enum verdict verdict = SKIP;
	bool freed = false;
	int i;

	(void)loop;
	(void)events;
	s->freed = &freed;
	for (i = 0; i < ACCEPT_BATCH && verdict == SKIP; i++) {
		if (!accept_one(s, io->fd, &verdict) && verdict == SKIP)
			continue;
		/* The owner may have had enough, and no more is known of s then. */
		if (freed)
			return;
	}
	s->freed = NULL;
	if (verdict == WAIT)
		pause_accepting(s, errno);
	else if (verdict == BROKEN)
		broken(s, &s->set.socks[door - s->doors].local, errno);
}

static void open_doors(struct serve *s)
{
	size_t i;

	s->doors = x_calloc(s->set.count, sizeof(*s->doors));
	for (i = 0; i < s->set.count; i++) {
		s->doors[i].serve = s;
		ev_io_init(&s->doors[i].io, on_client, s->set.socks[i].fd, EV_READ);
	}
	watch(s, true);
}

static void on_bound(void *owner, struct bind_set *set)
{
	struct serve *s = owner;
	struct err err = { 0 };

	s->set = *set;
	if (ready_announce(s->cfg, &s->set, s->sink, &err) < 0) {
		s->cb->failed(s->owner, &err);
		return;
	}
	open_doors(s);
	s->cb->listening(s->owner);
}

static void on_failed(void *owner, struct err *err)
{
	struct serve *s = owner;

	s->cb->failed(s->owner, err);
}

struct serve *serve_start(struct ev_loop *loop, const struct bind_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, struct event_sink *sink,
	const struct serve_cb *cb, void *owner)
{
	static const struct bind_cb bind_cb = { on_bound, on_failed };
	struct serve *s = x_calloc(1, sizeof(*s));

	s->loop = loop;
	s->cfg = cfg;
	s->sock = sock;
	s->sink = sink;
	s->cb = cb;
	s->owner = owner;
	ev_init(&s->pause, on_pause_over);
	s->binding = bind_start(loop, cfg, sock, endpoint, SOCK_STREAM, &bind_cb, s);
	return s;
}

void serve_client_left(struct serve *serve)
{
	if (ev_is_active(&serve->pause))
		resume_accepting(serve);
}

void serve_free(struct serve *serve)
{
	if (!serve)
		return;
	if (serve->freed)
		*serve->freed = true;
	watch(serve, false);
	ev_timer_stop(serve->loop, &serve->pause);
	bind_free(serve->binding);
	bind_set_clear(&serve->set);
	free(serve->doors);
	free(serve);
}
