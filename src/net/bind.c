/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/bind.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/mem.h"
#include "net/probe.h"
#include "net/resolve.h"

/* How often a port is picked anew when another socket of the set cannot have it too. */
enum { PICK_TRIES = 16 };

#define AT(MEMBER, TYPE) OPT_AT(struct bind_cfg, MEMBER, TYPE)

const struct opt bind_opts[] = {
	{ .name = "ready-fd",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(ready_fd, long),
		.min = 3,
		.max = INT_MAX,
		.help = "write \"HOST PORT\" to this descriptor once it listens, close it" },
	{ .name = "port-file",
		.arg = "FILE",
		.type = OPT_STR,
		.off = AT(port_file, const char *),
		.hint = OPT_HINT_FILE,
		.help = "write the port to this file once it listens" },
	{ .name = "mode",
		.also = "--perm",
		.arg = "OCTAL",
		.type = OPT_STR,
		.off = AT(mode, const char *),
		.help = "give a unix socket's path these permissions, such as 660" },
	{ .name = "reuse-port",
		.also = "--reuseport --so-reuseport",
		.type = OPT_FLAG,
		.off = AT(reuse_port, bool),
		.help = "share the port with others who say so too (SO_REUSEPORT)" },
	{ 0 }
};

struct binding {
	const struct bind_cfg *cfg;
	const struct sock_cfg *sock;
	const struct endpoint *endpoint;
	int type;
	const struct bind_cb *cb;
	void *owner;
	struct resolve *resolve;
};

/* ---- what was asked for ---- */

/* Three or four octal digits, at most 777. */
static int parse_mode(const char *word, mode_t *out, struct err *err)
{
	size_t len = strlen(word);
	unsigned long mode = strtoul(word, NULL, 8);
	char *shown;

	if (len >= 1 && len <= 4 && strspn(word, "01234567") == len && mode <= 0777) {
		*out = (mode_t)mode;
		return 0;
	}
	shown = escape_text(word, len, 0);
	err_set(err, ERR_USAGE, "--mode takes octal permissions up to 777, not '%s'", shown);
	free(shown);
	return -1;
}

