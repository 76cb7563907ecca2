/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/match.h"

#include <string.h>

int match_compile(struct match *match, const char *option, const char *ere, struct err *err)
{
	char reason[128];
	int code = regcomp(&match->regex, ere, REG_EXTENDED | REG_NEWLINE | REG_NOSUB);

	if (code == 0) {
		match->compiled = true;
		return 0;
	}
	regerror(code, &match->regex, reason, sizeof(reason));
	return err_set(
		err, ERR_USAGE, "--%s: '%s' is no regular expression: %s", option, ere, reason);
}

/* Foreign bytes may hold NUL, so the text is given by its bounds; a CR before the line's end does
 * not count, or '$' would never match what most protocols send. `more`: the line goes on. */
static bool line_matches(struct match *match, bool more)
{
	const char *line = buf_text(&match->line);
	size_t len = match->line.len;
	regmatch_t bounds = { .rm_so = 0 };
	int flags = REG_STARTEND | (match->cut ? REG_NOTBOL : 0) | (more ? REG_NOTEOL : 0);

	if (len > 0 && line[len - 1] == '\r')
		len--;
	bounds.rm_eo = (regoff_t)len;
	return regexec(&match->regex, line, 1, &bounds, flags) == 0;
}

static void keep(struct match *match, const char *data, size_t len)
{
	if (match->line.len + len > MATCH_LINE) {
		buf_drop(&match->line, match->line.len + len - MATCH_LINE);
		match->cut = true;
	}
	buf_add(&match->line, data, len);
}

static void forget_line(struct match *match)
{
	match->line.len = 0;
	match->cut = false;
}

/* A long line is looked at in steps, so that what is kept slides over all of it. */
bool match_feed(struct match *match, const void *data, size_t len)
{
	const char *at = data, *end = at + len;

	while (!match->found && at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		const char *stop = lf ? lf : end;
		bool more = stop - at > MATCH_LINE / 2;

		if (more)
			stop = at + MATCH_LINE / 2;
		keep(match, at, (size_t)(stop - at));
		match->found = line_matches(match, more);
		at = stop;
		if (lf && !more) {
			forget_line(match);
			at++;
		}
	}
	return match->found;
}

void match_reset(struct match *match)
{
	match->found = false;
	forget_line(match);
}

void match_clear(struct match *match)
{
	if (match->compiled)
		regfree(&match->regex);
	buf_clear(&match->line);
	*match = (struct match){ .compiled = false };
}
