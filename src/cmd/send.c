/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send: ask once, print the whole answer, end.
 *
 * Many servers drop the answer of a client that half-closes, so the half-close comes only when
 * nothing has moved either way for --wait; and an answer that is complete earlier ends it earlier.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/match.h"
#include "base/mem.h"
#include "cmd/cmd.h"
#include "cmd/data.h"
#include "cmd/local.h"
#include "cmd/run.h"
#include "cmd/talk.h"
#include "net/dial.h"
#include "ui/show.h"

struct ask_cfg {
	double wait;
	const char *until;
	int64_t reply_bytes; /* -1: no matter how many */
	double done_after;   /* -1: never */
	const char *expect;
	int show; /* enum show, or -1: the bytes as they are */
};

struct send_cfg {
	struct ask_cfg ask;
	struct data_cfg data;
	struct dial_cfg dial;
	struct talk_cfg talk;
	struct limit_cfg limits;
	struct local_cfg local;
	struct sock_cfg sock;
	struct report_cfg report;
};

#define AT(MEMBER, TYPE) OPT_AT(struct ask_cfg, MEMBER, TYPE)

static const struct opt ask_opts[] = {
	{ .name = "wait",
		.also = "-q",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(wait, double),
		.dflt = "1s",
		.everyday = true,
		.help = "half-close after so long without a byte" },
	{ .name = "until",
		.arg = "ERE",
		.type = OPT_STR,
		.off = AT(until, const char *),
		.everyday = true,
		.help = "end when a line of the answer matches, else status 8" },
	{ .name = "reply-bytes",
		.also = "--count -n --recv-bytes",
		.arg = "SIZE",
		.type = OPT_SIZE,
		.off = AT(reply_bytes, int64_t),
		.everyday = true,
		.help = "end after so many bytes of answer, fewer is status 8" },
	{ .name = "done-after",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(done_after, double),
		.everyday = true,
		.help = "end when an answer has begun and then been silent so long" },
	{ .name = "expect",
		.arg = "ERE",
		.type = OPT_STR,
		.off = AT(expect, const char *),
		.everyday = true,
		.help = "end with status 8 unless a line of the answer matches" },
	{ .name = "show",
		.also = "-x --hex-dump",
		.arg = "HOW",
		.type = OPT_ENUM,
		.off = AT(show, int),
		.choices = SHOW_CHOICES,
		.help = "print the answer escaped, or as a hexdump" },
	{ 0 },
};

#define GROUP(MEMBER) offsetof(struct send_cfg, MEMBER)

static const struct opt_group groups[] = {
	{ "answer", "Answers", ask_opts, GROUP(ask), NULL },
	{ "data", "Data", data_opts, GROUP(data), NULL },
	{ "connect", "Connecting", dial_opts, GROUP(dial), NULL },
	{ "source", "Source", source_opts, GROUP(dial.source), NULL },
	{ "ends", "Ends of streams", talk_opts, GROUP(talk), NULL },
	{ "lines", "Line ends", line_end_opts, GROUP(talk.line_end), NULL },
	{ "limits", "Time limits", limit_opts, GROUP(limits), NULL },
	{ "files", "Files and terminal", local_opts, GROUP(local), NULL },
	{ "sockets", "Sockets", sock_opts, GROUP(sock), NULL },
	{ "streams", "Stream sockets", sock_stream_opts, GROUP(sock), NULL },
	{ "reports", "Reports", report_opts, GROUP(report), NULL },
	{ 0 },
};

static const char *const examples[] = {
	"netpy send -C 127.0.0.1 6379 PING",
	"netpy send -e --expect '^HTTP/1.1 200' web 80 'GET / HTTP/1.0\\r\\n\\r\\n'",
	"netpy send --until '^250 ' --eol crlf mail 25 @dialogue.txt",
	NULL,
};

struct send {
	const struct send_cfg *cfg;
	struct run run;
	struct local local;
	struct dial *dial;
	struct talk talk;
	struct buf data; /* what is said; unused when stdin is */
	bool has_data;
	bool line_ended; /* DATA ends with a line end */
	bool asked;	 /* all is said: --wait and --done-after may end it */
	struct match until, expect;
	uint64_t received;
	struct tap tap;	  /* watches the answer */
	ev_timer quiet;	  /* nothing has moved for --wait, or for --done-after */
	ev_timer enough;  /* never started: fed when bytes have come */
	bool half_closed; /* by --wait */
};

/* --- when it is enough ------------------------------------------------------------------------ */

static double silence(const struct send *self)
{
	double active = chan_last_active(pump_peer(self->talk.pump));

	return ev_now(self->run.loop) - active;
}

static double time_left(const struct send *self, double limit)
{
	double left = limit - silence(self);

	/* What is still queued for the peer is on its way, however long that takes. */
	if (chan_queued(pump_peer(self->talk.pump)) > 0)
		left = limit;
	return left > 0 ? left : 0;
}

