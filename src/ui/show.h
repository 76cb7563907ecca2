/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an answer is shown when its bytes as they are will not do: --show text|hex.
 */
#ifndef NETPY_UI_SHOW_H
#define NETPY_UI_SHOW_H

#include "io/filter.h"

enum show { SHOW_TEXT, SHOW_HEX };
#define SHOW_CHOICES "text|hex"

/* SHOW_TEXT escapes as for a terminal, also in a pipe. SHOW_HEX writes the rows of ui/hexdump; a
 * row waits until its 16 bytes are there or the stream ends. Freed as part of its list. */
struct filter *show_new_filter(enum show show);

#endif
