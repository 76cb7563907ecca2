/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Endpoints as people write them, and socket addresses as text. */
#include "unit.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <stdbool.h>
#include <string.h>

#include "net/addr.h"
#include "net/endpoint.h"
#include "net/resolve.h"

/* ---- endpoints ---- */

enum {
	LISTEN = ENDPOINT_LISTEN,
	WHOLE = ENDPOINT_WHOLE,
	DGRAM = ENDPOINT_DATAGRAM,
	STREAM = ENDPOINT_STREAM
};

static const struct good {
	const char *words[2];
	unsigned flags;
	int taken;
	const char *host; /* NULL: all interfaces */
	unsigned port;
	const char *text; /* of endpoint_text */
} good[] = {
	{ { "db", "5432" }, STREAM, 2, "db", 5432, "db:5432" },
	{ { "db:5432" }, STREAM, 1, "db", 5432, "db:5432" },
	{ { "db:5432", "more" }, STREAM, 1, "db", 5432, "db:5432" },
	{ { "127.0.0.1", "65535" }, STREAM, 2, "127.0.0.1", 65535, "127.0.0.1:65535" },
	{ { "127.0.0.1:1" }, WHOLE, 1, "127.0.0.1", 1, "127.0.0.1:1" },
	{ { "db", "http" }, STREAM, 2, "db", 80, "db:80" },
	{ { "db:domain" }, DGRAM, 1, "db", 53, "db:53" },
	{ { "db", "0080" }, STREAM, 2, "db", 80, "db:80" },
	{ { "::1", "80" }, STREAM, 2, "::1", 80, "[::1]:80" },
	{ { "[::1]", "80" }, STREAM, 2, "::1", 80, "[::1]:80" },
	{ { "[::1]:80" }, STREAM, 1, "::1", 80, "[::1]:80" },
	{ { "[::1]:80" }, WHOLE, 1, "::1", 80, "[::1]:80" },
	{ { "[::1]:http" }, STREAM, 1, "::1", 80, "[::1]:80" },
	{ { "fe80::1%eth0", "80" }, STREAM, 2, "fe80::1%eth0", 80, "[fe80::1%eth0]:80" },
	{ { "[fe80::1%eth0]:80" }, STREAM, 1, "fe80::1%eth0", 80, "[fe80::1%eth0]:80" },
	{ { "::ffff:127.0.0.1", "80" }, STREAM, 2, "::ffff:127.0.0.1", 80,
		"[::ffff:127.0.0.1]:80" },
	{ { "tcp:db:1" }, STREAM, 1, "db", 1, "db:1" },
	{ { "tcp://db:1" }, STREAM, 1, "db", 1, "db:1" },
	{ { "TCP:db:1" }, STREAM, 1, "db", 1, "db:1" },
	{ { "tcp:[::1]:1" }, WHOLE, 1, "::1", 1, "[::1]:1" },
	{ { "udp:db:1" }, DGRAM, 1, "db", 1, "udp:db:1" },
	{ { "udp://[::1]:1" }, 0, 1, "::1", 1, "udp:[::1]:1" },
	/* for listening */
	{ { "80" }, LISTEN, 1, NULL, 80, "*:80" },
	{ { "0" }, LISTEN, 1, NULL, 0, "*:0" },
	{ { "http" }, LISTEN, 1, NULL, 80, "*:80" },
	{ { "80" }, LISTEN | WHOLE, 1, NULL, 80, "*:80" },
	{ { "80", "more" }, LISTEN | WHOLE, 1, NULL, 80, "*:80" },
	{ { "*", "80" }, LISTEN, 2, NULL, 80, "*:80" },
	{ { "*:80" }, LISTEN, 1, NULL, 80, "*:80" },
	{ { ":80" }, LISTEN, 1, NULL, 80, "*:80" },
	{ { ":0" }, LISTEN, 1, NULL, 0, "*:0" },
	{ { "tcp:80" }, LISTEN, 1, NULL, 80, "*:80" },
	{ { "tcp::80" }, LISTEN, 1, NULL, 80, "*:80" },
	{ { "udp:*:80" }, LISTEN | DGRAM, 1, NULL, 80, "udp:*:80" },
	{ { "localhost", "0" }, LISTEN, 2, "localhost", 0, "localhost:0" },
	{ { "::", "80" }, LISTEN, 2, "::", 80, "[::]:80" },
};

