/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wait: until all endpoints answer, each asked again and again beside the others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/stdfd.h"
#include "cmd/cmd.h"
#include "cmd/run.h"
#include "net/probe_endpoint.h"

/* Between two attempts; it grows from the first to the second. */
#define PAUSE_MIN    0.25
#define PAUSE_MAX    1.0
#define PAUSE_GROWTH 1.5
/* Of the states that an endpoint went through, no more bytes are remembered. */
enum { HISTORY_MAX = 200 };

struct wait_own {
	double deadline;
	double timeout;
	bool any;
	const char *expect;
	const char *send;
};

struct wait_cfg {
	struct wait_own own;
	struct sock_cfg sock;
	struct report_cfg report;
};

#define AT(MEMBER, TYPE) OPT_AT(struct wait_own, MEMBER, TYPE)

static const struct opt own_opts[] = {
	{ .name = "deadline",
		.also = "--timeout --max-time -t --wait",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(deadline, double),
		.dflt = "30s",
		.everyday = true,
		.help = "end with status 7 when they do not answer by then" },
	{ .ch = 'w',
		.name = "connect-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(timeout, double),
		.dflt = "5s",
		.everyday = true,
		.help = "give up one attempt after so long, and try again" },
	{ .name = "any",
		.type = OPT_FLAG,
		.off = AT(any, bool),
		.everyday = true,
		.help = "be content with one of them" },
	{ .name = "expect",
		.arg = "ERE",
		.type = OPT_STR,
		.off = AT(expect, const char *),
		.everyday = true,
		.help = "demand that this appears in what comes: accepting is not enough" },
	{ .name = "send",
		.arg = "TEXT",
		.type = OPT_STR,
		.off = AT(send, const char *),
		.everyday = true,
		.help = "send this first, escapes such as \\r\\n decoded" },
	{ 0 },
};

#define GROUP(MEMBER) offsetof(struct wait_cfg, MEMBER)

static const struct opt_group groups[] = {
	{ "wait", "Waiting", own_opts, GROUP(own), NULL },
	{ "sockets", "Sockets", sock_opts, GROUP(sock), NULL },
	{ "reports", "Reports", report_opts, GROUP(report), NULL },
	{ 0 },
};

static const char *const examples[] = {
	"netpy wait db:5432 cache:6379",
	"netpy wait --expect '^220 ' --deadline 1m mail:25",
	"netpy wait db:5432 unix:/run/app.sock -- ./serve",
	NULL,
};

struct waiting;

struct target {
	struct waiting *all;
	struct endpoint endpoint;
	char *name;
	struct probe *probe;
	ev_timer again;
	double pause;
	bool up;
	char *state;	    /* the present one, NULL before the first result */
	double since;	    /* when it began */
	struct buf history; /* "refused for 3 s, ": the states before it */
};

struct waiting {
	const struct wait_cfg *cfg;
	struct probe_cfg probe_cfg;
	struct buf send;
	struct run run;
	ev_timer deadline;
	double started;
	bool every_change; /* tell of each, not only how it ended: on a terminal, or with -v */
	struct target *targets;
	size_t count, up;
};

/* ---- what is told ---- */

static void tell(const struct target *t, const char *text)
{
	event_emit(&t->all->run.report.sink, EVENT_PROBE, 0, EVENT_T("target", t->name),
		EVENT_T("state", t->state ? t->state : "unknown"), EVENT_T("text", text),
		EVENT_S("s", clock_now() - t->all->started));
}

static void tell_change(const struct target *t)
{
	double waited = clock_now() - t->all->started;
	char time[NUM_TEXT], *text;

	if (t->up && t->history.len > 0)
		text = x_asprintf(
			"%s %s after %s", t->name, t->state, num_format_time(waited, time));
	else
		text = x_asprintf("%s %s", t->name, t->state);
	tell(t, text);
	free(text);
}

/* "db:5432 refused for 28 s, then accepted", or how it stands when the time is over. */
static void tell_end(struct target *t)
{
	const char *history = buf_text(&t->history);
	char time[NUM_TEXT], *text;

	num_format_time(clock_now() - t->since, time);
	if (t->up)
		text = x_asprintf("%s %s%s%s", t->name, history, *history ? "then " : "", t->state);
	else
		text = x_asprintf("%s %s%s for %s", t->name, history,
			t->state ? t->state : "gave no answer", time);
	tell(t, text);
	free(text);
}

/* True when that is news. */
static bool note_state(struct target *t, const char *state)
{
	double now = clock_now();
	char time[NUM_TEXT];

	if (t->state && strcmp(t->state, state) == 0)
		return false;
	if (t->history.len > HISTORY_MAX) {
		t->history.len = 0;
		buf_add_text(&t->history, "..., ");
	}
	if (t->state)
		buf_printf(&t->history, "%s for %s, ", t->state,
			num_format_time(now - t->since, time));
	free(t->state);
	t->state = x_strdup(state);
	t->since = now;
	return true;
}

/* ---- one endpoint ---- */

static void on_result(void *owner, bool up, const char *state, struct err *err);

static void ask(struct target *t)
{
	static const struct probe_cb cb = { on_result };
	struct waiting *all = t->all;

	t->probe =
		probe_start(all->run.loop, &all->probe_cfg, &all->cfg->sock, &t->endpoint, &cb, t);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	ask(CONTAINER_OF(timer, struct target, again));
}

