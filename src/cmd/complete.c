/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the shells ask, and what the checks ask: hidden commands.
 *
 *   netpy __complete -- WORD...   the words after "netpy" up to the cursor, the last one possibly
 *                                 empty. Answers with lines "candidate<TAB>description" and one
 *                                 of ":file", ":dir" and ":none" at the end: what else to offer.
 *   netpy __options [COMMAND]     the rows of a command, see opt_dump; without one: of all
 *                                 commands, each line with the command's name in front
 *   netpy __exits                 exit statuses and their meaning
 *
 * Completion never complains: what it cannot make sense of has no candidates.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt_rows.h"
#include "cmd/cmd.h"
#include "cmd/help.h"
#include "cmd/words.h"

struct complete {
	struct words_sink sink; /* first: words come here */
	const char *typed;	/* the word at the cursor, or what follows the '=' in it */
	const char *before;	/* put in front of each candidate: "--eof=", "host:" */
	size_t before_len;
	char **offered; /* so that nothing is offered twice */
	size_t count;
	const char *directive;
};

/* Offer a word, when it continues what was typed. */
static void offer(struct complete *complete, const char *word, const char *about)
{
	if (strncmp(word, complete->typed, strlen(complete->typed)) != 0)
		return;
	for (size_t i = 0; i < complete->count; i++)
		if (strcmp(complete->offered[i], word) == 0)
			return;
	complete->offered =
		x_realloc(complete->offered, complete->count + 1, sizeof(*complete->offered));
	complete->offered[complete->count++] = x_strdup(word);
	printf("%.*s%s\t%s\n", (int)complete->before_len, complete->before, word,
		about ? about : "");
}

/* Words from files: only those that can be typed as they are. */
static void take_word(struct words_sink *sink, const char *word, const char *about)
{
	for (const char *p = word; *p; p++)
		if (!isgraph((unsigned char)*p) || strchr("'\"\\$`!&;()<>|", *p))
			return;
	offer((struct complete *)sink, word, about);
}

static void offer_commands(struct complete *complete)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		if (!(*cmd)->hidden)
			offer(complete, (*cmd)->spec.name, (*cmd)->spec.about);
}

static void offer_list(struct complete *complete, const char *list, const char *about)
{
	const char *word;
	size_t len;

	while ((len = opt_next_word(&list, '|', &word)) > 0) {
		char *copy = x_strndup(word, len);

		if (islower((unsigned char)*copy))
			offer(complete, copy, about);
		free(copy);
	}
}

static void offer_ports(struct complete *complete, bool datagram)
{
	words_ports(&complete->sink, datagram, isdigit((unsigned char)complete->typed[0]));
}

/* The value of an option. */
static void offer_values(struct complete *complete, const struct cmd *cmd, const struct opt *opt)
{
	bool datagram = strncmp(cmd->spec.name, "udp", 3) == 0;

	offer_list(complete, opt->choices ? opt->choices : opt->arg, NULL);
	switch (opt->hint) {
	case OPT_HINT_NONE:
		break;
	case OPT_HINT_FILE:
		complete->directive = ":file";
		break;
	case OPT_HINT_DIR:
		complete->directive = ":dir";
		break;
	case OPT_HINT_HOST:
		words_hosts(&complete->sink);
		break;
	case OPT_HINT_PORT:
		offer_ports(complete, datagram);
		break;
	case OPT_HINT_IFACE:
		words_interfaces(&complete->sink);
		break;
	}
}

/* Short ones only while nothing but "-" was typed. */
static void offer_options(struct complete *complete, const struct cmd *cmd)
{
	struct opt_row *rows = opt_rows_new(&cmd->spec);
	bool letters = strcmp(complete->typed, "-") == 0;

	for (const struct opt_row *row = rows; row->opt; row++) {
		char *name = x_asprintf("--%s", row->name);

		if (letters && row->ch)
			offer(complete, (char[]){ '-', (char)row->ch, '\0' }, row->opt->help);
		offer(complete, name, row->opt->help);
		free(name);
	}
	offer(complete, "--help", "Explain the command");
	opt_rows_free(rows);
}

