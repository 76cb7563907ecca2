/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listen: wait for clients. The first one is joined to stdin and stdout; with -k or --accept all
 * are at once, through a mux, as are those that are answered by --echo or --reply.
 */
#include <stdint.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/stdfd.h"
#include "cmd/cmd.h"
#include "cmd/data.h"
#include "cmd/local.h"
#include "cmd/run.h"
#include "cmd/talk.h"
#include "io/fdlink.h"
#include "io/mux.h"
#include "io/signals.h"
#include "net/serve.h"

struct clients_cfg {
	bool keep;
	long accept;	       /* -1: one, or with -k any number */
	double accept_timeout; /* -1: none */
	const char *address, *port;
	const char *to;
	bool raw_stream;
	bool echo;
	const char *reply;
	const char *reply_after;
};

struct listen_cfg {
	struct clients_cfg clients;
	struct bind_cfg bind;
	struct talk_cfg talk;
	struct limit_cfg limits;
	struct local_cfg local;
	struct sock_cfg sock;
	struct report_cfg report;
};

#define AT(MEMBER, TYPE) OPT_AT(struct clients_cfg, MEMBER, TYPE)

static const struct opt clients_opts[] = {
	{ .ch = 'k',
		.name = "keep-open",
		.also = "-L --fork --keep-listening",
		.type = OPT_FLAG,
		.off = AT(keep, bool),
		.everyday = true,
		.help = "serve any number of clients, all at once" },
	{ .name = "accept",
		.also = "-m --max-conns --count",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(accept, long),
		.min = 1,
		.max = 1000000000,
		.everyday = true,
		.help = "serve N clients at once, end when they have left" },
	{ .name = "accept-timeout",
		.also = "-w --listen-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(accept_timeout, double),
		.everyday = true,
		.help = "end with status 7 when no client is there so long" },
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
	{ .name = "to",
		.arg = "WHO",
		.type = OPT_STR,
		.off = AT(to, const char *),
		.dflt = "last",
		.everyday = true,
		.help = "choose who gets stdin: last, all, none, a number or an address" },
	{ .name = "raw-stream",
		.type = OPT_FLAG,
		.off = AT(raw_stream, bool),
		.help = "do not keep the lines of several clients whole" },
	{ .name = "echo",
		.type = OPT_FLAG,
		.off = AT(echo, bool),
		.excl = 1u << 11,
		.everyday = true,
		.help = "send back what comes, and show it" },
	{ .name = "reply",
		.arg = "TEXT|@FILE",
		.type = OPT_STR,
		.off = AT(reply, const char *),
		.hint = OPT_HINT_FILE,
		.excl = 1u << 11,
		.everyday = true,
		.help = "answer the first data with TEXT or the content of FILE" },
	{ .name = "reply-after",
		.arg = "ERE|TIME",
		.type = OPT_STR,
		.off = AT(reply_after, const char *),
		.help = "answer when a line matches, or after a time" },
	{ 0 },
};

#define GROUP(MEMBER) offsetof(struct listen_cfg, MEMBER)

static const struct opt_group groups[] = {
	{ "clients", "Clients", clients_opts, GROUP(clients), NULL },
	{ "bind", "Taking an address", bind_opts, GROUP(bind), NULL },
	{ "backlog", "Accepting", serve_opts, GROUP(bind), NULL },
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
	"netpy listen 8888",
	"netpy listen --output backup.tar 9000",
	"netpy listen -k --reply @page.http 127.0.0.1 8080",
	NULL,
};

struct listen {
	const struct listen_cfg *cfg;
	struct run run;
	struct local local;
	struct serve *serve;
	struct talk talk;
	struct mux *mux; /* with -k, --accept, --echo, --reply or --to none; else NULL */
	struct to to;
	struct buf reply;
	double reply_time; /* -1: none */
	const char *reply_match;
	long wanted; /* how many clients; -1: any number */
	long accepted;
	ev_timer alone;	  /* --accept-timeout */
	struct err first; /* the first failure of a client */
};

/* --- clients ---------------------------------------------------------------------------------- */

static void wait_for_client(struct listen *self)
{
	ev_timer_stop(self->run.loop, &self->alone);
	if (self->cfg->clients.accept_timeout < 0)
		return;
	ev_timer_set(&self->alone, self->cfg->clients.accept_timeout, 0.);
	ev_timer_start(self->run.loop, &self->alone);
}

