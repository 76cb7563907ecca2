/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers as people write them, one parser for the command line, files and scripts.
 *
 * Parsers take the whole word: nothing may stand before or behind the number, no sign, no
 * hexadecimal, no white space. They return 0, or -1 and leave *out alone; what the word should
 * have been is said by the caller with NUM_TIME_FORM or NUM_SIZE_FORM.
 */
#ifndef NETPY_BASE_NUM_H
#define NETPY_BASE_NUM_H

#include <stdint.h>
#include <stddef.h>

#define NUM_TIME_FORM "a time such as 500ms, 2s, 1.5m, 1h or 14d (a bare number is seconds)"
#define NUM_SIZE_FORM "a size such as 512, 64K, 1.5M or 2G (powers of 1024)"

/* A whole number from min to max; a '-' is taken where min is negative. */
int num_parse_int(const char *word, long min, long max, long *out);

/* Seconds: "500ms" "2s" "1.5m" "1h" "14d" "0.25". At most 10,000 days. */
int num_parse_time(const char *word, double *out);

/* Bytes: "512" "64K" "1.5M" "1G" "2T", also small letters; a fraction must make whole bytes. */
int num_parse_size(const char *word, int64_t *out);

/* Room for what the formatters write, the NUL included. */
enum { NUM_TEXT = 32 };

/* "12 ms", "4.1 s", "9 d": three significant digits; returns buf. */
const char *num_format_time(double seconds, char buf[NUM_TEXT]);
/* "107 B", "1.5 MiB"; returns buf. */
const char *num_format_size(uint64_t bytes, char buf[NUM_TEXT]);

#endif
