/* media/twcc_feedback: what twcc.c writes is read back, and no lie about counts, runs or lengths gets past the bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/rtcp.h"
#include "media/twcc.h"
#include "media/twcc_feedback.h"

#define HEADER_BYTES 16         /* of the body */

static struct twcc_feedback fb;
static size_t n_feedbacks;
static uint64_t remb_bps;

static void on_transport_feedback(void *user, const struct twcc_feedback *f)
{
	(void)user;
	fb = *f;
	n_feedbacks++;
}

static void on_remb(void *user, uint64_t bps)
{
	(void)user;
	remb_bps = bps;
}

static const struct rtcp_handlers handlers = { .on_transport_feedback = on_transport_feedback, .on_remb = on_remb };

/* A body with these chunks and as many bytes of deltas (each 4) behind them. Returns its length. */
static size_t body(uint8_t *out, uint16_t n, const uint16_t *chunks, size_t n_chunks, size_t delta_bytes)
{
	memset(out, 0, HEADER_BYTES);
	write_u16(out + 8, 65530);
	write_u16(out + 10, n);
	write_u24(out + 12, 3);
	out[15] = 9;
	for (size_t i = 0; i < n_chunks; i++)
		write_u16(out + HEADER_BYTES + i * 2, chunks[i]);
	memset(out + HEADER_BYTES + n_chunks * 2, 4, delta_bytes);
	return HEADER_BYTES + n_chunks * 2 + delta_bytes;
}

/* Loss, reordering and pauses; each arrival comes back, rounded down to a tick of 250 µs. */
static void what_twcc_writes_is_read_back(void **state)
{
	static int64_t arrival_us[70000];
	static struct twcc_receiver t;
	int64_t now_us = 77777;
	uint32_t next = 0, r = 7;
	size_t seen = 0;
	uint8_t out[1200];

	(void)state;
	twcc_init(&t);
	n_feedbacks = 0;
	for (uint32_t n = 0; n < ARRAY_LEN(arrival_us); n++) {
		r = r * 1664525 + 1013904223;
		now_us += (r >> 8) % 2000;
		if (n % 1000 > 0 && ((r >> 20) % 10 == 0 || n / 300 % 9 == 3))
			continue;
		twcc_on_packet(&t, (uint16_t)n, now_us);
		arrival_us[n] = now_us;
		while ((r >> 12) % 40 == 0 && twcc_pending(&t)) {
			assert_int_equal(rtcp_parse(out, twcc_write(&t, out, sizeof(out), 1, 2), &handlers, NULL), 0);
			assert_int_equal(fb.base, (uint16_t)next);
			for (uint32_t i = 0; i < fb.n; i++, next++) {
				int64_t at_us = fb.reference_us + fb.arrival_ticks[i] * (int64_t)TWCC_TICK_US + arrival_us[0];

				if (!arrival_us[next]) {
					assert_int_equal(fb.arrival_ticks[i], TWCC_LOST);
					continue;
				}
				seen++;
				assert_in_range(arrival_us[next] - at_us + TWCC_TICK_US, TWCC_TICK_US, 2 * TWCC_TICK_US);
			}
		}
	}
	assert_true(n_feedbacks > 500 && seen > 40000);
}

static void each_kind_of_chunk_is_read(void **state)
{
	/* 3 lost and 2 small in runs; 14 one-bit symbols, alternating; 7 two-bit ones: large, small, lost, small, lost... */
	static const uint16_t chunks[] = { 0x0003, 0x2002, 0x8000 | 0x2aaa, 0xc000 | 0x2444 };
	uint8_t out[64];
	size_t len = body(out, 26, chunks, ARRAY_LEN(chunks), 2 + 7 + 2 + 3);

	(void)state;
	assert_int_equal(twcc_feedback_parse(&fb, out, len), 0);
	assert_int_equal(fb.base, 65530);
	assert_int_equal(fb.n, 26);
	assert_int_equal(fb.count, 9);
	assert_int_equal(fb.reference_us, 3 * TWCC_REFERENCE_US);
	assert_int_equal(fb.arrival_ticks[0], TWCC_LOST);
	assert_int_equal(fb.arrival_ticks[2], TWCC_LOST);
	assert_int_equal(fb.arrival_ticks[3], 4);
	assert_int_equal(fb.arrival_ticks[4], 8);
	for (size_t i = 0; i < 14; i++)
		assert_int_equal(fb.arrival_ticks[5 + i], i % 2 ? TWCC_LOST : (int32_t)(12 + i / 2 * 4));
	assert_int_equal(fb.arrival_ticks[19], 36 + 0x0404);
	assert_int_equal(fb.arrival_ticks[20], 40 + 0x0404);
	assert_int_equal(fb.arrival_ticks[21], TWCC_LOST);
}

static void deltas_go_backwards_too(void **state)
{
	static const uint16_t chunks[] = { 0x4003 };
	uint8_t out[64];
	size_t len = body(out, 3, chunks, 1, 6);

	(void)state;
	write_u16(out + 18, 0x8000);
	write_u16(out + 20, 0x7fff);
	write_u16(out + 22, 0xffff);
	assert_int_equal(twcc_feedback_parse(&fb, out, len), 0);
	assert_int_equal(fb.arrival_ticks[0], -32768);
	assert_int_equal(fb.arrival_ticks[1], -1);
	assert_int_equal(fb.arrival_ticks[2], -2);
}

