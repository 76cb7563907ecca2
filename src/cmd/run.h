/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every command that uses the network has: a loop, reports, signals, --deadline, and one
 * place for how it ended.
 */
#ifndef NETPY_CMD_RUN_H
#define NETPY_CMD_RUN_H

#include <ev.h>

#include "base/err.h"
#include "base/opt.h"
#include "ui/report.h"

/* Filled by limit_opts: --idle-timeout --deadline */
struct limit_cfg {
	double idle;	 /* per connection, no byte either way; -1: none */
	double deadline; /* the whole command; -1: none */
};
extern const struct opt limit_opts[];

struct run {
	struct ev_loop *loop;
	struct report report;
	ev_timer deadline;
	struct err err; /* the first error: how the command ends */
};

/* Fills *run; deadline -1: none. The configs are borrowed until run_finish. Returns 0 or -1. */
int run_begin(struct run *run, const char *command, const struct report_cfg *report,
	double deadline, struct err *err);
/*
 * The same in two steps, for those who open and read files with the reports at hand: a FIFO may
 * make them wait, and what would only be told to the loop could not end that.
 */
int run_prepare(struct run *run, const char *command, const struct report_cfg *report,
	double deadline, struct err *err);
void run_catch_signals(struct run *run);
/* Turn the loop until run_end, the deadline or a signal. */
void run_loop(struct run *run);
/* Leave the loop; err (NULL: all is well) is moved. */
void run_end(struct run *run, struct err *err);
/* A remark that the user should see; hint: the one thing to do about it, or NULL. */
void run_warn(struct run *run, const char *text, const char *hint);
/* Release everything; returns 0, or -1 with the error moved to err. */
int run_finish(struct run *run, struct err *err);

#endif
