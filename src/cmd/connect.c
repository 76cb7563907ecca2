/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * connect: stdin to the peer, the peer to stdout.
 */
#include "cmd/cmd.h"
#include "cmd/local.h"
#include "cmd/run.h"
#include "cmd/talk.h"
#include "net/dial.h"

struct connect_cfg {
	struct dial_cfg dial;
	struct talk_cfg talk;
	struct limit_cfg limits;
	struct local_cfg local;
	struct sock_cfg sock;
	struct report_cfg report;
};

#define GROUP(MEMBER) offsetof(struct connect_cfg, MEMBER)

static const struct opt_group groups[] = {
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
	"netpy connect 127.0.0.1 8888",
	"netpy connect -C mail.example 25",
	"tar c . | netpy connect -w 3 backup.example 9000",
	NULL,
};

struct connect {
	const struct connect_cfg *cfg;
	struct run run;
	struct local local;
	struct dial *dial;
	struct talk talk;
};

static void on_connected(void *owner, struct dial_result *result)
{
	struct connect *self = owner;
	const struct connect_cfg *cfg = self->cfg;

	talk_start(&self->talk, &self->run, &cfg->talk, &cfg->limits, &cfg->local, &self->local,
		result->link, &result->peer, NULL);
}

static void on_failed(void *owner, struct err *err)
{
	struct connect *self = owner;

	run_end(&self->run, err);
}

static int check(const struct connect_cfg *cfg, const struct opt_rest *rest,
	struct endpoint *endpoint, struct err *err)
{
	int used = endpoint_parse(rest->operands, rest->count, ENDPOINT_STREAM, endpoint, err);

	if (used < 0)
		return -1;
	if (used < rest->count)
		return err_set(err, ERR_USAGE, "too many operands: '%s'", rest->operands[used]);
	return dial_check(&cfg->dial, &cfg->sock, endpoint, err);
}

static int run(void *config, const struct opt_rest *rest, struct err *err)
{
	static const struct dial_cb dial_cb = { .done = on_connected, .failed = on_failed };
	const struct connect_cfg *cfg = config;
	struct connect self = { .cfg = cfg };
	struct endpoint endpoint = { 0 };
	int result = -1;

	if (check(cfg, rest, &endpoint, err) < 0 ||
		local_open(&cfg->local, talk_wants(&cfg->talk), &self.local, err) < 0)
		goto out;
	if (run_begin(&self.run, "connect", &cfg->report, cfg->limits.deadline, err) == 0) {
		self.dial = dial_start(self.run.loop, &cfg->dial, &cfg->sock, &endpoint,
			&self.run.report.sink, &dial_cb, &self);
		run_loop(&self.run);
		dial_free(self.dial);
		talk_stop(&self.talk);
		run_finish(&self.run, err);
	}
	local_finish(&self.local, err);
	result = err->kind == ERR_NONE ? 0 : -1;
out:
	endpoint_clear(&endpoint);
	return result;
}

const struct cmd cmd_connect = {
	.spec = {
		.name = "connect",
		.args = "ADDRESS PORT",
		.about = "Connect: stdin goes to the peer, what the peer sends to stdout",
		.groups = groups,
		.size = sizeof(struct connect_cfg),
		.min = 1,
		.max = 2,
		.examples = examples,
	},
	.alias = "c",
	.run = run,
};
