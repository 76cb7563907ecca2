/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What we share with those who started us: descriptors 0-2, their flags, signal dispositions and
 * limits. Whatever is changed here is put back on every way out.
 */
#ifndef NETPY_BASE_STDFD_H
#define NETPY_BASE_STDFD_H

#include <stdbool.h>

/*
 * First thing in main: opens the null device on each of 0-2 that is closed, so that no socket ever
 * becomes one of them, and ignores SIGPIPE.
 */
void stdfd_init(void);

/* Was this one of 0-2 closed when we were started? */
bool stdfd_was_closed(int fd);

/*
 * A descriptor of our own for the same file as fd (one of 0-2), close-on-exec, that never blocks:
 * a new description by /proc/self/fd for pipes and terminals, a duplicate for the rest; where
 * opening fails, a duplicate with O_NONBLOCK set, which stdfd_restore takes back.
 * Returns the descriptor (the caller's), or -1 with errno: ENXIO when a pipe has no reader left.
 */
int stdfd_open(int fd, bool writing);

/* Let go of fd (0-2): the null device takes its place. Returns the result of the close. */
int stdfd_release(int fd);

/* Put flags back as they were found. Safe in a signal handler. */
void stdfd_restore(void);
/* Set them again after a suspension. */
void stdfd_resume(void);

/* Raise the soft limit of descriptors to the hard one; stdfd_prepare_exec takes it back. */
void stdfd_raise_limit(void);
/* Just before exec: original dispositions, limits and flags, an empty signal mask. */
void stdfd_prepare_exec(void);

#endif
