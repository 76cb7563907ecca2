/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/endpoint.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/num.h"
#include "net/addr.h"

/* Longer names cannot be in the DNS. */
enum { HOST_MAX = 253, PORT_MAX = 65535 };

/* ERR_USAGE with the word in question between two pieces of text, escaped and shortened. */
static int refuse(struct err *err, const char *before, const char *word, const char *behind)
{
	char *shown = escape_text(word, strlen(word), 0);

	err_set(err, ERR_USAGE, "%s'%s'%s", before, shown, behind);
	free(shown);
	return -1;
}

static bool all_digits(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == '\0';
}

/* Is it worth asking the system for a service of this name? */
static bool service_like(const char *word)
{
	const char *p;
	bool letter = false;

	for (p = word; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("-_.+", *p))
			return false;
		letter = letter || isalpha((unsigned char)*p);
	}
	return letter && isalnum((unsigned char)*word) && p - word < 64;
}

int endpoint_parse_port(const char *word, bool datagram, bool zero_ok, struct err *err)
{
	const struct servent *service = NULL;
	long port;

	if (!*word)
		return err_set(err, ERR_USAGE, "the port is missing");
	if (all_digits(word)) {
		if (num_parse_int(word, 0, PORT_MAX, &port) < 0)
			return refuse(err, "a port is at most 65535, not ", word, "");
		if (port == 0 && !zero_ok)
			return err_set(err, ERR_USAGE, "port 0 is for listening only");
		return (int)port;
	}
	if (service_like(word))
		service = getservbyname(word, datagram ? "udp" : "tcp");
	if (!service)
		return refuse(err, "", word, " is neither a port (1-65535) nor a known service");
	return ntohs((uint16_t)service->s_port);
}

/* What is left of a word while it is taken apart. */
struct parse {
	char *const *words;
	int count;
	unsigned flags;
	struct endpoint *out;
	struct err *err;
};

static int take_port(struct parse *p, const char *word)
{
	bool datagram = p->out->scheme == SCHEME_UDP ||
			(p->out->scheme == SCHEME_NONE && (p->flags & ENDPOINT_DATAGRAM));
	int port = endpoint_parse_port(word, datagram, p->flags & ENDPOINT_LISTEN, p->err);

	if (port < 0)
		return -1;
	p->out->port = (unsigned)port;
	return 0;
}

