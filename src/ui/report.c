/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "ui/hexdump.h"

/* Below so many seconds, how long an attempt took and what the rate was say nothing. */
#define REPORT_NOTABLE 0.1
/* Nor does the rate of a dialogue, which is mostly waiting: fewer bytes than these. */
enum { REPORT_TRANSFER = 64 * 1024 };

enum { EXCL_VERBOSITY = 1 << 17 };

const struct opt report_opts[] = {
	{ .ch = 'v',
		.name = "verbose",
		.type = OPT_COUNT,
		.off = OPT_AT(struct report_cfg, verbose, int),
		.excl = EXCL_VERBOSITY,
		.everyday = true,
		.help = "tell what happens; -vv hexdump, -vvv debug" },
	{ .name = "quiet",
		.type = OPT_FLAG,
		.off = OPT_AT(struct report_cfg, quiet, bool),
		.excl = EXCL_VERBOSITY,
		.everyday = true,
		.help = "tell of nothing but errors" },
	{ 0 },
};

/*
 * The environment is enough for the choice of one character, and setlocale would make the numbers
 * of the whole program depend on it. Nothing set is taken for UTF-8, as in most containers.
 */
static const char *report_arrow(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *locale = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names) && !(locale && *locale); i++)
		locale = getenv(names[i]);
	if (!locale || !*locale || strcasestr(locale, ".utf-8") || strcasestr(locale, ".utf8"))
		return " \u2192 ";
	return " -> ";
}

/* Both lines in one write. The texts are escaped already; what was forgotten is caught here. */
static void report_write(const char *command, const char *text, const char *hint)
{
	struct buf line = { .data = NULL };
	char *safe = escape_text(text, strlen(text), SIZE_MAX);

	buf_add_text(&line, "netpy: ");
	if (command)
		buf_printf(&line, "%s: ", command);
	buf_printf(&line, "%s\n", safe);
	free(safe);
	if (hint) {
		safe = escape_text(hint, strlen(hint), SIZE_MAX);
		buf_printf(&line, "hint: %s\n", safe);
		free(safe);
	}
	log_write(line.data, line.len);
	buf_clear(&line);
}

static const char *report_text(const struct event *event, const char *key)
{
	const char *text = event_text(event, key);

	return text ? text : "?";
}

/* One more step of the dialling under way. */
static void report_step(struct report *report, const char *step)
{
	if (report->timeline.len)
		buf_add_text(&report->timeline, report_arrow());
	buf_add_text(&report->timeline, step);
}

static void report_resolve(struct report *report, const struct event *event)
{
	char time[NUM_TEXT];
	char *step = x_asprintf("dns %s", num_format_time(event_seconds(event, "s"), time));

	report_step(report, step);
	free(step);
}

/* "[2001:db8::1]:80 Connection refused", and when it took its time: " after 3 s" */
static void report_attempt(struct report *report, const struct event *event)
{
	double seconds = event_seconds(event, "s");
	struct buf step = { .data = NULL };
	char time[NUM_TEXT];

	buf_printf(&step, "%s %s", report_text(event, "peer"), report_text(event, "reason"));
	if (seconds >= REPORT_NOTABLE)
		buf_printf(&step, " after %s", num_format_time(seconds, time));
	report_step(report, buf_text(&step));
	buf_clear(&step);
}

static void report_connect(struct report *report, const struct event *event, struct buf *line)
{
	const char *peer = report_text(event, "peer");
	char time[NUM_TEXT];

	num_format_time(event_seconds(event, "s"), time);
	if (report->timeline.len)
		buf_printf(line, "connected to %s from %s: %s%s%s %s", peer,
			report_text(event, "local"), buf_text(&report->timeline), report_arrow(),
			peer, time);
	else
		buf_printf(line, "connected to %s in %s", peer, time);
	report->timeline.len = 0;
}

/* What was found out before the pause is told with it: the next try has its own timeline. */
static void report_retry(struct report *report, const struct event *event, struct buf *line)
{
	const char *reason = event_text(event, "reason");
	char time[NUM_TEXT];

	if (reason)
		buf_printf(line, "%s; ", reason);
	else if (report->timeline.len)
		buf_printf(line, "%s; ", buf_text(&report->timeline));
	buf_printf(line, "trying again in %s", num_format_time(event_seconds(event, "s"), time));
	report->timeline.len = 0;
}

/* "sent 1.5 MiB at 3 MiB/s" */
static void report_figure(struct buf *line, const char *verb, uint64_t bytes, double seconds)
{
	char text[NUM_TEXT];

	buf_printf(line, "%s %s", verb, num_format_size(bytes, text));
	if (bytes >= REPORT_TRANSFER && seconds >= REPORT_NOTABLE)
		buf_printf(line, " at %s/s",
			num_format_size((uint64_t)((double)bytes / seconds), text));
}

