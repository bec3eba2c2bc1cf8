/* media/twcc: a decoder that knows only the draft reads back every arrival, each number once, whatever was lost or late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/twcc.h"

#define TICK_US 250
#define REFERENCE_US 64000
#define REFERENCE_WRAP ((int64_t)REFERENCE_US << 24)
#define NUMBERS 200000

struct feedback {
	uint16_t base;
	uint16_t n;
	uint8_t count;
	uint8_t symbols[0x10000];
	int64_t arrival_us[0x10000];    /* -1: not received */
};

/* Reads the chunks: run length, one-bit and two-bit vectors (draft §3.1.3, §3.1.4). Returns the bytes taken. */
static size_t decode_chunks(struct feedback *f, const uint8_t *p, const uint8_t *end)
{
	const uint8_t *start = p;
	size_t n = 0;

	while (n < f->n) {
		assert_true(end - p >= 2);
		uint16_t chunk = read_u16(p);
		bool run = !(chunk & 0x8000);
		bool wide = chunk & 0x4000;
		size_t symbols = run ? chunk & 0x1fff : wide ? 7 : 14;

		assert_true(symbols > 0);
		for (size_t i = 0; i < symbols && n < f->n; i++) {
			uint8_t s = (uint8_t)(run ? chunk >> 13 & 3 : wide ? chunk >> (12 - 2 * i) & 3 : chunk >> (13 - i) & 1);

			assert_true(s <= 2);
			f->symbols[n++] = s;
		}
		if (run)
			assert_true(symbols <= f->n);
		p += 2;
	}
	return (size_t)(p - start);
}

static void decode(struct feedback *f, const uint8_t *data, size_t len)
{
	const uint8_t *p = data + 20, *end = data + len;
	int64_t at;

	assert_int_equal(data[0], 0x80 | 15);
	assert_int_equal(data[1], 205);
	assert_int_equal((read_u16(data + 2) + 1) * 4, len);
	assert_int_equal(read_u32(data + 4), 0x11111111);
	assert_int_equal(read_u32(data + 8), 0x22222222);
	f->base = read_u16(data + 12);
	f->n = read_u16(data + 14);
	f->count = data[19];
	at = (int64_t)read_u24(data + 16) * REFERENCE_US;
	assert_true(f->n > 0);
	p += decode_chunks(f, p, end);
	for (size_t i = 0; i < f->n; i++) {
		f->arrival_us[i] = -1;
		if (f->symbols[i] == 0)
			continue;
		assert_true(end - p >= f->symbols[i]);
		at += (f->symbols[i] == 1 ? p[0] : (int16_t)read_u16(p)) * TICK_US;
		f->arrival_us[i] = at;
		p += f->symbols[i];
	}
	assert_true(end - p < 4);
	while (p < end)
		assert_int_equal(*p++, 0);
}

/* What was sent to the receiver, by unwrapped number from 0; `reported` is the first that no feedback has covered yet. */
struct model {
	struct twcc_receiver t;
	uint16_t offset;
	int64_t base_us;
	int64_t arrival_us[NUMBERS];
	uint32_t reported;
	uint32_t highest;
	uint8_t count;
	bool started;
	size_t feedbacks, received;
};

static struct feedback f;
static struct model m;

static void model_init(uint16_t offset)
{
	memset(&m, 0, sizeof(m));
	m.offset = offset;
	twcc_init(&m.t);
	assert_false(twcc_pending(&m.t));
}

static void arrive(uint32_t number, int64_t now_us)
{
	twcc_on_packet(&m.t, (uint16_t)(number + m.offset), now_us);
	if (!m.started) {
		m.started = true;
		m.reported = m.highest = number;
		m.base_us = now_us;
	}
	if (number < m.reported)
		return;
	m.highest = MAX(m.highest, number);
	if (m.highest - m.reported >= TWCC_WINDOW)
		m.reported = m.highest - TWCC_WINDOW + 1;
	if (number >= m.reported && !m.arrival_us[number])
		m.arrival_us[number] = now_us;
}

