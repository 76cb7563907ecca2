/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A subcommand is one file that exports one const struct cmd; table.c lists them.
 *
 * A command composes the modules, and it alone decides how things end. It returns what happened
 * and main says it: so every error line has one form, and every status comes from err_table.
 */
#ifndef NETPY_CMD_CMD_H
#define NETPY_CMD_CMD_H

#include "base/err.h"
#include "base/opt.h"

struct cmd {
	struct opt_spec spec;
	const char *alias; /* "l", or NULL */
	bool hidden;       /* not in the list of commands */
	/*
	 * cfg was filled by opt_parse; both are freed by main. Returns 0, or -1 with err: its kind
	 * is the exit status; an err without msg ends with that status in silence.
	 */
	int (*run)(void *cfg, const struct opt_rest *rest, struct err *err);
};

/* Every command, in the order of the help text; ended by NULL. */
extern const struct cmd *const cmd_table[];
/* By name or alias; NULL when there is none. */
const struct cmd *cmd_find(const char *word);

#endif
