/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/buf.h"

static void bytes_are_kept_in_order(void **state)
{
	struct buf buf = { .data = NULL };
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++)
		buf_add_char(&buf, (char)(i % 251));
	assert_int_equal(buf.len, 10000);
	assert_true(buf.cap >= buf.len);
	for (i = 0; i < 10000; i++)
		assert_int_equal((unsigned char)buf.data[i], i % 251);
	buf_clear(&buf);
	assert_null(buf.data);
	assert_int_equal(buf.len, 0);
	assert_int_equal(buf.cap, 0);
}

static void nothing_added_is_nothing_allocated(void **state)
{
	struct buf buf = { .data = NULL };

	(void)state;
	buf_add(&buf, NULL, 0);
	buf_add_text(&buf, "");
	buf_drop(&buf, 5);
	assert_null(buf.data);
	buf_clear(&buf);
}

static void text_is_ended_without_counting(void **state)
{
	struct buf buf = { .data = NULL };

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	buf_printf(&buf, "%s %d", "port", 80);
	buf_add(&buf, "\0x", 2);
	buf_printf(&buf, "%s", "");
	assert_int_equal(buf.len, 9);
	assert_memory_equal(buf_text(&buf), "port 80\0x", 10);
	assert_int_equal(buf.len, 9);
	buf_clear(&buf);
}

static void long_text_is_printed_whole(void **state)
{
	struct buf buf = { .data = NULL };

	(void)state;
	buf_printf(&buf, "%05000d", 7);
	assert_int_equal(buf.len, 5000);
	assert_int_equal(buf.data[4999], '7');
	buf_clear(&buf);
}

static void dropping_keeps_the_rest(void **state)
{
	struct buf buf = { .data = NULL };

	(void)state;
	buf_add_text(&buf, "abcdef");
	buf_drop(&buf, 0);
	buf_drop(&buf, 4);
	assert_string_equal(buf_text(&buf), "ef");
	buf_drop(&buf, 99);
	assert_string_equal(buf_text(&buf), "");
	buf_clear(&buf);
}

static void reserved_room_is_there(void **state)
{
	struct buf buf = { .data = NULL };
	char *room;

	(void)state;
	buf_add_text(&buf, "ab");
	room = buf_reserve(&buf, 1000);
	memset(room, 'x', 1000);
	buf.len += 1000;
	assert_memory_equal(buf.data, "abxx", 4);
	assert_true(buf.cap >= 1002);
	assert_ptr_equal(buf_reserve(&buf, 0), buf.data + 1002);
	buf_clear(&buf);
}

/* Whether the last reference frees is seen by a run with valgrind or a sanitizer. */
static void a_segment_lives_as_long_as_its_references(void **state)
{
	struct seg *seg = seg_new("hello", 5), *empty = seg_new(NULL, 0);

	(void)state;
	assert_int_equal(seg->refs, 1);
	assert_ptr_equal(seg_ref(seg), seg);
	seg_unref(seg);
	assert_int_equal(seg->refs, 1);
	assert_int_equal(seg->len, 5);
	assert_memory_equal(seg->data, "hello", 5);
	seg_unref(seg);
	seg_unref(empty);
	seg_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_kept_in_order),
		cmocka_unit_test(nothing_added_is_nothing_allocated),
		cmocka_unit_test(text_is_ended_without_counting),
		cmocka_unit_test(long_text_is_printed_whole),
		cmocka_unit_test(dropping_keeps_the_rest),
		cmocka_unit_test(reserved_room_is_there),
		cmocka_unit_test(a_segment_lives_as_long_as_its_references),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
