/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Dispatch and exit status.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/stdfd.h"
#include "cmd/cmd.h"
#include "cmd/help.h"
#include "cmd/suggest.h"
#include "io/signals.h"
#include "ui/report.h"

static int show_help(const struct cmd *cmd, struct err *err)
{
	opt_help(&cmd->spec, stdout);
	return help_flush(err);
}

/* argv[0] is the command's word. */
static int run_command(const struct cmd *cmd, int argc, char **argv, struct err *err)
{
	void *cfg = x_calloc(1, cmd->spec.size ? cmd->spec.size : 1);
	struct opt_rest rest;
	int result = opt_parse(&cmd->spec, argc, argv, cfg, &rest, err);

	if (result == 0)
		result = cmd->run(cfg, &rest, err);
	else if (result > 0)
		result = show_help(cmd, err);
	else if (rest.unknown)
		suggest_option(cmd, rest.unknown, err);
	opt_free(&cmd->spec, cfg, &rest);
	free(cfg);
	return result;
}

static int run_words(int argc, char **argv, const char **name, struct err *err)
{
	const struct cmd *cmd = cmd_find(argv[0]);

	if (cmd) {
		*name = cmd->spec.name;
		return run_command(cmd, argc, argv, err);
	}
	if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0) {
		help_overview(stdout);
		return help_flush(err);
	}
	if (strcmp(argv[0], "--version") == 0) {
		help_version(stdout);
		return help_flush(err);
	}
	return suggest_command(argc, argv, err);
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	const char *name = NULL;
	int status = 0;

	stdfd_init();
	if (argc < 2) {
		help_overview(stderr);
		status = ERR_USAGE;
	} else if (run_words(argc - 1, argv + 1, &name, &err) < 0) {
		report_error(name, &err);
		status = err.kind;
	}
	err_clear(&err);
	stdfd_restore();
	if (signals_caught())
		signals_die(signals_caught());
	return status;
}