/* HOST or HOST:PORT; behind the colon the ports. */
static void offer_endpoint(struct complete *complete, bool datagram)
{
	const char *colon = strrchr(complete->typed, ':');

	if (strncmp(complete->typed, "unix:", 5) == 0) {
		complete->directive = ":file";
	} else if (colon) {
		complete->before = complete->typed;
		complete->before_len = (size_t)(colon + 1 - complete->typed);
		complete->typed = colon + 1;
		offer_ports(complete, datagram);
	} else {
		words_hosts(&complete->sink);
	}
}

/* Does the first operand name a port already? */
static bool is_whole(const char *word)
{
	const char *colon = strrchr(word, ':');

	return strncmp(word, "unix:", 5) == 0 || strncmp(word, "tcp:", 4) == 0 ||
	       strncmp(word, "udp:", 4) == 0 ||
	       (colon && (*word == '[' || strchr(word, ':') == colon));
}

/* The operand number `count` (from 0), whose meaning the words of spec.args tell. */
static void offer_operand(
	struct complete *complete, const struct cmd *cmd, int count, const char *first)
{
	const char *args = cmd->spec.args, *word = args;
	bool datagram = strncmp(cmd->spec.name, "udp", 3) == 0;
	size_t len = 0;

	if (first && is_whole(first) && strncmp(args, "ENDPOINT", 8) != 0)
		count++; /* it stands for ADDRESS and PORT */
	for (int i = 0; i <= count; i++) {
		const char *last = word;
		size_t last_len = len;

		len = opt_next_word(&args, ' ', &word);
		if (len > 0)
			continue;
		if (last_len < 3 || strncmp(last + last_len - 3, "...", 3) != 0)
			return;
		word = last;
		len = last_len;
	}
	if (strncmp(word, "[ADDRESS]", len) == 0) {
		offer(complete, "*", "all interfaces");
		offer_ports(complete, datagram);
		offer_endpoint(complete, datagram);
	} else if (strncmp(word, "ADDRESS", len) == 0 || strncmp(word, "ENDPOINT", 8) == 0) {
		offer_endpoint(complete, datagram);
	} else if (strncmp(word, "PORT", len) == 0) {
		offer_ports(complete, datagram);
	}
}

static void offer_topics(struct complete *complete, char *const *words, int count)
{
	const struct cmd *cmd = count == 1 ? cmd_find(words[0]) : NULL;

	if (count == 0)
		offer_commands(complete);
	if (!cmd)
		return;
	for (const struct opt_group *group = cmd->spec.groups; group && group->rows; group++)
		offer(complete, group->word, group->title);
	offer(complete, "all", "Every option");
}

/* The option whose value the next word is, or NULL. */
static const struct opt *awaits_value(const struct cmd *cmd, const char *word)
{
	const struct opt *opt;

	if (word[0] != '-' || !word[1])
		return NULL;
	if (word[1] == '-') {
		opt = strchr(word, '=') ? NULL : opt_find(&cmd->spec, word);
		return opt && opt_takes_value(opt) ? opt : NULL;
	}
	for (word++; *word; word++) {
		opt = opt_find(&cmd->spec, (char[]){ '-', *word, '\0' });
		if (!opt || opt_takes_value(opt))
			return opt && !word[1] ? opt : NULL;
	}
	return NULL;
}

/* What the words before the cursor have settled. */
struct context {
	const struct opt *value_of; /* the word at the cursor is this option's value */
	bool separated;		    /* "--" was passed */
	int operands;
	const char *first; /* operand */
};

static struct context read_words(const struct cmd *cmd, char *const *words, int count)
{
	struct context context = { 0 };

	for (int i = 0; i < count; i++) {
		const char *word = words[i];

		if (context.value_of) {
			context.value_of = NULL;
			continue;
		}
		if (!context.separated && strcmp(word, "--") == 0) {
			context.separated = true;
		} else if (context.separated || word[0] != '-' || !word[1]) {
			if (context.operands++ == 0)
				context.first = word;
		} else {
			context.value_of = awaits_value(cmd, word);
		}
	}
	return context;
}

