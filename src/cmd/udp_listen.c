/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp-listen: print what anybody sends, answer whom the options choose.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "cmd/cmd.h"
#include "cmd/data.h"
#include "cmd/datagrams.h"
#include "net/bind.h"
#include "net/endpoint.h"
#include "net/ready.h"

/* Ports below are services, and two services that answer each other never stop. */
enum { PORT_ANSWERED_MIN = 1024 };

/* Failures to send are told once in so many seconds. */
static const double TELL_EVERY = 1;

enum { EXCL_ONLY = 1u << 10, EXCL_ANSWER = 1u << 11 };

struct peers_cfg {
	const char *address, *port;
	const char *to;
	long datagrams;
	double accept_timeout;
	bool recv_only;
	bool echo;
	const char *reply;
	double peer_age;
	long max_peers;
};

#define AT(MEMBER, TYPE) OPT_AT(struct peers_cfg, MEMBER, TYPE)

static const struct opt peers_opts[] = {
	{ .name = "to",
		.also = "--peer",
		.arg = "WHO",
		.type = OPT_STR,
		.off = AT(to, const char *),
		.dflt = "last",
		.everyday = true,
		.help = "choose who gets stdin: last, all, none, a number or an address" },
	{ .name = "datagrams",
		.also = "-m --count",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(datagrams, long),
		.min = 1,
		.max = 1000000000,
		.everyday = true,
		.help = "end after N datagrams" },
	{ .name = "echo",
		.type = OPT_FLAG,
		.off = AT(echo, bool),
		.excl = EXCL_ANSWER,
		.everyday = true,
		.help = "send back what comes" },
	{ .name = "reply",
		.arg = "TEXT|@FILE",
		.type = OPT_STR,
		.off = AT(reply, const char *),
		.hint = OPT_HINT_FILE,
		.excl = EXCL_ANSWER,
		.everyday = true,
		.help = "answer each datagram with TEXT or the content of FILE" },
	{ .name = "accept-timeout",
		.also = "-w --listen-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(accept_timeout, double),
		.everyday = true,
		.help = "end with status 7 when nothing came for so long at first" },
	{ .name = "recv-only",
		.also = "-d",
		.type = OPT_FLAG,
		.off = AT(recv_only, bool),
		.excl = EXCL_ONLY,
		.everyday = true,
		.help = "send nothing, do not read the input" },
	{ .ch = 'p',
		.name = "port",
		.also = "--local-port",
		.arg = "PORT",
		.type = OPT_STR,
		.off = AT(port, const char *),
		.hint = OPT_HINT_PORT,
		.help = "the same as the operand PORT" },
	{ .ch = 's',
		.name = "address",
		.also = "--bind --source",
		.arg = "ADDRESS",
		.type = OPT_STR,
		.off = AT(address, const char *),
		.hint = OPT_HINT_HOST,
		.help = "the same as the operand ADDRESS" },
	{ .name = "peer-age",
		.also = "--peer-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(peer_age, double),
		.dflt = "1h",
		.help = "forget who has been silent for so long" },
	{ .name = "max-peers",
		.also = "--max-conns",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(max_peers, long),
		.min = 1,
		.max = 1000000,
		.dflt = "1024",
		.help = "remember so many peers; the most silent one goes first" },
	{ 0 },
};

struct udp_listen_cfg {
	struct peers_cfg peers;
	struct datagrams_cfg datagrams;
	struct bind_cfg bind;
	struct limit_cfg limits;
	struct local_cfg local;
	struct sock_cfg sock;
	struct report_cfg report;
};

#define GROUP(MEMBER) offsetof(struct udp_listen_cfg, MEMBER)

static const struct opt_group groups[] = {
	{ "peers", "Peers", peers_opts, GROUP(peers), NULL },
	{ "datagrams", "Datagrams", datagrams_opts, GROUP(datagrams), NULL },
	{ "lines", "Line ends", line_end_opts, GROUP(datagrams.line_end), NULL },
	{ "bind", "Taking an address", bind_opts, GROUP(bind), NULL },
	{ "limits", "Time limits", limit_opts, GROUP(limits), NULL },
	{ "files", "Files and terminal", local_opts, GROUP(local), NULL },
	{ "sockets", "Sockets", sock_opts, GROUP(sock), NULL },
	{ "reports", "Reports", report_opts, GROUP(report), NULL },
	{ 0 },
};

