/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/event.h"

#include <string.h>

void event_send(struct event_sink *sink, const struct event *event)
{
	if (sink)
		sink->take(sink, event);
}

static const struct event_field *event_find(
	const struct event *event, const char *key, enum event_type type)
{
	const struct event_field *field;

	for (field = event->fields; field->type != EVENT_END; field++)
		if (field->type == type && !strcmp(field->key, key))
			return field;
	return NULL;
}

const char *event_text(const struct event *event, const char *key)
{
	const struct event_field *field = event_find(event, key, EVENT_TEXT);

	return field ? field->text : NULL;
}

uint64_t event_count(const struct event *event, const char *key)
{
	const struct event_field *field = event_find(event, key, EVENT_COUNT);

	return field ? field->count : 0;
}

double event_seconds(const struct event *event, const char *key)
{
	const struct event_field *field = event_find(event, key, EVENT_SECONDS);

	return field ? field->seconds : 0;
}