/* Checks one feedback against the model. */
static void check_feedback(size_t size)
{
	uint8_t out[4096];
	size_t len;

	assert_true(twcc_pending(&m.t));
	len = twcc_write(&m.t, out, size, 0x11111111, 0x22222222);
	assert_true(len > 0 && len <= size);
	decode(&f, out, len);
	assert_int_equal(f.base, (uint16_t)(m.reported + m.offset));
	assert_int_equal(f.count, m.count);
	m.count++;
	for (uint32_t i = 0; i < f.n; i++) {
		int64_t arrival = m.arrival_us[m.reported + i];

		if (!arrival) {
			assert_true(f.arrival_us[i] == -1);
			continue;
		}
		assert_true(f.arrival_us[i] >= 0);
		int64_t error = (arrival - m.base_us - f.arrival_us[i]) % REFERENCE_WRAP;
		assert_true(error >= 0 && error < TICK_US);
		m.received++;
	}
	m.reported += f.n;
	m.feedbacks++;
	assert_true(m.reported <= m.highest + 1);
	assert_int_equal(twcc_pending(&m.t), m.reported <= m.highest);
}

static uint32_t random_state = 7;

static uint32_t random_below(uint32_t bound)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % bound;
}

/* Loss, reordering, duplicates, pauses of many seconds and feedback of all sizes, over three turns of the number. */
static void everything_is_reported_once(void **state)
{
	int64_t now = 5000000;

	(void)state;
	model_init(65000);
	for (uint32_t n = 0; n < NUMBERS - 10; n++) {
		now += random_below(1000) == 0 ? random_below(20000000) : random_below(3000);
		if (random_below(10) == 0 || n / 500 % 20 == 3)
			continue;
		arrive(random_below(20) == 0 ? n + random_below(8) : n, now);
		if (random_below(50) == 0)
			arrive(n - random_below(n + 1 < 30 ? n + 1 : 30), now);
		if (random_below(60) == 0)
			while (twcc_pending(&m.t))
				check_feedback(40 + random_below(1200));
	}
	assert_true(m.feedbacks > 3000);
	assert_true(m.received > NUMBERS / 2);
}

static void a_steady_stream_is_short(void **state)
{
	uint8_t out[1200];

	(void)state;
	model_init(0);
	for (uint32_t n = 0; n < 100; n++)
		arrive(n, 1 + n * 1000);
	/* 100 small deltas in one run: 20 of header, 2 of chunk, 100. */
	assert_int_equal(twcc_write(&m.t, out, sizeof(out), 1, 2), 124);
	assert_false(twcc_pending(&m.t));
	assert_int_equal(twcc_write(&m.t, out, sizeof(out), 1, 2), 0);
}

static void time_zero_and_small_room_are_fine(void **state)
{
	uint8_t out[64];

	(void)state;
	model_init(3);
	twcc_on_packet(&m.t, 3, 0);
	twcc_on_packet(&m.t, 4, 0);
	assert_int_equal(twcc_write(&m.t, out, 39, 1, 2), 0);
	assert_true(twcc_pending(&m.t));
	assert_int_equal(twcc_write(&m.t, out, 40, 0x11111111, 0x22222222), 24);
	decode(&f, out, 24);
	assert_int_equal(f.n, 2);
	assert_true(f.arrival_us[0] == 0 && f.arrival_us[1] == 0);
}

/* More than the window lost at once: the newest 2,048 are told, 2,047 of them as lost. */
static void a_gap_longer_than_the_window_is_survived(void **state)
{
	(void)state;
	model_init(60000);
	arrive(0, 1000);
	check_feedback(1200);
	for (uint32_t n = 1, gap = 2046; gap < 2052; n += gap, gap++) {
		arrive(n + gap, 1000 + (n + gap) * 1000);
		while (twcc_pending(&m.t))
			check_feedback(1200);
	}
	arrive(40000, 60000000);
	while (twcc_pending(&m.t))
		check_feedback(1200);
	assert_int_equal(m.received, 8);
	/* A jump backwards of half the number space or less is old. */
	arrive(20000, 60000000);
	assert_false(twcc_pending(&m.t));
}

/* A delta beyond 16 bits of 250 µs begins a feedback of its own; the reference time turns after 12 days. */
static void long_pauses_split_the_feedback(void **state)
{
	static const int64_t pauses[] = { 8191750, 8192000, 30000000, REFERENCE_WRAP - 1000000, 5 * REFERENCE_US };
	int64_t now = 77;

	(void)state;
	model_init(0);
	arrive(0, now);
	for (uint32_t i = 0; i < ARRAY_LEN(pauses); i++)
		arrive(i + 1, now += pauses[i]);
	while (twcc_pending(&m.t))
		check_feedback(1200);
	assert_int_equal(m.received, 6);
	assert_int_equal(m.feedbacks, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_reported_once),
		cmocka_unit_test(a_steady_stream_is_short),
		cmocka_unit_test(time_zero_and_small_room_are_fine),
		cmocka_unit_test(a_gap_longer_than_the_window_is_survived),
		cmocka_unit_test(long_pauses_split_the_feedback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
