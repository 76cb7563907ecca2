/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every unit test begins with, and stderr as text for those that look at lines.
 */
#ifndef NETPY_TESTS_UNIT_H
#define NETPY_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* stderr between capture_start and capture_end goes to a file without a name. */
struct capture {
	FILE *file;
	int saved;
};

static inline void capture_start(struct capture *capture)
{
	capture->file = tmpfile();
	assert_non_null(capture->file);
	capture->saved = dup(STDERR_FILENO);
	dup2(fileno(capture->file), STDERR_FILENO);
}

/* What was written, as a string that the caller frees. */
static inline char *capture_end(struct capture *capture)
{
	char *text = calloc(1, 1 << 20);

	assert_non_null(text);
	dup2(capture->saved, STDERR_FILENO);
	close(capture->saved);
	rewind(capture->file);
	/* One byte is left for the end of the string. */
	(void)!fread(text, 1, (1 << 20) - 1, capture->file);
	fclose(capture->file);
	return text;
}

#endif
