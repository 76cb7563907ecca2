/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/dial.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/num.h"
#include "io/fdlink.h"
#include "net/race.h"
#include "net/resolve.h"

/*
 * One try is: resolve, then race the addresses. A try ends with a link, or with an error that
 * either ends the dial or, with --retry, is followed by a pause and another try.
 */

/* The pause between tries is at least this, and doubled up to so many times the first one. */
#define PAUSE_MIN    0.01
#define PAUSE_GROWTH 32

#define AT(MEMBER, TYPE) OPT_AT(struct dial_cfg, MEMBER, TYPE)

const struct opt dial_opts[] = {
	{ .ch = 'w',
		.name = "connect-timeout",
		.also = "--timeout --connect-to --open-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(connect_timeout, double),
		.dflt = "10s",
		.everyday = true,
		.help = "give up connecting after so long, names included; 0: never" },
	{ .name = "retry",
		.also = "--retries --retry-max-time --reconnect",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(retry, double),
		.everyday = true,
		.help = "when it cannot connect, try again for so long" },
	{ .name = "retry-wait",
		.also = "--retry-delay",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(retry_wait, double),
		.dflt = "250ms",
		.help = "pause before trying again, doubled up to 32 times that" },
	{ 0 }
};

struct dial {
	struct ev_loop *loop;
	const struct dial_cfg *cfg;
	const struct sock_cfg *sock;
	const struct endpoint *endpoint;
	struct event_sink *sink;
	const struct dial_cb *cb;
	void *owner;
	char *name; /* of the endpoint, for messages */
	struct race_cfg race_cfg;
	double started;
	unsigned tries;
	double pause, pause_max; /* before the next try */
	ev_timer again;		 /* until then; also carries err */
	struct err err;		 /* what dial_start found */

	/* of the present try */
	struct resolve *resolve;
	struct race *race; /* NULL until the name is resolved */
	ev_timer limit;	   /* --connect-timeout */
};

/* ---- what was asked for ---- */

int dial_check(const struct dial_cfg *cfg, const struct sock_cfg *sock,
	const struct endpoint *endpoint, struct err *err)
{
	struct source unused;

	if (sock_check(sock, err) < 0)
		return -1;
	return source_parse(&cfg->source, sock, endpoint, SOCK_STREAM, &unused, err);
}

/* ---- how a try ends ---- */

static void try_clear(struct dial *d)
{
	resolve_free(d->resolve);
	d->resolve = NULL;
	race_free(d->race);
	d->race = NULL;
	ev_timer_stop(d->loop, &d->limit);
}

/* The last word: how often it was tried, where that was more than once. */
static void dial_failed(struct dial *d, struct err *err)
{
	char *msg, spent[NUM_TEXT];

	if (d->tries > 1) {
		msg = x_asprintf("%s (%u tries in %s)", err->msg, d->tries,
			num_format_time(clock_now() - d->started, spent));
		free(err->msg);
		err->msg = msg;
	}
	d->cb->failed(d->owner, err);
}

static bool may_retry(const struct dial *d, enum err_kind kind, double left)
{
	return d->cfg->retry >= 0 && left > 0 &&
	       (kind == ERR_RESOLVE || kind == ERR_CONNECT || kind == ERR_TIMEOUT);
}

static void try_failed(struct dial *d, struct err *err)
{
	double left = d->cfg->retry - (clock_now() - d->started), pause = d->pause;

	try_clear(d);
	if (!may_retry(d, err->kind, left)) {
		dial_failed(d, err);
		return;
	}
	if (pause > left)
		pause = left;
	d->pause = d->pause * 2 < d->pause_max ? d->pause * 2 : d->pause_max;
	event_emit(d->sink, EVENT_RETRY, 0, EVENT_T("reason", err->msg), EVENT_S("s", pause));
	err_clear(err);
	ev_now_update(d->loop);
	ev_timer_set(&d->again, pause, 0);
	ev_timer_start(d->loop, &d->again);
}

