/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words that a shell may offer: names of hosts, ports and interfaces that this machine knows.
 */
#ifndef NETPY_CMD_WORDS_H
#define NETPY_CMD_WORDS_H

#include <stdbool.h>

/* Called for each word, which is borrowed for the call. */
struct words_sink {
	void (*take)(struct words_sink *sink, const char *word, const char *about);
};

/* Names in /etc/hosts and in ~/.ssh/known_hosts (where they are not hashed). A name may come more
 * than once. What cannot be read has no names. */
void words_hosts(struct words_sink *sink);
/* Services in /etc/services, for UDP or TCP; as numbers where asked. */
void words_ports(struct words_sink *sink, bool datagram, bool numbers);
void words_interfaces(struct words_sink *sink);

#endif
