/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sink FILE: reads stdin to its end; then FILE gets "BYTES SECONDS", the time being that from the
 * first byte to the last.
 */
#include "net.h"

int main(int argc, char **argv)
{
	static char buf[1 << 18];
	unsigned long long total = 0;
	double first = 0, last = 0;
	ssize_t n;
	FILE *out;

	while ((n = read(0, buf, sizeof(buf))) > 0) {
		last = now();
		if (!total)
			first = last;
		total += (unsigned long long)n;
	}
	if (argc < 2 || !(out = fopen(argv[1], "w")))
		return 1;
	fprintf(out, "%llu %.6f\n", total, last - first);
	return 0;
}
