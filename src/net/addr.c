/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"

/* An IPv4 address inside IPv6 becomes plain IPv4; everything else stays as it is. */
static void unmap(const struct addr *addr, struct addr *out)
{
	const struct sockaddr_in6 *in6 = &addr->in6;

	*out = *addr;
	if (addr->len == 0 || addr->any.sa_family != AF_INET6 ||
		!IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		return;
	memset(out, 0, sizeof(*out));
	out->len = sizeof(out->in);
	out->in.sin_family = AF_INET;
	out->in.sin_port = in6->sin6_port;
	memcpy(&out->in.sin_addr, &in6->sin6_addr.s6_addr[12], 4);
}

static const char *format_in6(const struct sockaddr_in6 *in6, char buf[ADDR_TEXT])
{
	char zone[IF_NAMESIZE];
	size_t len;

	inet_ntop(AF_INET6, &in6->sin6_addr, buf, ADDR_TEXT);
	if (in6->sin6_scope_id == 0)
		return buf;
	len = strlen(buf);
	if (if_indextoname(in6->sin6_scope_id, zone))
		snprintf(buf + len, ADDR_TEXT - len, "%%%s", zone);
	else
		snprintf(buf + len, ADDR_TEXT - len, "%%%u", in6->sin6_scope_id);
	return buf;
}

static const char *format_word(const char *word, char buf[ADDR_TEXT])
{
	snprintf(buf, ADDR_TEXT, "%s", word);
	return buf;
}

/* NULs of an abstract name are shown as '@', as the one in front is. */
static const char *format_unix(const struct addr *addr, char buf[ADDR_TEXT])
{
	const char *path = addr->un.sun_path;
	size_t len = addr->len - offsetof(struct sockaddr_un, sun_path), i;

	if (addr->len <= offsetof(struct sockaddr_un, sun_path))
		return format_word("unix:unnamed", buf);
	if (path[0] != '\0')
		len = strnlen(path, len);
	format_word("unix:", buf);
	for (i = 0; i < len; i++)
		buf[5 + i] = path[i] ? path[i] : '@';
	buf[5 + len] = '\0';
	return buf;
}

const char *addr_format_host(const struct addr *addr, char buf[ADDR_TEXT])
{
	struct addr plain;

	if (addr->len == 0)
		return format_word("none", buf);
	unmap(addr, &plain);
	switch (plain.any.sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &plain.in.sin_addr, buf, ADDR_TEXT);
		return buf;
	case AF_INET6:
		return format_in6(&plain.in6, buf);
	case AF_UNIX:
		return format_unix(&plain, buf);
	}
	snprintf(buf, ADDR_TEXT, "family %d", plain.any.sa_family);
	return buf;
}

const char *addr_format(const struct addr *addr, char buf[ADDR_TEXT])
{
	char host[ADDR_TEXT];

	addr_format_host(addr, host);
	if (addr->len == 0 || (addr->any.sa_family != AF_INET && addr->any.sa_family != AF_INET6))
		return format_word(host, buf);
	snprintf(buf, ADDR_TEXT, strchr(host, ':') ? "[%.100s]:%u" : "%.100s:%u", host,
		addr_port(addr));
	return buf;
}

unsigned addr_port(const struct addr *addr)
{
	if (addr->len == 0)
		return 0;
	if (addr->any.sa_family == AF_INET)
		return ntohs(addr->in.sin_port);
	if (addr->any.sa_family == AF_INET6)
		return ntohs(addr->in6.sin6_port);
	return 0;
}

void addr_set_port(struct addr *addr, unsigned port)
{
	if (addr->any.sa_family == AF_INET)
		addr->in.sin_port = htons((uint16_t)port);
	else if (addr->any.sa_family == AF_INET6)
		addr->in6.sin6_port = htons((uint16_t)port);
}

bool addr_same(const struct addr *a, const struct addr *b)
{
	struct addr x, y;

	if (a->len == 0 || b->len == 0)
		return a->len == b->len;
	unmap(a, &x);
	unmap(b, &y);
	if (x.any.sa_family != y.any.sa_family)
		return false;
	switch (x.any.sa_family) {
	case AF_INET:
		return x.in.sin_port == y.in.sin_port &&
		       x.in.sin_addr.s_addr == y.in.sin_addr.s_addr;
	case AF_INET6:
		return x.in6.sin6_port == y.in6.sin6_port &&
		       x.in6.sin6_scope_id == y.in6.sin6_scope_id &&
		       memcmp(&x.in6.sin6_addr, &y.in6.sin6_addr, 16) == 0;
	}
	return x.len == y.len && memcmp(&x.storage, &y.storage, x.len) == 0;
}

bool addr_is_loopback(const struct addr *addr)
{
	struct addr plain;

	if (addr->len == 0)
		return false;
	unmap(addr, &plain);
	if (plain.any.sa_family == AF_INET)
		return ntohl(plain.in.sin_addr.s_addr) >> 24 == 127;
	if (plain.any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&plain.in6.sin6_addr);
	return plain.any.sa_family == AF_UNIX;
}

int addr_from_unix(const struct endpoint *endpoint, struct addr *out, struct err *err)
{
	size_t len = strlen(endpoint->path), skip = endpoint->abstract ? 1 : 0;
	size_t head = offsetof(struct sockaddr_un, sun_path);
	char *shown;

	memset(out, 0, sizeof(*out));
	/* One byte is for the NUL: in front of an abstract name, behind a path. */
	if (len + 1 > sizeof(out->un.sun_path)) {
		shown = escape_text(endpoint->path, len, 0);
		err_set(err, ERR_USAGE,
			"a unix socket's %s has at most %zu bytes, this one has %zu: '%s'",
			endpoint->abstract ? "name" : "path", sizeof(out->un.sun_path) - 1, len,
			shown);
		free(shown);
		return -1;
	}
	out->un.sun_family = AF_UNIX;
	memcpy(out->un.sun_path + skip, endpoint->path, len);
	out->len = (socklen_t)(head + len + 1);
	return 0;
}

void addr_of_socket(int fd, bool remote, struct addr *out)
{
	int result;

	memset(out, 0, sizeof(*out));
	out->len = sizeof(out->storage);
	result = remote ? getpeername(fd, &out->any, &out->len)
			: getsockname(fd, &out->any, &out->len);
	if (result < 0)
		out->len = 0;
}