/* "--eof=ha": values with the option in front. */
static void offer_joined(struct complete *complete, const struct cmd *cmd)
{
	const char *equals = strchr(complete->typed, '=');
	char *name = x_strndup(complete->typed, (size_t)(equals - complete->typed));
	const struct opt *opt = opt_find(&cmd->spec, name);

	free(name);
	if (!opt || !opt_takes_value(opt))
		return;
	complete->before = complete->typed;
	complete->before_len = (size_t)(equals + 1 - complete->typed);
	complete->typed = equals + 1;
	offer_values(complete, cmd, opt);
}

/* words[0..count-2] stand before the cursor, behind the command; the last one is at it. */
static void complete_arguments(
	struct complete *complete, const struct cmd *cmd, char *const *words, int count)
{
	struct context context = read_words(cmd, words, count - 1);

	if (context.value_of)
		offer_values(complete, cmd, context.value_of);
	else if (context.separated && cmd->spec.program)
		complete->directive = ":file";
	else if (!context.separated && strncmp(complete->typed, "--", 2) == 0 &&
		 strchr(complete->typed, '='))
		offer_joined(complete, cmd);
	else if (!context.separated && complete->typed[0] == '-')
		offer_options(complete, cmd);
	else if (strcmp(cmd->spec.name, "help") == 0)
		offer_topics(complete, words, count - 1);
	else
		offer_operand(complete, cmd, context.operands, context.first);
}

static int run_complete(void *cfg, const struct opt_rest *rest, struct err *err)
{
	struct complete complete = { .sink = { take_word }, .before = "", .directive = ":none" };
	const struct cmd *cmd = rest->count > 1 ? cmd_find(rest->operands[0]) : NULL;

	(void)cfg;
	(void)err;
	complete.typed = rest->count ? rest->operands[rest->count - 1] : "";
	if (cmd) {
		complete_arguments(&complete, cmd, rest->operands + 1, rest->count - 1);
	} else if (rest->count < 2) {
		offer_commands(&complete);
		offer(&complete, "--help", "List the commands");
		offer(&complete, "--version", "Version and features");
	}
	puts(complete.directive);
	fflush(stdout);
	for (size_t i = 0; i < complete.count; i++)
		free(complete.offered[i]);
	free(complete.offered);
	return 0;
}

/* The rows of one command, each line with its name in front. */
static void dump_named(const struct cmd *cmd)
{
	char *text = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return;
	opt_dump(&cmd->spec, memory);
	fclose(memory);
	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		printf("%s\t%.*s\n", cmd->spec.name, (int)len, line);
		line += len + (line[len] == '\n');
	}
	free(text);
}

static int run_options(void *cfg, const struct opt_rest *rest, struct err *err)
{
	(void)cfg;
	if (rest->count) {
		const struct cmd *cmd = cmd_find(rest->operands[0]);

		if (!cmd)
			return err_set(err, ERR_USAGE, "no such command");
		opt_dump(&cmd->spec, stdout);
		return help_flush(err);
	}
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		if (!(*cmd)->hidden)
			dump_named(*cmd);
	return help_flush(err);
}

static int run_exits(void *cfg, const struct opt_rest *rest, struct err *err)
{
	(void)cfg;
	(void)rest;
	for (int i = 0; i < ERR_KINDS; i++)
		printf("%d\t%s\n", i, err_table[i]);
	return help_flush(err);
}

const struct cmd cmd_complete = {
	.spec = { .name = "__complete",
		.args = "[WORD]...",
		.about = "Answer the shell's question what may stand at the cursor",
		.max = -1 },
	.hidden = true,
	.run = run_complete,
};

const struct cmd cmd_options = {
	.spec = { .name = "__options",
		.args = "[COMMAND]",
		.about = "Print the options, one a line, separated by tabs",
		.max = 1 },
	.hidden = true,
	.run = run_options,
};

const struct cmd cmd_exits = {
	.spec = { .name = "__exits", .args = "", .about = "Print the exit statuses" },
	.hidden = true,
	.run = run_exits,
};
