/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/talk.h"

#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "io/fdlink.h"
#include "io/signals.h"

/* How long the input may be silent after the peer's EOF before we say what we wait for. */
#define SILENCE 1.0
/* A question this long or shorter that gets no byte back was probably cut short by our EOF. */
enum { SHORT_QUESTION = 4096 };

#define AT(MEMBER, TYPE) OPT_AT(struct talk_cfg, MEMBER, TYPE)

const struct opt talk_opts[] = {
	{ .name = "eof",
		.also = "-q -N --no-shutdown --shut-none --close",
		.arg = "WHAT",
		.type = OPT_ENUM,
		.off = AT(eof, int),
		.choices = "half|keep|close",
		.everyday = true,
		.help = "at the end of input: half-close, keep open, or close" },
	{ .name = "peer-eof",
		.also = "--ignoreeof",
		.arg = "WHAT",
		.type = OPT_ENUM,
		.off = AT(peer_eof, int),
		.choices = "end|keep",
		.help = "at the end of the peer's stream: end, or keep sending" },
	{ .name = "linger",
		.also = "--shut-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(linger, double),
		.dflt = "2s",
		.help = "wait so long for the peer when the connection is closed by us" },
	{ .name = "recv-only",
		.also = "-d",
		.type = OPT_FLAG,
		.off = AT(recv_only, bool),
		.excl = 1u << 10,
		.everyday = true,
		.help = "send nothing, do not read the input" },
	{ .name = "send-only",
		.also = "-Z --unidirectional",
		.type = OPT_FLAG,
		.off = AT(send_only, bool),
		.excl = 1u << 10,
		.everyday = true,
		.help = "drop what the peer sends" },
	{ 0 },
};

unsigned talk_wants(const struct talk_cfg *cfg)
{
	return (cfg->recv_only ? 0 : LOCAL_INPUT) | (cfg->send_only ? 0 : LOCAL_OUTPUT);
}

bool talk_receives_only(const struct talk_cfg *cfg, const struct local *local)
{
	return cfg->recv_only || (local->in_absent && cfg->eof < 0);
}

enum pump_peer_eof talk_peer_eof(const struct talk_cfg *cfg, const struct local *local)
{
	/* There is nothing to go on for when nothing will ever be sent. */
	if (talk_receives_only(cfg, local))
		return PUMP_PEER_EOF_END;
	if (cfg->peer_eof >= 0)
		return (enum pump_peer_eof)cfg->peer_eof;
	return local->in_terminal ? PUMP_PEER_EOF_END : PUMP_PEER_EOF_KEEP;
}

/* --- limits and remarks --------------------------------------------------------------------- */

static void on_idle(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct talk *talk = CONTAINER_OF(timer, struct talk, idle);
	struct chan *peer = pump_peer(talk->pump);
	double left = talk->idle_limit - (ev_now(loop) - chan_last_active(peer));
	char text[NUM_TEXT];
	struct err err = { 0 };

	(void)events;
	/* Time in which we hold the peer back ourselves does not count. */
	if (chan_is_paused(peer))
		left = talk->idle_limit;
	if (left > 0) {
		ev_timer_set(timer, left, 0.);
		ev_timer_start(loop, timer);
		return;
	}
	err_set(&err, ERR_TIMEOUT, "%s: no byte either way for %s", talk->name,
		num_format_time(talk->idle_limit, text));
	pump_abort(talk->pump, &err);
}

static void on_waiting(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct talk *talk = CONTAINER_OF(timer, struct talk, waiting);
	uint64_t seen = chan_received(pump_local(talk->pump));

	(void)events;
	if (talk->input_over)
		return;
	if (seen != talk->input_seen) {
		talk->input_seen = seen;
		ev_timer_set(timer, SILENCE, 0.);
		ev_timer_start(loop, timer);
		return;
	}
	run_warn(talk->run,
		"the peer has ended its stream; we go on until the input ends "
		"(--peer-eof end would not)",
		NULL);
}

static void hint_no_answer(struct talk *talk)
{
	uint64_t sent = chan_sent(pump_peer(talk->pump));

	if (chan_received(pump_peer(talk->pump)) > 0 || sent == 0 || sent > SHORT_QUESTION)
		return;
	if (!talk->input_over || talk->interactive || talk->cfg->send_only || talk->cfg->eof >= 0)
		return;
	/* To a person at once; in a log, where one-way messages are the rule, only when asked. */
	event_emit(&talk->run->report.sink, isatty(STDERR_FILENO) ? EVENT_WARN : EVENT_NOTE, 0,
		EVENT_T("text", "no answer after our half-close; some servers need --eof keep, "
				"or `netpy send`, which waits"));
}

