/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "base/log.h"
#include "ui/report.h"

/* A report whose lines are captured. */
struct fixture {
	struct report_cfg cfg;
	struct report report;
	struct capture capture;
	struct event_sink *sink;
};

static void begin(struct fixture *fixture, int verbose, bool quiet)
{
	fixture->cfg = (struct report_cfg){ .verbose = verbose, .quiet = quiet };
	report_init(&fixture->report, &fixture->cfg, "listen");
	fixture->sink = &fixture->report.sink;
	capture_start(&fixture->capture);
}

static void expect(struct fixture *fixture, const char *lines)
{
	char *text = capture_end(&fixture->capture);

	report_clear(&fixture->report);
	assert_string_equal(text, lines);
	free(text);
}

/* One of each kind. */
static void tell_everything(struct event_sink *sink)
{
	event_emit(sink, EVENT_LISTEN, 0, EVENT_T("local", "127.0.0.1:8888"));
	event_emit(sink, EVENT_RETRY, 0, EVENT_T("reason", "refused"), EVENT_S("s", 2));
	event_emit(sink, EVENT_CONNECT, 0, EVENT_T("local", "127.0.0.1:4321"),
		EVENT_T("peer", "127.0.0.1:80"), EVENT_S("s", 0.0001));
	event_emit(sink, EVENT_ACCEPT, 3, EVENT_T("local", "127.0.0.1:8888"),
		EVENT_T("peer", "127.0.0.1:4321"));
	event_emit(sink, EVENT_FIRST, 3, EVENT_S("s", 0.14));
	event_emit(sink, EVENT_EOF, 3, EVENT_T("by", "peer"));
	event_emit(sink, EVENT_EOF, 3, EVENT_T("by", "us"));
	event_emit(sink, EVENT_CLOSE, 3, EVENT_T("by", "peer"), EVENT_N("sent", 107),
		EVENT_N("received", 192), EVENT_S("s", 0.02));
	event_emit(sink, EVENT_CLOSE, 0, EVENT_T("by", "us"), EVENT_N("sent", 0),
		EVENT_N("received", 8 << 20), EVENT_S("s", 4),
		EVENT_T("reason", "Connection reset by peer"));
	event_emit(sink, EVENT_DATAGRAM, 1, EVENT_T("peer", "[::1]:9"), EVENT_N("size", 1));
	event_emit(sink, EVENT_DATAGRAM, 1, EVENT_T("peer", "[::1]:9"), EVENT_N("size", 65536),
		EVENT_N("truncated", 1));
	event_emit(sink, EVENT_WARN, 2, EVENT_T("text", "2 datagrams were lost"),
		EVENT_T("hint", "--rcvbuf 4M"));
	event_emit(sink, EVENT_NOTE, 0, EVENT_T("text", "waiting for the end of stdin"));
	event_emit(sink, EVENT_PROBE, 0, EVENT_T("text", "db:5432 accepted"));
}

static void without_options_only_what_must_be_known(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, 0, false);
	assert_null(report_tap(&fixture.report));
	tell_everything(fixture.sink);
	expect(&fixture, "netpy: listen: listening on 127.0.0.1:8888\n"
			 "netpy: listen: #2 2 datagrams were lost\n"
			 "hint: --rcvbuf 4M\n"
			 "netpy: listen: db:5432 accepted\n");
}

static void quiet_is_silent(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, 0, true);
	tell_everything(fixture.sink);
	expect(&fixture, "");
}

static void verbose_tells_what_happens(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, 1, false);
	assert_null(report_tap(&fixture.report));
	tell_everything(fixture.sink);
	expect(&fixture,
		"netpy: listen: listening on 127.0.0.1:8888\n"
		"netpy: listen: refused; trying again in 2 s\n"
		"netpy: listen: connected to 127.0.0.1:80 in 0.1 ms\n"
		"netpy: listen: #3 accepted 127.0.0.1:4321 on 127.0.0.1:8888\n"
		"netpy: listen: #3 first byte after 140 ms\n"
		"netpy: listen: #3 end of data received\n"
		"netpy: listen: #3 end of data sent\n"
		"netpy: listen: #3 closed by peer after 20 ms (sent 107 B, received 192 B)\n"
		"netpy: listen: closed by us after 4 s (sent 0 B, received 8 MiB at 2 MiB/s): "
		"Connection reset by peer\n"
		"netpy: listen: #1 datagram of 1 byte from [::1]:9\n"
		"netpy: listen: #1 datagram of 65536 bytes from [::1]:9, "
		"cut to the size of the buffer\n"
		"netpy: listen: #2 2 datagrams were lost\n"
		"hint: --rcvbuf 4M\n"
		"netpy: listen: waiting for the end of stdin\n"
		"netpy: listen: db:5432 accepted\n");
}

static void dial(struct event_sink *sink)
{
	event_emit(sink, EVENT_RESOLVE, 0, EVENT_T("host", "db"), EVENT_S("s", 0.003),
		EVENT_N("count", 3));
	event_emit(sink, EVENT_ATTEMPT, 0, EVENT_T("peer", "[2001:db8::1]:80"), EVENT_S("s", 0.001),
		EVENT_T("reason", "refused"));
	event_emit(sink, EVENT_ATTEMPT, 0, EVENT_T("peer", "192.0.2.9:80"), EVENT_S("s", 3),
		EVENT_T("reason", "No route to host"));
	event_emit(sink, EVENT_CONNECT, 0, EVENT_T("local", "192.0.2.1:4321"),
		EVENT_T("peer", "192.0.2.7:80"), EVENT_S("s", 0.012));
}

