/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An error on its way to the one who speaks.
 *
 * Modules never print and never exit: a call that fails fills a struct err and returns -1.
 * Only cmd/ and main say it and turn it into an exit status. The value of a kind is the exit
 * status; err_table is the one list that --help prints and the manual is checked against.
 */
#ifndef NETPY_BASE_ERR_H
#define NETPY_BASE_ERR_H

enum err_kind {
	ERR_NONE,    /* done */
	ERR_PEER,    /* the connection failed later: reset, truncated, not acknowledged */
	ERR_USAGE,   /* command line, configuration, script syntax */
	ERR_RESOLVE, /* a name has no address */
	ERR_CONNECT, /* no address could be connected */
	ERR_LISTEN,  /* cannot bind, listen or accept */
	ERR_TRUST,   /* TLS handshake or trust */
	ERR_TIMEOUT, /* a time limit of ours ran out */
	ERR_EXPECT,  /* an expectation was not met */
	ERR_LOCAL,   /* local input, output, memory or child */
	ERR_KINDS
};

/* What an exit status means, indexed by kind, for --help and the manual. */
extern const char *const err_table[ERR_KINDS];

/*
 * Zero-initialised is "no error". msg and hint belong to the struct until err_clear.
 * msg: lower case, no full stop, no newline, without the "netpy: listen:" in front.
 * hint: the one thing to try, or NULL.
 */
struct err {
	enum err_kind kind;
	char *msg;
	char *hint;
};

/* Fill err and return -1. An error that is set already stays: the first one counts. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ": " and strerror(errnum) behind it. */
int err_set_errno(struct err *err, enum err_kind kind, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Give a set error its hint, unless it has one. */
void err_set_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Move *from to *to when *to is not set, else drop it; *from is clear afterwards. */
void err_move(struct err *to, struct err *from);

void err_clear(struct err *err);

#endif
