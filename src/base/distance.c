/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/distance.h"

#include <string.h>

enum { WORD_MAX = 63 };

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: three rows of the usual table, the oldest one for swapped letters. */
unsigned distance_words(const char *a, const char *b)
{
	size_t alen = strlen(a), blen = strlen(b);
	unsigned rows[3][WORD_MAX + 1];

	if (alen > WORD_MAX || blen > WORD_MAX)
		return WORD_MAX + 1;
	for (size_t j = 0; j <= blen; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= alen; i++) {
		unsigned *row = rows[i % 3];
		const unsigned *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= blen; j++) {
			unsigned change = a[i - 1] != b[j - 1];

			row[j] = smaller(above[j - 1] + change, 1 + smaller(above[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], second[j - 2] + 1);
		}
	}
	return rows[alen % 3][blen];
}

bool distance_is_slip(const char *typed, const char *meant)
{
	size_t len = strlen(typed);

	return len > 2 && distance_words(typed, meant) <= (len > 4 ? 2 : 1);
}