static int count_words(const char *const words[2])
{
	return words[1] ? 2 : 1;
}

static int parse(const char *const words[2], unsigned flags, struct endpoint *out, struct err *err)
{
	return endpoint_parse((char *const *)(uintptr_t)words, count_words(words), flags, out, err);
}

/* A small system may lack the list of services. */
static bool needs_missing_service(const struct good *row)
{
	const char *last = row->words[row->taken - 1];

	return (strstr(last, "http") || strstr(last, "domain")) && !getservbyname("http", "tcp");
}

static void takes_every_form(void **state)
{
	struct endpoint ep;
	struct err err = { 0 };
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (needs_missing_service(&good[i]))
			continue;
		assert_int_equal(parse(good[i].words, good[i].flags, &ep, &err), good[i].taken);
		assert_int_equal(err.kind, ERR_NONE);
		assert_int_equal(ep.kind, ENDPOINT_INET);
		if (good[i].host)
			assert_string_equal(ep.host, good[i].host);
		else
			assert_null(ep.host);
		assert_int_equal(ep.port, good[i].port);
		text = endpoint_text(&ep);
		assert_string_equal(text, good[i].text);
		free(text);
		endpoint_clear(&ep);
		assert_null(ep.host);
	}
}

static const struct bad {
	const char *words[2];
	unsigned flags;
	const char *part; /* of the message */
} bad[] = {
	{ { "" }, STREAM, "empty" },
	{ { "", "80" }, LISTEN, "empty" },
	{ { "db" }, STREAM, "port is missing after 'db'" },
	{ { "db" }, WHOLE, "write ADDRESS:PORT" },
	{ { "db", "" }, STREAM, "port is missing" },
	{ { "db:" }, STREAM, "port is missing" },
	{ { "db", "65536" }, STREAM, "at most 65535, not '65536'" },
	{ { "db", "70000" }, STREAM, "'70000'" },
	{ { "db", "99999999999999999999" }, STREAM, "'99999999999999999999'" },
	{ { "db", "80x" }, STREAM, "'80x' is neither a port" },
	{ { "db", "-1" }, STREAM, "'-1'" },
	{ { "db", "+1" }, STREAM, "'+1'" },
	{ { "db", " 1" }, STREAM, "' 1'" },
	{ { "db", "1 " }, STREAM, "'1 '" },
	{ { "db", "0x50" }, STREAM, "'0x50'" },
	{ { "db", "nosuchservice" }, STREAM, "'nosuchservice'" },
	{ { "db", "\x1b[31m" }, STREAM, "\\x1b[31m" },
	{ { "db", "0" }, STREAM, "port 0" },
	{ { "db:0" }, WHOLE, "port 0" },
	{ { "80", "81" }, LISTEN, "'80' is a number and no address" },
	{ { "*", "80" }, STREAM, "an address is missing in '*'" },
	{ { ":80" }, STREAM, "an address is missing in ':80'" },
	{ { "*:80" }, WHOLE, "an address is missing" },
	{ { "[::1" }, STREAM, "not an IPv6 address in brackets" },
	{ { "[::1]x" }, STREAM, "':PORT' has to follow" },
	{ { "[::1]" }, STREAM, "port is missing" },
	{ { "[db]:80" }, STREAM, "not an IPv6 address in brackets" },
	{ { "[127.0.0.1]:80" }, STREAM, "not an IPv6 address in brackets" },
	{ { "[fe80::1%]:80" }, STREAM, "not an IPv6 address" },
	{ { "[]:80" }, LISTEN, "not an IPv6 address" },
	{ { "::1:80:" }, STREAM, "neither HOST:PORT nor an IPv6 address" },
	{ { "db:1:2" }, STREAM, "neither HOST:PORT nor an IPv6 address" },
	{ { "::1" }, STREAM, "port is missing" },
	{ { "::1" }, LISTEN, "port is missing" },
	{ { "::1" }, WHOLE, "port is missing" },
	{ { "http://db" }, STREAM, "the scheme of 'http://db' is not known" },
	{ { "https://db:443/x" }, STREAM, "is not known" },
	{ { "tls://db:443" }, STREAM, "is not known" },
	{ { "db/", "80" }, STREAM, "'db/' is not the name of a host" },
	{ { "user@db:80" }, STREAM, "is not the name of a host" },
	{ { "d b", "80" }, STREAM, "is not the name of a host" },
	{ { "db\n", "80" }, STREAM, "is not the name of a host" },
	{ { "tcp:" }, STREAM, "an address is missing in 'tcp:'" },
	{ { "tcp://" }, STREAM, "an address is missing" },
	{ { "tcp:db" }, STREAM, "port is missing" },
	{ { "tcp:db", "80" }, STREAM, "port is missing" },
	{ { "tcp:::1:80" }, STREAM, "needs brackets" },
	{ { "tcp:db:1" }, DGRAM, "is for streams" },
	{ { "udp:db:1" }, STREAM, "is for datagrams" },
	{ { "unix:" }, STREAM, "a path is missing" },
	{ { "unix:@" }, STREAM, "a path is missing" },
};

