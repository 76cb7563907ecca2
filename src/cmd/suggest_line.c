/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * "netpy -lvnp 4444" and "netpy db 5432": a line as netcat and its relatives take it, in our words.
 *
 * The line is walked twice: first to learn which command it is, then to write it down with the
 * options which that command has. What cannot be said here ends the attempt: a hint that drops
 * half of what was meant helps nobody.
 */
#include "cmd/suggest.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/opt_rows.h"
#include "net/endpoint.h"

/* Letters that take a value in at least one netcat, and mean an option of ours in none without. */
static const char letters_with_value[] = "ceGgIiMmOPpqsTWwXx";
/* They ask for what netpy does anyway: no shutdown at all, no names in `wait`, ... */
static const char letters_to_drop[] = "nNqrtd";

enum kind { ITEM_END, ITEM_OPERAND, ITEM_LETTER, ITEM_LONG, ITEM_PROGRAM };

struct item {
	enum kind kind;
	char letter[3];	   /* "-x" */
	const char *word;  /* the operand, or "--name" or "--name=value" as it stands there */
	const char *value; /* of a letter */
};

struct walk {
	char *const *words;
	int count, at;
	const char *cluster; /* letters still to read, or NULL */
};

struct line {
	char *const *words;
	int count;
	bool listen, udp, zero;
	const char *port; /* -p VALUE */
	const char **operands;
	int operand_count;
	const struct cmd *cmd;
};

static struct item next_letter(struct walk *walk)
{
	struct item item = { .kind = ITEM_LETTER, .letter = { '-', *walk->cluster++, '\0' } };

	if (strchr(letters_with_value, item.letter[1])) {
		if (*walk->cluster)
			item.value = walk->cluster;
		else if (walk->at < walk->count)
			item.value = walk->words[walk->at++];
		walk->cluster = NULL;
	} else if (!*walk->cluster) {
		walk->cluster = NULL;
	}
	return item;
}

static struct item next_item(struct walk *walk)
{
	const char *word;

	if (walk->cluster)
		return next_letter(walk);
	if (walk->at == walk->count)
		return (struct item){ .kind = ITEM_END };
	word = walk->words[walk->at++];
	if (strcmp(word, "--") == 0)
		return (struct item){ .kind = ITEM_PROGRAM };
	if (strncmp(word, "--", 2) == 0)
		return (struct item){ .kind = ITEM_LONG, .word = word };
	if (word[0] != '-' || !word[1])
		return (struct item){ .kind = ITEM_OPERAND, .word = word };
	walk->cluster = word + 1;
	return next_letter(walk);
}

/* The name of a long option without its "=value"; allocated. */
static char *long_name(const char *word)
{
	return x_strndup(word, strcspn(word, "="));
}

/* The value that follows in a word of its own, if this option of some command of ours takes one. */
static const char *long_value(struct walk *walk, const char *word)
{
	if (strchr(word, '=') || walk->at == walk->count)
		return NULL;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		const struct opt *opt = opt_find(&(*cmd)->spec, word);

		if (!opt)
			opt = opt_find_also(&(*cmd)->spec, word);
		if (opt)
			return opt_takes_value(opt) ? walk->words[walk->at++] : NULL;
	}
	return NULL;
}

static void note_mode(struct line *line, const struct item *item)
{
	const char *word = item->kind == ITEM_LETTER ? item->letter : item->word;

	if (opt_list_has("-l --listen", ' ', word))
		line->listen = true;
	else if (opt_list_has("-u --udp", ' ', word))
		line->udp = true;
	else if (opt_list_has("-z --zero", ' ', word))
		line->zero = true;
	else if (strcmp(word, "-p") == 0)
		line->port = item->value;
}

static bool is_mode(const char *word)
{
	return opt_list_has("-l --listen -u --udp -z --zero", ' ', word);
}

/* First walk. */
static void read_line(struct line *line)
{
	struct walk walk = { .words = line->words, .count = line->count };

	for (;;) {
		struct item item = next_item(&walk);

		if (item.kind == ITEM_END || item.kind == ITEM_PROGRAM)
			return;
		if (item.kind == ITEM_OPERAND) {
			line->operands[line->operand_count++] = item.word;
			continue;
		}
		if (item.kind == ITEM_LONG)
			long_value(&walk, item.word);
		note_mode(line, &item);
	}
}

static bool is_port(const char *word)
{
	struct err err = { 0 };
	int port = endpoint_parse_port(word, false, true, &err);

	err_clear(&err);
	return port >= 0;
}

/* HOST:PORT, [::1]:PORT, unix:PATH or tcp:HOST:PORT in one word. */
static bool is_complete(const char *word)
{
	struct endpoint endpoint;
	struct err err = { 0 };
	char *words[] = { x_strdup(word), NULL };
	int taken = endpoint_parse(words, 1, ENDPOINT_WHOLE, &endpoint, &err);

	if (taken > 0)
		endpoint_clear(&endpoint);
	err_clear(&err);
	free(words[0]);
	return taken > 0;
}

