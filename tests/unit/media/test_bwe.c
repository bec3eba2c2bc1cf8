/* media/bwe: the estimate of a line, from all its parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "media/bwe.h"
#include "tests/unit/leaves_nothing.h"
#include "tests/unit/media/random.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

static struct twcc_feedback fb;

/* `n` packets of 1,000 bytes each 1 ms, sent and answered at once: all arrived 50 ms later. */
static void send_and_answer(struct bwe *b, uint16_t *seq, int n, int64_t *now_us)
{
	fb.base = *seq;
	fb.n = (uint16_t)n;
	fb.reference_us = *now_us / TWCC_REFERENCE_US % (1 << 24) * TWCC_REFERENCE_US;
	for (int i = 0; i < n; i++, *now_us += MS) {
		bwe_on_sent(b, (*seq)++, 1000, *now_us, 0);
		fb.arrival_ticks[i] = (int32_t)((*now_us + 50 * MS) % (TWCC_REFERENCE_US << 24) - fb.reference_us) / TWCC_TICK_US;
	}
	*now_us += 100 * MS - n * MS;
	bwe_on_feedback(b, &fb, *now_us);
}

static const struct bwe_cfg cfg = { .transport_feedback = true, .history_packets = 256 };

static void bwe_takes_memory_once(void **state)
{
	struct bwe b;

	(void)state;
	mem_fail_at(1);
	assert_int_equal(bwe_init(&b, &cfg, S), -ENOMEM);
	mem_fail_at(0);
	assert_int_equal(bwe_init(&b, &(struct bwe_cfg){ .history_packets = 100 }, S), -EINVAL);
	assert_int_equal(bwe_init(&b, &cfg, S), 0);
	assert_true(sizeof(b) + 1024 * sizeof(struct sent_record) <= 16 * 1024);
	bwe_done(&b);
	bwe_done(&b);
}

/* 100 kbit/s (less than proves anything) and 800 kbit/s for 10 s. */
static void media_lifts_the_estimate_as_far_as_it_proves(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 65000;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 100; i++)
		send_and_answer(&b, &seq, 1, &now_us);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_BPS);
	for (int i = 0; i < 100; i++)
		send_and_answer(&b, &seq, 10, &now_us);
	assert_in_range(bwe_estimate_bps(&b), 800000, 1000000);
	assert_in_range(bwe_acked_bps(&b), 780000, 820000);
	assert_in_range(bwe_rtt_us(&b), 90000, 101000);
	assert_int_equal(bwe_loss_permille(&b), 0);
	assert_int_equal(bwe_state(&b), DELAY_NORMAL);
	bwe_done(&b);
}

/*
 * A picture that is shown before anything is known is not taken away again while all of it comes: the estimate is there within two seconds. But
 * where a queue has shown the line to be full, it goes up as slowly as ever: what comes may have waited in that queue.
 */
static void what_arrives_is_carried(void **state)
{
	struct bwe b, full;
	int64_t now_us = S, full_us = S;
	uint16_t seq = 0, full_seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	assert_int_equal(bwe_init(&full, &cfg, now_us), 0);
	full.full_bps = 900000;
	for (int i = 0; i < 20; i++) {
		send_and_answer(&b, &seq, 10, &now_us);
		send_and_answer(&full, &full_seq, 10, &full_us);
	}
	assert_in_range(bwe_estimate_bps(&b), 780000, 930000);
	assert_in_range(bwe_estimate_bps(&full), BWE_START_BPS, 600000);
	bwe_done(&b);
	bwe_done(&full);
}

static void bounds_hold(void **state)
{
	struct bwe b;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, S), 0);
	bwe_set_bounds(&b, 100000, 400000);
	assert_int_equal(bwe_estimate_bps(&b), 400000);
	bwe_set_wanted(&b, 5000000);
	assert_int_equal(bwe_probe_wanted(&b, S).number, 0);
	bwe_set_bounds(&b, 100000, 1200000);
	assert_in_range(bwe_probe_wanted(&b, S).rate_bps, 1200000, 1320000);
	bwe_set_bounds(&b, 900000, 100000);
	assert_int_equal(bwe_estimate_bps(&b), 900000);
	bwe_done(&b);
}

static void a_probe_is_asked_for_once_and_ends_by_itself(void **state)
{
	struct bwe_probe p;
	struct bwe b;
	int64_t now_us = S;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 0);
	bwe_set_wanted(&b, 3000000);
	p = bwe_probe_wanted(&b, now_us);
	assert_int_equal(p.number, 1);
	assert_int_equal(p.rate_bps, 3 * BWE_START_BPS);
	assert_true(p.duration_us >= 15 * MS);
	assert_int_equal(p.bytes, p.rate_bps * p.duration_us / 8000000);
	assert_true(p.packet_bytes * 8 <= p.bytes);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 0);
	/* It was never sent. */
	for (int i = 0; i < 200; i++, now_us += 50 * MS)
		bwe_tick(&b, now_us);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_BPS);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 2);
	bwe_done(&b);
}

