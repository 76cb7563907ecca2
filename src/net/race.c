/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/race.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

/* How long one address has before the next one is tried beside it. */
#define STAGGER 0.25
/* A unix listener whose queue is full is asked again, first after this, then less often. */
#define FULL_WAIT_MIN 0.01
#define FULL_WAIT_MAX 0.1
/* So many addresses are named when all fail. */
enum { NAMED_MAX = 8 };

struct attempt {
	struct race *race;
	struct addr addr;
	ev_io io;
	int fd; /* -1 before and after */
	double started;
	int errnum;   /* why it failed */
	char *reason; /* why it failed, when that is not errnum */
};

enum progress { CONNECTED, UNDER_WAY, FAILED, HOPELESS };

struct race {
	struct ev_loop *loop;
	const struct race_cfg *cfg;
	const struct race_cb *cb;
	void *owner;
	struct attempt *attempts; /* the families in turn */
	size_t count;		  /* of attempts */
	size_t next;		  /* the first that has not been started */
	size_t under_way;
	ev_timer stagger; /* until the next address is started */
	ev_timer full;	  /* until a full unix listener is asked again */
	double full_wait;
	struct err err; /* what makes it hopeless */
};

static void race_next(struct race *r);

/* ---- one address ---- */

/* In a list of several addresses the reasons are short. */
static const char *short_reason(const struct attempt *a)
{
	if (a->fd >= 0)
		return "no answer";
	if (a->reason)
		return a->reason;
	switch (a->errnum) {
	case ECONNREFUSED:
		return "refused";
	case ETIMEDOUT:
		return "no answer";
	case EHOSTUNREACH:
		return "no route";
	case ENETUNREACH:
		return "network unreachable";
	case EADDRNOTAVAIL:
		return "no address of our own for it";
	}
	return strerror(a->errnum);
}

static const char *long_reason(const struct attempt *a)
{
	return a->reason ? a->reason : strerror(a->errnum);
}

static void attempt_drop(struct attempt *a)
{
	if (a->fd < 0)
		return;
	if (ev_is_active(&a->io))
		ev_io_stop(a->race->loop, &a->io);
	close(a->fd);
	a->fd = -1;
}

static enum progress attempt_failed(struct attempt *a, int errnum)
{
	char text[ADDR_TEXT];

	a->errnum = errnum;
	attempt_drop(a);
	event_emit(a->race->cfg->sink, EVENT_ATTEMPT, 0,
		EVENT_T("peer", addr_format(&a->addr, text)),
		EVENT_S("s", clock_now() - a->started), EVENT_T("reason", long_reason(a)),
		EVENT_N("errno", (uint64_t)errnum));
	return FAILED;
}

/*
 * A loopback port that nobody listens on may be picked as the source of the very connection to
 * it: TCP then connects the socket to itself. Nobody is there.
 */
static bool connected_to_itself(const struct attempt *a)
{
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };
	struct addr local, peer;

	if (a->race->cfg->source.port != 0 || a->addr.any.sa_family == AF_UNIX)
		return false;
	addr_of_socket(a->fd, false, &local);
	addr_of_socket(a->fd, true, &peer);
	if (local.len == 0 || !addr_same(&local, &peer))
		return false;
	setsockopt(a->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return true;
}

static enum progress attempt_settled(struct attempt *a, int errnum)
{
	if (errnum == 0 && connected_to_itself(a))
		errnum = ECONNREFUSED;
	return errnum == 0 ? CONNECTED : attempt_failed(a, errnum);
}

