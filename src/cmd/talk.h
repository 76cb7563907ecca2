/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One stream joined to the local side: the pump with the rules, filters, taps and limits that the
 * options ask for. What connect, send and listen have in common once there is a connection.
 */
#ifndef NETPY_CMD_TALK_H
#define NETPY_CMD_TALK_H

#include <stdbool.h>

#include "base/opt.h"
#include "cmd/line_end.h"
#include "cmd/local.h"
#include "cmd/run.h"
#include "io/pump.h"
#include "net/addr.h"

/* Filled by talk_opts: --eof --peer-eof --linger --recv-only --send-only */
struct talk_cfg {
	int eof;      /* enum pump_eof, or -1: half, or nothing where stdin is absent */
	int peer_eof; /* enum pump_peer_eof, or -1: as talk_peer_eof says */
	double linger;
	struct line_end_cfg line_end; /* filled by line_end_opts */
	bool recv_only, send_only;
};
extern const struct opt talk_opts[];

/* Which ends of the local side are used: enum local_want. */
unsigned talk_wants(const struct talk_cfg *cfg);
/* What the peer's EOF means: the end for who sends nothing, else by --peer-eof or by what the local
 * side is. */
enum pump_peer_eof talk_peer_eof(const struct talk_cfg *cfg, const struct local *local);
/* Receive only, without a half-close: --recv-only, or an absent stdin without --eof. */
bool talk_receives_only(const struct talk_cfg *cfg, const struct local *local);

struct talk {
	struct run *run;
	const struct talk_cfg *cfg;
	struct pump *pump;
	char name[ADDR_TEXT];
	bool interactive; /* the local input is a terminal, or there is none */
	bool input_over;
	uint64_t input_seen;
	double idle_limit;
	ev_timer idle;
	ev_timer waiting; /* the peer has ended; after a silent second we say what we wait for */
	void (*on_local_eof)(struct talk *talk); /* may be NULL */
	void (*on_done)(struct talk *talk);	 /* may be NULL: then the run ends */
	struct err err;				 /* valid in on_done */
};

/* What a caller may want to be different. */
struct talk_extra {
	bool no_reading;	 /* DATA is said by the caller: treat the local side as silent */
	int eof;		 /* enum pump_eof instead of the option's, or -1 */
	int peer_eof;		 /* the same */
	struct tap *taps;	 /* beside the report's */
	struct filter *to_local; /* in front of terminal escaping; owned by the talk */
	void (*on_local_eof)(struct talk *talk);
	void (*on_done)(struct talk *talk);
};

/* Takes over link and local->link. extra may be NULL. limits->idle counts from now. */
void talk_start(struct talk *talk, struct run *run, const struct talk_cfg *cfg,
	const struct limit_cfg *limits, const struct local_cfg *local_cfg, struct local *local,
	struct link *link, const struct addr *peer, const struct talk_extra *extra);
/* After the loop: ends what is left. A signal flushes first what needs no waiting. */
void talk_stop(struct talk *talk);

#endif
