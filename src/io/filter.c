/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/filter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/mem.h"

static void feed_from(struct filter *filter, const void *data, size_t len, struct buf *out)
{
	struct buf between = { 0 };

	if (!filter) {
		buf_add(out, data, len);
		return;
	}
	if (!filter->next) {
		filter->ops->feed(filter, data, len, out);
		return;
	}
	filter->ops->feed(filter, data, len, &between);
	feed_from(filter->next, between.data, between.len, out);
	buf_clear(&between);
}

void filters_feed(struct filter *list, const void *data, size_t len, struct buf *out)
{
	feed_from(list, data, len, out);
}

void filters_flush(struct filter *list, struct buf *out)
{
	for (struct filter *filter = list; filter; filter = filter->next) {
		struct buf rest = { 0 };

		if (filter->ops->flush)
			filter->ops->flush(filter, &rest);
		if (rest.len > 0)
			feed_from(filter->next, rest.data, rest.len, out);
		buf_clear(&rest);
	}
}

void filters_free(struct filter *list)
{
	struct filter *next;

	for (; list; list = next) {
		next = list->next;
		list->ops->free(list);
	}
}

void filters_add(struct filter **list, struct filter *filter)
{
	while (*list)
		list = &(*list)->next;
	*list = filter;
}

/* --- line ends ---------------------------------------------------------------------------- */

struct eol_filter {
	struct filter filter;
	const char *eol;
	bool after_cr; /* the last byte of the last call was a CR */
};

const char *eol_text(enum eol eol)
{
	static const char *const texts[] = { "\n", "\r\n", "\r", "" };

	return texts[eol];
}

static void eol_feed(struct filter *filter, const void *data, size_t len, struct buf *out)
{
	struct eol_filter *self = CONTAINER_OF(filter, struct eol_filter, filter);
	const char *at = data, *end = at + len, *lf;

	for (; at < end && (lf = memchr(at, '\n', (size_t)(end - at))); at = lf + 1) {
		bool pair = lf > at ? lf[-1] == '\r' : self->after_cr;

		buf_add(out, at, (size_t)(lf - at));
		buf_add_text(out, pair ? "\n" : self->eol);
		self->after_cr = false;
	}
	buf_add(out, at, (size_t)(end - at));
	if (at < end)
		self->after_cr = end[-1] == '\r';
}

static void eol_free(struct filter *filter)
{
	free(CONTAINER_OF(filter, struct eol_filter, filter));
}

struct filter *filter_new_eol(enum eol eol)
{
	static const struct filter_ops ops = { .feed = eol_feed, .free = eol_free };
	struct eol_filter *self;

	if (eol == EOL_LF)
		return NULL;
	self = x_calloc(1, sizeof(*self));
	self->filter.ops = &ops;
	self->eol = eol_text(eol);
	return &self->filter;
}

/* --- terminal escaping ---------------------------------------------------------------------- */

struct escape_filter {
	struct filter filter;
	struct escape state;
};

static void escape_filter_feed(struct filter *filter, const void *data, size_t len, struct buf *out)
{
	escape_feed(&CONTAINER_OF(filter, struct escape_filter, filter)->state, data, len, out);
}

static void escape_filter_flush(struct filter *filter, struct buf *out)
{
	escape_flush(&CONTAINER_OF(filter, struct escape_filter, filter)->state, out);
}

static void escape_filter_free(struct filter *filter)
{
	free(CONTAINER_OF(filter, struct escape_filter, filter));
}

struct filter *filter_new_escape(void)
{
	static const struct filter_ops ops = {
		.feed = escape_filter_feed,
		.flush = escape_filter_flush,
		.free = escape_filter_free,
	};
	struct escape_filter *self = x_calloc(1, sizeof(*self));

	self->filter.ops = &ops;
	return &self->filter;
}
