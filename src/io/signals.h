/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Ending by a signal: the first one is told to the loop, so that what is in hand can be flushed
 * and put away; a second one ends the program at once. Suspension gives shared flags back.
 */
#ifndef NETPY_IO_SIGNALS_H
#define NETPY_IO_SIGNALS_H

#include <ev.h>

/*
 * Watch SIGINT, SIGTERM, SIGHUP (those not ignored at start) and SIGTSTP. At the first of the
 * ending ones the loop is left (EVBREAK_ALL) and signals_caught answers its number.
 */
void signals_start(struct ev_loop *loop);
void signals_stop(void);

/* The signal that ended the loop, or 0. */
int signals_caught(void);

/* Die of the signal as if it had never been caught: restored, raised, then _exit(128 + signum). */
void signals_die(int signum) __attribute__((noreturn));

#endif