static const char *const examples[] = {
	"netpy udp-listen --lines 9999",
	"netpy udp-listen --datagrams 1 --output message 127.0.0.1 9999",
	"netpy udp-listen --echo 7000",
	NULL,
};

struct udp_listen {
	const struct udp_listen_cfg *cfg;
	struct run run;
	struct local local;
	struct datagrams datagrams;
	struct binding *binding;
	struct bind_set set;
	struct to to;
	struct buf reply;
	bool reads_input;
	uint64_t count;	 /* datagrams that came */
	uint64_t untold; /* failures to send since one was told */
	ev_tstamp told;	 /* when that was; 0: never */
	bool told_port;
	ev_timer silent; /* --accept-timeout */
};

#define SELF(D) CONTAINER_OF(D, struct udp_listen, datagrams)

/* --- sending --------------------------------------------------------------------------------- */

static bool is_ready(struct datagrams *d)
{
	struct udp_listen *self = SELF(d);

	return self->reads_input && d->dgram &&
	       peers_choose(dgram_peers(d->dgram), &self->to, NULL);
}

static bool send_one(struct datagrams *d, const void *data, size_t len)
{
	struct udp_listen *self = SELF(d);
	const struct peers *peers = dgram_peers(d->dgram);
	struct peer *peer = peers_choose(peers, &self->to, NULL), *next;
	bool room = true;

	for (; peer; peer = next) {
		next = peers_choose(peers, &self->to, peer);
		room = peer->ops->send(peer, data, len) && room;
	}
	return room;
}

/* A listener goes on, its input ended or not. */
static void on_said(struct datagrams *d)
{
	(void)d;
}

static void answer(struct udp_listen *self, struct peer *peer, const void *data, size_t len)
{
	unsigned port = dgram_peer_port(peer);
	bool room;

	if (port > 0 && port < PORT_ANSWERED_MIN) {
		if (!self->told_port)
			run_warn(&self->run, "datagrams from ports below 1024 are not answered",
				NULL);
		self->told_port = true;
		return;
	}
	if (self->cfg->peers.echo)
		room = peer->ops->send(peer, data, len);
	else
		room = peer->ops->send(peer, self->reply.data, self->reply.len);
	if (!room)
		self->datagrams.full = true;
}

static void on_received(struct datagrams *d, struct peer *peer, const void *data, size_t len)
{
	struct udp_listen *self = SELF(d);
	long wanted = self->cfg->peers.datagrams;

	ev_timer_stop(self->run.loop, &self->silent);
	if (d->answers)
		answer(self, peer, data, len);
	if (++self->count == (uint64_t)wanted && wanted > 0)
		datagrams_finish(d, NULL);
}

/* Whoever is told of each failure of a flood is not helped. */
static void tell_trouble(struct udp_listen *self, const char *to, int errnum, size_t len)
{
	ev_tstamp now = ev_now(self->run.loop);
	struct buf text = { 0 };

	if (self->told > 0 && now - self->told < TELL_EVERY) {
		self->untold++;
		return;
	}
	buf_printf(&text, "a datagram of %zu bytes to %s was not sent: %s", len, to,
		errnum == EDESTADDRREQ ? "it has no address" : strerror(errnum));
	if (self->untold > 0)
		buf_printf(&text, " (and %llu more)", (unsigned long long)self->untold);
	self->told = now;
	self->untold = 0;
	run_warn(&self->run, buf_text(&text), NULL);
	buf_clear(&text);
}

static void on_trouble(struct datagrams *d, struct peer *peer, int errnum, ssize_t len)
{
	struct udp_listen *self = SELF(d);
	char *text;

	if (len >= 0) {
		tell_trouble(self, peer->ops->describe(peer), errnum, (size_t)len);
		/* Behind a unix address there is nobody any more. */
		if (errnum == ECONNREFUSED || errnum == ENOENT)
			peer->ops->kick(peer);
		return;
	}
	text = x_asprintf("a datagram sent earlier did not arrive: %s", strerror(errnum));
	event_emit(&self->run.report.sink, EVENT_NOTE, 0, EVENT_T("text", text));
	free(text);
}