static void refuses_what_is_wrong(void **state)
{
	struct endpoint ep;
	struct err err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(bad[i].words, bad[i].flags, &ep, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		if (!strstr(err.msg, bad[i].part))
			fail_msg("'%s' does not say '%s'", err.msg, bad[i].part);
		assert_null(strchr(err.msg, '\n'));
		assert_null(ep.host);
		assert_null(ep.path);
		err_clear(&err);
	}
}

static void names_the_brackets(void **state)
{
	static const char *const words[2] = { "::1:80" };
	struct endpoint ep;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(parse(words, STREAM, &ep, &err), -1);
	assert_non_null(strstr(err.hint, "[ADDRESS]:PORT"));
	err_clear(&err);
}

static void shortens_long_words(void **state)
{
	static const size_t sizes[] = { 254, 300, 100000 };
	char *host = malloc(100001);
	const char *words[2] = { host, "80" };
	struct endpoint ep;
	struct err err = { 0 };
	size_t i;

	(void)state;
	memset(host, 'a', 100000);
	for (i = 0; i < 3; i++) {
		host[sizes[i]] = '\0';
		assert_int_equal(parse(words, STREAM, &ep, &err), -1);
		assert_true(strlen(err.msg) < 200);
		err_clear(&err);
		host[sizes[i]] = 'a';
	}
	host[253] = '\0';
	assert_int_equal(parse(words, STREAM, &ep, &err), 2);
	endpoint_clear(&ep);
	/* The same for a port. */
	host[253] = 'a';
	host[100000] = '\0';
	words[0] = "db";
	words[1] = host;
	assert_int_equal(parse(words, STREAM, &ep, &err), -1);
	assert_true(strlen(err.msg) < 200);
	err_clear(&err);
	free(host);
}

static void takes_unix_paths(void **state)
{
	static const struct {
		const char *word, *path, *text;
		bool abstract;
	} rows[] = {
		{ "unix:/run/x", "/run/x", "unix:/run/x", false },
		{ "unix:x", "x", "unix:x", false },
		{ "unix:///run/x", "/run/x", "unix:/run/x", false },
		{ "unix:a:b", "a:b", "unix:a:b", false },
		{ "unix:@name", "name", "unix:@name", true },
		{ "UNIX:./@x", "./@x", "unix:./@x", false },
	};
	const char *words[2] = { NULL, NULL };
	struct endpoint ep;
	struct err err = { 0 };
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		words[0] = rows[i].word;
		assert_int_equal(parse(words, STREAM | WHOLE, &ep, &err), 1);
		assert_int_equal(ep.kind, ENDPOINT_UNIX);
		assert_string_equal(ep.path, rows[i].path);
		assert_int_equal(ep.abstract, rows[i].abstract);
		text = endpoint_text(&ep);
		assert_string_equal(text, rows[i].text);
		free(text);
		endpoint_clear(&ep);
	}
}

