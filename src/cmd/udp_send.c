/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp-send: DATA or stdin as datagrams to one address, the answers to stdout. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/cmd.h"
#include "cmd/data.h"
#include "cmd/datagrams.h"
#include "cmd/udp_asking.h"
#include "cmd/udp_target.h"
#include "net/resolve.h"

/* What was sent is kept for the next address of a name; beyond this there is no next one. */
enum { SAID_MAX = 1024 * 1024 };
/* Refusals over the loopback come at once, but behind the call that sends. */
static const double WAIT_MIN = 0.001;

struct udp_send_cfg {
	struct asking_cfg asking;
	struct datagrams_cfg datagrams;
	struct data_cfg data;
	struct udp_target_cfg target;
	struct limit_cfg limits;
	struct local_cfg local;
	struct sock_cfg sock;
	struct report_cfg report;
};

#define GROUP(MEMBER) offsetof(struct udp_send_cfg, MEMBER)

static const struct opt_group groups[] = {
	{ "send", "Sending and waiting", asking_opts, GROUP(asking), NULL },
	{ "datagrams", "Datagrams", datagrams_opts, GROUP(datagrams), NULL },
	{ "data", "Data", data_opts, GROUP(data), NULL },
	{ "lines", "Line ends", line_end_opts, GROUP(datagrams.line_end), NULL },
	{ "source", "Source", source_opts, GROUP(target.source), NULL },
	{ "address", "Addresses", udp_target_opts, GROUP(target), NULL },
	{ "limits", "Time limits", limit_opts, GROUP(limits), NULL },
	{ "files", "Files and terminal", local_opts, GROUP(local), NULL },
	{ "sockets", "Sockets", sock_opts, GROUP(sock), NULL },
	{ "reports", "Reports", report_opts, GROUP(report), NULL },
	{ 0 },
};

static const char *const examples[] = {
	"netpy udp-send 127.0.0.1 9999 hello",
	"netpy udp-send --replies 1 --hex 192.0.2.1 161 302902010004",
	"tail -f app.log | netpy udp-send --delay 10ms log.example 5140",
	NULL,
};

struct udp_send {
	const struct udp_send_cfg *cfg;
	struct run run;
	struct local local;
	struct datagrams datagrams;
	struct udp_target target;
	struct resolve *resolve;
	struct peer *peer; /* who is sent to */
	struct buf data;
	bool has_data;
	long times; /* that DATA has been said */
	uint64_t answers, unsent;
	bool said;   /* everything was handed over to be sent */
	int refused; /* why the present address will not do */
	int unsent_errno;
	struct buf log; /* what was said so far, for another address */
	size_t *log_lens;
	size_t log_count;
	ev_timer limit; /* --connect-timeout */
	ev_timer wait;	/* --wait */
	ev_timer again; /* --every */
	ev_timer next;	/* another address, at once but not inside a callback */
};

#define SELF(D) CONTAINER_OF(D, struct udp_send, datagrams)

/* --- the end ------------------------------------------------------------------------------- */

static void finish(struct udp_send *self)
{
	const struct asking_cfg *cfg = &self->cfg->asking;
	struct err err = { 0 };

	ev_timer_stop(self->run.loop, &self->wait);
	ev_timer_stop(self->run.loop, &self->again);
	if (self->unsent > 0)
		err_set_errno(&err, ERR_PEER, self->unsent_errno, "%llu datagram%s not sent",
			(unsigned long long)self->unsent, self->unsent == 1 ? " was" : "s were");
	else if (cfg->replies > 0 && self->answers < (uint64_t)cfg->replies)
		err_set(&err, ERR_EXPECT, "%llu of %ld answers came",
			(unsigned long long)self->answers, cfg->replies);
	datagrams_finish(&self->datagrams, &err);
}

static void fail(struct udp_send *self, struct err *err)
{
	ev_timer_stop(self->run.loop, &self->wait);
	ev_timer_stop(self->run.loop, &self->again);
	datagrams_finish(&self->datagrams, err);
}

/* DATA that is repeated until there is an answer need not be said again; stdin goes out whole. */
static bool has_enough(const struct udp_send *self)
{
	long replies = self->cfg->asking.replies;

	return (self->said || self->has_data) && replies > 0 && self->answers >= (uint64_t)replies;
}