static void on_alone(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct listen *self = CONTAINER_OF(timer, struct listen, alone);
	char text[NUM_TEXT];
	struct err err = { 0 };

	(void)loop;
	(void)events;
	err_set(&err, ERR_TIMEOUT, "no client within %s",
		num_format_time(self->cfg->clients.accept_timeout, text));
	if (!self->mux) {
		run_end(&self->run, &err);
		return;
	}
	/* What earlier clients sent may still be on its way out. */
	err_move(&self->first, &err);
	serve_free(self->serve);
	self->serve = NULL;
	mux_finish(self->mux);
}

static bool serves_for_ever(const struct listen *self)
{
	return self->wanted < 0;
}

static void on_left(void *owner, unsigned id, const char *name, struct err *err, unsigned left)
{
	struct listen *self = owner;

	if (self->serve)
		serve_client_left(self->serve);
	if (err->kind != ERR_NONE && serves_for_ever(self))
		event_emit(&self->run.report.sink, EVENT_WARN, id, EVENT_T("peer", name),
			EVENT_T("text", err->msg));
	else if (err->kind != ERR_NONE)
		err_move(&self->first, err);
	if (left > 0)
		return;
	if (self->serve)
		wait_for_client(self);
	else
		mux_finish(self->mux);
}

static void on_mux_done(void *owner, struct err *err)
{
	struct listen *self = owner;

	err_move(&self->first, err);
	run_end(&self->run, &self->first);
}

static struct mux *new_mux(struct listen *self)
{
	static const struct mux_cb cb = { .left = on_left, .done = on_mux_done };
	const struct listen_cfg *cfg = self->cfg;
	bool silent = talk_receives_only(&cfg->talk, &self->local) || cfg->clients.echo ||
		      cfg->clients.reply || self->to.kind == TO_NONE;
	struct mux_cfg mux = {
		.to = self->to,
		.eof = cfg->talk.eof >= 0 ? (enum pump_eof)cfg->talk.eof : PUMP_EOF_HALF,
		.peer_eof = silent ? PUMP_PEER_EOF_END : talk_peer_eof(&cfg->talk, &self->local),
		.linger = cfg->talk.linger,
		.idle = cfg->limits.idle,
		.raw = cfg->clients.raw_stream || self->wanted == 1,
		.drop = cfg->talk.send_only,
		.answer = cfg->clients.echo    ? MUX_ECHO
			  : cfg->clients.reply ? MUX_REPLY
					       : MUX_LOCAL,
		.reply = self->reply.data,
		.reply_len = self->reply.len,
		.reply_after = self->reply_time,
		.reply_match = self->reply_match,
		.to_peer = filter_new_eol(line_end_eol(&cfg->talk.line_end)),
		.escape = self->local.out_terminal && !cfg->local.raw,
		.taps = report_tap(&self->run.report),
		.sink = &self->run.report.sink,
	};
	struct link *link = self->local.link;

	if (silent)
		local_drop_input(&self->local);
	self->local.link = NULL;
	return mux_new(self->run.loop, link, &mux, &cb, self);
}

static bool uses_mux(const struct listen *self)
{
	return self->wanted != 1 || self->cfg->clients.echo || self->cfg->clients.reply ||
	       self->to.kind == TO_NONE;
}

/* --- the listening side ----------------------------------------------------------------------- */

static void on_listening(void *owner)
{
	struct listen *self = owner;

	if (uses_mux(self))
		self->mux = new_mux(self);
	wait_for_client(self);
}

static void admit(struct listen *self, struct link *link, const struct addr *peer)
{
	const struct listen_cfg *cfg = self->cfg;
	char name[ADDR_TEXT];

	if (self->mux) {
		fdlink_set_name(link, addr_format(peer, name));
		mux_add(self->mux, link, name);
	} else {
		talk_start(&self->talk, &self->run, &cfg->talk, &cfg->limits, &cfg->local,
			&self->local, link, peer, NULL);
	}
}

static void on_accepted(
	void *owner, struct link *link, const struct addr *local, const struct addr *peer)
{
	struct listen *self = owner;
	char here[ADDR_TEXT], there[ADDR_TEXT];

	self->accepted++;
	ev_timer_stop(self->run.loop, &self->alone);
	event_emit(&self->run.report.sink, EVENT_ACCEPT, self->mux ? (unsigned)self->accepted : 0,
		EVENT_T("local", addr_format(local, here)),
		EVENT_T("peer", addr_format(peer, there)));
	if (self->accepted == self->wanted) {
		serve_free(self->serve);
		self->serve = NULL;
	}
	admit(self, link, peer);
}

static void on_failed(void *owner, struct err *err)
{
	struct listen *self = owner;

	run_end(&self->run, err);
}

/* --- the command ------------------------------------------------------------------------------ */

/* -p and -s are the operands under the names that netcat gave them. */
static int find_endpoint(const struct clients_cfg *cfg, const struct opt_rest *rest,
	struct endpoint *endpoint, struct err *err)
{
	char *words[3] = { NULL };
	int count = 0, used;

