/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp_count PORT FILE: counts datagrams until SIGTERM; then FILE gets "DATAGRAMS BYTES SECONDS",
 * the time being that from the first to the last.
 */
#include "net.h"

enum { BATCH = 256, ROOM = 2048 };

static volatile sig_atomic_t over;

static void end(int sig)
{
	over = sig;
}

int main(int argc, char **argv)
{
	static char room[BATCH][ROOM];
	struct mmsghdr batch[BATCH] = { 0 };
	struct iovec iov[BATCH];
	struct sockaddr_storage address;
	unsigned long long datagrams = 0, bytes = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 64 << 20, n;
	struct timeval tick = { 0, 50000 };
	socklen_t len;
	double first = 0, last = 0;
	FILE *out;

	signal(SIGTERM, end);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick));
	if (argc < 3)
		return 2;
	len = net_address(argv[1], &address);
	if (bind(fd, (struct sockaddr *)&address, len) < 0)
		err(1, "bind");
	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){ room[i], ROOM };
		batch[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	while (!over) {
		n = recvmmsg(fd, batch, BATCH, MSG_WAITFORONE, NULL);
		if (n <= 0)
			continue;
		last = now();
		first = datagrams ? first : last;
		datagrams += (unsigned)n;
		for (int i = 0; i < n; i++)
			bytes += batch[i].msg_len;
	}
	if (!(out = fopen(argv[2], "w")))
		err(1, "%s", argv[2]);
	fprintf(out, "%llu %llu %.6f\n", datagrams, bytes, last - first);
	return 0;
}
