/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The event loop of a command, and the read buffer that all its chans share.
 */
#ifndef NETPY_IO_LOOP_H
#define NETPY_IO_LOOP_H

#include <ev.h>
#include <stddef.h>

/* Bytes that one read may bring. */
enum { LOOP_BUFFER = 128 * 1024 };

/* The default loop (which watches signals); NULL with errno when the system gives none. */
struct ev_loop *loop_new(void);
/* LOOP_BUFFER bytes; what stands in them is lost with the next read of anybody. */
char *loop_buffer(struct ev_loop *loop);
void loop_free(struct ev_loop *loop);

#endif