static bool postpones_half_close(const struct send *self)
{
	return self->asked && !self->half_closed && self->cfg->talk.eof < 0;
}

static bool may_be_done(const struct send *self)
{
	return self->received > 0 && self->cfg->ask.done_after >= 0;
}

static void arm(struct send *self)
{
	double half = postpones_half_close(self) ? time_left(self, self->cfg->ask.wait) : HUGE_VAL;
	double done = may_be_done(self) ? time_left(self, self->cfg->ask.done_after) : HUGE_VAL;
	double next = half < done ? half : done;

	ev_timer_stop(self->run.loop, &self->quiet);
	if (next == HUGE_VAL)
		return;
	ev_timer_set(&self->quiet, next, 0.);
	ev_timer_start(self->run.loop, &self->quiet);
}

static void on_quiet(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct send *self = CONTAINER_OF(timer, struct send, quiet);

	(void)loop;
	(void)events;
	if (may_be_done(self) && time_left(self, self->cfg->ask.done_after) <= 0) {
		pump_finish(self->talk.pump, NULL);
		return;
	}
	if (postpones_half_close(self) && time_left(self, self->cfg->ask.wait) <= 0) {
		self->half_closed = true;
		pump_half_close(self->talk.pump);
	}
	arm(self);
}

/* Fed by the tap, which sees the bytes before they have gone on to the output. */
static void on_enough(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct send *self = CONTAINER_OF(timer, struct send, enough);
	const struct ask_cfg *ask = &self->cfg->ask;

	(void)loop;
	(void)events;
	if ((ask->reply_bytes >= 0 && self->received >= (uint64_t)ask->reply_bytes) ||
		self->until.found)
		pump_finish(self->talk.pump, NULL);
}

static void on_bytes(struct tap *tap, enum tap_way way, unsigned conn, const char *peer,
	const void *data, size_t len, int datagram)
{
	struct send *self = CONTAINER_OF(tap, struct send, tap);
	bool first;
	(void)conn;
	(void)peer;
	(void)datagram;
	if (way != TAP_RECEIVED)
		return;
	first = self->received == 0;
	self->received += len;
	if (self->until.compiled)
		match_feed(&self->until, data, len);
	if (self->expect.compiled)
		match_feed(&self->expect, data, len);
	if (first)
		arm(self); /* the timer goes on by itself from then on */
	ev_feed_event(self->run.loop, &self->enough, EV_TIMER);
}

/* --- how it was ------------------------------------------------------------------------------- */

static void judge_answer(struct send *self, struct err *err)
{
	const struct ask_cfg *ask = &self->cfg->ask;

	if (ask->reply_bytes >= 0 && self->received < (uint64_t)ask->reply_bytes)
		err_set(err, ERR_EXPECT, "the answer has %llu bytes, not %lld",
			(unsigned long long)self->received, (long long)ask->reply_bytes);
	if (self->until.compiled && !self->until.found)
		err_set(err, ERR_EXPECT, "no line of the answer matches --until '%s'", ask->until);
	if (self->expect.compiled && !self->expect.found)
		err_set(err, ERR_EXPECT, "no line of the answer matches --expect '%s'",
			ask->expect);
}

static void on_done(struct talk *talk)
{
	struct send *self = CONTAINER_OF(talk, struct send, talk);

	if (talk->err.kind == ERR_NONE) {
		judge_answer(self, &talk->err);
		if (self->received == 0 && self->has_data && self->data.len > 0 &&
			!self->line_ended && !self->cfg->talk.send_only)
			run_warn(&self->run,
				"no answer, and what was sent had no line end "
				"(--eol lf or --eol crlf adds one)",
				NULL);
	}
	run_end(&self->run, &talk->err);
}

/* --- asking ----------------------------------------------------------------------------------- */

static void on_said(struct talk *talk)
{
	struct send *self = CONTAINER_OF(talk, struct send, talk);

	self->asked = true;
	arm(self);
}

/* Cuts the answer at --reply-bytes, so that what came too much is not taken for a part of it. */
struct cut_filter {
	struct filter filter;
	uint64_t left;
};

static void cut_feed(struct filter *filter, const void *data, size_t len, struct buf *out)
{
	struct cut_filter *cut = CONTAINER_OF(filter, struct cut_filter, filter);

	if (len > cut->left)
		len = (size_t)cut->left;
	cut->left -= len;
	buf_add(out, data, len);
}

static void cut_free(struct filter *filter)
{
	free(CONTAINER_OF(filter, struct cut_filter, filter));
}

static struct filter *new_cut(int64_t size)
{
	static const struct filter_ops ops = { .feed = cut_feed, .free = cut_free };
	struct cut_filter *cut;

	if (size < 0)
		return NULL;
	cut = x_calloc(1, sizeof(*cut));
	cut->filter.ops = &ops;
	cut->left = (uint64_t)size;
	return &cut->filter;
}

