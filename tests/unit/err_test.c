/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"

static void an_error_has_kind_and_message(void **state)
{
	struct err err = { .kind = ERR_NONE };

	(void)state;
	assert_int_equal(err_set(&err, ERR_LISTEN, "cannot bind %s", "[::]:80"), -1);
	assert_int_equal(err.kind, ERR_LISTEN);
	assert_string_equal(err.msg, "cannot bind [::]:80");
	assert_null(err.hint);
	err_clear(&err);
	assert_int_equal(err.kind, ERR_NONE);
	assert_null(err.msg);
}

static void errno_is_said_behind_the_message(void **state)
{
	struct err err = { .kind = ERR_NONE };

	(void)state;
	assert_int_equal(err_set_errno(&err, ERR_CONNECT, ECONNREFUSED, "%s", "db:1"), -1);
	assert_string_equal(err.msg, "db:1: Connection refused");
	err_clear(&err);
}

static void the_first_error_counts(void **state)
{
	struct err err = { .kind = ERR_NONE }, later = { .kind = ERR_NONE };

	(void)state;
	err_set(&err, ERR_PEER, "first");
	err_set(&err, ERR_LOCAL, "second");
	err_set_errno(&err, ERR_LOCAL, EIO, "third");
	assert_int_equal(err.kind, ERR_PEER);
	assert_string_equal(err.msg, "first");
	err_set(&later, ERR_LOCAL, "fourth");
	err_move(&err, &later);
	assert_string_equal(err.msg, "first");
	assert_int_equal(later.kind, ERR_NONE);
	assert_null(later.msg);
	err_clear(&err);
}

static void moving_hands_over(void **state)
{
	struct err from = { .kind = ERR_NONE }, to = { .kind = ERR_NONE };

	(void)state;
	err_set(&from, ERR_USAGE, "no");
	err_set_hint(&from, "try %d", 7);
	err_move(&to, &from);
	assert_int_equal(to.kind, ERR_USAGE);
	assert_string_equal(to.hint, "try 7");
	assert_int_equal(from.kind, ERR_NONE);
	assert_null(from.hint);
	err_clear(&to);
	err_clear(&from);
}

static void one_hint_for_an_error_and_none_without(void **state)
{
	struct err err = { .kind = ERR_NONE };

	(void)state;
	err_set_hint(&err, "too early");
	assert_null(err.hint);
	err_set(&err, ERR_USAGE, "no");
	err_set_hint(&err, "one");
	err_set_hint(&err, "two");
	assert_string_equal(err.hint, "one");
	err_clear(&err);
}

/* Two columns of them stand in --help. */
static void every_status_has_a_short_meaning(void **state)
{
	int i;

	(void)state;
	assert_int_equal(ERR_KINDS, 10);
	for (i = 0; i < ERR_KINDS; i++) {
		assert_non_null(err_table[i]);
		assert_in_range(strlen(err_table[i]), 1, 34);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_has_kind_and_message),
		cmocka_unit_test(errno_is_said_behind_the_message),
		cmocka_unit_test(the_first_error_counts),
		cmocka_unit_test(moving_hands_over),
		cmocka_unit_test(one_hint_for_an_error_and_none_without),
		cmocka_unit_test(every_status_has_a_short_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