static void a_silent_line_gets_less_and_comes_back(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 20; i++)
		send_and_answer(&b, &seq, 8, &now_us);
	for (int i = 0; i < 60; i++, now_us += 50 * MS) {
		bwe_on_sent(&b, seq++, 1000, now_us, 0);
		bwe_tick(&b, now_us);
	}
	assert_in_range(bwe_estimate_bps(&b), 100000, 350000);
	/* Nothing sent, nothing expected. */
	send_and_answer(&b, &seq, 8, &now_us);
	bwe_set_wanted(&b, 1000000);
	now_us += 10 * S;
	bwe_tick(&b, now_us);
	assert_in_range(bwe_estimate_bps(&b), 100000, 350000);
	assert_true(bwe_probe_wanted(&b, now_us).number > 0);
	bwe_done(&b);
}

/* The last packets before a pause, or the word of them, may be lost by chance: that is no line that falls silent. */
static void a_pause_is_no_silence(void **state)
{
	struct bwe b;
	int64_t now_us = S, estimate_bps;
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 20; i++)
		send_and_answer(&b, &seq, 8, &now_us);
	estimate_bps = bwe_estimate_bps(&b);
	bwe_on_sent(&b, seq++, 1000, now_us, 0);
	bwe_on_sent(&b, seq++, 1000, now_us, 0);
	for (int i = 0; i < 200; i++, now_us += 50 * MS)
		bwe_tick(&b, now_us);
	assert_int_equal(bwe_estimate_bps(&b), estimate_bps);
	bwe_set_wanted(&b, 3000000);
	assert_true(bwe_probe_wanted(&b, now_us).number > 0);
	bwe_done(&b);
}

static void who_never_answers_is_taken_for_one_without_feedback(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	for (int i = 0; i < 100; i++, now_us += 50 * MS) {
		bwe_on_sent(&b, seq++, 1000, now_us, 0);
		bwe_tick(&b, now_us);
	}
	assert_int_equal(bwe_estimate_bps(&b), BWE_CEILING_BPS);
	bwe_on_remb(&b, 700000, now_us);
	assert_int_equal(bwe_estimate_bps(&b), 700000);
	send_and_answer(&b, &seq, 8, &now_us);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_BPS);
	bwe_done(&b);
}

static void remb_and_reports_serve_where_there_is_no_feedback(void **state)
{
	struct bwe b;
	int64_t now_us = S;

	(void)state;
	assert_int_equal(bwe_init(&b, &(struct bwe_cfg){ .history_packets = 64 }, now_us), 0);
	assert_int_equal(bwe_estimate_bps(&b), BWE_START_REPORTS_BPS);
	bwe_set_wanted(&b, 9000000);
	assert_int_equal(bwe_probe_wanted(&b, now_us).number, 0);
	bwe_on_remb(&b, 4000000, now_us);
	assert_int_equal(bwe_estimate_bps(&b), 4000000);
	bwe_on_remb(&b, 1000000, now_us);
	assert_int_equal(bwe_estimate_bps(&b), 1000000);
	bwe_on_remb(&b, UINT64_MAX, now_us);
	bwe_on_remb(&b, 2000000, now_us);
	/* Half is lost, and less of it once less is sent. */
	for (int i = 0; i < 10; i++) {
		int64_t sent_bps = bwe_estimate_bps(&b);

		now_us += S;
		bwe_on_receiver_report(&b, sent_bps > 1000000 ? (uint8_t)(256 - 256 * 1000000 / sent_bps) : 0, 80 * MS, sent_bps, now_us);
	}
	assert_true(bwe_estimate_bps(&b) <= 1300000);
	assert_true(bwe_estimate_bps(&b) >= 500000);
	assert_in_range(bwe_rtt_us(&b), 79999, 80001);
	bwe_done(&b);
}

