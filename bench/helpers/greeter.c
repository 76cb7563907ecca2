/* SPDX-License-Identifier: GPL-3.0-or-later */
/* greeter WHERE: accepts, reads until a line has come, answers it, closes; for ever. */
#include "net.h"

int main(int argc, char **argv)
{
	int listener = argc > 1 ? net_listen(argv[1]) : -1;
	char buf[4096];

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		ssize_t n = read(fd, buf, sizeof(buf));

		if (n > 0 && write(fd, buf, (size_t)n) < 0)
			warn("write");
		shutdown(fd, SHUT_WR);
		while (read(fd, buf, sizeof(buf)) > 0)
			;
		close(fd);
	}
}
