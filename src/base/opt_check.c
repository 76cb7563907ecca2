/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The self-test of option tables. It is run by a unit test over every command, never by the
 * program for its user.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/opt_rows.h"

enum { SCREEN_WIDTH = 80, SCREEN_LINES = 50 };

struct check {
	const struct opt_spec *spec;
	FILE *out;
	int faults;
};

static void fault(struct check *check, const char *option, const char *what)
{
	fprintf(check->out, "%s: %s%s: %s\n", check->spec->name, *option ? "--" : "", option, what);
	check->faults++;
}

static size_t member_size(enum opt_type type)
{
	static const size_t sizes[] = {
		[OPT_FLAG] = sizeof(bool),
		[OPT_COUNT] = sizeof(int),
		[OPT_STR] = sizeof(const char *),
		[OPT_INT] = sizeof(long),
		[OPT_SIZE] = sizeof(int64_t),
		[OPT_TIME] = sizeof(double),
		[OPT_ENUM] = sizeof(int),
		[OPT_LIST] = sizeof(struct opt_list),
	};

	return sizes[type];
}

static void check_name(struct check *check, const struct opt_row *rows, const struct opt_row *row)
{
	const char *name = row->name;

	if (strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name) ||
		strlen(name) < 2)
		fault(check, name, "a name is small letters, digits and '-'");
	if (row->ch && (!isalnum(row->ch) || row->ch == 'h'))
		fault(check, name, "the letter must be a letter or digit, but not h");
	if (strcmp(name, "help") == 0)
		fault(check, name, "this name is taken");
	for (const struct opt_row *other = rows; other < row; other++) {
		if (strcmp(other->name, name) == 0)
			fault(check, name, "two options have this name");
		if (row->ch && other->ch == row->ch)
			fault(check, name, "two options have its letter");
	}
}

static void check_also(struct check *check, const struct opt_row *rows, const struct opt_row *row)
{
	const char *list = row->opt->also, *word;
	size_t len;

	while (list && (len = opt_next_word(&list, ' ', &word)) > 0) {
		if (word[0] != '-' || (word[1] != '-' && len != 2))
			fault(check, row->name, "also: words are \"-x\" or \"--name\"");
		for (const struct opt_row *other = rows; other->opt; other++)
			if (len > 2 && strlen(other->name) == len - 2 &&
				memcmp(other->name, word + 2, len - 2) == 0)
				fault(check, row->name, "also: this is a name of our own");
	}
}

static void check_help(struct check *check, const struct opt_row *row)
{
	const char *help = row->opt->help;
	size_t len = help ? strlen(help) : 0;

	if (len == 0 || len > 70 || strchr(help, '\n'))
		fault(check, row->name, "help is one line of 1 to 70 columns");
	else if (help[len - 1] == '.')
		fault(check, row->name, "help has no full stop");
	/* Two capitals are a proper name: IPv4, DATA. */
	else if (isupper((unsigned char)help[0]) && !isupper((unsigned char)help[1]))
		fault(check, row->name, "help begins with a small letter");
}

static void check_default(struct check *check, const struct opt_row *row)
{
	const struct opt *opt = row->opt;
	struct err err = { 0 };
	char *cfg;

	if (row->group->off + opt->off + member_size(opt->type) > check->spec->size) {
		fault(check, row->name, "its member is outside of the config struct");
		return;
	}
	if (!opt->dflt)
		return;
	if (!opt_takes_value(opt) || opt->type == OPT_LIST) {
		fault(check, row->name, "this type has no default");
		return;
	}
	cfg = x_calloc(1, check->spec->size);
	if (opt_store(opt, cfg + row->group->off, row->name, opt->dflt, &err) < 0)
		fault(check, row->name, err.msg);
	err_clear(&err);
	free(cfg);
}

static void check_row(struct check *check, const struct opt_row *rows, const struct opt_row *row)
{
	const struct opt *opt = row->opt;

	check_name(check, rows, row);
	check_also(check, rows, row);
	check_help(check, row);
	check_default(check, row);
	if (opt_takes_value(opt) != (opt->arg != NULL))
		fault(check, row->name, "arg stands exactly where a value is taken");
	if (opt->arg && strpbrk(opt->arg, "abcdefghijklmnopqrstuvwxyz "))
		if (!strchr(opt->arg, '|'))
			fault(check, row->name,
				"arg is one word in capitals, or literals with '|'");
	if ((opt->type == OPT_ENUM) != (opt->choices != NULL))
		fault(check, row->name, "choices stand exactly for an ENUM");
	if (opt->type == OPT_INT && opt->min >= opt->max)
		fault(check, row->name, "an INT has a range");
}

static void check_groups(struct check *check)
{
	for (const struct opt_group *group = check->spec->groups; group && group->rows; group++) {
		if (!group->word || !group->title || strcmp(group->word, "all") == 0) {
			fault(check, "", "a group has a word (not \"all\") and a title");
			return;
		}
		for (const struct opt_group *other = check->spec->groups; other < group; other++)
			if ((strcmp(other->word, group->word) == 0) !=
				(strcmp(other->title, group->title) == 0))
				fault(check, "", "groups of one word have one title");
	}
}

/* Does --help fit the screen? */
static void check_screen(struct check *check)
{
	char *text = NULL;
	size_t size = 0, column = 0, lines = 0;
	FILE *memory = open_memstream(&text, &size);

	if (!memory) {
		fault(check, "", "no memory for its help");
		return;
	}
	opt_help(check->spec, memory);
	fclose(memory);
	for (size_t i = 0; i < size; i++) {
		column = text[i] == '\n' ? 0 : column + 1;
		lines += text[i] == '\n';
		if (column == SCREEN_WIDTH + 1)
			fault(check, "", "its help is wider than 80 columns");
	}
	if (lines > SCREEN_LINES)
		fault(check, "", "its help is longer than 50 lines");
	free(text);
}

int opt_check(const struct opt_spec *spec, FILE *out)
{
	struct check check = { .spec = spec, .out = out };
	struct opt_row *rows = opt_rows_new(spec);

	if (!spec->name || !spec->about || !spec->args)
		fault(&check, "", "a command has a name, operands and a line about it");
	check_groups(&check);
	for (const struct opt_row *row = rows; row->opt; row++)
		check_row(&check, rows, row);
	if (check.faults == 0)
		check_screen(&check);
	opt_rows_free(rows);
	return check.faults;
}
