/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/udp_asking.h"

#define AT(MEMBER, TYPE) OPT_AT(struct asking_cfg, MEMBER, TYPE)

const struct opt asking_opts[] = {
	{ .name = "wait",
		.also = "-q --quit-after",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(wait, double),
		.dflt = "1s",
		.everyday = true,
		.help = "wait so long for answers after the last datagram" },
	{ .name = "replies",
		.also = "-W --count",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(replies, long),
		.min = 1,
		.max = 1000000000,
		.everyday = true,
		.help = "end after N answers; fewer are status 8" },
	{ .name = "repeat",
		.also = "--times",
		.arg = "N",
		.type = OPT_INT,
		.off = AT(repeat, long),
		.min = 0,
		.max = 1000000000,
		.everyday = true,
		.help = "send DATA N times; 0: until stopped" },
	{ .name = "every",
		.also = "--period",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(every, double),
		.everyday = true,
		.help = "with --repeat: begin again so long after the last time (1 s)" },
	{ .ch = 'w',
		.name = "connect-timeout",
		.also = "--connect-to --open-timeout",
		.arg = "TIME",
		.type = OPT_TIME,
		.off = AT(connect_timeout, double),
		.dflt = "10s",
		.help = "give up looking for the address after so long; 0: never" },
	{ 0 },
};

int asking_check(const struct asking_cfg *cfg, bool has_data, bool send_only, struct err *err)
{
	if (cfg->repeat >= 0 && !has_data)
		return err_set(err, ERR_USAGE, "--repeat needs DATA");
	if (cfg->every >= 0 && cfg->repeat < 0)
		return err_set(err, ERR_USAGE, "--every needs --repeat");
	if (cfg->replies > 0 && send_only)
		return err_set(err, ERR_USAGE, "--replies and --send-only exclude each other");
	return 0;
}
