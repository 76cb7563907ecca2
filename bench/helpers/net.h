/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the helpers and the reference programs share: blocking sockets on the loopback, by a
 * port number or by a unix path (a word with a slash). Everything dies of its first error.
 */
#ifndef BENCH_NET_H
#define BENCH_NET_H

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static inline socklen_t net_address(const char *where, struct sockaddr_storage *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)out;
	struct sockaddr_in *in = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (strchr(where, '/')) {
		un->sun_family = AF_UNIX;
		strncpy(un->sun_path, where, sizeof(un->sun_path) - 1);
		return sizeof(*un);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)atoi(where));
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*in);
}

static inline int net_connect(const char *where, int type)
{
	struct sockaddr_storage address;
	socklen_t len = net_address(where, &address);
	int fd = socket(address.ss_family, type, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, len) < 0)
		err(1, "connect %s", where);
	return fd;
}

static inline int net_listen(const char *where)
{
	struct sockaddr_storage address;
	socklen_t len = net_address(where, &address);
	int fd = socket(address.ss_family, SOCK_STREAM, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 128) < 0)
		err(1, "listen %s", where);
	return fd;
}

static inline int net_accept(const char *where)
{
	int listener = net_listen(where);
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		err(1, "accept");
	close(listener);
	return fd;
}

static inline double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline void write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0)
			err(1, "write");
		data += n;
		len -= (size_t)n;
	}
}

#endif
