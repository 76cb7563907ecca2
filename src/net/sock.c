/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/sock.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/escape.h"

/* Probing a silent peer: after so many seconds, then that often, that many times. */
enum { KEEPALIVE_IDLE = 60, KEEPALIVE_INTERVAL = 15, KEEPALIVE_COUNT = 4 };

/* -4 or -6; a bit above those that commands use for rows of their own. */
enum { EXCL_FAMILY = 1 << 16 };

#define AT(MEMBER, TYPE) OPT_AT(struct sock_cfg, MEMBER, TYPE)

const struct opt sock_opts[] = { { .ch = '4',
					 .name = "ipv4",
					 .also = "--inet --ip4",
					 .type = OPT_FLAG,
					 .off = AT(only4, bool),
					 .excl = EXCL_FAMILY,
					 .everyday = true,
					 .help = "IPv4 only" },
	{ .ch = '6',
		.name = "ipv6",
		.also = "--inet6 --ip6",
		.type = OPT_FLAG,
		.off = AT(only6, bool),
		.excl = EXCL_FAMILY,
		.everyday = true,
		.help = "IPv6 only" },
	{ .ch = 'n',
		.name = "numeric",
		.also = "--nodns --no-dns",
		.type = OPT_FLAG,
		.off = AT(numeric, bool),
		.everyday = true,
		.help = "look up no names: addresses are numbers" },
	{ .name = "sndbuf",
		.also = "-O --so-sndbuf --send-buffer",
		.arg = "SIZE",
		.type = OPT_SIZE,
		.off = AT(sndbuf, int64_t),
		.min = 1,
		.max = INT_MAX / 2,
		.help = "ask for a send buffer of this size" },
	{ .name = "rcvbuf",
		.also = "-I --so-rcvbuf --recv-buffer --receive-buffer",
		.arg = "SIZE",
		.type = OPT_SIZE,
		.off = AT(rcvbuf, int64_t),
		.min = 1,
		.max = INT_MAX / 2,
		.help = "ask for a receive buffer of this size" },
	{ .name = "ttl",
		.also = "-M --ip-ttl --hop-limit",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(ttl, long),
		.min = 1,
		.max = 255,
		.help = "set the time to live (hop limit) of packets" },
	{ .name = "tos",
		.also = "-T --ip-tos --dscp",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(tos, long),
		.min = 0,
		.max = 255,
		.help = "set the type of service (traffic class) of packets, 0-255" },
	{ .name = "interface",
		.also = "--bindtodevice --so-bindtodevice --iface",
		.arg = "IFACE",
		.type = OPT_STR,
		.off = AT(interface, const char *),
		.hint = OPT_HINT_IFACE,
		.help = "use this network interface only" },
	{ 0 } };

const struct opt sock_stream_opts[] = {
	{ .name = "keepalive",
		.also = "--keepalive-time --tcp-keepalive",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(keepalive, double),
		.min = 0,
		.max = 32767,
		.help = "probe a peer that was silent so long (60 s); 0: never" },
	{ .name = "nodelay",
		.also = "--tcp-nodelay --no-delay",
		.arg = "WHEN",
		.type = OPT_ENUM,
		.off = AT(nodelay, int),
		.choices = "off|on",
		.dflt = "on",
		.help = "send small pieces at once (TCP_NODELAY)" },
	{ 0 },
};

int sock_family(const struct sock_cfg *cfg)
{
	if (cfg->only4)
		return AF_INET;
	return cfg->only6 ? AF_INET6 : AF_UNSPEC;
}

int sock_check(const struct sock_cfg *cfg, struct err *err)
{
	char *shown;

	if (!cfg->interface || if_nametoindex(cfg->interface) != 0)
		return 0;
	shown = escape_text(cfg->interface, strlen(cfg->interface), 0);
	err_set(err, ERR_USAGE, "--interface: there is no interface '%s'", shown);
	free(shown);
	return -1;
}

/* One option of a socket that is being opened; -1 is "as the system has it". */
struct setting {
	const char *option;
	int level, name;
	int64_t value;
};

static int apply(int fd, const struct setting *set, enum err_kind kind, struct err *err)
{
	int value = (int)set->value;

	if (set->value < 0 || setsockopt(fd, set->level, set->name, &value, sizeof(value)) == 0)
		return 0;
	return err_set_errno(err, kind, errno, "cannot set --%s %d", set->option, value);
}

static int apply_inet(
	const struct sock_cfg *cfg, int fd, int family, enum err_kind kind, struct err *err)
{
	bool v6 = family == AF_INET6;
	const struct setting settings[] = {
		{ "ttl", v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_UNICAST_HOPS : IP_TTL,
			cfg->ttl },
		{ "tos", v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, cfg->tos },
	};
	/* An IPv6 socket may carry IPv4 too; where it cannot, that is no loss. */
	const struct setting mapped[] = {
		{ "ttl", IPPROTO_IP, IP_TTL, cfg->ttl },
		{ "tos", IPPROTO_IP, IP_TOS, cfg->tos },
	};
	struct err ignored = { 0 };
	int i;

	for (i = 0; i < 2; i++) {
		if (apply(fd, &settings[i], kind, err) < 0)
			return -1;
		if (v6)
			apply(fd, &mapped[i], kind, &ignored);
	}
	err_clear(&ignored);
	if (cfg->interface && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, cfg->interface,
				      (socklen_t)strlen(cfg->interface) + 1) < 0)
		return err_set_errno(err, kind, errno, "cannot use --interface %s", cfg->interface);
	return 0;
}

static int apply_all(
	const struct sock_cfg *cfg, int fd, int family, enum err_kind kind, struct err *err)
{
	const struct setting sndbuf = { "sndbuf", SOL_SOCKET, SO_SNDBUF, cfg->sndbuf };
	const struct setting rcvbuf = { "rcvbuf", SOL_SOCKET, SO_RCVBUF, cfg->rcvbuf };

	if (apply(fd, &sndbuf, kind, err) < 0 || apply(fd, &rcvbuf, kind, err) < 0)
		return -1;
	return family == AF_UNIX ? 0 : apply_inet(cfg, fd, family, kind, err);
}

int sock_open(const struct sock_cfg *cfg, int family, int type, enum err_kind kind, struct err *err)
{
	int fd, errnum;

	/* The kernel would take the first 15 characters of a longer name for it. */
	if (sock_check(cfg, err) < 0)
		return -1;
	fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		errnum = errno;
		err_set_errno(err, kind, errnum, "cannot open a socket");
	} else {
		if (apply_all(cfg, fd, family, kind, err) == 0)
			return fd;
		errnum = errno;
		close(fd);
	}
	errno = errnum;
	return -1;
}

static void set_tcp(int fd, int name, int value)
{
	setsockopt(fd, IPPROTO_TCP, name, &value, sizeof(value));
}

void sock_apply_stream(const struct sock_cfg *cfg, int fd)
{
	double idle = cfg->keepalive < 0 ? KEEPALIVE_IDLE : cfg->keepalive;
	int on = 1, nodelay = cfg->nodelay;

	/* Fails for a unix socket, which needs none of this. */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &nodelay, sizeof(nodelay)) < 0 || idle == 0)
		return;
	if (idle < 1)
		idle = 1;
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	set_tcp(fd, TCP_KEEPIDLE, (int)idle);
	set_tcp(fd, TCP_KEEPINTVL, idle < KEEPALIVE_INTERVAL ? (int)idle : KEEPALIVE_INTERVAL);
	set_tcp(fd, TCP_KEEPCNT, KEEPALIVE_COUNT);
}
