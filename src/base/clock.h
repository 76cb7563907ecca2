/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Time that only goes forward, whatever is done to the date.
 */
#ifndef NETPY_BASE_CLOCK_H
#define NETPY_BASE_CLOCK_H

/* Seconds since some moment in the past: for differences only. */
double clock_now(void);

#endif
