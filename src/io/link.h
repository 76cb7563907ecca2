/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link is a byte stream with layers: five functions, three facts, one vocabulary of results.
 * It knows no event loop and never waits. A layer (TLS, later WebSocket) is a link that owns the
 * link below it; a proxy is no layer, only steps taken on a link while dialling.
 */
#ifndef NETPY_IO_LINK_H
#define NETPY_IO_LINK_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/err.h"

/* Every operation answers with a count (of bytes; 0 from open and shut: done), or one of these. */
enum link_result {
	LINK_EOF = -1,	      /* the peer ended its stream properly */
	LINK_CUT = -2,	      /* it ended without a proper close; ends both directions */
	LINK_WANT_READ = -3,  /* not now: try again when rfd is readable */
	LINK_WANT_WRITE = -4, /* not now: try again when wfd is writable */
	LINK_ERROR = -5,      /* link->err says what; ends both directions */
};

struct link;

struct link_ops {
	/* Take the next step of a handshake; 0 when the link is ready. NULL: always ready. */
	ssize_t (*open)(struct link *link);
	/* Up to len bytes (len > 0); never 0. */
	ssize_t (*read)(struct link *link, void *data, size_t len);
	/* Some of the pieces' bytes, from the front; a layer may take the first piece only. */
	ssize_t (*write)(struct link *link, const struct iovec *pieces, int count);
	/* Half-close: the peer sees the end after what was written. 0 when it is under way. */
	ssize_t (*shut)(struct link *link);
	/* Close and release; `aborted` says whether the peer must see a cut instead of an end. */
	void (*free)(struct link *link);
};

struct link {
	const struct link_ops *ops;
	int rfd, wfd;  /* what to wait for; -1: that direction does not exist. Owned by the link */
	bool bare;     /* a plain descriptor, nothing buffered: may be spliced or handed over */
	bool aborted;  /* set by link_abort */
	double nap;    /* after LINK_WANT_READ: seconds to wait although rfd is readable (a terminal
			* that belongs to another job); 0: wait for rfd */
	ssize_t ended; /* LINK_ERROR or LINK_CUT once either happened: it stays */
	struct err err; /* the first error, of kind ERR_PEER or ERR_LOCAL */
};

/* These keep the first error: after it, reads give what is buffered, then that error again. */
ssize_t link_open(struct link *link);
ssize_t link_read(struct link *link, void *data, size_t len);
ssize_t link_write(struct link *link, const struct iovec *pieces, int count);
ssize_t link_shut(struct link *link);
/* The peer must see a cut: reset for TCP, no close_notify for TLS. Takes effect in link_free. */
void link_abort(struct link *link);
/* Also frees the layers below and closes the descriptors. NULL is nothing. */
void link_free(struct link *link);

#endif
