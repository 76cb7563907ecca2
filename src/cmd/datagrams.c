/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/datagrams.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "net/addr.h"
#include "ui/show.h"

/* What came is written when so much of it is there, if not before. */
enum { WRITE_SIZE = 128 * 1024 };

enum { EXCL_ONLY = 1u << 10 };

#define AT(MEMBER, TYPE) OPT_AT(struct datagrams_cfg, MEMBER, TYPE)

const struct opt datagrams_opts[] = {
	{ .name = "datagram",
		.also = "--packet --framing -b",
		.arg = "WHAT",
		.type = OPT_STR,
		.off = AT(datagram, const char *),
		.everyday = true,
		.help = "make datagrams of the input: line, whole or a SIZE" },
	{ .name = "lines",
		.also = "--newlines",
		.type = OPT_FLAG,
		.off = AT(lines, bool),
		.everyday = true,
		.help = "end each datagram on stdout with a newline if it has none" },
	{ .name = "show",
		.also = "-x --hex-dump",
		.arg = "HOW",
		.type = OPT_ENUM,
		.off = AT(show, int),
		.choices = SHOW_CHOICES,
		.help = "print what comes as escaped text or as a hexdump" },
	{ .name = "delay",
		.also = "-i --pace --interval",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(delay, double),
		.everyday = true,
		.help = "wait so long between the datagrams that are sent" },
	{ .name = "send-only",
		.also = "-Z --unidirectional",
		.type = OPT_FLAG,
		.off = AT(send_only, bool),
		.excl = EXCL_ONLY,
		.help = "do not print what comes" },
	{ 0 },
};

char *datagrams_describe(const struct sockaddr *addr, socklen_t len)
{
	struct addr copy = { .len = len };
	char text[ADDR_TEXT];

	memcpy(&copy.storage, addr, len);
	return x_strdup(addr_format(&copy, text));
}

/* --- the end ------------------------------------------------------------------------------- */

static bool queue_is_empty(const struct datagrams *d)
{
	return !d->dgram || dgram_queued(d->dgram) == 0;
}

/* What we wait for on each side, from our state alone. */
static void update(struct datagrams *d)
{
	if (d->dgram)
		dgram_pause(d->dgram, d->over || d->stuck || (d->answers && d->full));
	if (d->over || d->full || ev_is_active(&d->pace) || !d->dgram || !d->ops->ready(d))
		chan_pause(d->chan);
	else if (chan_is_paused(d->chan))
		chan_resume(d->chan);
}

static void write_out(struct datagrams *d)
{
	if (d->out.len == 0)
		return;
	chan_send(d->chan, d->out.data, d->out.len);
	d->out.len = 0;
	d->stuck = chan_queued(d->chan) > 0;
}

static void end_local(struct datagrams *d)
{
	if (chan_has_failed(d->chan) || chan_is_shut(d->chan))
		run_end(d->run, &d->err);
	else
		chan_end(d->chan);
}

void datagrams_finish(struct datagrams *d, struct err *err)
{
	if (err)
		err_move(&d->err, err);
	if (d->over)
		return;
	d->over = true;
	ev_timer_stop(d->run->loop, &d->pace);
	ev_timer_stop(d->run->loop, &d->idle);
	write_out(d);
	update(d);
	if (d->err.kind != ERR_NONE || queue_is_empty(d))
		end_local(d);
}

/* --- from the network ------------------------------------------------------------------------ */

static bool wants_newline(const struct datagrams *d, const char *data, size_t len)
{
	/* The rows of a hexdump are lines already. */
	return d->cfg->lines && d->cfg->show != SHOW_HEX && (len == 0 || data[len - 1] != '\n');
}

/* A filter holds nothing from one datagram to the next. */
static void add_out(struct datagrams *d, const char *data, size_t len)
{
	if (d->to_local) {
		filters_feed(d->to_local, data, len, &d->out);
		filters_flush(d->to_local, &d->out);
	} else {
		buf_add(&d->out, data, len);
	}
	if (wants_newline(d, data, len))
		buf_add_char(&d->out, '\n');
}

