/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/help.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/stdfd.h"
#include "cmd/suggest.h"

void help_overview(FILE *out)
{
	fputs("Usage: netpy COMMAND [OPTION]... ARGUMENT...\n"
	      "Talk to anything that listens, listen to anything that talks\n"
	      "\n"
	      "Commands:\n",
		out);
	for (const struct cmd *const *row = cmd_table; *row; row++) {
		const struct cmd *cmd = *row;

		if (!cmd->hidden)
			fprintf(out, "  %s%s%-*s %s\n", cmd->spec.name, cmd->alias ? ", " : "",
				(int)(14 - strlen(cmd->spec.name) - (cmd->alias ? 2 : 0)),
				cmd->alias ? cmd->alias : "", cmd->spec.about);
	}
	fputs("\n"
	      "Examples:\n"
	      "  netpy listen 8888                  wait for a client\n"
	      "  netpy connect localhost 8888       talk to it\n"
	      "  netpy send localhost 8888 'hello'  ask, print the answer, end\n"
	      "\n"
	      "More: netpy COMMAND --help, netpy help COMMAND all, netpy --version, man netpy\n",
		out);
}

void help_version(FILE *out)
{
	fprintf(out,
		"netpy %s\n"
		"features: tcp udp unix ipv4 ipv6, libev %d.%d\n"
		"Free software, GPL-3.0-or-later; there is no warranty.\n",
		PACKAGE_VERSION, ev_version_major(), ev_version_minor());
}

int help_flush(struct err *err)
{
	if (stdfd_was_closed(1))
		return err_set_errno(err, ERR_LOCAL, EBADF, "cannot write to standard output");
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	/* An earlier write failed: what it said is lost. */
	if (errno == 0)
		errno = EIO;
	return err_set_errno(err, ERR_LOCAL, errno, "cannot write to standard output");
}

static int no_such_group(const struct cmd *cmd, const char *word, struct err *err)
{
	struct buf known = { 0 };
	char *shown = escape_text(word, strlen(word), 0);

	for (const struct opt_group *group = cmd->spec.groups; group && group->rows; group++)
		buf_printf(&known, "%s|", group->word);
	err_set(err, ERR_USAGE, "%s has no options called '%s'", cmd->spec.name, shown);
	err_set_hint(err, "netpy help %s %sall", cmd->spec.name, buf_text(&known));
	buf_clear(&known);
	free(shown);
	return -1;
}

static int run_help(void *cfg, const struct opt_rest *rest, struct err *err)
{
	const struct cmd *cmd;

	(void)cfg;
	if (rest->count == 0) {
		help_overview(stdout);
		return help_flush(err);
	}
	cmd = cmd_find(rest->operands[0]);
	if (!cmd)
		return suggest_topic(rest->operands[0], err);
	if (rest->count == 1)
		opt_help(&cmd->spec, stdout);
	else if (opt_help_group(&cmd->spec, rest->operands[1], stdout) < 0)
		return no_such_group(cmd, rest->operands[1], err);
	return help_flush(err);
}

static const char *const examples[] = {
	"netpy help",
	"netpy help listen",
	"netpy help listen all",
	NULL,
};

const struct cmd cmd_help = {
	.spec = { .name = "help",
		.args = "[COMMAND [GROUP|all]]",
		.about = "Explain the commands and their options",
		.max = 2,
		.examples = examples },
	.run = run_help,
};
