/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/mem.h"
#include "cmd/cmd.h"

static void every_table_is_right(void **state)
{
	int faults = 0;

	(void)state;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		faults += opt_check(&(*cmd)->spec, stderr);
	assert_int_equal(faults, 0);
}

static void names_are_unique_and_found(void **state)
{
	(void)state;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		assert_ptr_equal(cmd_find((*cmd)->spec.name), *cmd);
		if ((*cmd)->alias)
			assert_ptr_equal(cmd_find((*cmd)->alias), *cmd);
		assert_non_null((*cmd)->run);
	}
	assert_null(cmd_find("no such command"));
}

static void every_command_has_three_examples(void **state)
{
	(void)state;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++) {
		const char *const *line = (*cmd)->spec.examples;
		int count = 0;

		if ((*cmd)->hidden)
			continue;
		assert_non_null(line);
		for (; line[count]; count++)
			assert_non_null(strstr(line[count], "netpy "));
		assert_int_equal(count, 3);
	}
}

/* The rows of cmd that have the name or the letter of opt are like it. */
static void assert_same_in(const struct cmd *cmd, const struct opt *opt)
{
	char *word = x_asprintf("--%s", opt->name);
	const struct opt *other = opt_find(&cmd->spec, word);

	free(word);
	if (!other)
		return;
	assert_int_equal(other->type, opt->type);
	assert_int_equal(other->ch, opt->ch);
	if (opt->choices)
		assert_string_equal(other->choices, opt->choices);
}

static void assert_same_everywhere(const struct opt *opt)
{
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		assert_same_in(*cmd, opt);
}

/* An option is the same thing wherever it stands. */
static void an_option_means_the_same_everywhere(void **state)
{
	const struct opt_group *group;

	(void)state;
	for (const struct cmd *const *cmd = cmd_table; *cmd; cmd++)
		for (group = (*cmd)->spec.groups; group && group->rows; group++)
			for (const struct opt *opt = group->rows; opt->name; opt++)
				assert_same_everywhere(opt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_is_right),
		cmocka_unit_test(names_are_unique_and_found),
		cmocka_unit_test(every_command_has_three_examples),
		cmocka_unit_test(an_option_means_the_same_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