/* The most and the furthest that a packet can say stays in 32 bits. */
static void the_largest_feedback_fits(void **state)
{
	static const uint16_t chunks[] = { 0x4000 | TWCC_FEEDBACK_PACKETS };
	static uint8_t out[8192];
	size_t len = body(out, TWCC_FEEDBACK_PACKETS, chunks, 1, 2 * TWCC_FEEDBACK_PACKETS);

	(void)state;
	for (size_t i = 0; i < TWCC_FEEDBACK_PACKETS; i++)
		write_u16(out + 18 + 2 * i, 0x8000);
	assert_int_equal(twcc_feedback_parse(&fb, out, len), 0);
	assert_int_equal(fb.arrival_ticks[TWCC_FEEDBACK_PACKETS - 1], -32768 * TWCC_FEEDBACK_PACKETS);
	write_u16(out + 10, TWCC_FEEDBACK_PACKETS + 1);
	assert_int_equal(twcc_feedback_parse(&fb, out, len), -EBADMSG);
	write_u16(out + 10, 65535);
	assert_int_equal(twcc_feedback_parse(&fb, out, len), -EBADMSG);
	write_u16(out + 10, 0);
	assert_int_equal(twcc_feedback_parse(&fb, out, len), -EBADMSG);
}

static void lies_are_refused(void **state)
{
	static const uint16_t short_run[] = { 0x2005 }, long_run[] = { 0x3fff }, empty_run[] = { 0x2000 };
	static const uint16_t reserved_run[] = { 0x6001 }, reserved_vector[] = { 0xf000 };
	uint8_t out[64];

	(void)state;
	/* More numbers than chunks tell of, with and without bytes behind that could be chunks. */
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 6, short_run, 1, 0)), -EBADMSG);
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 6, short_run, 1, 1)), -EBADMSG);
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 2047, short_run, 1, 2)), -EBADMSG);
	/* A run past the count ends at the count. */
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 5, long_run, 1, 5)), 0);
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 5, long_run, 1, 4)), -EBADMSG);
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 5, empty_run, 1, 30)), -EBADMSG);
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 1, reserved_run, 1, 30)), -EBADMSG);
	assert_int_equal(twcc_feedback_parse(&fb, out, body(out, 7, reserved_vector, 1, 30)), -EBADMSG);
	for (size_t len = 0; len < HEADER_BYTES; len++)
		assert_int_equal(twcc_feedback_parse(&fb, out, len), -EBADMSG);
}

/* Every length of a good one but the last fails, in a block of that very size, so that the sanitizer sees a read beyond. */
static void every_cut_is_refused(void **state)
{
	static const uint16_t chunks[] = { 0x2003, 0x8000 | 0x3fff, 0xc000 | 0x2aaa };
	uint8_t out[64];
	size_t len = body(out, 24, chunks, ARRAY_LEN(chunks), 3 + 14 + 14);

	(void)state;
	assert_int_equal(twcc_feedback_parse(&fb, out, len), 0);
	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *exact = test_malloc(cut + !cut);

		memcpy(exact, out, cut);
		assert_int_equal(twcc_feedback_parse(&fb, exact, cut), -EBADMSG);
		test_free(exact);
	}
}

static void noise_stays_in_bounds(void **state)
{
	uint8_t out[512];
	uint32_t r = 1;
	size_t good = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t len = 16 + (size_t)round % (sizeof(out) - 16);

		for (size_t i = 0; i < 40 && i < len; i++)
			out[i] = (uint8_t)((r = r * 1664525 + 1013904223) >> 24);
		out[10] &= 7;
		if (twcc_feedback_parse(&fb, out, len) < 0)
			continue;
		good++;
		assert_true(fb.n > 0 && fb.n <= TWCC_FEEDBACK_PACKETS);
	}
	assert_true(good > 100);
}

static void remb_is_read(void **state)
{
	uint8_t remb[24] = { 0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 3 << 2 | 2, 0x01, 0x02, 0, 0, 0, 9 };

	(void)state;
	assert_int_equal(rtcp_parse(remb, sizeof(remb), &handlers, NULL), 0);
	assert_int_equal(remb_bps, 0x20102 << 3);
	remb[17] = 0xff;
	assert_int_equal(rtcp_parse(remb, sizeof(remb), &handlers, NULL), 0);
	assert_true(remb_bps == UINT64_MAX);
	remb[17] = 45 << 2;
	assert_int_equal(rtcp_parse(remb, sizeof(remb), &handlers, NULL), 0);
	assert_true(remb_bps == UINT64_C(0x102) << 45);
	remb[3] = 3;
	assert_int_equal(rtcp_parse(remb, 16, &handlers, NULL), -EBADMSG);
	remb[12] = 'X';
	assert_int_equal(rtcp_parse(remb, 16, &handlers, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_twcc_writes_is_read_back),
		cmocka_unit_test(each_kind_of_chunk_is_read),
		cmocka_unit_test(deltas_go_backwards_too),
		cmocka_unit_test(the_largest_feedback_fits),
		cmocka_unit_test(lies_are_refused),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(noise_stays_in_bounds),
		cmocka_unit_test(remb_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
