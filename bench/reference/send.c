/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send WHERE: stdin to a socket by the cheapest way there is for it: sendfile from a file, splice
 * from a pipe (grown to 1 MiB), large reads and writes from the rest.
 */
#include <sys/sendfile.h>

#include "../helpers/net.h"

enum { CHUNK = 1 << 20 };

static ssize_t copy(int sock)
{
	static char buf[CHUNK];
	ssize_t n = read(0, buf, sizeof(buf));

	if (n > 0)
		write_all(sock, buf, (size_t)n);
	return n;
}

int main(int argc, char **argv)
{
	struct stat st;
	ssize_t n = 1;
	int sock;

	if (argc < 2 || fstat(0, &st) < 0)
		return 2;
	sock = net_connect(argv[1], SOCK_STREAM);
	if (S_ISFIFO(st.st_mode))
		fcntl(0, F_SETPIPE_SZ, CHUNK);
	while (n > 0) {
		if (S_ISREG(st.st_mode))
			n = sendfile(sock, 0, NULL, CHUNK);
		else if (S_ISFIFO(st.st_mode))
			n = splice(0, NULL, sock, NULL, CHUNK, SPLICE_F_MOVE);
		else
			n = copy(sock);
	}
	shutdown(sock, SHUT_WR);
	return n < 0 || read(sock, &st, 1) < 0;
}
