/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/run.h"

#include "base/mem.h"
#include "base/num.h"
#include "io/loop.h"
#include "io/signals.h"

#define AT(MEMBER, TYPE) OPT_AT(struct limit_cfg, MEMBER, TYPE)

const struct opt limit_opts[] = {
	{ .name = "idle-timeout",
		.also = "-i --idle --inactivity -T",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(idle, double),
		.everyday = true,
		.help = "end a connection (status 7) without a byte for so long" },
	{ .name = "deadline",
		.also = "--timeout --max-time -m --total-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(deadline, double),
		.everyday = true,
		.help = "end with status 7 when not done by then" },
	{ 0 },
};

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct run *run = CONTAINER_OF(timer, struct run, deadline);
	char text[NUM_TEXT];

	(void)loop;
	(void)events;
	err_set(&run->err, ERR_TIMEOUT, "not done within %s", num_format_time(timer->repeat, text));
	run_end(run, NULL);
}

int run_prepare(struct run *run, const char *command, const struct report_cfg *report,
	double deadline, struct err *err)
{
	*run = (struct run){ .loop = loop_new() };
	if (!run->loop)
		return err_set(err, ERR_LOCAL, "cannot make an event loop");
	report_init(&run->report, report, command);
	ev_timer_init(&run->deadline, on_deadline, 0., deadline > 0 ? deadline : 1e-6);
	if (deadline >= 0)
		ev_timer_again(run->loop, &run->deadline);
	return 0;
}

void run_catch_signals(struct run *run)
{
	signals_start(run->loop);
}

int run_begin(struct run *run, const char *command, const struct report_cfg *report,
	double deadline, struct err *err)
{
	if (run_prepare(run, command, report, deadline, err) < 0)
		return -1;
	run_catch_signals(run);
	return 0;
}

void run_loop(struct run *run)
{
	ev_run(run->loop, 0);
	/* Nothing is finished then, but the signal is all that needs to be said. */
	if (signals_caught() && run->err.kind == ERR_NONE)
		run->err.kind = ERR_LOCAL;
}

void run_end(struct run *run, struct err *err)
{
	if (err)
		err_move(&run->err, err);
	ev_break(run->loop, EVBREAK_ALL);
}

void run_warn(struct run *run, const char *text, const char *hint)
{
	event_emit(&run->report.sink, EVENT_WARN, 0, EVENT_T("text", text), EVENT_T("hint", hint));
}

int run_finish(struct run *run, struct err *err)
{
	ev_timer_stop(run->loop, &run->deadline);
	signals_stop();
	report_clear(&run->report);
	loop_free(run->loop);
	err_move(err, &run->err);
	return err->kind == ERR_NONE ? 0 : -1;
}
