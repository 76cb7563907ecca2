/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parsing. getopt_long does the reading; what it would be lenient about is settled before each of
 * its steps: long names are compared whole (it takes abbreviations), and the first "--" that is
 * not the value of an option ends the options. Its letter string begins with '-', so operands
 * come in order and POSIXLY_CORRECT changes nothing.
 */
#include "base/opt.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/distance.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/opt_rows.h"

enum { CODE_OPERAND = 1, CODE_ROWS = 256 };

enum seen { SEEN_NOT, SEEN_LETTER, SEEN_NAME };

struct parse {
	const struct opt_spec *spec;
	struct opt_row *rows;
	size_t count;
	unsigned char *seen;  /* enum seen, one a row */
	struct option *longs; /* row i has the value CODE_ROWS + i; the one behind them is help */
	struct buf letters;
	char *cfg;
	struct opt_rest *rest;
	struct err *err;
};

static void add_letter(struct parse *parse, int ch, bool value)
{
	buf_add_char(&parse->letters, (char)ch);
	if (value)
		buf_add_char(&parse->letters, ':');
}

static void parse_init(struct parse *parse)
{
	size_t i;

	parse->rows = opt_rows_new(parse->spec);
	while (parse->rows[parse->count].opt)
		parse->count++;
	parse->seen = x_calloc(parse->count + 1, 1);
	parse->longs = x_calloc(parse->count + 2, sizeof(*parse->longs));
	buf_add_text(&parse->letters, "-:h");
	for (i = 0; i < parse->count; i++) {
		const struct opt_row *row = &parse->rows[i];
		bool value = opt_takes_value(row->opt);

		parse->longs[i].name = row->name;
		parse->longs[i].has_arg = value ? required_argument : no_argument;
		parse->longs[i].val = CODE_ROWS + (int)i;
		if (row->ch)
			add_letter(parse, row->ch, value);
	}
	parse->longs[i].name = "help";
	parse->longs[i].val = 'h';
}

static void parse_clear(struct parse *parse)
{
	opt_rows_free(parse->rows);
	free(parse->seen);
	free(parse->longs);
	buf_clear(&parse->letters);
}

static void *group_cfg(const struct parse *parse, const struct opt_row *row)
{
	return parse->cfg + row->group->off;
}

static int apply_defaults(struct parse *parse)
{
	const struct opt_row *row;

	for (row = parse->rows; row->opt; row++)
		opt_store_unset(row->opt, group_cfg(parse, row));
	for (row = parse->rows; row->opt; row++)
		if (row->opt->dflt && opt_store(row->opt, group_cfg(parse, row), row->name,
					      row->opt->dflt, parse->err) < 0)
			return -1;
	return 0;
}

/* The option as it was typed, for messages: "-w" or "--connect-timeout". */
static char *typed_name(const struct parse *parse, size_t i)
{
	const struct opt_row *row = &parse->rows[i];

	if (parse->seen[i] == SEEN_LETTER)
		return x_asprintf("-%c", row->ch);
	return x_asprintf("--%s", row->name);
}

static void hint_row(struct err *err, const struct opt_row *row)
{
	struct buf text = { 0 };

	opt_row_text(row, &text);
	err_set_hint(err, "%s (%s)", buf_text(&text), row->opt->help);
	buf_clear(&text);
}

/* The one row that an abbreviation stands for, or the one that a slip of the fingers missed. */
static const struct opt_row *nearest_row(const struct opt_row *rows, const char *name)
{
	const struct opt_row *prefixed = NULL, *near = NULL;
	unsigned best = 0;
	size_t len = strlen(name), starting = 0;

	for (const struct opt_row *row = rows; row->opt; row++) {
		unsigned distance = distance_words(name, row->name);

		if (len > 1 && strncmp(row->name, name, len) == 0) {
			prefixed = row;
			starting++;
		}
		if (distance_is_slip(name, row->name) && (!near || distance < best)) {
			near = row;
			best = distance;
		}
	}
	return starting == 1 ? prefixed : near;
}

static void hint_unknown(struct parse *parse, const char *word)
{
	const struct opt_row *row = parse->rows;

	while (row->opt && !(row->opt->also && opt_list_has(row->opt->also, ' ', word)))
		row++;
	if (!row->opt && word[1] == '-')
		row = nearest_row(parse->rows, word + 2);
	if (row && row->opt)
		hint_row(parse->err, row);
}