static int bind_source(struct attempt *a)
{
	const struct source *source = &a->race->cfg->source;
	int on = 1;

	if (source->port != 0)
		setsockopt(a->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return source_bind(source, &a->addr, a->fd, &a->race->err);
}

/* Ask for the connection; also again, while a unix listener's queue is full. */
static enum progress attempt_connect(struct attempt *a)
{
	struct race *r = a->race;

	if (connect(a->fd, &a->addr.any, a->addr.len) == 0)
		return attempt_settled(a, 0);
	if (errno == EAGAIN && a->addr.any.sa_family == AF_UNIX) {
		ev_timer_set(&r->full, r->full_wait, 0);
		ev_timer_start(r->loop, &r->full);
		r->full_wait = r->full_wait * 2 < FULL_WAIT_MAX ? r->full_wait * 2 : FULL_WAIT_MAX;
		return UNDER_WAY;
	}
	if (errno != EINPROGRESS && errno != EINTR)
		return attempt_settled(a, errno);
	ev_io_set(&a->io, a->fd, EV_WRITE);
	ev_io_start(r->loop, &a->io);
	return UNDER_WAY;
}

static enum progress attempt_start(struct attempt *a)
{
	struct race *r = a->race;
	struct err err = { 0 };
	int errnum;

	a->started = clock_now();
	a->fd = sock_open(r->cfg->sock, a->addr.any.sa_family, SOCK_STREAM, ERR_CONNECT, &err);
	errnum = errno;
	if (a->fd < 0 && err.kind == ERR_USAGE) {
		err_move(&r->err, &err);
		return HOPELESS;
	}
	if (a->fd < 0) {
		a->reason = x_strdup(err.msg);
		err_clear(&err);
		return attempt_failed(a, errnum);
	}
	return bind_source(a) < 0 ? HOPELESS : attempt_connect(a);
}

/* ---- all of them ---- */

const char *race_describe(const struct race *r, struct buf *out)
{
	char text[ADDR_TEXT];
	size_t i;

	for (i = 0; i < r->next && i < NAMED_MAX; i++)
		buf_printf(out, "%s%s %s", i > 0 ? ", " : "",
			addr_format(&r->attempts[i].addr, text), short_reason(&r->attempts[i]));
	if (r->next > NAMED_MAX)
		buf_printf(out, " and %zu more", r->next - NAMED_MAX);
	return buf_text(out);
}

size_t race_size(const struct race *r)
{
	return r->count;
}

static void close_all(struct race *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		attempt_drop(&r->attempts[i]);
	ev_timer_stop(r->loop, &r->stagger);
	ev_timer_stop(r->loop, &r->full);
}

static void race_lost(struct race *r)
{
	const char *name = r->cfg->name, *reason;
	struct buf reasons = { 0 };
	struct err err = { 0 };
	char text[ADDR_TEXT];

	if (r->count > 1) {
		err_set(&err, ERR_CONNECT, "cannot connect to %s: %s", name,
			race_describe(r, &reasons));
	} else {
		reason = long_reason(&r->attempts[0]);
		addr_format(&r->attempts[0].addr, text);
		if (strcmp(name, text) == 0)
			err_set(&err, ERR_CONNECT, "cannot connect to %s: %s", text, reason);
		else
			err_set(&err, ERR_CONNECT, "cannot connect to %s (%s): %s", name, text,
				reason);
	}
	buf_clear(&reasons);
	r->cb->lost(r->owner, &err);
}

static void race_won(struct attempt *a)
{
	struct race *r = a->race;
	double seconds = clock_now() - a->started;
	int fd = a->fd;

	sock_apply_stream(r->cfg->sock, fd);
	if (ev_is_active(&a->io))
		ev_io_stop(r->loop, &a->io);
	a->fd = -1;
	close_all(r);
	r->cb->won(r->owner, fd, &a->addr, seconds);
}

/* An attempt took a step: does that decide the race, or is it time for the next address? */
static void race_step(struct attempt *a, enum progress progress)
{
	struct race *r = a->race;
	struct err err = { 0 };

	switch (progress) {
	case CONNECTED:
		race_won(a);
		return;
	case UNDER_WAY:
		if (r->next == r->count)
			return;
		ev_now_update(r->loop);
		ev_timer_set(&r->stagger, STAGGER, 0);
		ev_timer_start(r->loop, &r->stagger);
		return;
	case FAILED:
		race_next(r);
		return;
	case HOPELESS:
		err_move(&err, &r->err);
		close_all(r);
		r->cb->lost(r->owner, &err);
		return;
	}
}

static void race_next(struct race *r)
{
	enum progress progress = FAILED;
	struct attempt *a = NULL;

	ev_timer_stop(r->loop, &r->stagger);
	while (progress == FAILED && r->next < r->count) {
		a = &r->attempts[r->next++];
		progress = attempt_start(a);
	}
	if (progress == UNDER_WAY)
		r->under_way++;
	if (progress != FAILED)
		race_step(a, progress);
	else if (r->under_way == 0)
		race_lost(r);
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
	struct attempt *a = CONTAINER_OF(io, struct attempt, io);
	int errnum = 0;
	socklen_t len = sizeof(errnum);

	(void)events;
	ev_io_stop(loop, io);
	a->race->under_way--;
	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &errnum, &len) < 0)
		errnum = errno;
	race_step(a, attempt_settled(a, errnum));
}

