/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/show.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ui/hexdump.h"

enum { ROW = 16 };

struct hex_filter {
	struct filter filter;
	uint64_t offset;
	struct buf held; /* less than a row */
};

static struct hex_filter *hex_of(struct filter *filter)
{
	return CONTAINER_OF(filter, struct hex_filter, filter);
}

static void show_rows(struct hex_filter *self, size_t len, struct buf *out)
{
	hexdump_format(out, self->offset, self->held.data, len);
	self->offset += len;
	buf_drop(&self->held, len);
}

static void hex_feed(struct filter *filter, const void *data, size_t len, struct buf *out)
{
	struct hex_filter *self = hex_of(filter);

	buf_add(&self->held, data, len);
	show_rows(self, self->held.len / ROW * ROW, out);
}

static void hex_flush(struct filter *filter, struct buf *out)
{
	show_rows(hex_of(filter), hex_of(filter)->held.len, out);
}

static void hex_free(struct filter *filter)
{
	buf_clear(&hex_of(filter)->held);
	free(hex_of(filter));
}

struct filter *show_new_filter(enum show show)
{
	static const struct filter_ops ops = {
		.feed = hex_feed, .flush = hex_flush, .free = hex_free
	};
	struct hex_filter *self;

	if (show == SHOW_TEXT)
		return filter_new_escape();
	self = x_calloc(1, sizeof(*self));
	self->filter.ops = &ops;
	return &self->filter;
}