/* word is "-x" or "--name"; whole is the element of argv that it stands in. */
static int unknown_option(struct parse *parse, const char *word, size_t len, const char *whole)
{
	char *shown = escape_text(word, len, 0);

	parse->rest->unknown = x_strndup(word, len);
	if (word[1] != '-' && strlen(whole) > len) {
		char *cluster = escape_text(whole, strlen(whole), 0);

		err_set(parse->err, ERR_USAGE, "unknown option '%s' in '%s'", shown, cluster);
		free(cluster);
	} else {
		err_set(parse->err, ERR_USAGE, "unknown option '%s'", shown);
	}
	free(shown);
	hint_unknown(parse, parse->rest->unknown);
	return -1;
}

/* word begins with "--": is it exactly one of the names, with a value only where one is taken? */
static int check_long(struct parse *parse, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct option *found = parse->longs;

	while (found->name &&
		(strlen(found->name) != len - 2 || memcmp(found->name, word + 2, len - 2) != 0))
		found++;
	if (!found->name)
		return unknown_option(parse, word, len, word);
	if (word[len] && found->has_arg == no_argument)
		return err_set(parse->err, ERR_USAGE, "--%s takes no value", found->name);
	return 0;
}

/* The two ends of a relay (prefixes) are told apart: what excludes within one does not across. */
static bool excludes(const struct opt_row *a, const struct opt_row *b)
{
	const char *prefix_a = a->group->prefix ? a->group->prefix : "";
	const char *prefix_b = b->group->prefix ? b->group->prefix : "";

	return a != b && (a->opt->excl & b->opt->excl) && strcmp(prefix_a, prefix_b) == 0;
}

static int check_exclusion(struct parse *parse, size_t i)
{
	char *first, *second;
	size_t j = 0;

	while (j < parse->count && !(parse->seen[j] && excludes(&parse->rows[i], &parse->rows[j])))
		j++;
	if (j == parse->count)
		return 0;
	first = typed_name(parse, j);
	second = typed_name(parse, i);
	err_set(parse->err, ERR_USAGE, "%s and %s exclude each other", first, second);
	free(first);
	free(second);
	return -1;
}

/* Find the row that getopt's code names and remember how it was typed. */
static size_t find_row(struct parse *parse, int code)
{
	size_t i = 0;

	if (code >= CODE_ROWS) {
		i = (size_t)(code - CODE_ROWS);
		parse->seen[i] = SEEN_NAME;
		return i;
	}
	while (parse->rows[i].ch != code)
		i++;
	parse->seen[i] = SEEN_LETTER;
	return i;
}

static int take_option(struct parse *parse, size_t i, const char *value)
{
	const struct opt_row *row = &parse->rows[i];
	char *typed;
	int result;

	if (check_exclusion(parse, i) < 0)
		return -1;
	typed = typed_name(parse, i);
	result = opt_store(row->opt, group_cfg(parse, row), typed, value, parse->err);
	free(typed);
	return result;
}

static int missing_value(struct parse *parse, size_t i)
{
	const struct opt *opt = parse->rows[i].opt;
	char *typed = typed_name(parse, i);

	err_set(parse->err, ERR_USAGE, "%s needs a value %s", typed,
		opt->type == OPT_ENUM ? opt->choices : opt->arg);
	free(typed);
	return -1;
}

static void add_operand(struct parse *parse, char *word)
{
	struct opt_rest *rest = parse->rest;

	rest->operands = x_realloc(rest->operands, (size_t)rest->count + 2, sizeof(char *));
	rest->operands[rest->count++] = word;
	rest->operands[rest->count] = NULL;
}

/* words is what follows the "--", NULL-ended. */
static int take_separated(struct parse *parse, char **words)
{
	if (parse->spec->program) {
		if (!*words)
			return err_set(parse->err, ERR_USAGE, "missing PROGRAM after '--'");
		parse->rest->program = words;
		return 0;
	}
	while (*words)
		add_operand(parse, *words++);
	return 0;
}