/* --- the listening side ---------------------------------------------------------------------- */

static void open_sockets(struct udp_listen *self)
{
	const struct udp_listen_cfg *cfg = self->cfg;
	const struct dgram_cfg dgram = {
		.sink = &self->run.report.sink,
		.taps = report_tap(&self->run.report),
		.describe = datagrams_describe,
		.peer_age = cfg->peers.peer_age,
		.max_peers = (unsigned)cfg->peers.max_peers,
		.keep_rcvbuf = cfg->sock.rcvbuf >= 0,
	};

	datagrams_open(&self->datagrams, &dgram);
	for (size_t i = 0; i < self->set.count; i++) {
		dgram_add(self->datagrams.dgram, self->set.socks[i].fd);
		self->set.socks[i].fd = -1;
	}
}

static void on_bound(void *owner, struct bind_set *set)
{
	struct udp_listen *self = owner;
	struct err err = { 0 };

	self->set = *set;
	*set = (struct bind_set){ 0 };
	open_sockets(self);
	if (ready_announce(&self->cfg->bind, &self->set, &self->run.report.sink, &err) < 0) {
		datagrams_finish(&self->datagrams, &err);
		return;
	}
	if (self->cfg->peers.accept_timeout >= 0)
		ev_timer_start(self->run.loop, &self->silent);
}

static void on_unbound(void *owner, struct err *err)
{
	struct udp_listen *self = owner;

	datagrams_finish(&self->datagrams, err);
}

static void on_silent(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct udp_listen *self = CONTAINER_OF(timer, struct udp_listen, silent);
	struct err err = { 0 };
	char text[NUM_TEXT];

	(void)loop;
	(void)events;
	err_set(&err, ERR_TIMEOUT, "no datagram within %s",
		num_format_time(self->cfg->peers.accept_timeout, text));
	datagrams_finish(&self->datagrams, &err);
}

/* --- the command ------------------------------------------------------------------------------ */

/* "5000" leaves the address open; "*:5000", ":5000" and "* 5000" do not. */
static bool names_address(char *const *words, int used)
{
	const char *word = words[0];

	if (used > 1)
		return true;
	if (strncmp(word, "udp:", 4) == 0)
		word += strncmp(word, "udp://", 6) == 0 ? 6 : 4;
	return strchr(word, ':') != NULL;
}

/* -p and -s are the operands under the names that netcat gave them. */
static int find_endpoint(const struct peers_cfg *cfg, const struct opt_rest *rest,
	struct endpoint *endpoint, struct err *err)
{
	char *words[4] = { NULL };
	int count = 0, used;

	if (rest->count + (cfg->address ? 1 : 0) + (cfg->port ? 1 : 0) > 2)
		return err_set(err, ERR_USAGE, "too many operands: it takes [ADDRESS] PORT");
	if (cfg->address)
		words[count++] = (char *)(uintptr_t)cfg->address;
	for (int i = 0; i < rest->count; i++)
		words[count++] = rest->operands[i];
	if (cfg->port)
		words[count++] = (char *)(uintptr_t)cfg->port;
	if (count == 0 || (cfg->address && count == 1))
		return err_set(err, ERR_USAGE, "missing PORT");
	used = endpoint_parse(words, count, ENDPOINT_LISTEN | ENDPOINT_DATAGRAM, endpoint, err);
	if (used < 0)
		return -1;
	if (used < count)
		return err_set(err, ERR_USAGE, "too many operands: '%s'", words[used]);
	/* Answers to forged senders are an attack on others: not from every interface unasked. */
	if ((cfg->echo || cfg->reply) && endpoint->kind == ENDPOINT_INET && !endpoint->host &&
		!names_address(words, used))
		endpoint->host = x_strdup("localhost");
	return 0;
}

static int make_frame(const struct udp_listen *self, const struct endpoint *endpoint,
	struct frame *frame, struct err *err)
{
	const char *word = self->cfg->datagrams.datagram;