static void on_received(void *owner, struct peer *peer, const void *data, size_t len, size_t full)
{
	struct datagrams *d = owner;

	/* The rest of a batch that brought the last one we want. */
	if (d->over)
		return;
	d->last = ev_now(d->run->loop);
	d->cut += full > len;
	if (!d->cfg->send_only) {
		add_out(d, data, len);
		if (d->out.len >= WRITE_SIZE)
			write_out(d);
	}
	d->ops->received(d, peer, data, len);
}

static void on_batch(void *owner)
{
	struct datagrams *d = owner;

	if (d->over)
		return;
	write_out(d);
	datagrams_go(d);
}

static void on_drained(void *owner)
{
	struct datagrams *d = owner;

	d->full = false;
	if (d->over) {
		end_local(d);
		return;
	}
	datagrams_go(d);
	if (!d->over && queue_is_empty(d) && d->ops->drained)
		d->ops->drained(d);
}

static void on_trouble(void *owner, struct peer *peer, int errnum, ssize_t len)
{
	struct datagrams *d = owner;

	d->ops->trouble(d, peer, errnum, len);
}

struct dgram *datagrams_open(struct datagrams *d, const struct dgram_cfg *cfg)
{
	static const struct dgram_cb cb = {
		.received = on_received,
		.batch = on_batch,
		.drained = on_drained,
		.trouble = on_trouble,
	};

	d->dgram = dgram_new(d->run->loop, cfg, &cb, d);
	return d->dgram;
}

static void add_figures(struct datagrams *d)
{
	struct dgram_figures now;

	dgram_get_figures(d->dgram, &now);
	d->before.received += now.received;
	d->before.received_bytes += now.received_bytes;
	d->before.sent += now.sent;
	d->before.sent_bytes += now.sent_bytes;
	d->before.lost += now.lost;
}

void datagrams_give_up(struct datagrams *d)
{
	if (!d->dgram)
		return;
	add_figures(d);
	dgram_free(d->dgram);
	d->dgram = NULL;
	d->full = false;
}

/* --- to the network -------------------------------------------------------------------------- */

/* The next local datagram, sent; returns whether there was one. */
static bool send_next(struct datagrams *d)
{
	struct err err = { 0 };
	const void *data;
	size_t len;
	int got = frame_next(&d->frame, &data, &len, &err);

	if (got < 0)
		datagrams_finish(d, &err);
	if (got <= 0)
		return false;
	d->last = ev_now(d->run->loop);
	d->full = !d->ops->send(d, data, len);
	if (d->cfg->delay > 0) {
		ev_timer_set(&d->pace, d->cfg->delay, 0);
		ev_timer_start(d->run->loop, &d->pace);
	}
	return true;
}

static bool may_send(struct datagrams *d)
{
	return !d->over && !d->full && !ev_is_active(&d->pace);
}

void datagrams_go(struct datagrams *d)
{
	struct dgram *dgram = d->dgram;
	bool more = true;

	while (more && dgram && may_send(d) && d->ops->ready(d)) {
		dgram_hold(dgram);
		while ((more = send_next(d)) && may_send(d) && d->ops->ready(d))
			;
		d->full = !dgram_release(dgram);
	}
	if (!more && d->frame.ended && !d->has_said && !d->over) {
		d->has_said = true;
		d->ops->said(d);
	}
	if (!d->over)
		update(d);
}

static void on_pace(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	datagrams_go(CONTAINER_OF(timer, struct datagrams, pace));
}

void datagrams_say(struct datagrams *d, const void *data, size_t len)
{
	frame_restart(&d->frame);
	frame_feed(&d->frame, data, len);
	frame_end(&d->frame);
	d->has_said = false;
	datagrams_go(d);
}

/* --- the local side --------------------------------------------------------------------- */

static size_t on_local_data(struct chan *chan, const void *data, size_t len)
{
	struct datagrams *d = chan_owner(chan);

	frame_feed(&d->frame, data, len);
	datagrams_go(d);
	return len;
}