static void on_stagger(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	race_next(CONTAINER_OF(timer, struct race, stagger));
}

/* Only a unix endpoint comes here, and it has one address. */
static void on_full(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct race *r = CONTAINER_OF(timer, struct race, full);
	enum progress progress;

	(void)loop;
	(void)events;
	progress = attempt_connect(&r->attempts[0]);
	if (progress == UNDER_WAY)
		return;
	r->under_way--;
	race_step(&r->attempts[0], progress);
}

static void add_attempt(struct race *r, const struct addr *addr)
{
	struct attempt *a = &r->attempts[r->count++];

	a->race = r;
	a->addr = *addr;
	a->fd = -1;
	ev_init(&a->io, on_io);
}

/* The first usable address from *from on that is of this family, or (same: false) is not. */
static const struct addr *pick(const struct race *r, const struct addr *addrs, size_t count,
	size_t *from, sa_family_t family, bool same)
{
	const struct addr *addr;

	while (*from < count) {
		addr = &addrs[(*from)++];
		if (source_fits(&r->cfg->source, addr) && (addr->any.sa_family == family) == same)
			return addr;
	}
	return NULL;
}

/* The system's order within a family, and the families in turn. */
static void line_up(struct race *r, const struct addr *addrs, size_t count)
{
	sa_family_t family = addrs[0].any.sa_family;
	const struct addr *first, *second;
	size_t i = 0, j = 0;

	r->attempts = x_calloc(count, sizeof(*r->attempts));
	do {
		first = pick(r, addrs, count, &i, family, true);
		if (first)
			add_attempt(r, first);
		second = pick(r, addrs, count, &j, family, false);
		if (second)
			add_attempt(r, second);
	} while (first || second);
}

struct race *race_new(struct ev_loop *loop, const struct race_cfg *cfg, const struct addr *addrs,
	size_t count, const struct race_cb *cb, void *owner)
{
	struct race *r = x_calloc(1, sizeof(*r));

	r->loop = loop;
	r->cfg = cfg;
	r->cb = cb;
	r->owner = owner;
	r->full_wait = FULL_WAIT_MIN;
	ev_init(&r->stagger, on_stagger);
	ev_init(&r->full, on_full);
	line_up(r, addrs, count);
	return r;
}

void race_run(struct race *r)
{
	struct err err = { 0 };

	if (r->count > 0) {
		race_next(r);
		return;
	}
	err_set(&err, ERR_CONNECT, "cannot connect to %s: it has no address of the source's family",
		r->cfg->name);
	r->cb->lost(r->owner, &err);
}

void race_free(struct race *r)
{
	size_t i;

	if (!r)
		return;
	close_all(r);
	for (i = 0; i < r->count; i++)
		free(r->attempts[i].reason);
	free(r->attempts);
	err_clear(&r->err);
	free(r);
}
