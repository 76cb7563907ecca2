/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Events become lines on stderr.
 *
 *   always         warnings, loss, chosen port ("listening on ..."), errors
 *   --quiet        errors only
 *   -v             the timeline: resolved, attempts, connected, first byte, half-closes, figures
 *   -vv            a hexdump of both directions with offsets and times
 *   -vvv           debug lines
 * Every line is "netpy: COMMAND: text", with "#3 " before the text where the event is about one
 * connection of several; foreign text in it is escaped.
 */
#ifndef NETPY_UI_REPORT_H
#define NETPY_UI_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/event.h"
#include "base/opt.h"
#include "io/tap.h"

/* Filled by report_opts: -v --quiet */
struct report_cfg {
	int verbose;
	bool quiet;
};
extern const struct opt report_opts[];

struct report {
	struct event_sink sink; /* give &report->sink to whoever reports */
	const struct report_cfg *cfg;
	const char *command;
	struct tap *hexdump; /* made at -vv */
	struct buf timeline; /* how the dialling under way went so far */
};

/* cfg and command are borrowed until report_clear. */
void report_init(struct report *report, const struct report_cfg *cfg, const char *command);
/* The tap that -vv asks for, or NULL; owned by the report. */
struct tap *report_tap(struct report *report);
void report_clear(struct report *report);

/* "netpy: listen: cannot bind ...", and the hint on a second line. command may be NULL. */
void report_error(const char *command, const struct err *err);

#endif