/* One step of getopt; `whole` is the element of argv that it looks at. */
static int take_code(struct parse *parse, int code, char *whole)
{
	switch (code) {
	case CODE_OPERAND:
		add_operand(parse, optarg);
		return 0;
	case 'h':
		return 1;
	case ':':
		return missing_value(parse, find_row(parse, optopt));
	case '?':
		return unknown_option(parse, (char[]){ '-', (char)optopt, '\0' }, 2, whole);
	default:
		return take_option(parse, find_row(parse, code), optarg);
	}
}

static int read_words(struct parse *parse, int argc, char **argv)
{
	int result = 0;

	optind = 0; /* begin anew, whatever was parsed before */
	opterr = 0;
	while (result == 0) {
		int at = optind ? optind : 1;
		int code;

		if (at >= argc)
			return 0;
		if (strcmp(argv[at], "--") == 0)
			return take_separated(parse, &argv[at + 1]);
		if (strncmp(argv[at], "--", 2) == 0 && check_long(parse, argv[at]) < 0)
			return -1;
		code = getopt_long(argc, argv, buf_text(&parse->letters), parse->longs, NULL);
		result = take_code(parse, code, argv[at]);
	}
	return result;
}

int opt_missing(const struct opt_spec *spec, int count, struct err *err)
{
	struct buf missing = { 0 };
	const char *list = spec->args, *word;
	size_t len;

	for (int i = 0; (len = opt_next_word(&list, ' ', &word)) > 0;) {
		if (*word == '[' || i++ < count)
			continue;
		buf_add_char(&missing, ' ');
		buf_add(&missing, word, len);
	}
	err_set(err, ERR_USAGE, "missing%s", buf_text(&missing));
	err_set_hint(err, "netpy %s [OPTION]... %s", spec->name, spec->args);
	buf_clear(&missing);
	return -1;
}

static int check_operands(struct parse *parse)
{
	const struct opt_spec *spec = parse->spec;
	const struct opt_rest *rest = parse->rest;
	char *shown;

	if (rest->count < spec->min)
		return opt_missing(spec, rest->count, parse->err);
	if (spec->max < 0 || rest->count <= spec->max)
		return 0;
	shown = escape_text(rest->operands[spec->max], strlen(rest->operands[spec->max]), 0);
	err_set(parse->err, ERR_USAGE, "too many operands: '%s'", shown);
	free(shown);
	return -1;
}

int opt_parse(const struct opt_spec *spec, int argc, char **argv, void *cfg, struct opt_rest *rest,
	struct err *err)
{
	struct parse parse = { .spec = spec, .cfg = cfg, .rest = rest, .err = err };
	int result;

	memset(rest, 0, sizeof(*rest));
	rest->operands = x_calloc(1, sizeof(char *));
	if (spec->size)
		memset(cfg, 0, spec->size);
	parse_init(&parse);
	result = apply_defaults(&parse);
	if (result == 0)
		result = read_words(&parse, argc, argv);
	if (result == 0)
		result = check_operands(&parse);
	parse_clear(&parse);
	return result;
}

void opt_free(const struct opt_spec *spec, void *cfg, struct opt_rest *rest)
{
	for (const struct opt_group *group = spec->groups; group && group->rows; group++) {
		for (const struct opt *opt = group->rows; opt->name; opt++) {
			struct opt_list *list;

			if (opt->type != OPT_LIST)
				continue;
			list = (void *)((char *)cfg + group->off + opt->off);
			free(list->items);
			*list = (struct opt_list){ 0 };
		}
	}
	free(rest->operands);
	free(rest->unknown);
	*rest = (struct opt_rest){ 0 };
}

/* Is the row what word names: "--name" or "-c"? */
static bool row_is(const struct opt_row *row, const char *word)
{
	if (strncmp(word, "--", 2) == 0)
		return strcmp(word + 2, row->name) == 0;
	return row->ch && word[0] == '-' && word[1] == row->ch && !word[2];
}

const struct opt *opt_find(const struct opt_spec *spec, const char *word)
{
	struct opt_row *rows = opt_rows_new(spec), *row = rows;
	const struct opt *found;

	while (row->opt && !row_is(row, word))
		row++;
	found = row->opt;
	opt_rows_free(rows);
	return found;
}

const struct opt *opt_find_also(const struct opt_spec *spec, const char *word)
{
	for (const struct opt_group *group = spec->groups; group && group->rows; group++)
		for (const struct opt *opt = group->rows; opt->name; opt++)
			if (opt->also && opt_list_has(opt->also, ' ', word))
				return opt;
	return NULL;
}