static void on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dial *d = CONTAINER_OF(timer, struct dial, limit);
	struct buf reasons = { 0 };
	struct err err = { 0 };
	char limit[NUM_TEXT];

	(void)loop;
	(void)events;
	num_format_time(d->cfg->connect_timeout, limit);
	if (!d->race)
		err_set(&err, ERR_TIMEOUT,
			"no connection to %s within %s: the name is not resolved", d->name, limit);
	else if (race_size(d->race) == 1)
		err_set(&err, ERR_TIMEOUT, "no connection to %s within %s", d->name, limit);
	else
		err_set(&err, ERR_TIMEOUT, "no connection to %s within %s: %s", d->name, limit,
			race_describe(d->race, &reasons));
	buf_clear(&reasons);
	try_failed(d, &err);
}

/* ---- one try ---- */

static void on_won(void *owner, int fd, const struct addr *peer, double seconds)
{
	struct dial *d = owner;
	struct dial_result result = { .link = fdlink_new_socket(fd), .peer = *peer };
	char local_text[ADDR_TEXT], peer_text[ADDR_TEXT];

	addr_of_socket(fd, false, &result.local);
	result.seconds = clock_now() - d->started;
	addr_format(&result.local, local_text);
	addr_format(&result.peer, peer_text);
	fdlink_set_name(result.link, peer_text);
	try_clear(d);
	event_emit(d->sink, EVENT_CONNECT, 0, EVENT_T("local", local_text),
		EVENT_T("peer", peer_text), EVENT_S("s", seconds));
	d->cb->done(d->owner, &result);
}

/* Whoever says so owns err and is freed on the way. */
static void on_lost(void *owner, struct err *err)
{
	struct err mine = { 0 };

	err_move(&mine, err);
	try_failed(owner, &mine);
}

static void on_resolved(void *owner, const struct resolve_result *result)
{
	static const struct race_cb cb = { on_won, on_lost };
	struct dial *d = owner;

	if (result->looked_up)
		event_emit(d->sink, EVENT_RESOLVE, 0, EVENT_T("host", d->endpoint->host),
			EVENT_S("s", result->seconds), EVENT_N("count", result->count));
	d->race = race_new(d->loop, &d->race_cfg, result->addrs, result->count, &cb, d);
	race_run(d->race);
}

static void try_start(struct dial *d)
{
	static const struct resolve_cb cb = { on_resolved, on_lost };

	d->tries++;
	ev_now_update(d->loop);
	if (d->cfg->connect_timeout > 0) {
		ev_timer_set(&d->limit, d->cfg->connect_timeout, 0);
		ev_timer_start(d->loop, &d->limit);
	}
	d->resolve = resolve_start(d->loop, d->endpoint, d->sock, SOCK_STREAM, &cb, d);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct dial *d = CONTAINER_OF(timer, struct dial, again);

	(void)loop;
	(void)events;
	if (d->err.kind == ERR_NONE)
		try_start(d);
	else
		dial_failed(d, &d->err);
}

struct dial *dial_start(struct ev_loop *loop, const struct dial_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, struct event_sink *sink,
	const struct dial_cb *cb, void *owner)
{
	struct dial *d = x_calloc(1, sizeof(*d));

	d->loop = loop;
	d->cfg = cfg;
	d->sock = sock;
	d->endpoint = endpoint;
	d->sink = sink;
	d->cb = cb;
	d->owner = owner;
	d->name = endpoint_text(endpoint);
	d->race_cfg = (struct race_cfg){ .sock = sock, .name = d->name, .sink = sink };
	d->started = clock_now();
	d->pause = cfg->retry_wait > PAUSE_MIN ? cfg->retry_wait : PAUSE_MIN;
	d->pause_max = d->pause * PAUSE_GROWTH;
	ev_init(&d->limit, on_limit);
	ev_timer_init(&d->again, on_again, 0, 0);
	/* The callback must not come from in here. */
	if (source_parse(&cfg->source, sock, endpoint, SOCK_STREAM, &d->race_cfg.source, &d->err) <
		0)
		ev_timer_start(loop, &d->again);
	else
		try_start(d);
	return d;
}

void dial_free(struct dial *dial)
{
	if (!dial)
		return;
	try_clear(dial);
	ev_timer_stop(dial->loop, &dial->again);
	err_clear(&dial->err);
	free(dial->name);
	free(dial);
}