/* --- the pump's calls ------------------------------------------------------------------------ */

static void on_local_eof(void *owner)
{
	struct talk *talk = owner;

	talk->input_over = true;
	if (talk->on_local_eof)
		talk->on_local_eof(talk);
}

static void on_peer_eof(void *owner)
{
	struct talk *talk = owner;

	if (talk->input_over)
		return;
	talk->input_seen = chan_received(pump_local(talk->pump));
	ev_timer_start(talk->run->loop, &talk->waiting);
}

static void on_done(void *owner, struct err *err)
{
	struct talk *talk = owner;

	err_move(&talk->err, err);
	if (talk->on_done) {
		talk->on_done(talk);
		return;
	}
	if (talk->err.kind == ERR_NONE)
		hint_no_answer(talk);
	run_end(talk->run, &talk->err);
}

/* --- life --------------------------------------------------------------------------------- */

static void start_timers(struct talk *talk, const struct limit_cfg *limits)
{
	talk->idle_limit = limits->idle;
	ev_timer_init(&talk->idle, on_idle, limits->idle, 0.);
	if (limits->idle >= 0)
		ev_timer_start(talk->run->loop, &talk->idle);
	ev_timer_init(&talk->waiting, on_waiting, SILENCE, 0.);
}

static struct tap *join_taps(struct tap *first, struct tap *rest)
{
	if (!first)
		return rest;
	first->next = rest;
	return first;
}

static enum pump_eof choose_eof(const struct talk *talk, const struct talk_extra *extra)
{
	if (extra && extra->eof >= 0)
		return (enum pump_eof)extra->eof;
	if (talk->cfg->eof >= 0)
		return (enum pump_eof)talk->cfg->eof;
	/* Who wants no answer does not wait for one either, beyond --linger. */
	return talk->cfg->send_only ? PUMP_EOF_CLOSE : PUMP_EOF_HALF;
}

void talk_start(struct talk *talk, struct run *run, const struct talk_cfg *cfg,
	const struct limit_cfg *limits, const struct local_cfg *local_cfg, struct local *local,
	struct link *link, const struct addr *peer, const struct talk_extra *extra)
{
	static const struct pump_cb cb = {
		.done = on_done, .local_eof = on_local_eof, .peer_eof = on_peer_eof
	};
	bool silent = talk_receives_only(cfg, local) || (extra && extra->no_reading);
	struct pump_cfg pump = { .linger = cfg->linger, .drop = cfg->send_only };

	*talk = (struct talk){ .run = run, .cfg = cfg };
	talk->interactive = local->in_terminal || silent;
	if (extra) {
		talk->on_local_eof = extra->on_local_eof;
		talk->on_done = extra->on_done;
		filters_add(&pump.to_local, extra->to_local);
	}
	filters_add(&pump.to_local, local_new_filter(local_cfg, local));
	filters_add(&pump.to_peer, filter_new_eol(line_end_eol(&cfg->line_end)));
	pump.eof = choose_eof(talk, extra);
	pump.peer_eof = extra && extra->peer_eof >= 0 ? (enum pump_peer_eof)extra->peer_eof
						      : talk_peer_eof(cfg, local);
	pump.taps = join_taps(extra ? extra->taps : NULL, report_tap(&run->report));
	pump.sink = &run->report.sink;
	pump.name = addr_format(peer, talk->name);
	fdlink_set_name(link, talk->name);
	if (silent)
		local_drop_input(local);
	talk->pump = pump_new(run->loop, local->link, link, &pump, &cb, talk);
	local->link = NULL;
	start_timers(talk, limits);
}

void talk_stop(struct talk *talk)
{
	if (!talk->pump)
		return;
	/* A transfer that a signal cuts short must look cut; a dialogue by hand is just over. */
	if (signals_caught())
		pump_leave(talk->pump, talk->interactive || talk->input_over);
	ev_timer_stop(talk->run->loop, &talk->idle);
	ev_timer_stop(talk->run->loop, &talk->waiting);
	pump_free(talk->pump);
	talk->pump = NULL;
	err_clear(&talk->err);
}
