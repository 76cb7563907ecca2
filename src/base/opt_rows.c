/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/opt_rows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/num.h"

struct opt_row *opt_rows_new(const struct opt_spec *spec)
{
	size_t count = 0, at = 0;
	struct opt_row *rows;

	for (const struct opt_group *group = spec->groups; group && group->rows; group++)
		for (const struct opt *opt = group->rows; opt->name; opt++)
			count++;
	rows = x_calloc(count + 1, sizeof(*rows));
	for (const struct opt_group *group = spec->groups; group && group->rows; group++) {
		const char *prefix = group->prefix ? group->prefix : "";

		for (const struct opt *opt = group->rows; opt->name; opt++, at++) {
			rows[at].opt = opt;
			rows[at].group = group;
			rows[at].name = x_asprintf("%s%s", prefix, opt->name);
			rows[at].ch = group->prefix ? 0 : opt->ch;
		}
	}
	return rows;
}

void opt_rows_free(struct opt_row *rows)
{
	if (!rows)
		return;
	for (struct opt_row *row = rows; row->opt; row++)
		free(row->name);
	free(rows);
}

size_t opt_next_word(const char **list, char sep, const char **word)
{
	const char *p = *list;
	size_t len = 0;

	while (p && *p == sep)
		p++;
	*word = p;
	while (p && p[len] && p[len] != sep)
		len++;
	*list = p ? p + len : NULL;
	return len;
}

/* The index of value among "half|keep|close", or -1. */
static int list_index(const char *list, char sep, const char *value)
{
	const char *word;
	size_t len;

	for (int i = 0; (len = opt_next_word(&list, sep, &word)) > 0; i++)
		if (strlen(value) == len && memcmp(word, value, len) == 0)
			return i;
	return -1;
}

bool opt_list_has(const char *list, char sep, const char *word)
{
	return list_index(list, sep, word) >= 0;
}

void opt_row_text(const struct opt_row *row, struct buf *out)
{
	const struct opt *opt = row->opt;

	buf_printf(out, "--%s", row->name);
	if (opt_takes_value(opt))
		buf_printf(out, " %s", opt->type == OPT_ENUM ? opt->choices : opt->arg);
}

/* "--eof: 'helf' is none of half, keep, close" */
static int bad_value(const char *typed, const char *value, struct err *err, const char *wanted)
{
	char *shown = escape_text(value, strlen(value), 0);

	err_set(err, ERR_USAGE, "%s: '%s' is %s", typed, shown, wanted);
	free(shown);
	return -1;
}

static int bad_choice(const struct opt *opt, const char *typed, const char *value, struct err *err)
{
	struct buf wanted = { 0 };
	const char *list = opt->choices, *word, *before = "none of ";
	size_t len;

	while ((len = opt_next_word(&list, '|', &word)) > 0) {
		buf_add_text(&wanted, before);
		buf_add(&wanted, word, len);
		before = ", ";
	}
	bad_value(typed, value, err, buf_text(&wanted));
	buf_clear(&wanted);
	return -1;
}

static int bad_int(const struct opt *opt, const char *typed, const char *value, struct err *err)
{
	char *wanted;

	if (opt->max == LONG_MAX || opt->max == INT_MAX)
		wanted = x_asprintf("not a whole number of at least %ld", opt->min);
	else
		wanted = x_asprintf("not a whole number from %ld to %ld", opt->min, opt->max);
	bad_value(typed, value, err, wanted);
	free(wanted);
	return -1;
}

static int check_range(const struct opt *opt, const char *typed, const char *value, double number,
	const char *unit, struct err *err)
{
	char *wanted;

	if (opt->max <= 0 || (number >= (double)opt->min && number <= (double)opt->max))
		return 0;
	wanted = x_asprintf("not from %ld to %ld %s", opt->min, opt->max, unit);
	bad_value(typed, value, err, wanted);
	free(wanted);
	return -1;
}

static int store_size(const struct opt *opt, int64_t *member, const char *typed, const char *value,
	struct err *err)
{
	int64_t size;

	if (num_parse_size(value, &size) < 0)
		return bad_value(typed, value, err, "not " NUM_SIZE_FORM);
	if (check_range(opt, typed, value, (double)size, "bytes", err) < 0)
		return -1;
	*member = size;
	return 0;
}

static int store_time(const struct opt *opt, double *member, const char *typed, const char *value,
	struct err *err)
{
	double seconds;

	if (num_parse_time(value, &seconds) < 0)
		return bad_value(typed, value, err, "not " NUM_TIME_FORM);
	if (check_range(opt, typed, value, seconds, "seconds", err) < 0)
		return -1;
	*member = seconds;
	return 0;
}

static int store_enum(
	const struct opt *opt, int *member, const char *typed, const char *value, struct err *err)
{
	int index = list_index(opt->choices, '|', value);

	if (index < 0)
		return bad_choice(opt, typed, value, err);
	*member = index;
	return 0;
}

static int store_list(struct opt_list *list, const char *value)
{
	list->items = x_realloc(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = value;
	return 0;
}

int opt_store(const struct opt *opt, void *group_cfg, const char *typed, const char *value,
	struct err *err)
{
	void *member = (char *)group_cfg + opt->off;

	switch (opt->type) {
	case OPT_FLAG:
		*(bool *)member = true;
		return 0;
	case OPT_COUNT:
		++*(int *)member;
		return 0;
	case OPT_STR:
		*(const char **)member = value;
		return 0;
	case OPT_INT:
		return num_parse_int(value, opt->min, opt->max, member) == 0
			       ? 0
			       : bad_int(opt, typed, value, err);
	case OPT_SIZE:
		return store_size(opt, member, typed, value, err);
	case OPT_TIME:
		return store_time(opt, member, typed, value, err);
	case OPT_ENUM:
		return store_enum(opt, member, typed, value, err);
	case OPT_LIST:
		return store_list(member, value);
	}
	return 0;
}

void opt_store_unset(const struct opt *opt, void *group_cfg)
{
	void *member = (char *)group_cfg + opt->off;

	switch (opt->type) {
	case OPT_FLAG:
	case OPT_COUNT:
	case OPT_STR:
	case OPT_LIST:
		break; /* zero says it */
	case OPT_INT:
		*(long *)member = -1;
		break;
	case OPT_SIZE:
		*(int64_t *)member = -1;
		break;
	case OPT_TIME:
		*(double *)member = -1;
		break;
	case OPT_ENUM:
		*(int *)member = -1;
		break;
	}
}
