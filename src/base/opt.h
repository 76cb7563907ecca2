/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row says everything about an option.
 *
 * The rows drive getopt_long, --help, shell completion and the check of the manual. Each module
 * owns a small config struct and the rows that fill it; a command composes groups of rows. There
 * is no global options object: opt_parse fills the struct that the command passes.
 */
#ifndef NETPY_BASE_OPT_H
#define NETPY_BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum opt_type {
	OPT_FLAG,  /* bool; no value */
	OPT_COUNT, /* int; -v -v or -vv; no value */
	OPT_STR,   /* const char *, points into argv */
	OPT_INT,   /* long within min..max; -1 when not given and no default */
	OPT_SIZE,  /* int64_t bytes; -1 when not given and no default */
	OPT_TIME,  /* double seconds; -1 when not given and no default */
	OPT_ENUM,  /* int: index into choices; -1 when not given and no default */
	OPT_LIST,  /* struct opt_list: may be given again */
};

/* What a shell completes where the value goes. */
enum opt_hint {
	OPT_HINT_NONE,
	OPT_HINT_FILE,
	OPT_HINT_DIR,
	OPT_HINT_HOST,
	OPT_HINT_PORT,
	OPT_HINT_IFACE,
};

struct opt_list {
	const char **items; /* the array is freed by opt_free, the texts belong to argv */
	size_t count;
};

struct opt {
	int ch;              /* short letter, or 0 */
	const char *name;    /* long name, never abbreviated */
	const char *also;    /* "-q --timeout": foreign names that mean this; hints only */
	const char *arg;     /* value word in capitals; NULL exactly for FLAG and COUNT */
	enum opt_type type;
	size_t off;          /* OPT_AT(struct ..., member, type of the member) */
	const char *choices; /* ENUM: "half|keep|close" */
	enum opt_hint hint;
	long min, max;       /* INT: range; SIZE, TIME: smallest and largest where max > 0 */
	unsigned excl;       /* bits; two options of a command that share a bit exclude each other;
			      * 0-15 are the commands' own, 16-31 those of net, ui and io */
	const char *dflt;    /* parsed like typed text, before argv; shown in help */
	bool everyday;       /* shown by --help; the others by `netpy help COMMAND GROUP` */
	const char *help;    /* one line, imperative, small first letter, no full stop */
};

/* The member's offset; a member of another type does not compile. */
#define OPT_AT(STRUCT, MEMBER, TYPE)                                                               \
	(offsetof(STRUCT, MEMBER) +                                                                \
		0 * sizeof(char[__builtin_types_compatible_p(                                      \
					__typeof__(((STRUCT *)0)->MEMBER), TYPE)                   \
				? 1                                                                \
				: -1]))

struct opt_group {
	const char *word;       /* what `netpy help COMMAND WORD` takes: "socket" */
	const char *title;      /* heading: "Sockets" */
	const struct opt *rows; /* ended by a row without a name */
	size_t off;             /* of the group's struct in the command's config */
	const char *prefix;     /* "in-": put before each long name, letters dropped; or NULL */
};

/* What a command takes. */
struct opt_spec {
	const char *name;                /* "listen" */
	const char *args;                /* "[ADDRESS] PORT" */
	const char *about;               /* one line */
	const struct opt_group *groups;  /* ended by a group without rows */
	size_t size;                     /* of the config struct */
	int min, max;                    /* operands; max -1: any number */
	bool program;                    /* takes "-- PROGRAM ARG..." */
	const char *const *examples;     /* lines "netpy ...", ended by NULL; three of them */
};

/* What is left when the options are taken: arrays point into argv. */
struct opt_rest {
	char **operands; /* NULL-ended, allocated; opt_free frees the array */
	int count;
	char **program;  /* what followed "--", NULL-ended, in argv itself; NULL without one */
	char *unknown;   /* after -1: the option that is none of ours, "--ssl" or "-x"; else NULL */
};

/*
 * Parse argv (argv[0] is the command's word) into cfg, which is zeroed and given its defaults
 * first. Options and operands may mix. Returns 0; 1 when --help was asked for (print opt_help);
 * -1 with err of kind ERR_USAGE, and a hint where one option is probably meant.
 */
int opt_parse(const struct opt_spec *spec, int argc, char **argv, void *cfg, struct opt_rest *rest,
	struct err *err);
/* "missing PORT": count operands were given and more are needed. Fills err, returns -1. */
int opt_missing(const struct opt_spec *spec, int count, struct err *err);
/* Release what opt_parse allocated in cfg and rest; the structs themselves belong to the caller. */
void opt_free(const struct opt_spec *spec, void *cfg, struct opt_rest *rest);

/* Usage, about, the everyday rows, exit statuses, examples: one screen of 80 by 50. */
void opt_help(const struct opt_spec *spec, FILE *out);
/* The rows of one group by its word, or of all ("all"); -1 when there is no such group. */
int opt_help_group(const struct opt_spec *spec, const char *word, FILE *out);
/* One line a row: letter, name, value word, type, choices, default, group word, group title;
 * tab-separated, "-" where there is nothing. */
void opt_dump(const struct opt_spec *spec, FILE *out);
/* Find a row by "--name" (prefix included) or "-c"; NULL when there is none. */
const struct opt *opt_find(const struct opt_spec *spec, const char *word);
/* Find the row whose `also` has this word; NULL when there is none. */
const struct opt *opt_find_also(const struct opt_spec *spec, const char *word);

/*
 * Is the table itself right? Letters and names unique, arg exactly where one is taken, choices
 * exactly for ENUM, defaults that parse, help that begins small, has no full stop and fits. Returns
 * the number of faults and prints each to out. Run as a unit test over every command.
 */
int opt_check(const struct opt_spec *spec, FILE *out);

#endif
