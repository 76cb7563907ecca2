/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A pump joins two chans: the local side (stdin and stdout, later a program or a session) and a
 * peer. Bytes cross with back-pressure, filters and taps; the ends follow the rules below.
 *
 *   local EOF   half: the peer sees our end, we go on reading     keep: nothing is said
 *               close: the connection is closed
 *   peer EOF    keep: the local output ends, we go on sending     end: the connection is closed
 *   both        closed, once the peer has acknowledged everything
 *   failure     of one side: the other is cut, never ended; what had come before is delivered
 */
#ifndef NETPY_IO_PUMP_H
#define NETPY_IO_PUMP_H

#include <ev.h>
#include <stdbool.h>

#include "base/event.h"
#include "io/chan.h"
#include "io/filter.h"
#include "io/tap.h"

enum pump_eof { PUMP_EOF_HALF, PUMP_EOF_KEEP, PUMP_EOF_CLOSE };
enum pump_peer_eof { PUMP_PEER_EOF_END, PUMP_PEER_EOF_KEEP };

struct pump_cfg {
	enum pump_eof eof;
	enum pump_peer_eof peer_eof;
	double linger;			   /* seconds, see closing.h */
	bool drop;			   /* what the peer sends is not given to the local side */
	struct filter *to_peer, *to_local; /* lists; the pump owns them */
	struct tap *taps;		   /* borrowed */
	struct event_sink *sink;	   /* borrowed; gets EVENT_FIRST, EVENT_EOF, EVENT_CLOSE */
	unsigned conn;			   /* for events and taps */
	const char *name;		   /* of the peer, for events and taps; borrowed */
};

/* Called from the loop, never from inside a pump_ function. */
struct pump_cb {
	/* It is over: the local side's output is flushed and ended too. err: how it went; moved out
	 * by the callee. The pump may be freed inside. */
	void (*done)(void *owner, struct err *err);
	/* May be NULL; called behind what the rules above have done. */
	void (*local_eof)(void *owner);
	void (*peer_eof)(void *owner);
};

struct pump;

/* Owns both links. cb is borrowed, cfg copied. */
struct pump *pump_new(struct ev_loop *loop, struct link *local, struct link *peer,
	const struct pump_cfg *cfg, const struct pump_cb *cb, void *owner);
/* Before done: the peer sees a cut. NULL is nothing. */
void pump_free(struct pump *pump);

/* Bytes for the peer as they are, past the filters, behind what was sent before. */
void pump_say(struct pump *pump, const void *data, size_t len);
/* The local input has ended, as by EOF: for those who say everything by pump_say. */
void pump_end_local(struct pump *pump);
/* Half-close towards the peer now, whatever cfg->eof says. */
void pump_half_close(struct pump *pump);
/* Our decision to end: nothing more is read from the local side or shown, the connection is
 * closed with linger; err (may be NULL, moved) is what done will report. */
void pump_finish(struct pump *pump, struct err *err);
/* End at once by an error of our own (a time limit); the peer sees a cut. err is moved. */
void pump_abort(struct pump *pump, struct err *err);
/* Before dying of a signal: write what can be written without waiting. With `whole` the peer
 * sees an end instead of a cut in pump_free, unless something is still queued for it. */
void pump_leave(struct pump *pump, bool whole);

struct chan *pump_peer(const struct pump *pump);
struct chan *pump_local(const struct pump *pump);

#endif
