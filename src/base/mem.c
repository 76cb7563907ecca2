/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"

static _Noreturn void mem_die(void)
{
	static const char line[] = "netpy: no memory left\n";

	log_write(line, sizeof(line) - 1);
	exit(ERR_LOCAL);
}

/* A request for nothing gets one byte, so that NULL always means failure. */
void *x_malloc(size_t size)
{
	void *got = malloc(size ? size : 1);

	if (!got)
		mem_die();
	return got;
}

void *x_calloc(size_t count, size_t size)
{
	void *got = calloc(count ? count : 1, size ? size : 1);

	if (!got)
		mem_die();
	return got;
}

void *x_realloc(void *old, size_t count, size_t size)
{
	size_t total;
	void *got;

	if (__builtin_mul_overflow(count, size, &total))
		mem_die();
	got = realloc(old, total ? total : 1);
	if (!got)
		mem_die();
	return got;
}

char *x_strdup(const char *text)
{
	return x_strndup(text, strlen(text));
}

char *x_strndup(const char *text, size_t len)
{
	size_t used = strnlen(text, len);
	char *copy = x_malloc(used + 1);

	memcpy(copy, text, used);
	copy[used] = '\0';
	return copy;
}

char *x_asprintf(const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = x_vasprintf(format, ap);
	va_end(ap);
	return text;
}

char *x_vasprintf(const char *format, va_list ap)
{
	char *text;

	if (vasprintf(&text, format, ap) < 0)
		mem_die();
	return text;
}
