/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * receive WHERE: one client's bytes to stdout by the cheapest way there is: splice to a pipe
 * (grown to 1 MiB), splice by way of a pipe of our own to a file, and dropped in the kernel
 * (MSG_TRUNC) where stdout is the null device.
 */
#include "../helpers/net.h"

enum { CHUNK = 1 << 20 };

static ssize_t by_pipe(int sock, const int *way)
{
	ssize_t got = splice(sock, NULL, way[1], NULL, CHUNK, SPLICE_F_MOVE);

	for (ssize_t left = got, n; left > 0; left -= n) {
		n = splice(way[0], NULL, 1, NULL, (size_t)left, SPLICE_F_MOVE);
		if (n <= 0)
			err(1, "splice");
	}
	return got;
}

int main(int argc, char **argv)
{
	static char drop[1];
	struct stat st;
	ssize_t n = 1;
	int sock, way[2];

	if (argc < 2 || fstat(1, &st) < 0 || pipe(way) < 0)
		return 2;
	sock = net_accept(argv[1]);
	fcntl(S_ISFIFO(st.st_mode) ? 1 : way[1], F_SETPIPE_SZ, CHUNK);
	while (n > 0) {
		if (S_ISFIFO(st.st_mode))
			n = splice(sock, NULL, 1, NULL, CHUNK, SPLICE_F_MOVE);
		else if (S_ISREG(st.st_mode) || strchr(argv[1], '/'))
			n = by_pipe(sock, way);
		else
			n = recv(sock, drop, CHUNK, MSG_TRUNC);
	}
	return n < 0;
}
