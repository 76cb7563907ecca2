/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/link.h"

#include <stddef.h>

/* Remember the first end that was not a proper one. */
static ssize_t keep(struct link *link, ssize_t result)
{
	if ((result == LINK_ERROR || result == LINK_CUT) && !link->ended)
		link->ended = result;
	return result;
}

ssize_t link_open(struct link *link)
{
	if (link->ended)
		return link->ended;
	return link->ops->open ? keep(link, link->ops->open(link)) : 0;
}

ssize_t link_read(struct link *link, void *data, size_t len)
{
	ssize_t result;

	link->nap = 0;
	result = link->ops->read(link, data, len);
	/* Linux tells of a reset once: after a failed write what looks like an end is none. */
	if (link->ended && result <= 0)
		return link->ended;
	return keep(link, result);
}

ssize_t link_write(struct link *link, const struct iovec *pieces, int count)
{
	if (link->ended)
		return link->ended;
	return keep(link, link->ops->write(link, pieces, count));
}

ssize_t link_shut(struct link *link)
{
	if (link->ended)
		return link->ended;
	return keep(link, link->ops->shut(link));
}

void link_abort(struct link *link)
{
	link->aborted = true;
}

void link_free(struct link *link)
{
	if (link)
		link->ops->free(link);
}
