/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plain send|receive WHERE: the loop of every textbook, 64 KiB at a time. What one gets without
 * thinking, and the neutral other side when one tool's sending or receiving is measured alone.
 */
#include "../helpers/net.h"

int main(int argc, char **argv)
{
	static char buf[1 << 16];
	int sending, sock;
	ssize_t n;

	if (argc < 3)
		return 2;
	sending = !strcmp(argv[1], "send");
	sock = sending ? net_connect(argv[2], SOCK_STREAM) : net_accept(argv[2]);
	while ((n = read(sending ? 0 : sock, buf, sizeof(buf))) > 0)
		write_all(sending ? sock : 1, buf, (size_t)n);
	if (sending) {
		shutdown(sock, SHUT_WR);
		n = read(sock, buf, sizeof(buf));
	}
	return n < 0;
}
