/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/num.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

#define NUM_TIME_MAX (10000.0 * 86400)

/* What stands before a unit: digits without the dot, and how many of them were behind it. */
struct decimal {
	uint64_t digits;
	unsigned places;
};

/* Locale-free, unlike isdigit and strtod. */
static bool num_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Returns what follows the digits, or NULL when there are none or too many. */
static const char *num_take_digits(const char *word, struct decimal *out, unsigned *taken)
{
	for (*taken = 0; num_is_digit(*word); word++, ++*taken)
		if (__builtin_mul_overflow(out->digits, 10u, &out->digits) ||
			__builtin_add_overflow(out->digits, (uint64_t)(*word - '0'), &out->digits))
			return NULL;
	return *taken ? word : NULL;
}

/* "12", "1.50" (as 15 and one place) or ".5". Returns what follows, or NULL. */
static const char *num_take_decimal(const char *word, struct decimal *out)
{
	unsigned taken;

	*out = (struct decimal){ .digits = 0 };
	if (*word != '.') {
		word = num_take_digits(word, out, &taken);
		if (!word || *word != '.')
			return word;
	}
	word = num_take_digits(word + 1, out, &out->places);
	for (; word && out->places && out->digits % 10 == 0; out->places--)
		out->digits /= 10;
	return word;
}

int num_parse_int(const char *word, long min, long max, long *out)
{
	struct decimal number = { .digits = 0 };
	bool minus = min < 0 && *word == '-';
	unsigned taken;
	const char *end = num_take_digits(word + minus, &number, &taken);
	long value;

	if (!end || *end || number.digits > (uint64_t)LONG_MAX)
		return -1;
	value = minus ? -(long)number.digits : (long)number.digits;
	if (value < min || value > max)
		return -1;
	*out = value;
	return 0;
}

int num_parse_time(const char *word, double *out)
{
	static const struct {
		const char *name;
		double factor, divisor; /* both whole: a double has no exact 0.001 */
	} units[] = { { "", 1, 1 }, { "ms", 1, 1000 }, { "s", 1, 1 }, { "m", 60, 1 },
		{ "h", 3600, 1 }, { "d", 86400, 1 } };
	struct decimal number;
	double value, scale;
	size_t i;

	word = num_take_decimal(word, &number);
	if (!word)
		return -1;
	for (i = 0; i < ARRAY_LEN(units) && strcmp(word, units[i].name); i++)
		;
	if (i == ARRAY_LEN(units))
		return -1;
	for (scale = units[i].divisor; number.places; number.places--)
		scale *= 10;
	value = (double)number.digits * units[i].factor / scale;
	if (value > NUM_TIME_MAX)
		return -1;
	*out = value;
	return 0;
}

/* digits * unit / 10^places, where that is a whole number that fits; else -1. */
static int num_scale(struct decimal number, uint64_t unit, int64_t *out)
{
	int64_t value;

	/* Each place takes a 5 from the digits and a 2 from either; nothing is ever rounded. */
	for (; number.places; number.places--) {
		if (number.digits % 5 || (unit % 2 && number.digits % 2))
			return -1;
		number.digits /= 5;
		if (unit % 2 == 0)
			unit /= 2;
		else
			number.digits /= 2;
	}
	if (__builtin_mul_overflow(number.digits, unit, &value))
		return -1;
	*out = value;
	return 0;
}

int num_parse_size(const char *word, int64_t *out)
{
	static const char letters[] = "KMGTkmgt";
	struct decimal number;
	uint64_t unit = 1;
	const char *letter;

	word = num_take_decimal(word, &number);
	if (!word)
		return -1;
	if (*word) {
		letter = strchr(letters, *word);
		if (!letter || word[1])
			return -1;
		unit = (uint64_t)1 << (10 * ((letter - letters) % 4 + 1));
	}
	return num_scale(number, unit, out);
}

/* Three significant digits, or all of a larger whole part; no trailing zeros. */
static const char *num_format_unit(double value, const char *unit, char buf[NUM_TEXT])
{
	if (value < 999.5)
		snprintf(buf, NUM_TEXT, "%.3g %s", value, unit);
	else
		snprintf(buf, NUM_TEXT, "%.0f %s", value, unit);
	return buf;
}

const char *num_format_time(double seconds, char buf[NUM_TEXT])
{
	double us = seconds > 0 ? (double)(uint64_t)(seconds * 1e6 + 0.5) : 0;

	if (us < 999500)
		return num_format_unit(us / 1e3, "ms", buf);
	if (seconds < 119.5)
		return num_format_unit(seconds, "s", buf);
	if (seconds < 119.5 * 60)
		return num_format_unit(seconds / 60, "min", buf);
	if (seconds < 47.95 * 3600)
		return num_format_unit(seconds / 3600, "h", buf);
	return num_format_unit(seconds / 86400, "d", buf);
}

const char *num_format_size(uint64_t bytes, char buf[NUM_TEXT])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t i = 0;

	/* 1023.6 KiB would be shown as 1024 KiB: that is 1 MiB. */
	while (value >= 1023.5 && i + 1 < ARRAY_LEN(units)) {
		value /= 1024;
		i++;
	}
	return num_format_unit(value, units[i], buf);
}
