/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cmd/cmd.h"

extern const struct cmd cmd_connect, cmd_listen, cmd_send, cmd_udp_listen, cmd_udp_send, cmd_wait;
extern const struct cmd cmd_help, cmd_complete, cmd_options, cmd_exits;

const struct cmd *const cmd_table[] = {
	&cmd_listen,
	&cmd_connect,
	&cmd_send,
	&cmd_udp_listen,
	&cmd_udp_send,
	&cmd_wait,
	&cmd_help,
	&cmd_complete,
	&cmd_options,
	&cmd_exits,
	NULL,
};

const struct cmd *cmd_find(const char *word)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		if (strcmp((*cmd)->spec.name, word) == 0 ||
			((*cmd)->alias && strcmp((*cmd)->alias, word) == 0))
			return *cmd;
	return NULL;
}
