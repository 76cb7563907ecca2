/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/probe.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum probe_result probe_unix(const struct addr *addr, int type)
{
	/* A type that nobody who is there for `type` can accept. */
	int other = type == SOCK_STREAM ? SOCK_SEQPACKET : SOCK_STREAM;
	int fd, errnum = 0;
	struct stat st;

	if (addr->un.sun_path[0] != '\0' && lstat(addr->un.sun_path, &st) == 0 &&
		!S_ISSOCK(st.st_mode) && !S_ISLNK(st.st_mode))
		return PROBE_NOT_SOCKET;
	fd = socket(AF_UNIX, other | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return PROBE_UNKNOWN;
	if (connect(fd, &addr->any, addr->len) < 0)
		errnum = errno;
	close(fd);
	switch (errnum) {
	case 0:
	case EPROTOTYPE:
	case EAGAIN:
		return PROBE_LIVE;
	case ENOENT:
	case ENOTDIR:
		return PROBE_ABSENT;
	case ECONNREFUSED:
		/* An abstract name is nobody's as soon as its socket is closed. */
		return addr->un.sun_path[0] != '\0' ? PROBE_STALE : PROBE_ABSENT;
	}
	errno = errnum;
	return PROBE_UNKNOWN;
}
