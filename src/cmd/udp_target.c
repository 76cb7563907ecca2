/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/udp_target.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/resolve.h"

#define AT(MEMBER, TYPE) OPT_AT(struct udp_target_cfg, MEMBER, TYPE)

const struct opt udp_target_opts[] = {
	{ .name = "broadcast",
		.also = "-b --so-broadcast",
		.type = OPT_FLAG,
		.off = AT(broadcast, bool),
		.everyday = true,
		.help = "allow a broadcast address, and answers from anybody" },
	{ 0 },
};

int udp_target_init(struct udp_target *target, const struct udp_target_cfg *cfg,
	const struct sock_cfg *sock, const struct endpoint *endpoint, struct err *err)
{
	*target = (struct udp_target){ .cfg = cfg, .sock = sock };
	if (endpoint->kind == ENDPOINT_UNIX && cfg->broadcast)
		return err_set(err, ERR_USAGE, "--broadcast is not for unix sockets");
	if (sock_check(sock, err) < 0 ||
		source_parse(&cfg->source, sock, endpoint, SOCK_DGRAM, &target->source, err) < 0)
		return -1;
	target->name = endpoint_text(endpoint);
	return 0;
}

void udp_target_set(struct udp_target *target, const struct addr *addrs, size_t count)
{
	target->addrs = x_calloc(count, sizeof(*addrs));
	target->count = count;
	memcpy(target->addrs, addrs, count * sizeof(*addrs));
}

bool udp_target_has_more(const struct udp_target *target)
{
	for (size_t i = target->next; i < target->count; i++) {
		if (source_fits(&target->source, &target->addrs[i]))
			return true;
	}
	return false;
}

void udp_target_refused(struct udp_target *target, int errnum)
{
	char text[ADDR_TEXT];

	addr_format(&target->addrs[target->current], text);
	if (target->count == 1 && strcmp(text, target->name) == 0)
		buf_add_text(&target->reasons, strerror(errnum));
	else
		buf_printf(&target->reasons, "%s%s %s", target->reasons.len ? ", " : "", text,
			strerror(errnum));
}

static bool is_group(const struct addr *addr)
{
	switch (addr->any.sa_family) {
	case AF_INET:
		return IN_MULTICAST(ntohl(addr->in.sin_addr.s_addr));
	case AF_INET6:
		return IN6_IS_ADDR_MULTICAST(&addr->in6.sin6_addr);
	default:
		return false;
	}
}

/* A unix peer can only answer to a name: the kernel makes one up, an abstract one. */
static int bind_unnamed(int fd, struct err *err)
{
	const struct sockaddr unnamed = { .sa_family = AF_UNIX };

	if (bind(fd, &unnamed, sizeof(sa_family_t)) == 0)
		return 0;
	return err_set_errno(err, ERR_LISTEN, errno, "cannot bind a name of our own");
}

static int bind_source(
	const struct udp_target *target, const struct addr *addr, int fd, struct err *err)
{
	if (addr->any.sa_family == AF_UNIX)
		return bind_unnamed(fd, err);
	return source_bind(&target->source, addr, fd, err);
}

/* Returns 0; an error number when this address will not do; -1 with err when none will. */
static int prepare(const struct udp_target *target, const struct addr *addr, int fd,
	bool *connected, struct err *err)
{
	int on = 1, hops = (int)target->sock->ttl;
	bool group = is_group(addr);

	if (bind_source(target, addr, fd, err) < 0)
		return -1;
	if (target->cfg->broadcast)
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	if (group && hops >= 0 && addr->any.sa_family == AF_INET)
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof(hops));
	if (group && hops >= 0 && addr->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	*connected = !group && !target->cfg->broadcast;
	return *connected && connect(fd, &addr->any, addr->len) < 0 ? errno : 0;
}

static int give_reasons(struct udp_target *target, int errnum, struct err *err)
{
	if (target->reasons.len == 0)
		buf_add_text(&target->reasons, "no address of the source's family");
	err_set(err, ERR_CONNECT, "cannot reach %s: %s", target->name, buf_text(&target->reasons));
	if (errnum == EACCES && !target->cfg->broadcast)
		err_set_hint(err, "a broadcast address needs --broadcast");
	if (errnum == EPROTOTYPE)
		err_set_hint(err, "a stream socket is there: netpy connect %s", target->name);
	return -1;
}

int udp_target_next(struct udp_target *target, struct addr *peer, bool *connected, struct err *err)
{
	int result = 0;

	while (target->next < target->count) {
		const struct addr *addr = &target->addrs[target->next];
		int fd;

		target->current = target->next++;
		if (!source_fits(&target->source, addr))
			continue;
		fd = sock_open(target->sock, addr->any.sa_family, SOCK_DGRAM, ERR_CONNECT, err);
		if (fd < 0)
			return -1;
		result = prepare(target, addr, fd, connected, err);
		if (result == 0) {
			*peer = *addr;
			return fd;
		}
		close(fd);
		if (result < 0)
			return -1;
		udp_target_refused(target, result);
	}
	return give_reasons(target, result, err);
}

void udp_target_stay(struct udp_target *target)
{
	target->next = target->count;
}

char *udp_target_describe(int fd, const struct addr *peer)
{
	char from[ADDR_TEXT], to[ADDR_TEXT];
	struct addr local;

	addr_of_socket(fd, false, &local);
	return x_asprintf("sending to %s from %s", addr_format(peer, to),
		local.len ? addr_format(&local, from) : "any address");
}

void udp_target_clear(struct udp_target *target)
{
	free(target->name);
	free(target->addrs);
	buf_clear(&target->reasons);
}
