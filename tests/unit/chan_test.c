/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of states in io/chan.c, met on real socket pairs.
 */
#include "unit.h"

#include <string.h>
#include <sys/socket.h>

#include "io/chan.h"
#include "io/fdlink.h"
#include "io/loop.h"

struct seen {
	struct ev_loop *loop;
	struct chan *chan;
	int far; /* the other end of the chan's socket */
	struct buf data;
	size_t take; /* how much of one call is taken; 0: all */
	int eof, drained, shut, failed;
	bool free_on_data;
};

static size_t on_data(struct chan *chan, const void *data, size_t len)
{
	struct seen *seen = chan_owner(chan);
	size_t n = seen->take && seen->take < len ? seen->take : len;

	buf_add(&seen->data, data, n);
	if (seen->free_on_data) {
		seen->chan = NULL;
		chan_free(chan);
	}
	return n;
}

static void on_eof(struct chan *chan)
{
	((struct seen *)chan_owner(chan))->eof++;
}

static void on_drained(struct chan *chan)
{
	((struct seen *)chan_owner(chan))->drained++;
}

static void on_shut(struct chan *chan)
{
	((struct seen *)chan_owner(chan))->shut++;
}

static void on_failed(struct chan *chan)
{
	((struct seen *)chan_owner(chan))->failed++;
}

static const struct chan_cb seen_cb = {
	.data = on_data,
	.eof = on_eof,
	.drained = on_drained,
	.shut = on_shut,
	.failed = on_failed,
};

static int setup(void **state)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	int pair[2];

	assert_non_null(seen);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	seen->loop = loop_new();
	seen->far = pair[1];
	seen->chan = chan_new(seen->loop, fdlink_new_socket(pair[0]), &seen_cb, seen);
	chan_resume(seen->chan);
	*state = seen;
	return 0;
}

static int teardown(void **state)
{
	struct seen *seen = *state;

	chan_free(seen->chan);
	buf_clear(&seen->data);
	loop_free(seen->loop);
	if (seen->far >= 0)
		close(seen->far);
	free(seen);
	return 0;
}

static void turn(struct seen *seen)
{
	for (int i = 0; i < 20; i++)
		ev_run(seen->loop, EVRUN_NOWAIT);
}

static void hang_up(struct seen *seen)
{
	close(seen->far);
	seen->far = -1;
}

static void put(struct seen *seen, const char *text)
{
	assert_int_equal(write(seen->far, text, strlen(text)), strlen(text));
}

static void bytes_come_and_then_the_end(void **state)
{
	struct seen *seen = *state;

	put(seen, "hello");
	shutdown(seen->far, SHUT_WR);
	turn(seen);
	assert_string_equal(buf_text(&seen->data), "hello");
	assert_int_equal(seen->eof, 1);
	assert_true(chan_has_ended(seen->chan));
	assert_int_equal(chan_received(seen->chan), 5);
	assert_int_equal(seen->failed, 0);
}

static void a_paused_chan_reads_nothing(void **state)
{
	struct seen *seen = *state;

	chan_pause(seen->chan);
	put(seen, "hello");
	turn(seen);
	assert_int_equal(seen->data.len, 0);
	chan_resume(seen->chan);
	turn(seen);
	assert_int_equal(seen->data.len, 5);
}

static void a_pause_of_ours_is_no_silence(void **state)
{
	struct seen *seen = *state;
	ev_tstamp before = chan_last_active(seen->chan);

	chan_pause(seen->chan);
	ev_sleep(0.01);
	ev_now_update(seen->loop);
	assert_true(chan_last_active(seen->chan) <= before);
	chan_resume(seen->chan);
	assert_true(chan_last_active(seen->chan) > before);
}

static void what_is_not_taken_comes_again(void **state)
{
	struct seen *seen = *state;

	seen->take = 2;
	put(seen, "hello");
	turn(seen);
	assert_string_equal(buf_text(&seen->data), "he");
	assert_true(chan_is_paused(seen->chan));
	chan_resume(seen->chan);
	turn(seen);
	seen->take = 0;
	chan_resume(seen->chan);
	shutdown(seen->far, SHUT_WR);
	turn(seen);
	assert_string_equal(buf_text(&seen->data), "hello");
	assert_int_equal(seen->eof, 1);
}

