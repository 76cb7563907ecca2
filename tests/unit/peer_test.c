/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "io/peer.h"

struct named {
	struct peer peer; /* first: a struct peer of ours is a struct named */
	const char *name;
};

static const char *describe(const struct peer *peer)
{
	return ((const struct named *)peer)->name;
}

static const struct peer_ops ops = { .describe = describe };

/* Three who came in this order. */
struct company {
	struct peers peers;
	struct named first, second, third;
};

static void gather(struct company *company)
{
	*company = (struct company){
		.first = { { .ops = &ops }, "192.0.2.1:1000" },
		.second = { { .ops = &ops }, "[2001:db8::1]:53" },
		.third = { { .ops = &ops }, "192.0.2.1:2000" },
	};
	peers_add(&company->peers, &company->first.peer);
	peers_add(&company->peers, &company->second.peer);
	peers_add(&company->peers, &company->third.peer);
}

static struct to to_of(const char *word)
{
	struct err err = { 0 };
	struct to to;

	assert_int_equal(to_parse(word, &to, &err), 0);
	return to;
}

/* Who is chosen by word, as the digits of their numbers in the order they are chosen. */
static const char *chosen(const struct peers *peers, const char *word)
{
	static char text[16];
	struct to to = to_of(word);
	struct peer *peer = NULL;
	size_t len = 0;

	while ((peer = peers_choose(peers, &to, peer)))
		text[len++] = (char)('0' + peer->id);
	text[len] = '\0';
	return text;
}

static void words_say_who(void **state)
{
	(void)state;
	assert_int_equal(to_of("last").kind, TO_LAST);
	assert_int_equal(to_of("all").kind, TO_ALL);
	assert_int_equal(to_of("none").kind, TO_NONE);
	assert_int_equal(to_of("17").kind, TO_ID);
	assert_int_equal(to_of("17").id, 17);
	assert_int_equal(to_of("192.0.2.1").kind, TO_ADDRESS);
	assert_string_equal(to_of("::1").address, "::1");
	assert_int_equal(to_of("unix:/run/x").kind, TO_ADDRESS);
}

static void other_words_are_refused(void **state)
{
	static const char *const words[] = { "", "0", "-1", "lst", "Last", "last ", "99999999999",
		"1x" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct err err = { 0 };
		struct to to;

		assert_int_equal(to_parse(words[i], &to, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.msg, "--to"));
		err_clear(&err);
	}
}

static void numbers_are_never_used_again(void **state)
{
	struct company c;

	(void)state;
	gather(&c);
	assert_int_equal(c.third.peer.id, 3);
	peers_remove(&c.peers, &c.third.peer);
	peers_add(&c.peers, &c.third.peer);
	assert_int_equal(c.third.peer.id, 4);
	assert_int_equal(c.peers.count, 3);
}

static void last_is_who_spoke_last_else_who_came_last(void **state)
{
	struct company c;

	(void)state;
	gather(&c);
	assert_string_equal(chosen(&c.peers, "last"), "3");
	peers_spoke(&c.peers, &c.first.peer);
	assert_string_equal(chosen(&c.peers, "last"), "1");
	peers_remove(&c.peers, &c.first.peer);
	assert_string_equal(chosen(&c.peers, "last"), "3");
}

static void all_none_and_numbers(void **state)
{
	struct company c;

	(void)state;
	gather(&c);
	assert_string_equal(chosen(&c.peers, "all"), "321");
	assert_string_equal(chosen(&c.peers, "none"), "");
	assert_string_equal(chosen(&c.peers, "2"), "2");
	assert_string_equal(chosen(&c.peers, "4"), "");
}

static void an_address_with_or_without_its_port(void **state)
{
	struct company c;

	(void)state;
	gather(&c);
	assert_string_equal(chosen(&c.peers, "192.0.2.1"), "31");
	assert_string_equal(chosen(&c.peers, "192.0.2.1:1000"), "1");
	assert_string_equal(chosen(&c.peers, "192.0.2.1:100"), "");
	assert_string_equal(chosen(&c.peers, "192.0.2."), "");
	assert_string_equal(chosen(&c.peers, "2001:db8::1"), "2");
	assert_string_equal(chosen(&c.peers, "[2001:db8::1]"), "2");
	assert_string_equal(chosen(&c.peers, "[2001:db8::1]:53"), "2");
	assert_string_equal(chosen(&c.peers, "2001:db8::"), "");
}

static void removing_keeps_the_others(void **state)
{
	struct company c;

	(void)state;
	gather(&c);
	peers_remove(&c.peers, &c.second.peer);
	assert_string_equal(chosen(&c.peers, "all"), "31");
	peers_remove(&c.peers, &c.third.peer);
	assert_string_equal(chosen(&c.peers, "all"), "1");
	peers_remove(&c.peers, &c.first.peer);
	assert_string_equal(chosen(&c.peers, "all"), "");
	assert_string_equal(chosen(&c.peers, "last"), "");
	assert_int_equal(c.peers.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_say_who),
		cmocka_unit_test(other_words_are_refused),
		cmocka_unit_test(numbers_are_never_used_again),
		cmocka_unit_test(last_is_who_spoke_last_else_who_came_last),
		cmocka_unit_test(all_none_and_numbers),
		cmocka_unit_test(an_address_with_or_without_its_port),
		cmocka_unit_test(removing_keeps_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