static void start_waiting(struct udp_send *self)
{
	double wait = self->cfg->asking.wait;

	if (self->cfg->datagrams.send_only || wait < WAIT_MIN)
		wait = WAIT_MIN;
	if (has_enough(self)) {
		finish(self);
		return;
	}
	ev_now_update(self->run.loop);
	ev_timer_set(&self->wait, wait, 0);
	ev_timer_start(self->run.loop, &self->wait);
}

static void on_wait(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	finish(CONTAINER_OF(timer, struct udp_send, wait));
}

/* --- sending ------------------------------------------------------------------------------- */

static bool is_ready(struct datagrams *d)
{
	return SELF(d)->peer && !SELF(d)->refused;
}

static void keep(struct udp_send *self, const void *data, size_t len)
{
	if (!udp_target_has_more(&self->target))
		return;
	if (self->log.len + len > SAID_MAX) {
		udp_target_stay(&self->target);
		return;
	}
	self->log_lens = x_realloc(self->log_lens, self->log_count + 1, sizeof(size_t));
	self->log_lens[self->log_count++] = len;
	buf_add(&self->log, data, len);
}

static bool send_one(struct datagrams *d, const void *data, size_t len)
{
	struct udp_send *self = SELF(d);

	keep(self, data, len);
	return self->peer->ops->send(self->peer, data, len);
}

static void say(struct udp_send *self)
{
	self->times++;
	datagrams_say(&self->datagrams, self->data.data, self->data.len);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	say(CONTAINER_OF(timer, struct udp_send, again));
}

static bool says_again(const struct udp_send *self)
{
	long repeat = self->cfg->asking.repeat;

	return self->has_data && repeat >= 0 && (repeat == 0 || self->times < repeat);
}

static void on_said(struct datagrams *d)
{
	struct udp_send *self = SELF(d);
	double every = self->cfg->asking.every;

	if (says_again(self)) {
		ev_timer_set(&self->again, every >= 0 ? every : 1, 0);
		ev_timer_start(self->run.loop, &self->again);
		return;
	}
	self->said = true;
	if (dgram_queued(d->dgram) == 0 && !self->refused)
		start_waiting(self);
}

static void on_drained(struct datagrams *d)
{
	struct udp_send *self = SELF(d);

	if (self->said && !self->refused && !ev_is_active(&self->wait))
		start_waiting(self);
}

static void on_received(struct datagrams *d, struct peer *peer, const void *data, size_t len)
{
	struct udp_send *self = SELF(d);

	(void)peer;
	(void)data;
	(void)len;
	self->answers++;
	if (has_enough(self))
		finish(self);
}

/* --- addresses ------------------------------------------------------------------------------- */

static void open_next(struct udp_send *self)
{
	struct dgram_cfg cfg = {
		.sink = &self->run.report.sink,
		.taps = report_tap(&self->run.report),
		.describe = datagrams_describe,
		.peer_age = 3600,
		.max_peers = 1024,
		.keep_rcvbuf = self->cfg->sock.rcvbuf >= 0,
	};
	struct err err = { 0 };
	struct dgram *dgram;
	struct addr peer;
	char *text;
	int fd = udp_target_next(&self->target, &peer, &cfg.connected, &err);

	if (fd < 0) {
		fail(self, &err);
		return;
	}
	text = udp_target_describe(fd, &peer);
	event_emit(&self->run.report.sink, EVENT_NOTE, 0, EVENT_T("text", text));
	free(text);
	dgram = datagrams_open(&self->datagrams, &cfg);
	dgram_add(dgram, fd);
	self->peer = dgram_meet(dgram, &peer.any, peer.len);
}

/* Say what was said already once more; the log is for this one address more if there is yet
 * another. */
static void say_log(struct udp_send *self)
{
	struct peer *peer = self->peer;
	size_t off = 0;

	dgram_hold(self->datagrams.dgram);
	for (size_t i = 0; i < self->log_count; i++) {
		peer->ops->send(peer, self->log.data + off, self->log_lens[i]);
		off += self->log_lens[i];
	}
	dgram_release(self->datagrams.dgram);
}