static void limits_unix_paths(void **state)
{
	char word[200] = "unix:", name[200] = "unix:@";
	const char *words[2] = { word, NULL };
	struct endpoint ep;
	struct addr addr;
	struct err err = { 0 };
	char text[ADDR_TEXT];

	(void)state;
	memset(word + 5, 'x', 107);
	assert_int_equal(parse(words, STREAM, &ep, &err), 1);
	assert_int_equal(addr_from_unix(&ep, &addr, &err), 0);
	assert_int_equal(addr.len, sizeof(sa_family_t) + 108);
	assert_string_equal(addr_format(&addr, text), word);
	endpoint_clear(&ep);
	word[5 + 107] = 'x';
	assert_int_equal(parse(words, STREAM, &ep, &err), -1);
	assert_non_null(strstr(err.msg, "at most 107 bytes"));
	err_clear(&err);

	words[0] = name;
	memset(name + 6, 'x', 107);
	assert_int_equal(parse(words, STREAM, &ep, &err), 1);
	assert_int_equal(addr_from_unix(&ep, &addr, &err), 0);
	assert_int_equal(addr.un.sun_path[0], '\0');
	assert_string_equal(addr_format(&addr, text), name);
	endpoint_clear(&ep);
	name[6 + 107] = 'x';
	assert_int_equal(parse(words, STREAM, &ep, &err), -1);
	err_clear(&err);
}

static void parses_ports(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(endpoint_parse_port("1", false, false, &err), 1);
	assert_int_equal(endpoint_parse_port("0", false, true, &err), 0);
	if (!getservbyname("tftp", "udp"))
		skip();
	assert_int_equal(endpoint_parse_port("tftp", true, false, &err), 69);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(endpoint_parse_port("0", false, false, &err), -1);
	err_clear(&err);
	/* Known for datagrams only. */
	assert_int_equal(endpoint_parse_port("tftp", false, false, &err), -1);
	err_clear(&err);
}

/* ---- addresses ---- */

static struct addr number(const char *host, unsigned port)
{
	struct addr addr;
	struct err err = { 0 };

	assert_int_equal(resolve_number(host, port, AF_UNSPEC, &addr, &err), 1);
	return addr;
}

static void writes_addresses(void **state)
{
	static const struct {
		const char *host, *text, *bare;
	} rows[] = {
		{ "127.0.0.1", "127.0.0.1:80", "127.0.0.1" },
		{ "127.1", "127.0.0.1:80", "127.0.0.1" },
		{ "::1", "[::1]:80", "::1" },
		{ "::", "[::]:80", "::" },
		{ "0:0::0:1", "[::1]:80", "::1" },
		{ "::ffff:10.0.0.1", "10.0.0.1:80", "10.0.0.1" },
		{ "fe80::1%lo", "[fe80::1%lo]:80", "fe80::1%lo" },
		{ "fe80::1%1", "[fe80::1%lo]:80", "fe80::1%lo" },
		{ "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe%2147483647",
			"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe%2147483647]:80",
			"ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe%2147483647" },
	};
	char text[ADDR_TEXT];
	struct addr addr;
	size_t i;

	(void)state;
	if (if_nametoindex("lo") != 1)
		skip();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		addr = number(rows[i].host, 80);
		assert_string_equal(addr_format(&addr, text), rows[i].text);
		assert_string_equal(addr_format_host(&addr, text), rows[i].bare);
		assert_int_equal(addr_port(&addr), 80);
		addr_set_port(&addr, 65535);
		assert_int_equal(addr_port(&addr), 65535);
	}
}