static void dialling_is_one_line(void **state)
{
	struct fixture fixture;

	(void)state;
	setenv("LC_ALL", "C.UTF-8", 1);
	begin(&fixture, 1, false);
	dial(fixture.sink);
	/* The next connection has nothing to do with it. */
	event_emit(fixture.sink, EVENT_CONNECT, 0, EVENT_T("local", "127.0.0.1:1"),
		EVENT_T("peer", "127.0.0.1:2"), EVENT_S("s", 0.001));
	expect(&fixture,
		"netpy: listen: connected to 192.0.2.7:80 from 192.0.2.1:4321: dns 3 ms \u2192 "
		"[2001:db8::1]:80 refused \u2192 192.0.2.9:80 No route to host after 3 s \u2192 "
		"192.0.2.7:80 12 ms\n"
		"netpy: listen: connected to 127.0.0.1:2 in 1 ms\n");
}

static void a_retry_tells_what_failed_and_starts_anew(void **state)
{
	struct fixture fixture;

	(void)state;
	setenv("LC_ALL", "C.UTF-8", 1);
	begin(&fixture, 1, false);
	event_emit(fixture.sink, EVENT_ATTEMPT, 0, EVENT_T("peer", "127.0.0.1:80"), EVENT_S("s", 0),
		EVENT_T("reason", "refused"));
	event_emit(fixture.sink, EVENT_RETRY, 0, EVENT_S("s", 0.5));
	event_emit(fixture.sink, EVENT_CONNECT, 0, EVENT_T("local", "127.0.0.1:1"),
		EVENT_T("peer", "127.0.0.1:80"), EVENT_S("s", 0.001));
	expect(&fixture, "netpy: listen: 127.0.0.1:80 refused; trying again in 500 ms\n"
			 "netpy: listen: connected to 127.0.0.1:80 in 1 ms\n");
}

static void the_arrow_is_plain_where_the_locale_is(void **state)
{
	static const char *const set[][3] = {
		/* LC_ALL, LC_CTYPE, LANG */
		{ "C", "en_US.UTF-8", "en_US.UTF-8" },
		{ "", "de_DE.ISO-8859-1", "de_DE.utf8" },
		{ "", "", "POSIX" },
	};
	struct fixture fixture;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		setenv("LC_ALL", set[i][0], 1);
		setenv("LC_CTYPE", set[i][1], 1);
		setenv("LANG", set[i][2], 1);
		begin(&fixture, 1, false);
		dial(fixture.sink);
		expect(&fixture,
			"netpy: listen: connected to 192.0.2.7:80 from 192.0.2.1:4321: dns 3 ms -> "
			"[2001:db8::1]:80 refused -> 192.0.2.9:80 No route to host after 3 s -> "
			"192.0.2.7:80 12 ms\n");
	}
}

static void no_text_reaches_the_terminal_raw(void **state)
{
	struct fixture fixture;
	struct err err = { .kind = ERR_NONE };

	(void)state;
	begin(&fixture, 0, false);
	event_emit(fixture.sink, EVENT_WARN, 0, EVENT_T("text", "a\033[2Jb\nnetpy: c"),
		EVENT_T("hint", "\xe2\x80\xae"));
	err_set(&err, ERR_PEER, "said \a\x9b");
	report_error("listen", &err);
	err_clear(&err);
	expect(&fixture, "netpy: listen: a\\x1b[2Jb\\nnetpy: c\n"
			 "hint: \\u{202e}\n"
			 "netpy: listen: said \\x07\\x9b\n");
}

static void an_error_is_one_line_and_its_hint_another(void **state)
{
	struct fixture fixture;
	struct err err = { .kind = ERR_NONE }, silent = { .kind = ERR_EXPECT };

	(void)state;
	begin(&fixture, 0, true);
	err_set(&err, ERR_USAGE, "no command db");
	report_error(NULL, &err);
	err_set_hint(&err, "netpy connect db 5432");
	report_error("help", &err);
	report_error("help", &silent);
	err_clear(&err);
	expect(&fixture, "netpy: no command db\n"
			 "netpy: help: no command db\n"
			 "hint: netpy connect db 5432\n");
}

static void more_verbose_is_a_hexdump_and_then_debugging(void **state)
{
	struct fixture fixture;

	(void)state;
	begin(&fixture, 2, false);
	assert_non_null(report_tap(&fixture.report));
	assert_false(log_debug_on());
	expect(&fixture, "");
	begin(&fixture, 3, false);
	assert_non_null(report_tap(&fixture.report));
	assert_true(log_debug_on());
	log_set_debug(false);
	expect(&fixture, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_options_only_what_must_be_known),
		cmocka_unit_test(quiet_is_silent),
		cmocka_unit_test(verbose_tells_what_happens),
		cmocka_unit_test(dialling_is_one_line),
		cmocka_unit_test(a_retry_tells_what_failed_and_starts_anew),
		cmocka_unit_test(the_arrow_is_plain_where_the_locale_is),
		cmocka_unit_test(no_text_reaches_the_terminal_raw),
		cmocka_unit_test(an_error_is_one_line_and_its_hint_another),
		cmocka_unit_test(more_verbose_is_a_hexdump_and_then_debugging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