static void on_next(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct udp_send *self = CONTAINER_OF(timer, struct udp_send, next);

	(void)loop;
	(void)events;
	udp_target_refused(&self->target, self->refused);
	datagrams_give_up(&self->datagrams);
	self->peer = NULL;
	open_next(self);
	if (!self->peer)
		return;
	self->refused = 0;
	say_log(self);
	if (!self->refused && self->said && dgram_queued(self->datagrams.dgram) == 0)
		start_waiting(self);
	datagrams_go(&self->datagrams);
}

static bool is_refusal(int errnum)
{
	return errnum == ECONNREFUSED || errnum == EHOSTUNREACH || errnum == ENETUNREACH ||
	       errnum == ENETDOWN || errnum == EHOSTDOWN || errnum == ENOPROTOOPT ||
	       errnum == ECONNRESET || errnum == ENOENT || errnum == ENOTCONN;
}

/* The address cannot be sent to: the next one, unless somebody has answered from this. */
static void address_failed(struct udp_send *self, int errnum)
{
	struct err err = { 0 };

	if (self->refused)
		return;
	self->refused = errnum;
	ev_timer_stop(self->run.loop, &self->wait);
	if (self->answers > 0) {
		err_set_errno(&err, ERR_PEER, errnum, "%s", self->peer->ops->describe(self->peer));
		fail(self, &err);
		return;
	}
	ev_timer_start(self->run.loop, &self->next);
}

static void not_sent(struct udp_send *self, const char *to, int errnum, size_t len)
{
	struct err err = { 0 };
	char *text;

	if (errnum == EMSGSIZE) {
		err_set_errno(
			&err, ERR_PEER, errnum, "a datagram of %zu bytes cannot go to %s", len, to);
		err_set_hint(&err, "--datagram SIZE makes smaller ones");
		fail(self, &err);
		return;
	}
	if (errnum == EACCES && !self->cfg->target.broadcast) {
		err_set_errno(&err, ERR_CONNECT, errnum, "cannot send to %s", to);
		err_set_hint(&err, "a broadcast address needs --broadcast");
		fail(self, &err);
		return;
	}
	/* A firewall may have a rule for some only: go on, and say so once and at the end. */
	self->unsent_errno = errnum;
	if (self->unsent++ > 0)
		return;
	text = x_asprintf("a datagram to %s was not sent: %s", to, strerror(errnum));
	run_warn(&self->run, text, NULL);
	free(text);
}

static void on_trouble(struct datagrams *d, struct peer *peer, int errnum, ssize_t len)
{
	struct udp_send *self = SELF(d);

	if (d->over)
		return;
	if (is_refusal(errnum))
		address_failed(self, errnum);
	else if (len >= 0)
		not_sent(self, peer->ops->describe(peer), errnum, (size_t)len);
}

/* --- life ------------------------------------------------------------------------------------ */

static void on_resolved(void *owner, const struct resolve_result *result)
{
	struct udp_send *self = owner;

	ev_timer_stop(self->run.loop, &self->limit);
	udp_target_set(&self->target, result->addrs, result->count);
	open_next(self);
	if (!self->peer)
		return;
	if (self->has_data)
		say(self);
	else
		datagrams_go(&self->datagrams);
}

static void on_unresolved(void *owner, struct err *err)
{
	fail(owner, err);
}

static void on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct udp_send *self = CONTAINER_OF(timer, struct udp_send, limit);
	struct err err = { 0 };
	char text[NUM_TEXT];

	(void)loop;
	(void)events;
	err_set(&err, ERR_TIMEOUT, "%s is not resolved within %s", self->target.name,
		num_format_time(self->cfg->asking.connect_timeout, text));
	fail(self, &err);
}

static void start(struct udp_send *self, const struct endpoint *endpoint, struct frame *frame)
{
	static const struct datagrams_ops ops = {
		.ready = is_ready,
		.send = send_one,
		.said = on_said,
		.drained = on_drained,
		.received = on_received,
		.trouble = on_trouble,
	};
	static const struct resolve_cb cb = { .done = on_resolved, .failed = on_unresolved };
	const struct udp_send_cfg *cfg = self->cfg;

	ev_timer_init(&self->limit, on_limit, cfg->asking.connect_timeout, 0);
	ev_timer_init(&self->wait, on_wait, 0, 0);
	ev_set_priority(&self->wait, EV_MINPRI); /* what came at the same moment counts */
	ev_timer_init(&self->again, on_again, 0, 0);
	ev_timer_init(&self->next, on_next, 0, 0);
	datagrams_start(&self->datagrams, &self->run, &cfg->datagrams, &ops, &cfg->limits,
		&cfg->local, &self->local, frame);
	if (cfg->asking.connect_timeout > 0)
		ev_timer_start(self->run.loop, &self->limit);
	self->resolve = resolve_start(self->run.loop, endpoint, &cfg->sock, SOCK_DGRAM, &cb, self);
}

