/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/source.h"

#include <errno.h>

#include "net/resolve.h"

#define AT(MEMBER, TYPE) OPT_AT(struct source_cfg, MEMBER, TYPE)

const struct opt source_opts[] = {
	{ .ch = 's',
		.name = "source",
		.also = "--source-address --local-address --bind",
		.arg = "ADDRESS",
		.type = OPT_STR,
		.off = AT(address, const char *),
		.help = "speak from this numeric address of ours" },
	{ .ch = 'p',
		.name = "source-port",
		.also = "--local-port --sourceport",
		.arg = "PORT",
		.type = OPT_STR,
		.off = AT(port, const char *),
		.hint = OPT_HINT_PORT,
		.help = "speak from this port" },
	{ 0 },
};

static int parse_port(const char *word, int type, unsigned *out, struct err *err)
{
	struct err cause = { 0 };
	int port = endpoint_parse_port(word, type == SOCK_DGRAM, true, &cause);

	if (port < 0)
		err_set(err, ERR_USAGE, "--source-port: %s", cause.msg);
	else
		*out = (unsigned)port;
	err_clear(&cause);
	return port < 0 ? -1 : 0;
}

static int parse_address(const char *word, int family, struct source *out, struct err *err)
{
	struct err cause = { 0 };
	int found = resolve_number(word, out->port, family, &out->addr, &cause);

	if (found == 0)
		err_set(&cause, ERR_USAGE, "it takes a numeric address");
	if (found <= 0)
		err_set(err, ERR_USAGE, "--source: %s", cause.msg);
	err_clear(&cause);
	return found > 0 ? 0 : -1;
}

int source_parse(const struct source_cfg *cfg, const struct sock_cfg *sock,
	const struct endpoint *endpoint, int type, struct source *out, struct err *err)
{
	*out = (struct source){ .port = 0 };
	if (endpoint->kind == ENDPOINT_UNIX && (cfg->address || cfg->port))
		return err_set(
			err, ERR_USAGE, "--source and --source-port are not for unix sockets");
	if (cfg->port && parse_port(cfg->port, type, &out->port, err) < 0)
		return -1;
	return cfg->address ? parse_address(cfg->address, sock_family(sock), out, err) : 0;
}

bool source_is_any(const struct source *source)
{
	return source->addr.len == 0 && source->port == 0;
}

bool source_fits(const struct source *source, const struct addr *peer)
{
	return source->addr.len == 0 || source->addr.any.sa_family == peer->any.sa_family;
}

int source_bind(const struct source *source, const struct addr *peer, int fd, struct err *err)
{
	struct addr addr = source->addr;
	char text[ADDR_TEXT];

	if (source_is_any(source))
		return 0;
	if (addr.len == 0) {
		addr.len = peer->len;
		addr.any.sa_family = peer->any.sa_family;
		addr_set_port(&addr, source->port);
	}
	if (bind(fd, &addr.any, addr.len) == 0)
		return 0;
	return err_set_errno(err, ERR_LISTEN, errno, "cannot bind %s",
		source->port != 0 ? addr_format(&addr, text) : addr_format_host(&addr, text));
}
