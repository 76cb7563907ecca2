/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Closing that loses nothing. Half-close behind what is queued, then read and drop until the
 * peer's EOF (closing with unread input would make the kernel send a reset that destroys what is
 * under way), for at most `linger` seconds in which the peer takes nothing more of what is left for
 * it; then ask what was not acknowledged.
 */
#ifndef NETPY_IO_CLOSING_H
#define NETPY_IO_CLOSING_H

#include "io/chan.h"

struct closing;

/*
 * Takes the chan over. done is called once, from the loop: err.kind is ERR_NONE when the peer's
 * kernel has acknowledged everything, else ERR_PEER with how many bytes were not (a unix socket
 * cannot tell how many). The chan still
 * exists then (its counters may be read); closing_free, also allowed inside done, frees both.
 */
struct closing *closing_start(struct ev_loop *loop, struct chan *chan, double linger,
	void (*done)(void *owner, struct err *err), void *owner);
/* Before done: the peer sees a cut where something was still under way. NULL is nothing. */
void closing_free(struct closing *closing);

#endif