static void stop(struct udp_send *self)
{
	ev_timer_stop(self->run.loop, &self->limit);
	ev_timer_stop(self->run.loop, &self->wait);
	ev_timer_stop(self->run.loop, &self->again);
	ev_timer_stop(self->run.loop, &self->next);
	resolve_free(self->resolve);
	datagrams_stop(&self->datagrams);
}

static int check(struct udp_send *self, struct endpoint *endpoint, struct err *err)
{
	const struct udp_send_cfg *cfg = self->cfg;

	if (asking_check(&cfg->asking, self->has_data, cfg->datagrams.send_only, err) < 0)
		return -1;
	return udp_target_init(&self->target, &cfg->target, &cfg->sock, endpoint, err);
}

static int make_frame(struct udp_send *self, const struct endpoint *endpoint, struct frame *frame,
	struct err *err)
{
	const struct datagrams_cfg *cfg = &self->cfg->datagrams;
	const char *word = cfg->datagram ? cfg->datagram : self->has_data ? "whole" : "line";

	frame->max = endpoint->kind == ENDPOINT_UNIX ? DGRAM_MAX_UNIX : DGRAM_MAX;
	frame->source = self->has_data ? "DATA" : "the input";
	frame->fault = self->has_data ? ERR_USAGE : ERR_LOCAL;
	/* DATA gets its line ends when it is built. */
	frame->eol = self->has_data ? EOL_LF : line_end_eol(&cfg->line_end);
	return frame_init(frame, word, err);
}

static int build_data(struct udp_send *self, char *const *words, int count, struct err *err)
{
	const char *line_end = line_end_asked(&self->cfg->datagrams.line_end);

	if (!self->has_data)
		return 0;
	return data_build(
		&self->cfg->data, words, count, line_end, &self->run.report.sink, &self->data, err);
}

static void clear(struct udp_send *self)
{
	udp_target_clear(&self->target);
	buf_clear(&self->data);
	buf_clear(&self->log);
	free(self->log_lens);
}

static int run(void *config, const struct opt_rest *rest, struct err *err)
{
	const struct udp_send_cfg *cfg = config;
	struct udp_send self = { .cfg = cfg };
	struct endpoint endpoint = { 0 };
	struct frame frame = { 0 };
	int used = endpoint_parse(rest->operands, rest->count, ENDPOINT_DATAGRAM, &endpoint, err);

	if (used < 0)
		return -1;
	self.has_data = used < rest->count;
	if (check(&self, &endpoint, err) < 0 || make_frame(&self, &endpoint, &frame, err) < 0 ||
		run_prepare(&self.run, "udp-send", &cfg->report, cfg->limits.deadline, err) < 0)
		goto out;
	if (build_data(&self, rest->operands + used, rest->count - used, err) == 0 &&
		local_open(&cfg->local, LOCAL_OUTPUT | (self.has_data ? 0 : LOCAL_INPUT),
			&self.local, err) == 0) {
		run_catch_signals(&self.run);
		start(&self, &endpoint, &frame);
		run_loop(&self.run);
		stop(&self);
	}
	run_finish(&self.run, err);
	local_finish(&self.local, err);
out:
	frame_clear(&frame);
	clear(&self);
	endpoint_clear(&endpoint);
	return err->kind == ERR_NONE ? 0 : -1;
}

const struct cmd cmd_udp_send = {
	.spec = {
		.name = "udp-send",
		.args = "ADDRESS PORT [DATA]",
		.about = "Send datagrams, print the answers",
		.groups = groups,
		.size = sizeof(struct udp_send_cfg),
		.min = 1,
		.max = -1,
		.examples = examples,
	},
	.run = run,
};