/* Sound that was asked for and left again 300 ms later is loss, but no queue; what may have arrived the first time is neither. */
static void what_leaves_again_is_no_sign_of_a_queue(void **state)
{
	struct bwe b, calm;
	int64_t now_us = S, calm_us = S;
	uint16_t seq = 0, calm_seq = 0;

	(void)state;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	assert_int_equal(bwe_init(&calm, &cfg, now_us), 0);
	for (int i = 0; i < 40; i++) {
		send_and_answer(&b, &seq, 20, &now_us);
		send_and_answer(&calm, &calm_seq, 20, &calm_us);
	}
	for (int i = 0; i < 20; i++, now_us += 5 * MS, calm_us += 5 * MS) {
		bwe_on_sent(&b, seq, 100, now_us, 0);
		bwe_on_sent(&calm, calm_seq++, 100, calm_us, 0);
		bwe_on_repeated(&b, seq++, i % 2, now_us + 200 * MS);
		bwe_on_repeated(&b, seq, true, now_us); /* never sent */
	}
	assert_int_equal(b.told_lost, 10);
	now_us += 300 * MS;
	fb.base = (uint16_t)(seq - 20);
	fb.n = 20;
	fb.reference_us = now_us / TWCC_REFERENCE_US % (1 << 24) * TWCC_REFERENCE_US;
	for (int i = 0; i < 20; i++)
		fb.arrival_ticks[i] = 0;
	bwe_on_feedback(&b, &fb, now_us);
	bwe_on_feedback(&b, &fb, now_us);
	assert_int_equal(b.told_lost, 10);
	assert_int_equal(b.told_arrived, 800);
	assert_int_equal(b.trend.state, DELAY_NORMAL);
	assert_int_equal(bwe_rtt_us(&b), bwe_rtt_us(&calm));
	assert_true(bwe_estimate_bps(&b) >= bwe_estimate_bps(&calm) * 9 / 10);
	bwe_done(&b);
	bwe_done(&calm);
}

/* A receiver that lies without any shame: nothing breaks, and the bounds hold. */
static void hostile_feedback_stays_within_the_bounds(void **state)
{
	struct bwe b;
	int64_t now_us = S;
	uint16_t seq = 0;

	(void)state;
	random_state = 9;
	assert_int_equal(bwe_init(&b, &cfg, now_us), 0);
	bwe_set_wanted(&b, INT64_MAX);
	for (int round = 0; round < 20000; round++) {
		struct bwe_probe p = bwe_probe_wanted(&b, now_us);

		for (uint32_t i = 0; i < 5 + random_below(20); i++)
			bwe_on_sent(&b, seq++, random_below(70000), now_us, random_below(3) ? p.number : (uint8_t)random_below(256));
		now_us += random_below(100) ? random_below(60000) : random_below(100000000);
		fb.base = (uint16_t)(random_below(4) ? seq - random_below(60) : random_below(65536));
		fb.n = (uint16_t)(1 + random_below(random_below(20) ? 60 : TWCC_FEEDBACK_PACKETS));
		fb.reference_us = random_below(10) ? now_us / TWCC_REFERENCE_US * TWCC_REFERENCE_US : random_below(1 << 24) * TWCC_REFERENCE_US;
		for (int i = 0; i < fb.n; i++)
			fb.arrival_ticks[i] = random_below(3) ? (int32_t)random_below(400) : random_below(2) ? TWCC_LOST
			                      : INT16_MIN * TWCC_FEEDBACK_PACKETS + (int32_t)random_below(134000000);
		bwe_on_feedback(&b, &fb, now_us);
		bwe_on_remb(&b, (uint64_t)random_below(UINT32_MAX) << random_below(32), now_us);
		bwe_on_receiver_report(&b, (uint8_t)random_below(256), random_below(2) ? (int64_t)random_below(20000000) : -5,
		                       random_below(UINT32_MAX), now_us);
		bwe_tick(&b, now_us);
		assert_in_range(bwe_estimate_bps(&b), BWE_FLOOR_BPS, BWE_CEILING_BPS);
		assert_in_range(bwe_rtt_us(&b), 0, 10 * S);
		assert_true(bwe_loss_permille(&b) <= 1000);
		assert_true(p.rate_bps <= BWE_CEILING_BPS * INT64_C(11) / 10 && p.bytes <= 330000);
	}
	bwe_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(bwe_takes_memory_once),
		LEAVES_NOTHING(media_lifts_the_estimate_as_far_as_it_proves),
		LEAVES_NOTHING(what_arrives_is_carried),
		LEAVES_NOTHING(bounds_hold),
		LEAVES_NOTHING(a_probe_is_asked_for_once_and_ends_by_itself),
		LEAVES_NOTHING(a_silent_line_gets_less_and_comes_back),
		LEAVES_NOTHING(a_pause_is_no_silence),
		LEAVES_NOTHING(who_never_answers_is_taken_for_one_without_feedback),
		LEAVES_NOTHING(remb_and_reports_serve_where_there_is_no_feedback),
		LEAVES_NOTHING(what_leaves_again_is_no_sign_of_a_queue),
		LEAVES_NOTHING(hostile_feedback_stays_within_the_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
