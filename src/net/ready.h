/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Telling the world that we are there: the event, --ready-fd and --port-file, in that order.
 */
#ifndef NETPY_NET_READY_H
#define NETPY_NET_READY_H

#include "base/err.h"
#include "base/event.h"
#include "net/bind.h"

/*
 * Call once, when every socket of the set is open. Emits EVENT_LISTEN, writes the port file
 * beside its name and renames it, writes one line "HOST PORT" (numeric, of the first socket) or
 * "unix:PATH" to --ready-fd and closes that. -1 with ERR_LOCAL when a file cannot be written; a
 * reader of --ready-fd that went away is no error.
 */
int ready_announce(const struct bind_cfg *cfg, const struct bind_set *set,
	struct event_sink *sink, struct err *err);

#endif
