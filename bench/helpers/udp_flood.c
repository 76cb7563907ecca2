/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udp_flood PORT SIZE SECONDS: sends datagrams as fast as it can; prints how many. */
#include "net.h"

enum { BATCH = 64 };

int main(int argc, char **argv)
{
	static char data[65536];
	struct mmsghdr batch[BATCH] = { 0 };
	struct iovec iov;
	unsigned long long sent = 0;
	double end;
	int fd, n;

	if (argc < 4)
		return 2;
	fd = net_connect(argv[1], SOCK_DGRAM);
	memset(data, 'x', sizeof(data));
	iov = (struct iovec){ data, (size_t)atoi(argv[2]) };
	for (int i = 0; i < BATCH; i++)
		batch[i].msg_hdr = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1 };
	for (end = now() + atof(argv[3]); now() < end;) {
		n = sendmmsg(fd, batch, BATCH, 0);
		sent += n > 0 ? (unsigned)n : 0;
	}
	printf("%llu\n", sent);
	return 0;
}
