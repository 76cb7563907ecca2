/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The local side of a command: stdin and stdout, or the files that --input and --output name.
 */
#ifndef NETPY_CMD_LOCAL_H
#define NETPY_CMD_LOCAL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/opt.h"
#include "io/filter.h"
#include "io/link.h"

/* Filled by local_opts: --input --output --append --overwrite --raw */
struct local_cfg {
	const char *input;
	const char *output;
	bool append;
	bool overwrite;
	bool raw;
};
extern const struct opt local_opts[];

struct local {
	struct link *link; /* until somebody takes it over (set it to NULL then) */
	bool in_absent;	   /* stdin is closed or the null device, and no --input was given */
	bool in_terminal;
	bool out_terminal;
	const char *output; /* the file to be, borrowed; NULL when none is to be renamed */
	char *part;	    /* the file being written */
	bool overwrite;
};

/*
 * Open what is used of the local side before the network is touched; a side that is not wanted is
 * left alone, its descriptor in the link is -1.
 * Returns 0, or -1 with ERR_USAGE for what contradicts itself, ERR_LOCAL for what cannot be opened.
 */
enum local_want { LOCAL_INPUT = 1, LOCAL_OUTPUT = 2 };
int local_open(const struct local_cfg *cfg, unsigned want, struct local *local, struct err *err);
/* Nothing is to be read any more: for those who found out after local_open. */
void local_drop_input(struct local *local);
/* The escape filter where foreign bytes meet a terminal and --raw is not given; else NULL. */
struct filter *local_new_filter(const struct local_cfg *cfg, const struct local *local);
/*
 * The end: with err clear FILE.part becomes FILE; otherwise it stays, unless it is empty, and
 * err's hint names it.
 * Failing to rename fills err. Releases what local holds.
 */
void local_finish(struct local *local, struct err *err);

#endif
