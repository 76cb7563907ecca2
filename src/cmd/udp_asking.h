/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How udp-send asks: how often, and how long it waits for what.
 */
#ifndef NETPY_CMD_UDP_ASKING_H
#define NETPY_CMD_UDP_ASKING_H

#include <stdbool.h>

#include "base/err.h"
#include "base/opt.h"

/* Filled by asking_opts: --wait --replies --repeat --every -w */
struct asking_cfg {
	double wait;		/* for answers, after the last datagram */
	long replies;		/* that are wanted; -1: any number */
	long repeat;		/* how often DATA is sent; 0: until stopped; -1: once */
	double every;		/* between the times; -1: 1 s */
	double connect_timeout; /* for finding the address; 0: none */
};
extern const struct opt asking_opts[];

/* Do they make sense together, and with DATA and --send-only? -1 with ERR_USAGE. */
int asking_check(const struct asking_cfg *cfg, bool has_data, bool send_only, struct err *err);

#endif