/* Which command is it? NULL when the operands make no sense in any. */
static const struct cmd *choose_command(struct line *line)
{
	const char **operands = line->operands;
	int count = line->operand_count;
	bool complete = count > 0 && is_complete(operands[0]);
	bool pair = count >= 2 && !complete && is_port(operands[1]);

	if (line->zero)
		return complete || pair ? cmd_find("wait") : NULL;
	if (!line->listen && count == 1 && !complete && is_port(operands[0]))
		line->listen = true;
	if (line->listen) {
		bool fine = count == 0	 ? line->port != NULL
			    : count == 1 ? line->port || complete || is_port(operands[0])
					 : count == 2 && pair;

		return fine ? cmd_find(line->udp ? "udp-listen" : "listen") : NULL;
	}
	if (!complete && !pair)
		return NULL;
	if (line->udp)
		return cmd_find("udp-send");
	return cmd_find(count == (complete ? 1 : 2) ? "connect" : "send");
}

/* A letter in the words of the command; false when it has none for it. */
static bool write_letter(const struct line *line, const struct item *item, struct buf *out)
{
	const struct opt *opt = opt_find(&line->cmd->spec, item->letter);
	const struct opt *also;

	if (opt && opt_takes_value(opt) == (item->value != NULL)) {
		suggest_add_word(out, item->letter);
		if (item->value)
			suggest_add_word(out, item->value);
		return true;
	}
	also = opt_find_also(&line->cmd->spec, item->letter);
	if (also && opt_takes_value(also) == (item->value != NULL)) {
		buf_printf(out, " --%s", also->name);
		if (item->value)
			suggest_add_word(out, item->value);
		return true;
	}
	return strchr(letters_to_drop, item->letter[1]) != NULL;
}

static bool write_long(
	const struct line *line, struct walk *walk, const struct item *item, struct buf *out)
{
	char *name = long_name(item->word);
	const struct opt *opt = opt_find(&line->cmd->spec, name);
	const char *value;

	if (!opt)
		opt = opt_find_also(&line->cmd->spec, name);
	free(name);
	if (!opt)
		return false;
	value = strchr(item->word, '=');
	value = value ? value + 1 : long_value(walk, item->word);
	buf_printf(out, " --%s", opt->name);
	if (value)
		suggest_add_word(out, value);
	return opt_takes_value(opt) == (value != NULL);
}

/* Second walk: the options, and the program behind "--". */
static bool write_options(const struct line *line, struct buf *out, int *program)
{
	struct walk walk = { .words = line->words, .count = line->count };
	bool listening = line->listen;

	for (;;) {
		struct item item = next_item(&walk);

		if (item.kind == ITEM_END)
			return true;
		if (item.kind == ITEM_PROGRAM) {
			*program = walk.at;
			return line->cmd->spec.program;
		}
		if (item.kind == ITEM_OPERAND ||
			is_mode(item.kind == ITEM_LETTER ? item.letter : item.word))
			continue;
		if (listening && strcmp(item.letter, "-p") == 0)
			continue;
		if (item.kind == ITEM_LETTER ? !write_letter(line, &item, out)
					     : !write_long(line, &walk, &item, out))
			return false;
	}
}

/* "host 22 80" is host:22 and host:80 for wait. */
static bool write_targets(const struct line *line, struct buf *out)
{
	const char *host = line->operands[0];
	char *target;

	if (is_complete(host)) {
		for (int i = 0; i < line->operand_count; i++)
			suggest_add_word(out, line->operands[i]);
		return true;
	}
	for (int i = 1; i < line->operand_count; i++) {
		if (!is_port(line->operands[i]))
			return false;
		target = x_asprintf(
			strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, line->operands[i]);
		suggest_add_word(out, target);
		free(target);
	}
	return true;
}

static bool write_operands(const struct line *line, struct buf *out)
{
	if (line->zero)
		return write_targets(line, out);
	for (int i = 0; i < line->operand_count; i++)
		suggest_add_word(out, line->operands[i]);
	if (line->listen && line->port)
		suggest_add_word(out, line->port);
	return true;
}

static bool write_line(const struct line *line, struct buf *out)
{
	int program = line->count;

	buf_printf(out, "netpy %s", line->cmd->spec.name);
	if (!write_options(line, out, &program) || !write_operands(line, out))
		return false;
	if (program < line->count)
		buf_add_text(out, " --");
	for (int i = program; i < line->count; i++)
		suggest_add_word(out, line->words[i]);
	return true;
}

bool suggest_line(int count, char *const *words, struct buf *out)
{
	struct line line = { .words = words, .count = count };
	bool found = false;

	line.operands = x_calloc((size_t)count, sizeof(*line.operands));
	read_line(&line);
	line.cmd = choose_command(&line);
	if (line.cmd)
		found = write_line(&line, out);
	if (!found)
		buf_clear(out);
	free(line.operands);
	return found;
}