static void ask_later(struct target *t)
{
	ev_now_update(t->all->run.loop);
	ev_timer_set(&t->again, t->pause, 0);
	ev_timer_start(t->all->run.loop, &t->again);
	t->pause = t->pause * PAUSE_GROWTH < PAUSE_MAX ? t->pause * PAUSE_GROWTH : PAUSE_MAX;
}

static void on_result(void *owner, bool up, const char *state, struct err *err)
{
	struct target *t = owner;
	struct waiting *all = t->all;
	bool news = state && note_state(t, state);

	probe_free(t->probe);
	t->probe = NULL;
	if (err->kind != ERR_NONE) {
		run_end(&all->run, err);
		return;
	}
	t->up = up;
	all->up += up;
	if (all->every_change && news)
		tell_change(t);
	else if (!all->every_change && up)
		tell_end(t);
	if (!up)
		ask_later(t);
	else if (all->cfg->own.any || all->up == all->count)
		run_end(&all->run, NULL);
}

/* ---- all of them ---- */

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct waiting *all = CONTAINER_OF(timer, struct waiting, deadline);
	struct buf names = { 0 };
	struct err err = { 0 };
	char time[NUM_TEXT];
	size_t i;

	(void)loop;
	(void)events;
	for (i = 0; i < all->count; i++) {
		if (all->targets[i].up)
			continue;
		if (!all->every_change)
			tell_end(&all->targets[i]);
		buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", all->targets[i].name);
	}
	err_set(&err, ERR_TIMEOUT, "no answer within %s: %s",
		num_format_time(all->cfg->own.deadline, time), buf_text(&names));
	buf_clear(&names);
	run_end(&all->run, &err);
}

static int check_talk(struct waiting *all, struct err *err)
{
	const struct wait_own *own = &all->cfg->own;
	struct match match = { .compiled = false };
	const char *bad;
	char *shown;
	int result = 0;

	if (own->expect)
		result = match_compile(&match, "expect", own->expect, err);
	match_clear(&match);
	if (result < 0 || !own->send)
		return result;
	if (escape_decode(own->send, strlen(own->send), &all->send, NULL, &bad) == 0)
		return 0;
	shown = escape_text(bad, strlen(bad), 0);
	err_set(err, ERR_USAGE, "--send: no escape begins like '%s'", shown);
	free(shown);
	return -1;
}

static int parse_targets(struct waiting *all, const struct opt_rest *rest, struct err *err)
{
	struct target *t;
	int i;

	all->targets = x_calloc((size_t)rest->count, sizeof(*all->targets));
	for (i = 0; i < rest->count; i++) {
		t = &all->targets[i];
		if (endpoint_parse(&rest->operands[i], 1, ENDPOINT_WHOLE, &t->endpoint, err) < 0)
			return -1;
		t->all = all;
		t->name = endpoint_text(&t->endpoint);
		t->pause = PAUSE_MIN;
		ev_timer_init(&t->again, on_again, 0, 0);
		all->count++;
	}
	return 0;
}

static void start(struct waiting *all)
{
	size_t i;

	all->started = clock_now();
	all->every_change = isatty(STDERR_FILENO) || all->cfg->report.verbose > 0;
	ev_timer_init(&all->deadline, on_deadline, all->cfg->own.deadline, 0);
	ev_timer_start(all->run.loop, &all->deadline);
	for (i = 0; i < all->count; i++) {
		all->targets[i].since = all->started;
		ask(&all->targets[i]);
	}
}

static void stop(struct waiting *all)
{
	size_t i;

	ev_timer_stop(all->run.loop, &all->deadline);
	for (i = 0; i < all->count; i++) {
		probe_free(all->targets[i].probe);
		ev_timer_stop(all->run.loop, &all->targets[i].again);
	}
}

static void release(struct waiting *all)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		endpoint_clear(&all->targets[i].endpoint);
		buf_clear(&all->targets[i].history);
		free(all->targets[i].name);
		free(all->targets[i].state);
	}
	free(all->targets);
	buf_clear(&all->send);
}

/* They are there: this process becomes the program. */
static int become(char **program, struct err *err)
{
	stdfd_prepare_exec();
	execvp(program[0], program);
	return err_set_errno(err, ERR_LOCAL, errno, "cannot run '%s'", program[0]);
}

static int run(void *config, const struct opt_rest *rest, struct err *err)
{
	const struct wait_cfg *cfg = config;
	struct waiting all = { .cfg = cfg };
	int result = -1;

	if (check_talk(&all, err) < 0 || parse_targets(&all, rest, err) < 0 ||
		sock_check(&cfg->sock, err) < 0)
		goto out;
	all.probe_cfg = (struct probe_cfg){ .timeout = cfg->own.timeout,
		.send = cfg->own.send ? &all.send : NULL,
		.expect = cfg->own.expect };
	if (run_begin(&all.run, "wait", &cfg->report, -1, err) < 0)
		goto out;
	start(&all);
	run_loop(&all.run);
	stop(&all);
	result = run_finish(&all.run, err);
out:
	release(&all);
	return result == 0 && rest->program ? become(rest->program, err) : result;
}

const struct cmd cmd_wait = {
	.spec = {
		.name = "wait",
		.args = "ENDPOINT...",
		.about = "Wait until every ENDPOINT answers, or a deadline",
		.groups = groups,
		.size = sizeof(struct wait_cfg),
		.min = 1,
		.max = -1,
		.program = true,
		.examples = examples,
	},
	.run = run,
};
