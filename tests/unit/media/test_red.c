/* RED payloads and how much care sound needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/payload.h"
#include "media/red.h"
#include "media/sound_care.h"
#include "tests/unit/leaves_nothing.h"

#define MS 1000LL

static void what_is_written_reads_the_same(void **state)
{
	static const struct red_block blocks[] = {
		{ 1920, 3, (const uint8_t *)"aaa" }, { 960, 0, (const uint8_t *)"" }, { 0, 4, (const uint8_t *)"prim" },
	};
	const uint8_t *primary = NULL;
	struct red_block got[RED_MAX_BLOCKS];
	uint8_t out[64], pt = 0;
	size_t n, len = 0;

	(void)state;
	n = red_write(out, sizeof(out), 111, blocks, ARRAY_LEN(blocks));
	assert_int_equal(n, 4 + 4 + 1 + 3 + 0 + 4);
	assert_int_equal(red_read(got, out, n), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(got[i].offset_rtp, blocks[i].offset_rtp);
		assert_int_equal(got[i].len, blocks[i].len);
		assert_memory_equal(got[i].data, blocks[i].data, blocks[i].len);
	}
	assert_int_equal(red_primary(out, n, &pt, &primary, &len), 0);
	assert_int_equal(pt, 111);
	assert_int_equal(len, 4);
	for (size_t cut = 0; cut <= n - 4; cut++)
		assert_int_equal(red_read(got, out, cut), 0);
	assert_int_equal(red_write(out, n - 1, 111, blocks, ARRAY_LEN(blocks)), 0);
}

static void what_red_cannot_say_is_not_written(void **state)
{
	static uint8_t out[4096], data[2048];
	struct red_block blocks[2] = { { RED_MAX_OFFSET_RTP, RED_MAX_BLOCK_BYTES, data }, { 0, 2000, data } };

	(void)state;
	assert_int_equal(red_write(out, sizeof(out), 111, blocks, 2), 5 + RED_MAX_BLOCK_BYTES + 2000);
	blocks[0].offset_rtp++;
	assert_int_equal(red_write(out, sizeof(out), 111, blocks, 2), 0);
	blocks[0].offset_rtp--;
	blocks[0].len++;
	assert_int_equal(red_write(out, sizeof(out), 111, blocks, 2), 0);
}

static void of_many_blocks_the_newest_are_read(void **state)
{
	/* Nine redundant blocks of a byte each, then the primary. */
	uint8_t red[9 * 4 + 1 + 9 + 1];
	struct red_block got[RED_MAX_BLOCKS];

	(void)state;
	for (uint8_t i = 0; i < 9; i++) {
		uint32_t offset = 960u * (9u - i);

		memcpy(red + 4 * i, (uint8_t[]){ 0xef, (uint8_t)(offset >> 6), (uint8_t)(offset << 2), 1 }, 4);
		red[37 + i] = i;
	}
	red[36] = 111;
	red[46] = 'p';
	assert_int_equal(red_read(got, red, sizeof(red) - 0), RED_MAX_BLOCKS);
	assert_int_equal(got[0].offset_rtp, 4 * 960);
	assert_int_equal(got[0].data[0], 5);
	assert_int_equal(got[RED_MAX_BLOCKS - 1].data[0], 'p');
}

/* A line that loses a share of 150 packets a second, told of each 100 ms. */
static void lose(struct sound_care *c, int64_t *now_us, double share, int tenths)
{
	double owed = 0;

	for (int i = 0; i < tenths; i++) {
		unsigned lost;

		owed += 15 * share;
		lost = (unsigned)owed;
		owed -= lost;
		sound_care_count(c, 15 - lost, lost);
		*now_us += 100 * MS;
		sound_care_tick(c, *now_us);
	}
}

static void care_follows_the_loss(void **state)
{
	static const struct { double share; uint8_t level; } cases[] = { { 0, 0 }, { 0.01, 0 }, { 0.05, 1 }, { 0.15, 2 }, { 0.3, 3 }, { 0.6, 3 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sound_care c = { 0 };
		int64_t now_us = 1000 * MS;

		lose(&c, &now_us, 0, 10);
		lose(&c, &now_us, cases[i].share, 30);
		assert_int_equal(c.level, cases[i].level);
	}
}

static void care_comes_at_once_and_goes_late(void **state)
{
	struct sound_care c = { 0 };
	int64_t now_us = 1000 * MS;

	(void)state;
	lose(&c, &now_us, 0, 50);
	lose(&c, &now_us, 0.3, 2);
	assert_true(c.level >= 1);
	lose(&c, &now_us, 0.3, 10);
	assert_int_equal(c.level, 3);
	/* Nothing is told for a while: nothing is known to be better. */
	for (int i = 0; i < 50; i++) {
		now_us += 100 * MS;
		sound_care_tick(&c, now_us);
	}
	assert_int_equal(c.level, 3);
	lose(&c, &now_us, 0, 300);
	assert_int_equal(c.level, 0);
}

static void an_accident_needs_no_care(void **state)
{
	struct sound_care c = { 0 };
	int64_t now_us = 1000 * MS;

	(void)state;
	sound_care_count(&c, 10, 2);
	sound_care_tick(&c, now_us);
	assert_int_equal(c.level, 0);
	sound_care_asked(&c, now_us);
	assert_int_equal(c.level, 1);
}

/* Of what is sent four times 1 % does not come at all where the line loses 32 %. */
static void what_is_sent_often_hides_what_is_lost(void **state)
{
	struct sound_care c = { 0 };

	(void)state;
	sound_care_report(&c, 100, 3, 4);
	assert_in_range((int)c.lost, 30, 36);
	assert_int_equal((int)(c.lost + c.arrived), 100);
	c = (struct sound_care){ 0 };
	sound_care_report(&c, 100, 128, 1);
	assert_in_range((int)c.lost, 49, 51);
	c = (struct sound_care){ 0 };
	sound_care_report(&c, 100, 0, 4);
	assert_int_equal((int)c.lost, 0);
	sound_care_report(&c, 100, 255, 4);
	assert_int_equal((int)(c.lost + c.arrived), 200);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(what_is_written_reads_the_same),
		LEAVES_NOTHING(what_red_cannot_say_is_not_written),
		LEAVES_NOTHING(of_many_blocks_the_newest_are_read),
		LEAVES_NOTHING(care_follows_the_loss),
		LEAVES_NOTHING(care_comes_at_once_and_goes_late),
		LEAVES_NOTHING(an_accident_needs_no_care),
		LEAVES_NOTHING(what_is_sent_often_hides_what_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
