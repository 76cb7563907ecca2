/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Debug lines for -vvv, and the one writer to stderr that everything shares.
 */
#ifndef NETPY_BASE_LOG_H
#define NETPY_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Set once by main or a command; not set, log_debug says nothing. */
void log_set_debug(bool on);
bool log_debug_on(void);

/* "netpy: debug: 0.123 ..." to stderr when debugging is on. */
#define log_debug(...)                                                                             \
	do {                                                                                       \
		if (log_debug_on())                                                                \
			log_debug_line(__VA_ARGS__);                                               \
	} while (0)
void log_debug_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * All len bytes to stderr: waits (poll) where another process made it non-blocking, goes on after
 * EINTR, gives up quietly on any other error.
 */
void log_write(const char *data, size_t len);

#endif