	if (cfg->address)
		words[count++] = (char *)(uintptr_t)cfg->address;
	for (int i = 0; i < rest->count && count < 2; i++)
		words[count++] = rest->operands[i];
	if (cfg->port && count < 2)
		words[count++] = (char *)(uintptr_t)cfg->port;
	if (count == 0 || (cfg->address && count == 1))
		return err_set(err, ERR_USAGE, "missing PORT");
	if (rest->count + (cfg->address ? 1 : 0) + (cfg->port ? 1 : 0) > 2)
		return err_set(
			err, ERR_USAGE, "too many operands: ADDRESS and PORT are given twice");
	used = endpoint_parse(words, count, ENDPOINT_LISTEN | ENDPOINT_STREAM, endpoint, err);
	if (used >= 0 && used < count)
		return err_set(err, ERR_USAGE, "too many operands: '%s'", words[used]);
	return used < 0 ? -1 : 0;
}

/* A word that is a time is a time; everything else is an expression. */
static int find_reply_after(struct listen *self, struct err *err)
{
	const char *word = self->cfg->clients.reply_after;
	struct match match = { .compiled = false };

	self->reply_time = -1;
	if (!word)
		return 0;
	if (!self->cfg->clients.reply)
		return err_set(err, ERR_USAGE, "--reply-after needs --reply");
	if (num_parse_time(word, &self->reply_time) == 0)
		return 0;
	if (match_compile(&match, "reply-after", word, err) < 0)
		return -1;
	match_clear(&match);
	self->reply_match = word;
	return 0;
}

static int check(struct listen *self, const struct opt_rest *rest, struct endpoint *endpoint,
	struct err *err)
{
	const struct listen_cfg *cfg = self->cfg;

	if (find_endpoint(&cfg->clients, rest, endpoint, err) < 0 ||
		bind_check(&cfg->bind, err) < 0 || sock_check(&cfg->sock, err) < 0 ||
		to_parse(cfg->clients.to, &self->to, err) < 0 || find_reply_after(self, err) < 0)
		return -1;
	self->wanted = cfg->clients.accept >= 0 ? cfg->clients.accept : cfg->clients.keep ? -1 : 1;
	return cfg->clients.reply ? data_value(cfg->clients.reply, &self->reply, err) : 0;
}

/* Who answers by itself reads nothing. */
static unsigned wanted(const struct listen_cfg *cfg)
{
	bool answers = cfg->clients.echo || cfg->clients.reply;

	return talk_wants(&cfg->talk) & ~(answers ? (unsigned)LOCAL_INPUT : 0);
}

static void go(struct listen *self, const struct endpoint *endpoint)
{
	static const struct serve_cb serve_cb = {
		.listening = on_listening, .accepted = on_accepted, .failed = on_failed
	};
	const struct listen_cfg *cfg = self->cfg;

	if (self->wanted != 1)
		stdfd_raise_limit();
	ev_timer_init(&self->alone, on_alone, 0., 0.);
	self->serve = serve_start(self->run.loop, &cfg->bind, &cfg->sock, endpoint,
		&self->run.report.sink, &serve_cb, self);
	run_loop(&self->run);
	ev_timer_stop(self->run.loop, &self->alone);
	serve_free(self->serve);
	if (signals_caught() && self->mux)
		mux_flush(self->mux);
	mux_free(self->mux);
	talk_stop(&self->talk);
	err_clear(&self->first);
}

static int run(void *config, const struct opt_rest *rest, struct err *err)
{
	const struct listen_cfg *cfg = config;
	struct listen self = { .cfg = cfg };
	struct endpoint endpoint = { 0 };

	/* The loop opens descriptors, so --ready-fd is looked at before. */
	if (check(&self, rest, &endpoint, err) == 0 &&
		local_open(&cfg->local, wanted(cfg), &self.local, err) == 0 &&
		run_begin(&self.run, "listen", &cfg->report, cfg->limits.deadline, err) == 0) {
		go(&self, &endpoint);
		run_finish(&self.run, err);
	}
	local_finish(&self.local, err);
	endpoint_clear(&endpoint);
	buf_clear(&self.reply);
	return err->kind == ERR_NONE ? 0 : -1;
}

const struct cmd cmd_listen = {
	.spec = {
		.name = "listen",
		.args = "[ADDRESS] PORT",
		.about = "Wait for a client: it gets stdin, what it sends goes to stdout",
		.groups = groups,
		.size = sizeof(struct listen_cfg),
		.min = 0,
		.max = 2,
		.examples = examples,
	},
	.alias = "l",
	.run = run,
};