	frame->max = endpoint->kind == ENDPOINT_UNIX ? DGRAM_MAX_UNIX : DGRAM_MAX;
	frame->source = "the input";
	frame->fault = ERR_LOCAL;
	frame->eol = line_end_eol(&self->cfg->datagrams.line_end);
	return frame_init(frame, word ? word : "line", err);
}

static int make_reply(struct udp_listen *self, const struct endpoint *endpoint, struct err *err)
{
	const char *reply = self->cfg->peers.reply;

	if (!reply)
		return 0;
	if (data_value(reply, &self->reply, err) < 0)
		return -1;
	if (endpoint->kind == ENDPOINT_INET && self->reply.len > DGRAM_MAX)
		return err_set(err, ERR_USAGE,
			"--reply: larger than %d bytes, the most that a "
			"datagram carries",
			DGRAM_MAX);
	return 0;
}

static void start(struct udp_listen *self, const struct endpoint *endpoint, struct frame *frame)
{
	static const struct datagrams_ops ops = {
		.ready = is_ready,
		.send = send_one,
		.said = on_said,
		.received = on_received,
		.trouble = on_trouble,
	};
	static const struct bind_cb cb = { .bound = on_bound, .failed = on_unbound };
	const struct udp_listen_cfg *cfg = self->cfg;

	if (self->local.in_absent || !self->reads_input) {
		self->reads_input = false;
		local_drop_input(&self->local);
	}
	self->datagrams.answers = cfg->peers.echo || cfg->peers.reply;
	ev_timer_init(&self->silent, on_silent, cfg->peers.accept_timeout, 0);
	datagrams_start(&self->datagrams, &self->run, &cfg->datagrams, &ops, &cfg->limits,
		&cfg->local, &self->local, frame);
	self->binding =
		bind_start(self->run.loop, &cfg->bind, &cfg->sock, endpoint, SOCK_DGRAM, &cb, self);
}

static void stop(struct udp_listen *self)
{
	ev_timer_stop(self->run.loop, &self->silent);
	bind_free(self->binding);
	datagrams_stop(&self->datagrams);
	bind_set_clear(&self->set);
}

static int check(struct udp_listen *self, const struct endpoint *endpoint, struct frame *frame,
	struct err *err)
{
	const struct udp_listen_cfg *cfg = self->cfg;

	if (to_parse(cfg->peers.to, &self->to, err) < 0 ||
		make_frame(self, endpoint, frame, err) < 0 || sock_check(&cfg->sock, err) < 0 ||
		bind_check(&cfg->bind, err) < 0)
		return -1;
	return make_reply(self, endpoint, err);
}

static int run(void *config, const struct opt_rest *rest, struct err *err)
{
	const struct udp_listen_cfg *cfg = config;
	struct udp_listen self = { .cfg = cfg };
	struct endpoint endpoint = { 0 };
	struct frame frame = { 0 };

	if (find_endpoint(&cfg->peers, rest, &endpoint, err) < 0 ||
		check(&self, &endpoint, &frame, err) < 0)
		goto out;
	self.reads_input = !cfg->peers.recv_only && !cfg->peers.echo && !cfg->peers.reply &&
			   self.to.kind != TO_NONE;
	if (local_open(&cfg->local, LOCAL_OUTPUT | (self.reads_input ? LOCAL_INPUT : 0),
		    &self.local, err) < 0)
		goto out;
	if (run_begin(&self.run, "udp-listen", &cfg->report, cfg->limits.deadline, err) == 0) {
		start(&self, &endpoint, &frame);
		run_loop(&self.run);
		stop(&self);
		run_finish(&self.run, err);
	}
	local_finish(&self.local, err);
out:
	frame_clear(&frame);
	buf_clear(&self.reply);
	endpoint_clear(&endpoint);
	return err->kind == ERR_NONE ? 0 : -1;
}

const struct cmd cmd_udp_listen = {
	.spec = {
		.name = "udp-listen",
		.args = "[ADDRESS] PORT",
		.about = "Receive datagrams from anybody, answer them",
		.groups = groups,
		.size = sizeof(struct udp_listen_cfg),
		.min = 0,
		.max = 2,
		.examples = examples,
	},
	.run = run,
};
