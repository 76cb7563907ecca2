/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the rows say to people, and (opt_dump) to the scripts that compare them with the manual.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/opt.h"
#include "base/opt_rows.h"

enum {
	HELP_COLUMN = 30, /* where the text of a row begins */
	HELP_WIDTH = 79,
};

/* text from `column` on, broken at blanks, further lines indented by `indent`; ends the line. */
static void print_wrapped(FILE *out, const char *text, size_t column, size_t indent)
{
	const char *word;
	size_t len;
	bool first = true;

	while ((len = opt_next_word(&text, ' ', &word)) > 0) {
		if (!first && column + 1 + len > HELP_WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", (int)len, word);
		column += len + !first;
		first = false;
	}
	fputc('\n', out);
}

/* left, then text in its column: on the same line where there is room. */
static void print_entry(FILE *out, const char *left, const char *text)
{
	size_t len = strlen(left);

	if (len + 2 > HELP_COLUMN)
		fprintf(out, "%s\n%*s", left, HELP_COLUMN, "");
	else
		fprintf(out, "%-*s", HELP_COLUMN, left);
	print_wrapped(out, text, HELP_COLUMN, HELP_COLUMN);
}

static void print_row(FILE *out, const struct opt_row *row)
{
	struct buf left = { 0 }, text = { 0 };

	if (row->ch)
		buf_printf(&left, "  -%c, ", row->ch);
	else
		buf_add_text(&left, "      ");
	opt_row_text(row, &left);
	buf_add_text(&text, row->opt->help);
	if (row->opt->dflt)
		buf_printf(&text, " (default %s)", row->opt->dflt);
	print_entry(out, buf_text(&left), buf_text(&text));
	buf_clear(&left);
	buf_clear(&text);
}

static void print_usage(FILE *out, const struct opt_spec *spec)
{
	fprintf(out, "Usage: netpy %s%s%s%s%s\n", spec->name,
		spec->groups && spec->groups->rows ? " [OPTION]..." : "",
		spec->args && *spec->args ? " " : "", spec->args ? spec->args : "",
		spec->program ? " [-- PROGRAM ARG...]" : "");
	print_wrapped(out, spec->about, 0, 0);
}

/* Is there an earlier group with the same word? They are shown as one. */
static bool group_repeats(const struct opt_spec *spec, const struct opt_group *group)
{
	for (const struct opt_group *other = spec->groups; other < group; other++)
		if (strcmp(other->word, group->word) == 0)
			return true;
	return false;
}

static bool has_more(const struct opt_row *rows)
{
	while (rows->opt && rows->opt->everyday)
		rows++;
	return rows->opt != NULL;
}

/* "More: netpy help listen socket|files|all" */
static void print_more(FILE *out, const struct opt_spec *spec)
{
	struct buf text = { 0 };

	buf_printf(&text, "More: netpy help %s GROUP, where GROUP is", spec->name);
	for (const struct opt_group *group = spec->groups; group->rows; group++)
		if (!group_repeats(spec, group))
			buf_printf(&text, " %s,", group->word);
	buf_add_text(&text, " or all");
	print_wrapped(out, buf_text(&text), 0, 6);
	buf_clear(&text);
}

/* Two columns, read downwards. */
static void print_statuses(FILE *out)
{
	const int half = (ERR_KINDS + 1) / 2;

	fputs("\nExit status:\n", out);
	for (int i = 0; i < half; i++) {
		fprintf(out, "  %d %-36s", i, err_table[i]);
		if (i + half < ERR_KINDS)
			fprintf(out, "%d %s", i + half, err_table[i + half]);
		fputc('\n', out);
	}
}

static void print_examples(FILE *out, const struct opt_spec *spec)
{
	if (!spec->examples)
		return;
	fputs("\nExamples:\n", out);
	for (const char *const *line = spec->examples; *line; line++)
		fprintf(out, "  %s\n", *line);
}

void opt_help(const struct opt_spec *spec, FILE *out)
{
	struct opt_row *rows = opt_rows_new(spec);

	print_usage(out, spec);
	fputc('\n', out);
	for (const struct opt_row *row = rows; row->opt; row++)
		if (row->opt->everyday)
			print_row(out, row);
	print_entry(out, "  -h, --help", "show this");
	if (has_more(rows))
		print_more(out, spec);
	print_statuses(out);
	print_examples(out, spec);
	opt_rows_free(rows);
}

static void print_group(FILE *out, const struct opt_row *rows, const char *word, const char *title)
{
	fprintf(out, "%s:\n", title);
	for (const struct opt_row *row = rows; row->opt; row++)
		if (strcmp(row->group->word, word) == 0)
			print_row(out, row);
}

int opt_help_group(const struct opt_spec *spec, const char *word, FILE *out)
{
	struct opt_row *rows = opt_rows_new(spec);
	bool all = strcmp(word, "all") == 0;
	int shown = 0;

	if (all)
		print_usage(out, spec);
	for (const struct opt_group *group = spec->groups; group && group->rows; group++) {
		if (group_repeats(spec, group) || (!all && strcmp(group->word, word) != 0))
			continue;
		if (shown++ == 0 && !all)
			print_usage(out, spec);
		fputc('\n', out);
		print_group(out, rows, group->word, group->title);
	}
	opt_rows_free(rows);
	return shown || all ? 0 : -1;
}

static const char *type_name(enum opt_type type)
{
	static const char *const names[] = {
		[OPT_FLAG] = "flag",
		[OPT_COUNT] = "count",
		[OPT_STR] = "text",
		[OPT_INT] = "number",
		[OPT_SIZE] = "size",
		[OPT_TIME] = "time",
		[OPT_ENUM] = "choice",
		[OPT_LIST] = "list",
	};

	return names[type];
}

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

void opt_dump(const struct opt_spec *spec, FILE *out)
{
	struct opt_row *rows = opt_rows_new(spec);

	for (const struct opt_row *row = rows; row->opt; row++) {
		const struct opt *opt = row->opt;

		fprintf(out, "%c\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row->ch ? row->ch : '-', row->name,
			or_dash(opt->arg), type_name(opt->type), or_dash(opt->choices),
			or_dash(opt->dflt), row->group->word, row->group->title);
	}
	opt_rows_free(rows);
}
