/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "cmd/data.h"

/* Counts what was told. */
struct listener {
	struct event_sink sink;
	unsigned told;
};

static void take(struct event_sink *sink, const struct event *event)
{
	assert_int_equal(event->kind, EVENT_WARN);
	assert_non_null(event_text(event, "hint"));
	((struct listener *)sink)->told++;
}

/* What one word (and a second, where it is not NULL) makes of it; returns how much was told. */
static unsigned builds(struct data_cfg cfg, const char *line_end, const char *first,
	const char *second, const char *wanted)
{
	char *words[] = { strdup(first), second ? strdup(second) : NULL };
	struct listener listener = { .sink.take = take };
	struct buf out = { 0 };
	struct err err = { 0 };
	int result = data_build(&cfg, words, second ? 2 : 1, line_end, &listener.sink, &out, &err);

	if (wanted) {
		assert_int_equal(result, 0);
		assert_int_equal(out.len, strlen(wanted));
		if (out.len > 0)
			assert_memory_equal(out.data, wanted, out.len);
	} else {
		assert_int_equal(result, -1);
		assert_non_null(err.msg);
	}
	err_clear(&err);
	buf_clear(&out);
	free(words[0]);
	free(words[1]);
	return listener.told;
}

static const struct data_cfg plain, escapes = { .escapes = true }, hex = { .hex = true };

static void words_are_joined_by_one_blank(void **state)
{
	(void)state;
	builds(plain, NULL, "one", "two", "one two");
	builds(plain, NULL, "", NULL, "");
	builds(plain, NULL, "a\n", NULL, "a\n");
}

static void two_ats_are_one(void **state)
{
	(void)state;
	builds(plain, NULL, "@@x", NULL, "@x");
	builds(plain, NULL, "@/nonexistent/file", NULL, NULL);
	builds(plain, NULL, "@/", NULL, NULL);
}

static void escapes_are_decoded_when_asked_for(void **state)
{
	(void)state;
	builds(escapes, NULL, "a\\r\\n", "\\x41", "a\r\n A");
	builds(escapes, NULL, "a\\q", NULL, NULL);
	builds(hex, NULL, "61 62", "63", "abc");
	builds(hex, NULL, "6", NULL, NULL);
	builds(hex, NULL, "zz", NULL, NULL);
}

static void a_line_end_is_added_when_asked_for(void **state)
{
	(void)state;
	builds(plain, "\r\n", "GET /", NULL, "GET /\r\n");
	builds(plain, "\n", "x", NULL, "x\n");
	builds(plain, "", "x\ny", NULL, "xy");
	builds(escapes, "\r\n", "a\\nb\\r\\n", NULL, "a\r\nb\r\n\r\n");
	builds(escapes, "\r\n", "a\\c", NULL, "a");
	builds(hex, "\n", "61", NULL, NULL);
}

static void what_is_probably_a_slip_is_told(void **state)
{
	char name[] = "/tmp/netpy-data-test-XXXXXX", at[64];
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "in\n", 3), 3);
	close(fd);
	snprintf(at, sizeof(at), "@%s", name);
	assert_int_equal(builds(plain, NULL, "GET\\r", NULL, "GET\\r"), 1);
	assert_int_equal(builds(plain, NULL, "GET\\n", NULL, "GET\\n"), 1);
	assert_int_equal(builds(escapes, NULL, "GET\\n", NULL, "GET\n"), 0);
	assert_int_equal(builds(plain, NULL, name, NULL, name), 1);
	assert_int_equal(builds(plain, NULL, at, NULL, "in\n"), 0);
	assert_int_equal(builds(plain, "\r\n", at, NULL, "in\r\n"), 0);
	assert_int_equal(builds(plain, NULL, "plain", "words", "plain words"), 0);
	unlink(name);
}

static void one_value_is_text_or_a_file(void **state)
{
	struct buf out = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(data_value("a b", &out, &err), 0);
	assert_int_equal(data_value("@@c", &out, &err), 0);
	assert_string_equal(buf_text(&out), "a b@c");
	assert_int_equal(data_value("@/nonexistent", &out, &err), -1);
	assert_int_equal(err.kind, ERR_LOCAL);
	err_clear(&err);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_joined_by_one_blank),
		cmocka_unit_test(two_ats_are_one),
		cmocka_unit_test(escapes_are_decoded_when_asked_for),
		cmocka_unit_test(a_line_end_is_added_when_asked_for),
		cmocka_unit_test(what_is_probably_a_slip_is_told),
		cmocka_unit_test(one_value_is_text_or_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