static void on_local_eof(struct chan *chan)
{
	struct datagrams *d = chan_owner(chan);

	frame_end(&d->frame);
	datagrams_go(d);
}

static void on_local_drained(struct chan *chan)
{
	struct datagrams *d = chan_owner(chan);

	d->stuck = false;
	if (!d->over)
		update(d);
}

static void on_local_shut(struct chan *chan)
{
	struct datagrams *d = chan_owner(chan);

	if (d->over)
		run_end(d->run, &d->err);
}

static void on_local_failed(struct chan *chan)
{
	struct datagrams *d = chan_owner(chan);

	err_move(&d->err, chan_err(chan));
	d->over = true;
	run_end(d->run, &d->err);
}

static void on_idle(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct datagrams *d = CONTAINER_OF(timer, struct datagrams, idle);
	double left = d->idle_limit - (ev_now(loop) - d->last);
	struct err err = { 0 };
	char text[NUM_TEXT];

	(void)events;
	/* Time in which we hold things back ourselves does not count. */
	if (d->stuck)
		left = d->idle_limit;
	if (left > 0) {
		ev_timer_set(timer, left, 0);
		ev_timer_start(loop, timer);
		return;
	}
	err_set(&err, ERR_TIMEOUT, "no datagram either way for %s",
		num_format_time(d->idle_limit, text));
	datagrams_finish(d, &err);
}

void datagrams_start(struct datagrams *d, struct run *run, const struct datagrams_cfg *cfg,
	const struct datagrams_ops *ops, const struct limit_cfg *limits,
	const struct local_cfg *local_cfg, struct local *local, struct frame *frame)
{
	static const struct chan_cb cb = {
		.data = on_local_data,
		.eof = on_local_eof,
		.drained = on_local_drained,
		.shut = on_local_shut,
		.failed = on_local_failed,
	};

	d->run = run;
	d->cfg = cfg;
	d->ops = ops;
	d->to_local = cfg->show >= 0 ? show_new_filter((enum show)cfg->show)
				     : local_new_filter(local_cfg, local);
	d->frame = *frame;
	*frame = (struct frame){ 0 };
	d->chan = chan_new(run->loop, local->link, &cb, d);
	local->link = NULL;
	ev_timer_init(&d->pace, on_pace, 0, 0);
	ev_timer_init(&d->idle, on_idle, 0, 0);
	d->idle_limit = limits->idle;
	d->last = ev_now(run->loop);
	if (d->idle_limit >= 0) {
		ev_timer_set(&d->idle, d->idle_limit, 0);
		ev_timer_start(run->loop, &d->idle);
	}
}

static void tell_figures(const struct datagrams *d)
{
	char in[NUM_TEXT], out[NUM_TEXT], *text;

	text = x_asprintf("received %llu datagram%s (%s), sent %llu (%s)",
		(unsigned long long)d->before.received, d->before.received == 1 ? "" : "s",
		num_format_size(d->before.received_bytes, in), (unsigned long long)d->before.sent,
		num_format_size(d->before.sent_bytes, out));
	event_emit(&d->run->report.sink, EVENT_NOTE, 0, EVENT_T("text", text));
	free(text);
}

/* What was cut is not what was sent: that is no success. */
static void tell_cut(struct datagrams *d)
{
	if (d->cut > 0)
		err_set(&d->run->err, ERR_PEER,
			"%llu of the datagrams were larger than the buffer and cut",
			(unsigned long long)d->cut);
}

void datagrams_stop(struct datagrams *d)
{
	if (!d->chan)
		return;
	ev_timer_stop(d->run->loop, &d->pace);
	ev_timer_stop(d->run->loop, &d->idle);
	write_out(d);
	chan_flush(d->chan);
	datagrams_give_up(d);
	tell_figures(d);
	tell_cut(d);
	chan_free(d->chan);
	d->chan = NULL;
	filters_free(d->to_local);
	frame_clear(&d->frame);
	buf_clear(&d->out);
	err_clear(&d->err);
}
