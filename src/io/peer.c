/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/peer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/num.h"

static int to_refuse(const char *word, struct err *err)
{
	char *shown = escape_text(word, strlen(word), 0);

	err_set(err, ERR_USAGE,
		"--to takes last, all, none, the number of a peer or its address, not '%s'", shown);
	free(shown);
	return -1;
}

int to_parse(const char *word, struct to *out, struct err *err)
{
	static const char *const words[] = { "last", "all", "none" };
	long id;

	*out = (struct to){ .kind = TO_LAST };
	for (int i = 0; i < 3; i++) {
		if (strcmp(word, words[i]) == 0) {
			out->kind = (enum to_kind)i;
			return 0;
		}
	}
	if (num_parse_int(word, 1, INT_MAX, &id) == 0) {
		out->kind = TO_ID;
		out->id = (unsigned)id;
		return 0;
	}
	/* No numeric address does without a dot or a colon: what has neither is a slip. */
	if (!strpbrk(word, ".:"))
		return to_refuse(word, err);
	out->kind = TO_ADDRESS;
	out->address = word;
	return 0;
}

void peers_add(struct peers *peers, struct peer *peer)
{
	peer->id = ++peers->last_id;
	peer->prev = NULL;
	peer->next = peers->list;
	if (peers->list)
		peers->list->prev = peer;
	peers->list = peer;
	peers->count++;
}

void peers_remove(struct peers *peers, struct peer *peer)
{
	*(peer->prev ? &peer->prev->next : &peers->list) = peer->next;
	if (peer->next)
		peer->next->prev = peer->prev;
	peer->next = peer->prev = NULL;
	peers->count--;
	if (peers->speaker == peer)
		peers->speaker = NULL;
}

void peers_spoke(struct peers *peers, struct peer *peer)
{
	peers->speaker = peer;
}

/* Is text "HOST:PORT" or "[HOST]:PORT" of this host, whatever the port? */
static bool host_is(const char *text, const char *host)
{
	size_t len = strlen(host);
	const char *colon = strrchr(text, ':');

	if (!colon)
		return false;
	if (text[0] == '[' && host[0] != '[')
		return (size_t)(colon - text) == len + 2 && strncmp(text + 1, host, len) == 0;
	return (size_t)(colon - text) == len && strncmp(text, host, len) == 0;
}

static bool to_matches(const struct to *to, const struct peer *peer)
{
	const char *text;

	switch (to->kind) {
	case TO_ALL:
		return true;
	case TO_ID:
		return peer->id == to->id;
	case TO_ADDRESS:
		text = peer->ops->describe(peer);
		return strcmp(text, to->address) == 0 || host_is(text, to->address);
	case TO_LAST:
	case TO_NONE:
		break;
	}
	return false;
}

struct peer *peers_choose(
	const struct peers *peers, const struct to *to, const struct peer *previous)
{
	if (to->kind == TO_LAST) {
		if (previous)
			return NULL;
		return peers->speaker ? peers->speaker : peers->list;
	}
	for (struct peer *peer = previous ? previous->next : peers->list; peer; peer = peer->next) {
		if (to_matches(to, peer))
			return peer;
	}
	return NULL;
}
