/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

/* The one switch that everything shares: who logs cannot be given a config at every call. */
static bool log_debugging;

void log_set_debug(bool on)
{
	log_debugging = on;
}

bool log_debug_on(void)
{
	return log_debugging;
}

/* Seconds since this was called first. */
static double log_clock(void)
{
	static struct timespec start;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!start.tv_sec && !start.tv_nsec)
		start = now;
	return (double)(now.tv_sec - start.tv_sec) + (double)(now.tv_nsec - start.tv_nsec) / 1e9;
}

void log_debug_line(const char *format, ...)
{
	struct buf line = { .data = NULL };
	char *text;
	va_list ap;
	int saved = errno;

	va_start(ap, format);
	text = x_vasprintf(format, ap);
	va_end(ap);
	buf_printf(&line, "netpy: debug: %.3f %s\n", log_clock(), text);
	log_write(line.data, line.len);
	buf_clear(&line);
	free(text);
	errno = saved;
}

void log_write(const char *data, size_t len)
{
	struct pollfd wait = { .fd = STDERR_FILENO, .events = POLLOUT };
	ssize_t n;

	while (len) {
		n = write(STDERR_FILENO, data, len);
		if (n >= 0) {
			data += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			/* A reader that went away makes poll return and write fail. */
			poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}