static void writes_what_has_no_name(void **state)
{
	struct addr none = { 0 }, unnamed = { .len = sizeof(sa_family_t) };
	struct addr binary = { .len = sizeof(sa_family_t) + 4 };
	char text[ADDR_TEXT];

	(void)state;
	unnamed.any.sa_family = binary.any.sa_family = AF_UNIX;
	memcpy(binary.un.sun_path, "\0a\0b", 4);
	assert_string_equal(addr_format(&none, text), "none");
	assert_string_equal(addr_format(&unnamed, text), "unix:unnamed");
	assert_string_equal(addr_format(&binary, text), "unix:@a@b");
	assert_int_equal(addr_port(&unnamed), 0);
}

static void reads_numbers_only(void **state)
{
	static const char *const names[] = { "localhost", "db", "1", "127", "", "a.b", "1.2.3.4.5",
		"256.0.0.1", "1.2.3.4 ", "1.2.3.4x", "0xdead", "1::2::3", ":::" };
	struct addr addr;
	struct err err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(resolve_number(names[i], 1, AF_UNSPEC, &addr, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(resolve_number("::1", 1, AF_INET, &addr, &err), -1);
	assert_non_null(strstr(err.msg, "-4"));
	err_clear(&err);
	assert_int_equal(resolve_number("127.0.0.1", 1, AF_INET6, &addr, &err), -1);
	assert_non_null(strstr(err.msg, "-6"));
	err_clear(&err);
	assert_int_equal(resolve_number("fe80::1%nosuchif", 1, AF_UNSPEC, &addr, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	err_clear(&err);
}

static void compares_addresses(void **state)
{
	struct addr a = number("127.0.0.1", 80), b = number("127.0.0.1", 80), none = { 0 };
	struct addr mapped = number("::ffff:127.0.0.1", 80), six = number("::1", 80);

	(void)state;
	/* What stands behind the part that counts must not matter. */
	b.in.sin_zero[3] = 1;
	assert_true(addr_same(&a, &b));
	assert_true(addr_same(&a, &mapped));
	assert_false(addr_same(&a, &six));
	assert_false(addr_same(&a, &none));
	assert_true(addr_same(&none, &none));
	addr_set_port(&b, 81);
	assert_false(addr_same(&a, &b));
	b = number("127.0.0.2", 80);
	assert_false(addr_same(&a, &b));
	b = number("::1", 80);
	b.in6.sin6_flowinfo = 7;
	assert_true(addr_same(&six, &b));
	b.in6.sin6_scope_id = 2;
	assert_false(addr_same(&six, &b));
}

static void knows_the_loopback(void **state)
{
	static const struct {
		const char *host;
		bool loopback;
	} rows[] = {
		{ "127.0.0.1", true },
		{ "127.255.0.9", true },
		{ "128.0.0.1", false },
		{ "0.0.0.0", false },
		{ "::1", true },
		{ "::", false },
		{ "fe80::1", false },
		{ "::ffff:127.0.0.1", true },
		{ "::ffff:10.0.0.1", false },
	};
	struct addr addr, none = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		addr = number(rows[i].host, 1);
		assert_int_equal(addr_is_loopback(&addr), rows[i].loopback);
	}
	assert_false(addr_is_loopback(&none));
}

static void asks_sockets(void **state)
{
	struct addr addr = number("127.0.0.1", 0), local, remote;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(bind(fd, &addr.any, addr.len), 0);
	addr_of_socket(fd, false, &local);
	addr_of_socket(fd, true, &remote);
	assert_true(addr_port(&local) > 0);
	assert_int_equal(remote.len, 0);
	close(fd);
	addr_of_socket(fd, false, &local);
	assert_int_equal(local.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_every_form),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(names_the_brackets),
		cmocka_unit_test(shortens_long_words),
		cmocka_unit_test(takes_unix_paths),
		cmocka_unit_test(limits_unix_paths),
		cmocka_unit_test(parses_ports),
		cmocka_unit_test(writes_addresses),
		cmocka_unit_test(writes_what_has_no_name),
		cmocka_unit_test(reads_numbers_only),
		cmocka_unit_test(compares_addresses),
		cmocka_unit_test(knows_the_loopback),
		cmocka_unit_test(asks_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
