/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking an address: from an endpoint to bound sockets, streams that listen and datagram sockets
 * alike.
 *
 * No address is one [::] socket that takes IPv4 too (IPv4 alone where there is no IPv6, or with
 * -4). A name is one socket for each of its addresses, all on one port; "localhost" is both
 * loopbacks. Port 0 is picked with the first socket and used for the others.
 *
 * A unix path that nobody listens on any more is replaced; a live one, or a file that is no
 * socket, is an error.
 */
#ifndef NETPY_NET_BIND_H
#define NETPY_NET_BIND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/opt.h"
#include "net/addr.h"
#include "net/sock.h"

struct ev_loop;

/* Filled by bind_opts; what streams and datagrams have in common when an address is taken. */
struct bind_cfg {
	long ready_fd;         /* --ready-fd N: gets "HOST PORT" or "unix:PATH", then closed; -1 */
	const char *port_file; /* --port-file FILE: gets "PORT", written beside and renamed */
	const char *mode;      /* --mode OCTAL of a unix socket's path, by fchmod before bind */
	bool reuse_port;       /* --reuse-port */
	long backlog;          /* streams only; serve_opts in net/serve.h fill it. 0: the most */
};
extern const struct opt bind_opts[]; /* --ready-fd --port-file --mode --reuse-port */

/* Before anything is opened: is what was typed usable? -1 with ERR_USAGE. Also makes --ready-fd
 * close-on-exec. */
int bind_check(const struct bind_cfg *cfg, struct err *err);

/* Bound sockets; streams listen. Zero-initialised is none. */
struct bind_set {
	struct bind_sock {
		int fd;            /* non-blocking, close-on-exec; -1 when its owner took it over */
		struct addr local; /* with the port that was picked */
	} *socks;
	size_t count;
	char *path; /* a unix path that was made here, removed by bind_set_clear; or NULL */
	dev_t dev;
	ino_t ino;
};

/* "[::]:8888", or "127.0.0.1:80, [::1]:80": every local address; allocated. */
char *bind_set_text(const struct bind_set *set);
/* Close the sockets, remove the unix path if it is still ours (device, inode), and be empty. */
void bind_set_clear(struct bind_set *set);

struct binding;
struct bind_cb {
	/* One of these, once, never inside bind_start. The binding may be freed inside either.
	 * What set and err hold is moved out by the callee. */
	void (*bound)(void *owner, struct bind_set *set);
	/* ERR_RESOLVE, ERR_LISTEN or ERR_USAGE */
	void (*failed)(void *owner, struct err *err);
};

/* type: SOCK_STREAM or SOCK_DGRAM. All pointers are borrowed until bind_free. */
struct binding *bind_start(struct ev_loop *loop, const struct bind_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, int type,
	const struct bind_cb *cb, void *owner);
/* Gives up what is under way. A set that was handed over stays. NULL is nothing. */
void bind_free(struct binding *binding);

#endif
