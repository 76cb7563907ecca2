/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source BYTES PIECE: writes so many bytes to stdout, PIECE at a time. */
#include "net.h"

int main(int argc, char **argv)
{
	long long left = argc > 2 ? atoll(argv[1]) : 0;
	size_t piece = argc > 2 ? (size_t)atoll(argv[2]) : 1;
	char *data = malloc(piece);

	memset(data, 'x', piece);
	for (; left > 0; left -= (long long)piece)
		write_all(1, data, left < (long long)piece ? (size_t)left : piece);
	return 0;
}
