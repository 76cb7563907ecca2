/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What udp-listen and udp-send have in common: datagram sockets joined to the local side. What
 * comes goes to stdout; what stands on stdin, or DATA, is cut into datagrams and handed to the
 * command, which knows who gets them.
 */
#ifndef NETPY_CMD_DATAGRAMS_H
#define NETPY_CMD_DATAGRAMS_H

#include <stdbool.h>

#include "base/opt.h"
#include "cmd/frame.h"
#include "cmd/local.h"
#include "cmd/line_end.h"
#include "cmd/run.h"
#include "io/chan.h"
#include "io/dgram.h"

/* Filled by datagrams_opts: --datagram --lines --show --delay --send-only */
struct datagrams_cfg {
	const char *datagram; /* NULL: the command's default */
	bool lines;
	int show; /* enum show, or -1: the bytes as they are */
	double delay;
	struct line_end_cfg line_end; /* filled by line_end_opts */
	bool send_only;
};
extern const struct opt datagrams_opts[];

struct datagrams;
struct datagrams_ops {
	/* May the next local datagram be sent? While not, stdin is not read. */
	bool (*ready)(struct datagrams *d);
	/* Send one. False: no more until there is room. */
	bool (*send)(struct datagrams *d, const void *data, size_t len);
	/* The last local datagram was handed to `send`. */
	void (*said)(struct datagrams *d);
	/* Everything that was to be sent is. May be NULL. */
	void (*drained)(struct datagrams *d);
	/* One has come and is on its way to the local side. */
	void (*received)(struct datagrams *d, struct peer *peer, const void *data, size_t len);
	/* See struct dgram_cb. */
	void (*trouble)(struct datagrams *d, struct peer *peer, int errnum, ssize_t len);
};

struct datagrams {
	struct run *run;
	const struct datagrams_cfg *cfg;
	const struct datagrams_ops *ops;
	struct chan *chan;   /* the local side */
	struct dgram *dgram; /* NULL until the command has sockets */
	struct frame frame;
	struct filter *to_local;
	struct buf out; /* what came and goes to the local side when the batch is over */
	struct dgram_figures before; /* of a dgram that was given up for another */
	uint64_t cut;
	bool full;    /* the sockets take no more: do not read the input */
	bool stuck;   /* the local side takes no more: do not read the sockets */
	bool answers; /* each that comes makes one to send: do not read while full */
	bool has_said;
	bool over;
	ev_timer pace; /* --delay */
	ev_timer idle;
	double idle_limit;
	ev_tstamp last; /* something moved */
	struct err err;
};

/*
 * The local side takes over local->link; frame is moved in. Nothing is read yet. The zeroed
 * struct, or one that was started, may be given to datagrams_stop.
 */
void datagrams_start(struct datagrams *d, struct run *run, const struct datagrams_cfg *cfg,
	const struct datagrams_ops *ops, const struct limit_cfg *limits,
	const struct local_cfg *local_cfg, struct local *local, struct frame *frame);
/* There are sockets from now on, and again after they were given up. */
struct dgram *datagrams_open(struct datagrams *d, const struct dgram_cfg *cfg);
void datagrams_give_up(struct datagrams *d);
/* DATA in place of the local side's input. */
void datagrams_say(struct datagrams *d, const void *data, size_t len);
/* Something has changed that `ready` depends on. */
void datagrams_go(struct datagrams *d);
/*
 * The end: what is queued goes out, both to the network and to the local side, then the run ends;
 * after an error (moved; NULL: none) the network does not matter any more.
 */
void datagrams_finish(struct datagrams *d, struct err *err);
/* After the loop: what goes without waiting, then everything is released. */
void datagrams_stop(struct datagrams *d);

/* "-v": an address as text, for struct dgram_cfg. */
char *datagrams_describe(const struct sockaddr *addr, socklen_t len);

#endif