static void the_queue_drains_and_then_the_end_follows(void **state)
{
	struct seen *seen = *state;
	size_t len = 4 << 20, got = 0;
	char *big = calloc(1, len);
	char sink[65536];
	ssize_t n;

	assert_non_null(big);
	chan_send(seen->chan, big, len);
	chan_end(seen->chan);
	assert_true(chan_queued(seen->chan) > 0);
	while ((n = recv(seen->far, sink, sizeof(sink), MSG_DONTWAIT)) != 0) {
		if (n > 0)
			got += (size_t)n;
		ev_run(seen->loop, EVRUN_NOWAIT);
	}
	turn(seen);
	assert_int_equal(got, len);
	assert_int_equal(seen->drained, 1);
	assert_int_equal(seen->shut, 1);
	assert_int_equal(chan_queued(seen->chan), 0);
	assert_true(chan_is_shut(seen->chan));
	chan_send(seen->chan, "late", 4);
	assert_int_equal(chan_sent(seen->chan), len);
	free(big);
}

static void a_shared_piece_is_not_copied(void **state)
{
	struct seen *seen = *state;
	struct seg *seg = seg_new("shared", 6);
	char *big = calloc(1, 4 << 20);

	assert_non_null(big);
	chan_send(seen->chan, big, 4 << 20);
	chan_send_seg(seen->chan, seg);
	assert_int_equal(seg->refs, 2);
	chan_free(seen->chan);
	seen->chan = NULL;
	assert_int_equal(seg->refs, 1);
	seg_unref(seg);
	free(big);
}

static void what_came_before_a_failed_write_is_given_first(void **state)
{
	struct seen *seen = *state;

	put(seen, "last words");
	hang_up(seen);
	chan_send(seen->chan, "x", 1);
	assert_int_equal(seen->failed, 0);
	turn(seen);
	assert_string_equal(buf_text(&seen->data), "last words");
	assert_int_equal(seen->eof, 0);
	assert_int_equal(seen->failed, 1);
	assert_int_equal(chan_err(seen->chan)->kind, ERR_PEER);
}

static void a_chan_may_be_freed_in_its_own_callback(void **state)
{
	struct seen *seen = *state;

	seen->free_on_data = true;
	put(seen, "hello");
	hang_up(seen);
	turn(seen);
	assert_null(seen->chan);
	assert_int_equal(seen->eof, 0);
}

static void borrow(struct chan *chan)
{
	char byte;

	chan_report_read(chan, link_read(chan_link(chan), &byte, 1));
}

static void a_borrower_reads_instead(void **state)
{
	struct seen *seen = *state;

	chan_borrow_read(seen->chan, borrow);
	put(seen, "hello");
	shutdown(seen->far, SHUT_WR);
	turn(seen);
	assert_int_equal(seen->data.len, 0);
	assert_int_equal(chan_received(seen->chan), 5);
	assert_int_equal(seen->eof, 1);
}

static void the_reader_of_a_pipe_is_missed_while_idle(void **state)
{
	struct seen *seen = *state;
	struct seen out = { .loop = seen->loop, .far = -1 };
	int in[2], to[2];

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(to), 0);
	out.chan = chan_new(out.loop, fdlink_new_pair(in[0], "stdin", to[1], "stdout", -1),
		&seen_cb, &out);
	chan_resume(out.chan);
	turn(&out);
	assert_int_equal(out.failed, 0);
	close(to[0]);
	turn(&out);
	assert_int_equal(out.failed, 1);
	assert_int_equal(chan_err(out.chan)->kind, ERR_LOCAL);
	assert_null(chan_err(out.chan)->msg);
	chan_free(out.chan);
	close(in[1]);
}

#define CHAN_TEST(F) cmocka_unit_test_setup_teardown(F, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CHAN_TEST(bytes_come_and_then_the_end),
		CHAN_TEST(a_paused_chan_reads_nothing),
		CHAN_TEST(a_pause_of_ours_is_no_silence),
		CHAN_TEST(what_is_not_taken_comes_again),
		CHAN_TEST(the_queue_drains_and_then_the_end_follows),
		CHAN_TEST(a_shared_piece_is_not_copied),
		CHAN_TEST(what_came_before_a_failed_write_is_given_first),
		CHAN_TEST(a_chan_may_be_freed_in_its_own_callback),
		CHAN_TEST(a_borrower_reads_instead),
		CHAN_TEST(the_reader_of_a_pipe_is_missed_while_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
