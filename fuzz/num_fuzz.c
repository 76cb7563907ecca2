/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers as people write them: what is taken is within the range. */
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/num.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *word = x_strndup((const char *)data, size), text[NUM_TEXT];
	int64_t bytes;
	double seconds;
	long number;

	if (!num_parse_int(word, -5, 65535, &number) && (number < -5 || number > 65535))
		abort();
	num_parse_int(word, LONG_MIN, LONG_MAX, &number);
	if (!num_parse_time(word, &seconds)) {
		if (!(seconds >= 0 && seconds <= 864000000))
			abort();
		num_format_time(seconds, text);
	}
	if (!num_parse_size(word, &bytes)) {
		if (bytes < 0)
			abort();
		num_format_size((uint64_t)bytes, text);
	}
	free(word);
	return 0;
}
