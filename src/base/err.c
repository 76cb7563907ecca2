/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const err_table[ERR_KINDS] = {
	[ERR_NONE] = "done",
	[ERR_PEER] = "connection reset or truncated",
	[ERR_USAGE] = "usage, configuration or script",
	[ERR_RESOLVE] = "cannot resolve a name",
	[ERR_CONNECT] = "cannot connect",
	[ERR_LISTEN] = "cannot bind, listen or accept",
	[ERR_TRUST] = "TLS handshake or trust",
	[ERR_TIMEOUT] = "a time limit ran out",
	[ERR_EXPECT] = "an expectation was not met",
	[ERR_LOCAL] = "local input, output or program",
};

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	va_list ap;

	if (err->kind != ERR_NONE)
		return -1;
	va_start(ap, format);
	err->msg = x_vasprintf(format, ap);
	va_end(ap);
	err->kind = kind;
	return -1;
}

int err_set_errno(struct err *err, enum err_kind kind, int errnum, const char *format, ...)
{
	va_list ap;
	char *text;

	if (err->kind != ERR_NONE)
		return -1;
	va_start(ap, format);
	text = x_vasprintf(format, ap);
	va_end(ap);
	err->msg = x_asprintf("%s: %s", text, strerror(errnum));
	err->kind = kind;
	free(text);
	return -1;
}

void err_set_hint(struct err *err, const char *format, ...)
{
	va_list ap;

	if (err->kind == ERR_NONE || err->hint)
		return;
	va_start(ap, format);
	err->hint = x_vasprintf(format, ap);
	va_end(ap);
}

void err_move(struct err *to, struct err *from)
{
	if (to->kind == ERR_NONE) {
		*to = *from;
		*from = (struct err){ .kind = ERR_NONE };
	} else {
		err_clear(from);
	}
}

void err_clear(struct err *err)
{
	free(err->msg);
	free(err->hint);
	*err = (struct err){ .kind = ERR_NONE };
}
