/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What netpy says about itself.
 */
#ifndef NETPY_CMD_HELP_H
#define NETPY_CMD_HELP_H

#include <stdio.h>

#include "cmd/cmd.h"

/* The commands, and how to learn more. */
void help_overview(FILE *out);
/* Name, version, what is built in, licence. */
void help_version(FILE *out);

/* Everything written to stdout so far has to arrive. Returns 0, or -1 with ERR_LOCAL. */
int help_flush(struct err *err);

#endif
