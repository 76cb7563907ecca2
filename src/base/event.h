/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What happens is an event, not a print: net and io hand these to a sink that their config names,
 * and ui/report makes lines (later JSON) of them.
 */
#ifndef NETPY_BASE_EVENT_H
#define NETPY_BASE_EVENT_H

#include <stddef.h>
#include <stdint.h>

enum event_kind {
	EVENT_LISTEN,   /* local */
	EVENT_RESOLVE,  /* host, s, count */
	EVENT_ATTEMPT,  /* peer, s, reason, errno: one address failed, s after it was tried */
	EVENT_RETRY,    /* reason, s: trying again in s seconds */
	EVENT_CONNECT,  /* local, peer, s: how long this address took */
	EVENT_ACCEPT,   /* local, peer */
	EVENT_FIRST,    /* s: the first byte from the peer, s after the connection */
	EVENT_EOF,      /* by: "peer" or "us": a half-close */
	EVENT_CLOSE,    /* peer, by, reason, sent, received, s */
	EVENT_DATAGRAM, /* peer, size, truncated */
	EVENT_WARN,     /* text, hint: what the user must know: loss, a failed client, a fact */
	EVENT_NOTE,     /* text, hint: a remark that -v shows */
	EVENT_PROBE,    /* text: a change that `wait` saw; target, state, s */
	EVENT_KINDS
};

enum event_type { EVENT_END, EVENT_TEXT, EVENT_COUNT, EVENT_SECONDS };

/* One key and its value; text is borrowed for the call and foreign bytes in it are escaped. */
struct event_field {
	const char *key;
	enum event_type type;
	union {
		const char *text;
		uint64_t count;
		double seconds;
	};
};

#define EVENT_T(KEY, TEXT)    { .key = (KEY), .type = EVENT_TEXT, .text = (TEXT) }
#define EVENT_N(KEY, COUNT)   { .key = (KEY), .type = EVENT_COUNT, .count = (COUNT) }
#define EVENT_S(KEY, SECONDS) { .key = (KEY), .type = EVENT_SECONDS, .seconds = (SECONDS) }

struct event {
	enum event_kind kind;
	unsigned conn;                    /* which connection or peer, from 1; 0: none */
	const struct event_field *fields; /* ended by type EVENT_END */
};

/* Embedded by whoever listens; NULL sinks are allowed and hear nothing. */
struct event_sink {
	void (*take)(struct event_sink *sink, const struct event *event);
};

/* event_emit(sink, EVENT_CONNECT, 1, EVENT_T("peer", name), EVENT_S("s", 0.1)) */
#define event_emit(SINK, KIND, CONN, ...)                                                          \
	event_send((SINK), &(struct event){ (KIND), (CONN),                                        \
				   (const struct event_field[]){ __VA_ARGS__, { 0 } } })
void event_send(struct event_sink *sink, const struct event *event);

/* The value of a key: NULL or 0 where the event has no such field. */
const char *event_text(const struct event *event, const char *key);
uint64_t event_count(const struct event *event, const char *key);
double event_seconds(const struct event *event, const char *key);

#endif
