/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Noticing that the other end of a descriptor has gone while nothing is read from it or written
 * to it: the reader of a pipe, a unix peer that closed whole, a reset.
 *
 * A watcher without events tells nothing, so the descriptor is put with no events into an epoll
 * descriptor of our own, which becomes readable on EPOLLERR and EPOLLHUP (epoll_ctl(2)).
 */
#ifndef NETPY_IO_HANGUP_H
#define NETPY_IO_HANGUP_H

#include <ev.h>
#include <stdbool.h>

struct hangup {
	ev_io io;
	struct ev_loop *loop;
	void (*gone)(struct hangup *hangup);
	bool active;
};

/* Zero-initialised is stopped. Files that cannot hang up are quietly not watched. `gone` is called
 * once; the watch has stopped by then. */
void hangup_start(
	struct hangup *hangup, struct ev_loop *loop, int fd, void (*gone)(struct hangup *hangup));
void hangup_stop(struct hangup *hangup);

#endif