static bool is_ipv6(const char *text, size_t len)
{
	const char *zone = memchr(text, '%', len);
	char number[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (zone && zone + 1 == text + len)
		return false;
	if (zone)
		len = (size_t)(zone - text);
	if (len >= sizeof(number))
		return false;
	memcpy(number, text, len);
	number[len] = '\0';
	return inet_pton(AF_INET6, number, &addr) == 1;
}

/* What cannot be in a host's name, and in most cases tells of a URL. */
static bool has_foreign_characters(const char *host)
{
	const char *p;

	for (p = host; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f || strchr("/[]@#?*\\\"", *p))
			return true;
	return false;
}

/* A host that has been cut out: len bytes of text; none and "*" are all interfaces. */
static int take_host(struct parse *p, const char *text, size_t len)
{
	char *host;

	if (len == 0 || (len == 1 && *text == '*')) {
		if (!(p->flags & ENDPOINT_LISTEN))
			return refuse(p->err, "an address is missing in ", p->words[0], "");
		return 0;
	}
	host = x_strndup(text, len);
	if (len > HOST_MAX && !memchr(text, ':', len))
		refuse(p->err, "a host name has at most 253 characters: ", host, "");
	else if (all_digits(host))
		refuse(p->err, "", host, " is a number and no address");
	else if (has_foreign_characters(host))
		refuse(p->err, "", host, " is not the name of a host");
	else
		p->out->host = host;
	if (p->out->host)
		return 0;
	free(host);
	return -1;
}

/* The port stands in the next word, if there is one. */
static int take_second_word(struct parse *p)
{
	if (p->flags & ENDPOINT_WHOLE)
		return refuse(
			p->err, "the port is missing in ", p->words[0], ": write ADDRESS:PORT");
	if (p->count < 2)
		return refuse(p->err, "the port is missing after ", p->words[0], "");
	return take_port(p, p->words[1]) < 0 ? -1 : 2;
}

/* "[v6]:PORT", or "[v6]" with PORT behind it. */
static int take_bracketed(struct parse *p, const char *word, bool whole)
{
	const char *end = strchr(word, ']');

	if (!end || !is_ipv6(word + 1, (size_t)(end - word - 1)))
		return refuse(p->err, "", word, " is not an IPv6 address in brackets");
	if (end[1] != '\0' && end[1] != ':')
		return refuse(p->err, "':PORT' has to follow the bracket in ", word, "");
	if (end[1] == '\0' && whole)
		return refuse(p->err, "the port is missing in ", p->words[0], "");
	if (take_host(p, word + 1, (size_t)(end - word - 1)) < 0)
		return -1;
	if (end[1] == '\0')
		return take_second_word(p);
	return take_port(p, end + 2) < 0 ? -1 : 1;
}

/* Two or more colons: an IPv6 address with PORT behind it. */
static int take_plain_ipv6(struct parse *p, const char *word)
{
	int taken;

	if (!is_ipv6(word, strlen(word)))
		return refuse(p->err, "", word, " is neither HOST:PORT nor an IPv6 address");
	if (take_host(p, word, strlen(word)) < 0)
		return -1;
	taken = take_second_word(p);
	if (taken < 0 && (p->count < 2 || (p->flags & ENDPOINT_WHOLE)))
		err_set_hint(p->err, "an IPv6 address and its port are written [ADDRESS]:PORT");
	return taken;
}

/* HOST:PORT and its relatives; `whole` when a scheme stood in front: one word says it all. */
static int take_inet(struct parse *p, const char *word, bool whole)
{
	const char *colon = strchr(word, ':');

	p->out->kind = ENDPOINT_INET;
	if (!*word)
		return refuse(p->err, "an address is missing in ", p->words[0], "");
	if (*word == '[')
		return take_bracketed(p, word, whole);
	if (colon && strchr(colon + 1, ':')) {
		if (whole)
			return refuse(
				p->err, "an IPv6 address needs brackets in ", p->words[0], "");
		return take_plain_ipv6(p, word);
	}
	if (colon) {
		if (take_host(p, word, (size_t)(colon - word)) < 0)
			return -1;
		return take_port(p, colon + 1) < 0 ? -1 : 1;
	}
	if ((p->flags & ENDPOINT_LISTEN) && (whole || p->count == 1 || (p->flags & ENDPOINT_WHOLE)))
		return take_port(p, word) < 0 ? -1 : 1;
	if (whole)
		return refuse(p->err, "the port is missing in ", p->words[0], "");
	if (take_host(p, word, strlen(word)) < 0)
		return -1;
	return take_second_word(p);
}

static int take_unix(struct parse *p, const char *rest)
{
	struct addr addr;

	p->out->kind = ENDPOINT_UNIX;
	p->out->abstract = *rest == '@';
	rest += p->out->abstract;
	if (!*rest)
		return refuse(p->err, "a path is missing in ", p->words[0], "");
	p->out->path = x_strdup(rest);
	return addr_from_unix(p->out, &addr, p->err) < 0 ? -1 : 1;
}

static const struct scheme {
	const char *name;
	enum endpoint_scheme scheme;
	unsigned refused; /* the flag with which it cannot be had */
} schemes[] = {
	{ "tcp", SCHEME_TCP, ENDPOINT_DATAGRAM },
	{ "udp", SCHEME_UDP, ENDPOINT_STREAM },
	{ "unix", SCHEME_UNIX, 0 },
};

static const struct scheme *find_scheme(const char *word)
{
	size_t len = strcspn(word, ":"), i;

	for (i = 0; word[len] && i < ARRAY_LEN(schemes); i++)
		if (strlen(schemes[i].name) == len && strncasecmp(word, schemes[i].name, len) == 0)
			return &schemes[i];
	return NULL;
}

/* "http://db" */
static bool foreign_scheme(const char *word)
{
	size_t len = strcspn(word, ":");

	return len > 0 && strncmp(word + len, "://", 3) == 0;
}

static int take_word(struct parse *p)
{
	const char *word = p->words[0], *rest;
	const struct scheme *scheme = find_scheme(word);

	if (!scheme && foreign_scheme(word))
		return refuse(
			p->err, "the scheme of ", word, " is not known: tcp:, udp: and unix: are");
	if (!scheme)
		return take_inet(p, word, false);
	p->out->scheme = scheme->scheme;
	if (p->flags & scheme->refused)
		return refuse(p->err, "", word,
			scheme->scheme == SCHEME_TCP ? " is for streams, not for datagrams"
						     : " is for datagrams, not for streams");
	rest = word + strlen(scheme->name) + 1;
	if (scheme->scheme == SCHEME_UNIX)
		return take_unix(p, strncmp(rest, "///", 3) == 0 ? rest + 2 : rest);
	return take_inet(p, strncmp(rest, "//", 2) == 0 ? rest + 2 : rest, true);
}

int endpoint_parse(
	char *const *words, int count, unsigned flags, struct endpoint *out, struct err *err)
{
	struct parse parse = { words, count, flags, out, err };
	int taken;

	memset(out, 0, sizeof(*out));
	if (count < 1 || !*words[0])
		return err_set(err, ERR_USAGE, "the address is empty");
	taken = take_word(&parse);
	if (taken < 0)
		endpoint_clear(out);
	return taken;
}

void endpoint_clear(struct endpoint *endpoint)
{
	free(endpoint->host);
	free(endpoint->path);
	memset(endpoint, 0, sizeof(*endpoint));
}

char *endpoint_text(const struct endpoint *endpoint)
{
	const char *host = endpoint->host ? endpoint->host : "*";
	const char *scheme = endpoint->scheme == SCHEME_UDP ? "udp:" : "";

	if (endpoint->kind == ENDPOINT_UNIX)
		return x_asprintf("unix:%s%s", endpoint->abstract ? "@" : "", endpoint->path);
	return x_asprintf(
		strchr(host, ':') ? "%s[%s]:%u" : "%s%s:%u", scheme, host, endpoint->port);
}
