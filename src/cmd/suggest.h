/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was probably meant: for words that are no command of ours, and for options that other
 * programs have.
 */
#ifndef NETPY_CMD_SUGGEST_H
#define NETPY_CMD_SUGGEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"

/* words[0] is no command. Fills err with ERR_USAGE, and a hint with the whole line as it was
 * probably meant; returns -1. */
int suggest_command(int count, char *const *words, struct err *err);

/* `netpy help WORD` with a WORD that is no command. Fills err, returns -1. */
int suggest_topic(const char *word, struct err *err);

/* The parser does not know this option ("-x" or "--name"); give err a better hint if there is one
 * than the parser could find in the rows of cmd. */
void suggest_option(const struct cmd *cmd, const char *option, struct err *err);

/*
 * The command line of netcat and its relatives in our words, appended to out, quoted for a shell;
 * false when it means nothing here. In suggest_line.c.
 */
bool suggest_line(int count, char *const *words, struct buf *out);

/* word as a shell takes it, appended with a blank before it. */
void suggest_add_word(struct buf *out, const char *word);

#endif
