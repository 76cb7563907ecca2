/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/suggest.h"

#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/opt_rows.h"

/* Words of other programs, or of daily speech, for our commands. */
static const struct {
	const char *words;
	const char *meant;
} foreign_commands[] = {
	{ "client open dial telnet tcp nc ncat netcat", "connect" },
	{ "server serve accept bind", "listen" },
	{ "ask request post echo", "send" },
	{ "udp udp-connect udp-client", "udp-send" },
	{ "udp-server", "udp-listen" },
	{ "ping check probe wait-for await", "wait" },
	{ "version -V -version", "--version" },
};

/*
 * Options of nc, ncat, socat, curl and openssl that are another command here, or nothing yet. What
 * is one of our options under another name stands in the `also` of its row instead.
 */
static const struct {
	const char *words;
	const char *command; /* only for this one; NULL: for all */
	const char *hint;
} foreign_options[] = {
	{ "-l --listen", "udp-send", "netpy udp-listen [ADDRESS] PORT" },
	{ "-l --listen", "udp-listen", "leave it out: udp-listen listens" },
	{ "-l --listen", "listen", "leave it out: listen listens" },
	{ "-l --listen", NULL, "netpy listen [ADDRESS] PORT" },
	{ "-u --udp", "listen", "netpy udp-listen [ADDRESS] PORT" },
	{ "-u --udp", "udp-listen", "leave it out: udp-listen is for UDP" },
	{ "-u --udp", "udp-send", "leave it out: udp-send is for UDP" },
	{ "-u --udp", NULL, "netpy udp-send ADDRESS PORT" },
	{ "-z --zero --scan", "wait", "leave it out: wait sends nothing" },
	{ "-z --zero --scan", NULL, "netpy wait ADDRESS:PORT" },
	{ "-U --unixsock --unix", NULL, "write unix:PATH in the place of ADDRESS PORT" },
	{ "-N --shutdown", NULL, "leave it out: the end of the input is passed on" },
	{ "-q", NULL, "netpy send waits for the answer by itself" },
	{ "-d --detach", NULL, "redirect the input: </dev/null" },
	{ "-V", NULL, "netpy --version" },
	{ "-e -c --exec --sh-exec --lua-exec", NULL, "this version runs no programs" },
	{ "-x -X --proxy --proxy-type --proxy-auth --socks5 --socks5-hostname --socks4", NULL,
		"this version knows no proxies" },
	{ "--tls --ssl --insecure --cacert --cert --key --servername --ssl-verify --ssl-cert"
	  " --ssl-key --ssl-alpn --alpn --sni --CAfile --starttls",
		NULL, "this version has no TLS" },
	{ "--allow --deny --allowfile --denyfile", NULL, "this version has no access lists" },
	{ "--chat --broker --hub", "listen", "this version has no hub; -k serves many at once" },
	{ "-o --hex-dump --hexdump", NULL, "-vv shows both directions in hexadecimal" },
	{ "-t --telnet", NULL, "this version does not speak TELNET" },
};

void suggest_add_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_@%+=:,./-";

	buf_add_char(out, ' ');
	if (*word && word[strspn(word, plain)] == '\0') {
		buf_add_text(out, word);
		return;
	}
	buf_add_char(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_add_text(out, "'\\''");
		else
			buf_add_char(out, *word);
	}
	buf_add_char(out, '\'');
}

/* The command that a misspelt, shortened or foreign word stands for, or NULL. */
static const char *meant_command(const char *word)
{
	const char *prefixed = NULL, *near = NULL;
	size_t len = strlen(word), starting = 0;

	for (size_t i = 0; i < ARRAY_LEN(foreign_commands); i++)
		if (opt_list_has(foreign_commands[i].words, ' ', word))
			return foreign_commands[i].meant;
	if (word[0] == '-')
		return NULL;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		const char *name = (*cmd)->spec.name;

		if ((*cmd)->hidden)
			continue;
		if (len > 1 && strncmp(name, word, len) == 0) {
			prefixed = name;
			starting++;
		}
		if (distance_is_slip(word, name) &&
			(!near || distance_words(word, name) < distance_words(word, near)))
			near = name;
	}
	return starting == 1 ? prefixed : near;
}

/* The same line with the first word replaced. */
static void corrected_line(const char *command, int count, char *const *words, struct buf *out)
{
	buf_printf(out, "netpy %s", command);
	for (int i = 1; i < count; i++)
		suggest_add_word(out, words[i]);
}

/* A hint has to be safe to show and to copy: nothing in it needed escaping, and it is short. */
static void hint_line(struct err *err, struct buf *line)
{
	enum { LINE_MAX_COLUMNS = 200 };
	char *shown = escape_text(line->data, line->len, LINE_MAX_COLUMNS);

	if (strcmp(shown, buf_text(line)) == 0)
		err_set_hint(err, "%s", shown);
	free(shown);
}

int suggest_command(int count, char *const *words, struct err *err)
{
	const char *meant = meant_command(words[0]);
	char *shown = escape_text(words[0], strlen(words[0]), 0);
	struct buf line = { 0 };

	err_set(err, ERR_USAGE, "unknown command '%s'", shown);
	free(shown);
	if (meant)
		corrected_line(meant, meant[0] == '-' ? 1 : count, words, &line);
	else
		suggest_line(count, words, &line);
	if (line.len)
		hint_line(err, &line);
	err_set_hint(err, "netpy help");
	buf_clear(&line);
	return -1;
}

int suggest_topic(const char *word, struct err *err)
{
	const char *meant = meant_command(word);
	char *shown = escape_text(word, strlen(word), 0);

	err_set(err, ERR_USAGE, "unknown command '%s'", shown);
	free(shown);
	if (meant && meant[0] != '-')
		err_set_hint(err, "netpy help %s", meant);
	else
		err_set_hint(err, "netpy help");
	return -1;
}

static const char *foreign_hint(const struct cmd *cmd, const char *option)
{
	for (size_t i = 0; i < ARRAY_LEN(foreign_options); i++) {
		const char *command = foreign_options[i].command;

		if (opt_list_has(foreign_options[i].words, ' ', option) &&
			(!command || strcmp(command, cmd->spec.name) == 0))
			return foreign_options[i].hint;
	}
	return NULL;
}

/* Another command that has this long option. */
static const struct cmd *other_command(const char *option)
{
	if (option[1] != '-')
		return NULL;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		if (opt_find(&(*cmd)->spec, option))
			return *cmd;
	return NULL;
}

static void replace_hint(struct err *err, char *hint)
{
	free(err->hint);
	err->hint = hint;
}

void suggest_option(const struct cmd *cmd, const char *option, struct err *err)
{
	const char *hint = foreign_hint(cmd, option);
	const struct cmd *other = other_command(option);

	if (opt_find_also(&cmd->spec, option))
		return;
	if (hint)
		replace_hint(err, x_strdup(hint));
	else if (other)
		replace_hint(err, x_asprintf("netpy %s has %s", other->spec.name, option));
}