/* "closed by peer after 4.1 s (sent 107 B, received 192 B): Connection reset by peer" */
static void report_close(const struct event *event, struct buf *line)
{
	const char *by = event_text(event, "by"), *reason = event_text(event, "reason");
	double seconds = event_seconds(event, "s");
	char time[NUM_TEXT];

	buf_printf(line, "closed%s%s after %s (", by ? " by " : "", by ? by : "",
		num_format_time(seconds, time));
	report_figure(line, "sent", event_count(event, "sent"), seconds);
	buf_add_text(line, ", ");
	report_figure(line, "received", event_count(event, "received"), seconds);
	buf_add_char(line, ')');
	if (reason)
		buf_printf(line, ": %s", reason);
}

static void report_eof(const struct event *event, struct buf *line)
{
	const char *by = event_text(event, "by");

	buf_add_text(line, by && !strcmp(by, "us") ? "end of data sent" : "end of data received");
}

static void report_datagram(const struct event *event, struct buf *line)
{
	unsigned long long size = event_count(event, "size");

	buf_printf(line, "datagram of %llu byte%s from %s%s", size, size == 1 ? "" : "s",
		report_text(event, "peer"),
		event_count(event, "truncated") ? ", cut to the size of the buffer" : "");
}

static void report_probe(const struct event *event, struct buf *line)
{
	const char *text = event_text(event, "text");

	if (text)
		buf_add_text(line, text);
	else
		buf_printf(
			line, "%s %s", report_text(event, "target"), report_text(event, "state"));
}

/* Is this told without -v? */
static bool report_is_plain(enum event_kind kind)
{
	return kind == EVENT_LISTEN || kind == EVENT_WARN || kind == EVENT_PROBE;
}

/* Nothing is added to line where there is nothing to say yet. */
static void report_compose(struct report *report, const struct event *event, struct buf *line)
{
	char time[NUM_TEXT];

	switch (event->kind) {
	case EVENT_LISTEN:
		buf_printf(line, "listening on %s", report_text(event, "local"));
		break;
	case EVENT_RESOLVE:
		report_resolve(report, event);
		break;
	case EVENT_ATTEMPT:
		report_attempt(report, event);
		break;
	case EVENT_RETRY:
		report_retry(report, event, line);
		break;
	case EVENT_CONNECT:
		report_connect(report, event, line);
		break;
	case EVENT_ACCEPT:
		buf_printf(line, "accepted %s on %s", report_text(event, "peer"),
			report_text(event, "local"));
		break;
	case EVENT_FIRST:
		buf_printf(line, "first byte after %s",
			num_format_time(event_seconds(event, "s"), time));
		break;
	case EVENT_EOF:
		report_eof(event, line);
		break;
	case EVENT_CLOSE:
		report_close(event, line);
		break;
	case EVENT_DATAGRAM:
		report_datagram(event, line);
		break;
	case EVENT_WARN:
	case EVENT_NOTE:
		buf_add_text(line, report_text(event, "text"));
		break;
	case EVENT_PROBE:
		report_probe(event, line);
		break;
	case EVENT_KINDS:
		break;
	}
}

static void report_take(struct event_sink *sink, const struct event *event)
{
	struct report *report = CONTAINER_OF(sink, struct report, sink);
	struct buf line = { .data = NULL };
	size_t prefix;

	if (report->cfg->quiet || (!report->cfg->verbose && !report_is_plain(event->kind)))
		return;
	if (event->conn)
		buf_printf(&line, "#%u ", event->conn);
	prefix = line.len;
	report_compose(report, event, &line);
	if (line.len > prefix)
		report_write(report->command, buf_text(&line), event_text(event, "hint"));
	buf_clear(&line);
}

void report_init(struct report *report, const struct report_cfg *cfg, const char *command)
{
	*report = (struct report){ .sink.take = report_take, .cfg = cfg, .command = command };
	if (cfg->quiet)
		return;
	if (cfg->verbose >= 2)
		report->hexdump = hexdump_tap_new();
	if (cfg->verbose >= 3)
		log_set_debug(true);
}

struct tap *report_tap(struct report *report)
{
	return report->hexdump;
}

void report_clear(struct report *report)
{
	hexdump_tap_free(report->hexdump);
	report->hexdump = NULL;
	buf_clear(&report->timeline);
}

void report_error(const char *command, const struct err *err)
{
	if (err->msg)
		report_write(command, err->msg, err->hint);
}