int bind_check(const struct bind_cfg *cfg, struct err *err)
{
	int fd = (int)cfg->ready_fd, flags;
	mode_t mode;

	if (cfg->mode && parse_mode(cfg->mode, &mode, err) < 0)
		return -1;
	if (cfg->ready_fd < 0)
		return 0;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		return err_set(
			err, ERR_USAGE, "--ready-fd: descriptor %d is not open for writing", fd);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

static int check_kind(const struct binding *b, struct err *err)
{
	bool is_unix = b->endpoint->kind == ENDPOINT_UNIX;

	if (is_unix && b->cfg->port_file)
		return err_set(err, ERR_USAGE, "--port-file: a unix socket has no port");
	if (is_unix && b->cfg->reuse_port)
		return err_set(err, ERR_USAGE, "--reuse-port: a unix socket has no port");
	if (b->cfg->mode && (!is_unix || b->endpoint->abstract))
		return err_set(err, ERR_USAGE, "--mode is for the path of a unix socket");
	return 0;
}

/* ---- one socket ---- */

static int cannot_bind(const struct addr *addr, int errnum, struct err *err)
{
	char text[ADDR_TEXT];

	return err_set_errno(err, ERR_LISTEN, errnum, "cannot bind %s", addr_format(addr, text));
}

static int listen_if_stream(const struct binding *b, int fd)
{
	int backlog = b->cfg->backlog > 0 ? (int)b->cfg->backlog : INT_MAX;

	if (b->type != SOCK_STREAM)
		return 0;
	sock_apply_stream(b->sock, fd);
	return listen(fd, backlog);
}

/* Takes the descriptor, also when it fails. */
static int add_sock(const struct binding *b, struct bind_set *set, int fd, const struct addr *addr,
	struct err *err)
{
	struct bind_sock *sock;

	if (listen_if_stream(b, fd) < 0) {
		int errnum = errno;

		close(fd);
		cannot_bind(addr, errnum, err);
		errno = errnum;
		return -1;
	}
	set->socks = x_realloc(set->socks, set->count + 1, sizeof(*set->socks));
	sock = &set->socks[set->count++];
	sock->fd = fd;
	addr_of_socket(fd, false, &sock->local);
	return 0;
}

static void set_flag(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

/* -1 with errno, and with err filled. both: an IPv6 socket takes IPv4 as well. */
static int open_inet(const struct binding *b, const struct addr *addr, bool both,
	struct bind_set *set, struct err *err)
{
	int family = addr->any.sa_family, errnum;
	int fd = sock_open(b->sock, family, b->type, ERR_LISTEN, err);

	if (fd < 0)
		return -1;
	if (family == AF_INET6)
		set_flag(fd, IPPROTO_IPV6, IPV6_V6ONLY, !both);
	/* Two datagram sockets with SO_REUSEADDR would share a port without anybody knowing. */
	if (b->type == SOCK_STREAM)
		set_flag(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (b->cfg->reuse_port)
		set_flag(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (bind(fd, &addr->any, addr->len) == 0)
		return add_sock(b, set, fd, addr, err);
	errnum = errno;
	close(fd);
	cannot_bind(addr, errnum, err);
	errno = errnum;
	return -1;
}

/* ---- addresses of the network ---- */

/* This machine does not have the family, or not the address. */
static bool not_here(int errnum)
{
	return errnum == EAFNOSUPPORT || errnum == EADDRNOTAVAIL;
}

/* All interfaces: one socket, the first that can be had. */
static int open_any(const struct binding *b, const struct resolve_result *result,
	struct bind_set *set, struct err *err)
{
	bool both = sock_family(b->sock) == AF_UNSPEC;
	size_t i;

	for (i = 0; i < result->count; i++) {
		err_clear(err);
		if (open_inet(b, &result->addrs[i], both, set, err) == 0)
			return 0;
		if (!not_here(errno))
			return -1;
	}
	return -1;
}

static bool is_ipv6_any(const struct addr *addr)
{
	return addr->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&addr->in6.sin6_addr);
}

/* One socket for each address, on one port. An address that is not here is left out as long as
 * there is another. */
static int open_each(const struct binding *b, const struct resolve_result *result,
	struct bind_set *set, struct err *err)
{
	bool both = result->count == 1 && sock_family(b->sock) == AF_UNSPEC;
	struct addr addr;
	size_t i;

	for (i = 0; i < result->count; i++) {
		struct err mine = { 0 };

		addr = result->addrs[i];
		if (set->count > 0)
			addr_set_port(&addr, addr_port(&set->socks[0].local));
		if (open_inet(b, &addr, both && is_ipv6_any(&addr), set, &mine) == 0)
			continue;
		if (!not_here(errno)) {
			err_clear(err);
			err_move(err, &mine);
			return -1;
		}
		err_move(err, &mine);
	}
	return set->count > 0 ? 0 : -1;
}

static int open_network(const struct binding *b, const struct resolve_result *result,
	struct bind_set *set, struct err *err)
{
	int tries, opened, errnum;

	if (!b->endpoint->host)
		return open_any(b, result, set, err);
	for (tries = 0; tries < PICK_TRIES; tries++) {
		err_clear(err);
		opened = open_each(b, result, set, err);
		errnum = errno;
		if (opened == 0 || b->endpoint->port != 0 || errnum != EADDRINUSE)
			return opened;
		/* The port that the first one picked is taken at another address. */
		bind_set_clear(set);
	}
	return -1;
}

/* ---- unix sockets ---- */

static int bind_path(const struct binding *b, int fd, const struct addr *addr, struct err *err)
{
	mode_t mode = 0, mask;
	int result, errnum;

	if (!b->cfg->mode)
		return bind(fd, &addr->any, addr->len);
	if (parse_mode(b->cfg->mode, &mode, err) < 0)
		return -1;
	/* The path has these permissions from its first moment on. */
	fchmod(fd, mode);
	mask = umask(0);
	result = bind(fd, &addr->any, addr->len);
	errnum = errno;
	umask(mask);
	errno = errnum;
	return result;
}

/* Something has the path: make way when it was left behind by somebody who is gone. */
static int remove_stale(const struct binding *b, const struct addr *addr, struct err *err)
{
	const char *path = addr->un.sun_path;
	struct stat before, after;
	char text[ADDR_TEXT];

	addr_format(addr, text);
	if (lstat(path, &before) < 0)
		return errno == ENOENT ? 0 : cannot_bind(addr, errno, err);
	if (!S_ISSOCK(before.st_mode))
		return err_set(
			err, ERR_LISTEN, "cannot bind %s: a file that is no socket is there", text);
	switch (probe_unix(addr, b->type)) {
	case PROBE_ABSENT:
		return 0;
	case PROBE_STALE:
		break;
	case PROBE_UNKNOWN:
		return err_set_errno(err, ERR_LISTEN, errno,
			"cannot bind %s: cannot tell whether it is in use", text);
	default:
		return cannot_bind(addr, EADDRINUSE, err);
	}
	/* Another one may have been quicker in the meantime. */
	if (lstat(path, &after) < 0 || after.st_ino != before.st_ino ||
		after.st_dev != before.st_dev)
		return 0;
	return unlink(path) == 0 || errno == ENOENT ? 0 : cannot_bind(addr, errno, err);
}

static int bind_unix(const struct binding *b, int fd, const struct addr *addr, struct err *err)
{
	if (bind_path(b, fd, addr, err) == 0)
		return 0;
	if (errno == EADDRINUSE && !b->endpoint->abstract) {
		if (remove_stale(b, addr, err) < 0)
			return -1;
		if (bind_path(b, fd, addr, err) == 0)
			return 0;
	}
	return cannot_bind(addr, errno, err);
}

static int open_unix(
	const struct binding *b, const struct addr *addr, struct bind_set *set, struct err *err)
{
	int fd = sock_open(b->sock, AF_UNIX, b->type, ERR_LISTEN, err);
	struct stat st;

	if (fd < 0)
		return -1;
	if (bind_unix(b, fd, addr, err) < 0) {
		close(fd);
		return -1;
	}
	if (!b->endpoint->abstract && lstat(b->endpoint->path, &st) == 0) {
		set->path = x_strdup(b->endpoint->path);
		set->dev = st.st_dev;
		set->ino = st.st_ino;
	}
	return add_sock(b, set, fd, addr, err);
}

/* ---- the whole ---- */

static void on_failed(void *owner, struct err *err)
{
	struct binding *b = owner;

	b->cb->failed(b->owner, err);
}

static void on_resolved(void *owner, const struct resolve_result *result)
{
	struct binding *b = owner;
	struct bind_set set = { 0 };
	struct err err = { 0 };
	int opened;

	if (check_kind(b, &err) < 0)
		opened = -1;
	else if (b->endpoint->kind == ENDPOINT_UNIX)
		opened = open_unix(b, &result->addrs[0], &set, &err);
	else
		opened = open_network(b, result, &set, &err);
	if (opened == 0) {
		/* What was left out is no error any more. */
		err_clear(&err);
		b->cb->bound(b->owner, &set);
		return;
	}
	bind_set_clear(&set);
	b->cb->failed(b->owner, &err);
}

struct binding *bind_start(struct ev_loop *loop, const struct bind_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, int type,
	const struct bind_cb *cb, void *owner)
{
	static const struct resolve_cb resolve_cb = { on_resolved, on_failed };
	struct binding *b = x_calloc(1, sizeof(*b));

	b->cfg = cfg;
	b->sock = sock;
	b->endpoint = endpoint;
	b->type = type;
	b->cb = cb;
	b->owner = owner;
	b->resolve = resolve_start(loop, endpoint, sock, type, &resolve_cb, b);
	return b;
}

void bind_free(struct binding *binding)
{
	if (!binding)
		return;
	resolve_free(binding->resolve);
	free(binding);
}

char *bind_set_text(const struct bind_set *set)
{
	struct buf text = { 0 };
	char one[ADDR_TEXT], *copy;
	size_t i;

	for (i = 0; i < set->count; i++)
		buf_printf(
			&text, "%s%s", i > 0 ? ", " : "", addr_format(&set->socks[i].local, one));
	copy = x_strdup(buf_text(&text));
	buf_clear(&text);
	return copy;
}

void bind_set_clear(struct bind_set *set)
{
	struct stat st;
	size_t i;

	if (set->path && lstat(set->path, &st) == 0 && st.st_dev == set->dev &&
		st.st_ino == set->ino)
		unlink(set->path);
	for (i = 0; i < set->count; i++)
		if (set->socks[i].fd >= 0)
			close(set->socks[i].fd);
	free(set->socks);
	free(set->path);
	memset(set, 0, sizeof(*set));
}
