/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/fdlink.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stdfd.h"

/* How long a terminal that belongs to another job is left alone, in seconds. */
#define BACKGROUND_NAP 0.3

struct fdlink {
	struct link link;
	bool rsocket, wsocket; /* recv and send instead of read and write */
	bool rterminal;
	enum err_kind kind;  /* of its errors */
	char *rname, *wname; /* wname is NULL where it is the same */
	int also_out;
};

static struct fdlink *fdlink_of(struct link *link)
{
	return CONTAINER_OF(link, struct fdlink, link);
}

static ssize_t fail(struct fdlink *fl, const char *what, const char *name)
{
	/* That the reader of our output has gone is no news: it ends us quietly. */
	if (errno == EPIPE && fl->kind == ERR_LOCAL)
		fl->link.err.kind = ERR_LOCAL;
	else
		err_set_errno(&fl->link.err, fl->kind, errno, "cannot %s %s", what, name);
	return LINK_ERROR;
}

static bool in_background(const struct fdlink *fl)
{
	pid_t foreground = tcgetpgrp(fl->link.rfd);

	return foreground >= 0 && foreground != getpgrp();
}

static ssize_t fdlink_read(struct link *link, void *data, size_t len)
{
	struct fdlink *fl = fdlink_of(link);
	ssize_t n;

	if (fl->rterminal && in_background(fl)) {
		link->nap = BACKGROUND_NAP;
		return LINK_WANT_READ;
	}
	do
		n = fl->rsocket ? recv(link->rfd, data, len, MSG_DONTWAIT)
				: read(link->rfd, data, len);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return n;
	if (n == 0)
		return LINK_EOF;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return LINK_WANT_READ;
	/* A pseudo-terminal whose other side has gone says so by EIO. */
	if (errno == EIO && fl->rterminal)
		return LINK_EOF;
	return fail(fl, "read from", fl->rname);
}

static ssize_t fdlink_write(struct link *link, const struct iovec *pieces, int count)
{
	struct fdlink *fl = fdlink_of(link);
	/* sendmsg does not write to the pieces; its structure only lacks the const. */
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)pieces,
		.msg_iovlen = (size_t)count };
	ssize_t n;

	do
		n = fl->wsocket ? sendmsg(link->wfd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL)
				: writev(link->wfd, pieces, count);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EWOULDBLOCK || (fl->wsocket && errno == ENOBUFS))
		return LINK_WANT_WRITE;
	return fail(fl, "write to", fl->wname ? fl->wname : fl->rname);
}

/* shutdown says no more than ENOTCONN after a reset nobody has met yet: the socket knows it. */
static ssize_t fail_shut(struct fdlink *fl)
{
	int reason = 0;
	socklen_t len = sizeof(reason);

	if (errno == ENOTCONN)
		errno = getsockopt(fl->link.wfd, SOL_SOCKET, SO_ERROR, &reason, &len) == 0 && reason
				? reason
				: ECONNRESET;
	return fail(fl, "write to", fl->wname ? fl->wname : fl->rname);
}

static ssize_t fdlink_shut(struct link *link)
{
	struct fdlink *fl = fdlink_of(link);
	int fd = link->wfd, result;

	if (fl->wsocket)
		return shutdown(fd, SHUT_WR) == 0 ? 0 : fail_shut(fl);
	if (fd < 0)
		return 0;
	link->wfd = -1;
	result = close(fd);
	if (fl->also_out >= 0 && stdfd_release(fl->also_out) < 0)
		result = -1;
	return result == 0 ? 0 : fail(fl, "finish", fl->wname);
}

static void fdlink_free(struct link *link)
{
	struct fdlink *fl = fdlink_of(link);
	struct linger reset = { .l_onoff = 1, .l_linger = 0 };

	if (link->aborted && fl->wsocket && fl->kind == ERR_PEER)
		setsockopt(link->wfd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (link->rfd >= 0)
		close(link->rfd);
	if (link->wfd >= 0 && link->wfd != link->rfd)
		close(link->wfd);
	err_clear(&link->err);
	free(fl->rname);
	free(fl->wname);
	free(fl);
}

static const struct link_ops fdlink_ops = {
	.read = fdlink_read,
	.write = fdlink_write,
	.shut = fdlink_shut,
	.free = fdlink_free,
};

static bool is_socket(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

struct link *fdlink_new_socket(int fd)
{
	struct fdlink *fl = x_calloc(1, sizeof(*fl));

	fl->link = (struct link){ .ops = &fdlink_ops, .rfd = fd, .wfd = fd, .bare = true };
	fl->rsocket = fl->wsocket = true;
	fl->kind = ERR_PEER;
	fl->rname = x_strdup("the peer");
	fl->also_out = -1;
	return &fl->link;
}

struct link *fdlink_new_pair(int rfd, const char *rname, int wfd, const char *wname, int also_out)
{
	struct fdlink *fl = x_calloc(1, sizeof(*fl));

	fl->link = (struct link){ .ops = &fdlink_ops, .rfd = rfd, .wfd = wfd, .bare = true };
	fl->rsocket = is_socket(rfd);
	fl->wsocket = is_socket(wfd);
	fl->rterminal = rfd >= 0 && !fl->rsocket && isatty(rfd);
	fl->kind = ERR_LOCAL;
	fl->rname = x_strdup(rname);
	fl->wname = x_strdup(wname);
	fl->also_out = also_out;
	return &fl->link;
}

void fdlink_set_name(struct link *link, const char *name)
{
	struct fdlink *fl = fdlink_of(link);

	free(fl->rname);
	fl->rname = x_strdup(name);
}

unsigned long fdlink_unacked(int wfd)
{
	int left = 0;

	if (wfd < 0 || ioctl(wfd, SIOCOUTQ, &left) < 0 || left < 0)
		return 0;
	return (unsigned long)left;
}

bool fdlink_is_unix(int wfd)
{
	int domain = 0;
	socklen_t len = sizeof(domain);

	return getsockopt(wfd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain == AF_UNIX;
}
