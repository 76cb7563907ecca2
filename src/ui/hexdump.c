/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/hexdump.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/log.h"
#include "base/mem.h"

enum { ROW = 16 };

/*
 * "00000010: 48 65 6c 6c 6f 2c 20 57-6f 72 6c 64 21 0a        |Hello, World!.|"
 * The groups are a dash apart: xxd -r takes a wider gap for the end of the bytes.
 */
static void hexdump_row(struct buf *out, uint64_t offset, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	buf_printf(out, "%08" PRIx64 ":", offset);
	for (i = 0; i < len; i++) {
		const char byte[] = { i == ROW / 2 ? '-' : ' ', digits[bytes[i] >> 4],
			digits[bytes[i] & 15] };

		buf_add(out, byte, sizeof(byte));
	}
	buf_printf(out, "%*s  |", (int)(ROW - len) * 3, "");
	for (i = 0; i < len; i++)
		buf_add_char(out, bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.');
	buf_add(out, "|\n", 2);
}

void hexdump_format(struct buf *out, uint64_t offset, const void *data, size_t len)
{
	const unsigned char *bytes = data;
	bool folded = false;
	size_t at;

	for (at = 0; at < len; at += ROW) {
		size_t left = len - at;

		if (at && left > ROW && !memcmp(bytes + at, bytes + at - ROW, ROW)) {
			if (!folded)
				buf_add(out, "*\n", 2);
			folded = true;
			continue;
		}
		folded = false;
		hexdump_row(out, offset + at, bytes + at, left < ROW ? left : ROW);
	}
}

/* How far one direction of one stream has come. */
struct stream {
	unsigned conn;
	enum tap_way way;
	uint64_t offset;
};

struct hexdump {
	struct tap tap;
	struct timespec start;
	bool several; /* more than one connection was seen: numbers are shown */
	struct stream *streams;
	size_t count;
};

/* From the end: those that came last are those that talk. */
static struct stream *hexdump_stream(struct hexdump *dump, unsigned conn, enum tap_way way)
{
	size_t i;

	for (i = dump->count; i-- > 0;)
		if (dump->streams[i].conn == conn && dump->streams[i].way == way)
			return &dump->streams[i];
	dump->streams = x_realloc(dump->streams, dump->count + 1, sizeof(*dump->streams));
	dump->streams[dump->count] = (struct stream){ .conn = conn, .way = way };
	return &dump->streams[dump->count++];
}

static double hexdump_seconds(const struct hexdump *dump)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - dump->start.tv_sec) +
	       (double)(now.tv_nsec - dump->start.tv_nsec) / 1e9;
}

/* "< 0.001234 192 bytes from 127.0.0.1:80 (#2)" */
static void hexdump_head(const struct hexdump *dump, struct buf *out, enum tap_way way,
	unsigned conn, const char *peer, size_t len, bool datagram)
{
	bool received = way == TAP_RECEIVED;

	buf_printf(out, "%c %.6f %s%zu byte%s", received ? '<' : '>', hexdump_seconds(dump),
		datagram ? "datagram of " : "", len, len == 1 ? "" : "s");
	if (peer) {
		char *shown = escape_text(peer, strlen(peer), 200);

		buf_printf(out, " %s %s", received ? "from" : "to", shown);
		free(shown);
	}
	if (dump->several && conn)
		buf_printf(out, " (#%u)", conn);
	buf_add_char(out, '\n');
}

static void hexdump_take(struct tap *tap, enum tap_way way, unsigned conn, const char *peer,
	const void *data, size_t len, int datagram)
{
	struct hexdump *dump = CONTAINER_OF(tap, struct hexdump, tap);
	struct buf out = { .data = NULL };
	uint64_t offset = 0;

	if (!datagram) {
		struct stream *stream = hexdump_stream(dump, conn, way);

		offset = stream->offset;
		stream->offset += len;
	}
	if (conn > 1)
		dump->several = true;
	hexdump_head(dump, &out, way, conn, peer, len, datagram);
	hexdump_format(&out, offset, data, len);
	/* In one piece, so that nothing of another line gets between the rows. */
	log_write(out.data, out.len);
	buf_clear(&out);
}

struct tap *hexdump_tap_new(void)
{
	struct hexdump *dump = x_calloc(1, sizeof(*dump));

	dump->tap.bytes = hexdump_take;
	clock_gettime(CLOCK_MONOTONIC, &dump->start);
	return &dump->tap;
}

void hexdump_tap_free(struct tap *tap)
{
	struct hexdump *dump;

	if (!tap)
		return;
	dump = CONTAINER_OF(tap, struct hexdump, tap);
	free(dump->streams);
	free(dump);
}
