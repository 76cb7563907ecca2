/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cmd/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/num.h"

int frame_init(struct frame *frame, const char *word, struct err *err)
{
	int64_t size;
	char *shown;

	if (strcmp(word, "line") == 0) {
		frame->kind = FRAME_LINE;
		return 0;
	}
	if (strcmp(word, "whole") == 0) {
		frame->kind = FRAME_WHOLE;
	} else if (num_parse_size(word, &size) == 0 && size >= 1 && (uint64_t)size <= frame->max) {
		frame->kind = FRAME_SIZE;
		frame->size = (size_t)size;
	} else {
		shown = escape_text(word, strlen(word), 0);
		err_set(err, ERR_USAGE,
			"--datagram takes line, whole, or a size from 1 to %zu, not '%s'",
			frame->max, shown);
		free(shown);
		return -1;
	}
	frame->filter = filter_new_eol(frame->eol);
	return 0;
}

void frame_restart(struct frame *frame)
{
	frame->in.len = frame->at = frame->scanned = 0;
	frame->ended = frame->whole_done = false;
}

/* A line may have to be seen whole before its end is changed, so that is done in next_line. */
void frame_feed(struct frame *frame, const void *data, size_t len)
{
	buf_drop(&frame->in, frame->at);
	frame->scanned -= frame->at;
	frame->at = 0;
	if (frame->filter)
		filters_feed(frame->filter, data, len, &frame->in);
	else
		buf_add(&frame->in, data, len);
}

void frame_end(struct frame *frame)
{
	frame->ended = true;
}

static int too_large(const struct frame *frame, struct err *err)
{
	err_set(err, frame->fault,
		"%s%s is larger than %zu bytes, the most that a datagram carries",
		frame->kind == FRAME_LINE ? "a line of " : "", frame->source, frame->max);
	if (frame->kind == FRAME_WHOLE)
		err_set_hint(err, "--datagram SIZE cuts it into pieces");
	else
		err_set_hint(err, "--datagram SIZE makes pieces instead of lines");
	return -1;
}

/* Hand out len bytes from the front. */
static int give(struct frame *frame, size_t len, const void **data, size_t *out_len)
{
	*data = frame->in.data + frame->at;
	*out_len = len;
	frame->at += len;
	frame->scanned = frame->at;
	return 1;
}

static int give_line(struct frame *frame, size_t len, const void **data, size_t *out_len)
{
	const char *line = frame->in.data + frame->at;
	bool bare = line[len - 1] == '\n' && !(len > 1 && line[len - 2] == '\r');

	give(frame, len, data, out_len);
	if (frame->eol == EOL_LF || !bare)
		return 1;
	frame->line.len = 0;
	buf_add(&frame->line, line, len - 1);
	buf_add_text(&frame->line, eol_text(frame->eol));
	*data = frame->line.data;
	*out_len = frame->line.len;
	return 1;
}

static int next_line(struct frame *frame, const void **data, size_t *len, struct err *err)
{
	const char *from = frame->in.data + frame->scanned;
	size_t held = frame->in.len - frame->at;
	const char *lf = NULL;

	if (frame->in.len > frame->scanned)
		lf = memchr(from, '\n', frame->in.len - frame->scanned);
	if (lf)
		held = (size_t)(lf + 1 - (frame->in.data + frame->at));
	else
		frame->scanned = frame->in.len;
	if (held > frame->max)
		return too_large(frame, err);
	if (!lf && (!frame->ended || held == 0))
		return 0;
	if (give_line(frame, held, data, len) && *len > frame->max)
		return too_large(frame, err);
	return 1;
}

static int next_whole(struct frame *frame, const void **data, size_t *len, struct err *err)
{
	size_t held = frame->in.len - frame->at;

	if (held > frame->max)
		return too_large(frame, err);
	if (!frame->ended || frame->whole_done)
		return 0;
	frame->whole_done = true;
	give(frame, held, data, len);
	if (held == 0)
		*data = "";
	return 1;
}

int frame_next(struct frame *frame, const void **data, size_t *len, struct err *err)
{
	size_t held = frame->in.len - frame->at;

	switch (frame->kind) {
	case FRAME_LINE:
		return next_line(frame, data, len, err);
	case FRAME_WHOLE:
		return next_whole(frame, data, len, err);
	case FRAME_SIZE:
		break;
	}
	if (held >= frame->size)
		return give(frame, frame->size, data, len);
	return frame->ended && held > 0 ? give(frame, held, data, len) : 0;
}

void frame_clear(struct frame *frame)
{
	filters_free(frame->filter);
	buf_clear(&frame->in);
	buf_clear(&frame->line);
}
