/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far is what was typed from what may have been meant?
 */
#ifndef NETPY_BASE_DISTANCE_H
#define NETPY_BASE_DISTANCE_H

#include <stdbool.h>
#include <stddef.h>

/* Letters to insert, drop, replace or swap with their neighbour to make b of a. Words longer than
 * 63 bytes are far from everything. */
unsigned distance_words(const char *a, const char *b);

/* Near enough to be a slip of the fingers: one step in short words, two in long ones. */
bool distance_is_slip(const char *typed, const char *meant);

#endif