static void on_connected(void *owner, struct dial_result *result)
{
	struct send *self = owner;
	const struct send_cfg *cfg = self->cfg;
	struct talk_extra extra = {
		.no_reading = self->has_data,
		.eof = cfg->talk.eof >= 0 ? cfg->talk.eof : PUMP_EOF_KEEP,
		.peer_eof = cfg->talk.peer_eof >= 0 ? cfg->talk.peer_eof : PUMP_PEER_EOF_END,
		.taps = &self->tap,
		.on_local_eof = on_said,
		.on_done = on_done,
	};

	filters_add(&extra.to_local, new_cut(cfg->ask.reply_bytes));
	if (cfg->ask.show >= 0)
		filters_add(&extra.to_local, show_new_filter((enum show)cfg->ask.show));
	self->tap = (struct tap){ .bytes = on_bytes };
	ev_timer_init(&self->quiet, on_quiet, 0., 0.);
	ev_timer_init(&self->enough, on_enough, 0., 0.);
	talk_start(&self->talk, &self->run, &cfg->talk, &cfg->limits, &cfg->local, &self->local,
		result->link, &result->peer, &extra);
	if (self->has_data) {
		pump_say(self->talk.pump, self->data.data, self->data.len);
		pump_end_local(self->talk.pump);
	}
	if (cfg->ask.reply_bytes == 0)
		ev_feed_event(self->run.loop, &self->enough, EV_TIMER);
}

static void on_failed(void *owner, struct err *err)
{
	struct send *self = owner;

	run_end(&self->run, err);
}

/* --- the command ------------------------------------------------------------------------------ */

static int check(
	struct send *self, const struct opt_rest *rest, struct endpoint *endpoint, struct err *err)
{
	const struct send_cfg *cfg = self->cfg;
	const char *line_end = line_end_asked(&cfg->talk.line_end);
	int used = endpoint_parse(rest->operands, rest->count, ENDPOINT_STREAM, endpoint, err);

	if (used < 0 || dial_check(&cfg->dial, &cfg->sock, endpoint, err) < 0)
		return -1;
	if (cfg->ask.until && match_compile(&self->until, "until", cfg->ask.until, err) < 0)
		return -1;
	if (cfg->ask.expect && match_compile(&self->expect, "expect", cfg->ask.expect, err) < 0)
		return -1;
	self->has_data = used < rest->count;
	if (!self->has_data)
		return 0;
	if (cfg->talk.recv_only)
		return err_set(err, ERR_USAGE, "DATA and --recv-only exclude each other");
	if (data_build(&cfg->data, rest->operands + used, rest->count - used, line_end,
		    &self->run.report.sink, &self->data, err) < 0)
		return -1;
	self->line_ended =
		self->data.len > 0 && strchr("\n\r", self->data.data[self->data.len - 1]) != NULL;
	return 0;
}

/* With DATA stdin is never read. */
static unsigned wanted(const struct send *self)
{
	unsigned want = talk_wants(&self->cfg->talk);

	return self->has_data ? want & ~(unsigned)LOCAL_INPUT : want;
}

static void go(struct send *self, struct endpoint *endpoint)
{
	static const struct dial_cb dial_cb = { .done = on_connected, .failed = on_failed };
	const struct send_cfg *cfg = self->cfg;

	run_catch_signals(&self->run);
	self->dial = dial_start(self->run.loop, &cfg->dial, &cfg->sock, endpoint,
		&self->run.report.sink, &dial_cb, self);
	run_loop(&self->run);
	dial_free(self->dial);
	if (self->talk.pump) {
		ev_timer_stop(self->run.loop, &self->quiet);
		ev_clear_pending(self->run.loop, &self->enough);
	}
	talk_stop(&self->talk);
}

static int run(void *config, const struct opt_rest *rest, struct err *err)
{
	const struct send_cfg *cfg = config;
	struct send self = { .cfg = cfg };
	struct endpoint endpoint = { 0 };

	if (run_prepare(&self.run, "send", &cfg->report, cfg->limits.deadline, err) < 0)
		return -1;
	if (check(&self, rest, &endpoint, &self.run.err) == 0 &&
		local_open(&cfg->local, wanted(&self), &self.local, &self.run.err) == 0)
		go(&self, &endpoint);
	run_finish(&self.run, err);
	local_finish(&self.local, err);
	endpoint_clear(&endpoint);
	match_clear(&self.until);
	match_clear(&self.expect);
	buf_clear(&self.data);
	return err->kind == ERR_NONE ? 0 : -1;
}

const struct cmd cmd_send = {
	.spec = {
		.name = "send",
		.args = "ADDRESS PORT [DATA]...",
		.about = "Send DATA or stdin once, print the whole answer, end",
		.groups = groups,
		.size = sizeof(struct send_cfg),
		.min = 1,
		.max = -1,
		.examples = examples,
	},
	.alias = "s",
	.run = run,
};
