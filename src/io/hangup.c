/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/hangup.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "base/mem.h"

static void on_readable(struct ev_loop *loop, ev_io *io, int events)
{
	struct hangup *hangup = CONTAINER_OF(io, struct hangup, io);

	(void)loop;
	(void)events;
	hangup_stop(hangup);
	hangup->gone(hangup);
}

void hangup_start(
	struct hangup *hangup, struct ev_loop *loop, int fd, void (*gone)(struct hangup *hangup))
{
	struct epoll_event none = { 0 };
	int epoll;

	if (hangup->active || fd < 0)
		return;
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &none) < 0) {
		close(epoll);
		return;
	}
	hangup->loop = loop;
	hangup->gone = gone;
	hangup->active = true;
	ev_io_init(&hangup->io, on_readable, epoll, EV_READ);
	ev_io_start(loop, &hangup->io);
}

void hangup_stop(struct hangup *hangup)
{
	if (!hangup->active)
		return;
	hangup->active = false;
	ev_io_stop(hangup->loop, &hangup->io);
	close(hangup->io.fd);
}
