/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rows of a command as one list, for whoever walks them: the parser, the help, completion.
 */
#ifndef NETPY_BASE_OPT_ROWS_H
#define NETPY_BASE_OPT_ROWS_H

#include "base/buf.h"
#include "base/opt.h"

struct opt_row {
	const struct opt *opt; /* NULL ends the list */
	const struct opt_group *group;
	char *name; /* the long name with the group's prefix */
	int ch;	    /* the letter; 0 where the group has a prefix */
};

struct opt_row *opt_rows_new(const struct opt_spec *spec);
void opt_rows_free(struct opt_row *rows);

/* Does it take a value? */
static inline bool opt_takes_value(const struct opt *opt)
{
	return opt->type != OPT_FLAG && opt->type != OPT_COUNT;
}

/* The next word of a list such as "half|keep|close"; returns its length, 0 at the end. *list moves
 * behind it. sep is the separator. */
size_t opt_next_word(const char **list, char sep, const char **word);

/* Is word one of those in "-q --timeout"? */
bool opt_list_has(const char *list, char sep, const char *word);

/* "--eof half|keep|close": the name and what it takes. */
void opt_row_text(const struct opt_row *row, struct buf *out);

/* Store a value as typed into the struct of the row's group. NULL for FLAG and COUNT. `typed` is
 * the option's name for messages. Returns 0, or -1 with ERR_USAGE. */
int opt_store(const struct opt *opt, void *group_cfg, const char *typed, const char *value,
	struct err *err);
/* Give the member the value that means "not given". */
void opt_store_unset(const struct opt *opt, void *group_cfg);

#endif
