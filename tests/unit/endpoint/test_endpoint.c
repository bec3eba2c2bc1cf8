/* The endpoint against itself: what the scenarios rely on. Agent to agent over loopback, DTLS, SRTP, media, loss and repair. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "tests/endpoint/endpoint.h"

struct pair {
	struct loop *loop;
	struct endpoint *publisher, *player;    /* the publisher offers */
	struct source *audio, *video;
};

static const struct source_cfg opus_cfg = { .codec = PAYLOAD_OPUS, .number = 1, .frame_us = 20000, .body_bytes = 90, .level = 20 };
static const struct source_cfg vp8_cfg = {
	.codec = PAYLOAD_VP8, .number = 2, .frame_us = 33333, .packets = 3, .body_bytes = 1050, .numbers = VP8_ALL_NUMBERS,
};

static void open_pair(struct pair *p, const struct endpoint_cfg *a, const struct endpoint_cfg *b, const struct source_cfg *video)
{
	struct endpoint_cfg controlled = *b;
	g_autofree char *offer = NULL, *answer = NULL;

	controlled.transport.controlled = true;
	p->loop = loop_create();
	p->publisher = endpoint_create(p->loop, a);
	p->player = endpoint_create(p->loop, &controlled);
	loop_lock(p->loop);
	p->audio = endpoint_add_source(p->publisher, &opus_cfg);
	p->video = endpoint_add_source(p->publisher, video);
	offer = endpoint_offer(p->publisher);
	answer = endpoint_answer(p->player, offer);
	assert_non_null(answer);
	assert_int_equal(endpoint_read_answer(p->publisher, answer), 0);
	loop_unlock(p->loop);
}

static void close_pair(struct pair *p)
{
	endpoint_destroy(p->publisher);
	endpoint_destroy(p->player);
	loop_destroy(p->loop);
}

struct want {
	struct pair *pair;
	uint32_t frames;
};

static bool has_frames(void *user)
{
	struct want *w = user;
	struct sink *s;
	bool yes;

	loop_lock(w->pair->loop);
	s = endpoint_sink_of_kind(w->pair->player, false);
	yes = s && sink_stats(s)->frames >= w->frames;
	loop_unlock(w->pair->loop);
	return yes;
}

static void expect_clean(struct pair *p, bool audio)
{
	struct sink *s = endpoint_sink_of_kind(p->player, audio);
	char why[200];

	assert_non_null(s);
	if (!sink_is_clean(s, why))
		fail_msg("%s", why);
	assert_int_equal(sink_stats(s)->payloads, sink_stats(s)->packets);
	assert_in_range(sink_stats(s)->skew_max_us - sink_stats(s)->skew_min_us, 0, 100);
}

static void run_clean(const struct endpoint_cfg *a, const struct endpoint_cfg *b, const struct source_cfg *video, unsigned profile)
{
	struct pair p;
	struct want w = { &p, 20 };

	open_pair(&p, a, b, video);
	assert_true(endpoint_wait_up(p.publisher, 5000));
	assert_true(wait_until(5000, has_frames, &w));
	loop_lock(p.loop);
	assert_int_equal(transport_stats(endpoint_transport(p.player))->profile, profile);
	expect_clean(&p, false);
	expect_clean(&p, true);
	assert_in_range(sink_stats(endpoint_sink_of_kind(p.player, false))->report_error_us + 1000, 0, 2000);
	assert_int_equal(sink_stats(endpoint_sink_of_kind(p.player, false))->keyframes, 1);
	loop_unlock(p.loop);
	close_pair(&p);
}

static void gcm_is_taken_when_both_can(void **state)
{
	(void)state;
	run_clean(&(struct endpoint_cfg){ 0 }, &(struct endpoint_cfg){ 0 }, &vp8_cfg, 7);
}

static void cm_is_taken_when_one_has_no_gcm(void **state)
{
	struct source_cfg h264 = vp8_cfg;

	(void)state;
	h264.codec = PAYLOAD_H264;
	run_clean(&(struct endpoint_cfg){ .transport.suites = SUITES_CM_ONLY }, &(struct endpoint_cfg){ 0 }, &h264, 1);
}

static void layers_of_vp9_are_told_apart(void **state)
{
	struct source_cfg vp9 = vp8_cfg;
	struct endpoint_cfg newer = { .newer = true };

	(void)state;
	vp9.codec = PAYLOAD_VP9;
	run_clean(&newer, &newer, &vp9, 7);
}

static void losses_are_asked_for_and_repeated(void **state)
{
	struct pair p;
	struct want w = { &p, 60 };
	const struct sink_stats *s;

	(void)state;
	open_pair(&p, &(struct endpoint_cfg){ 0 }, &(struct endpoint_cfg){ .drop_every = 10 }, &vp8_cfg);
	assert_true(wait_until(8000, has_frames, &w));
	loop_lock(p.loop);
	s = sink_stats(endpoint_sink_of_kind(p.player, false));
	expect_clean(&p, false);
	assert_true(s->dropped >= 15 && s->rtx >= 15);
	assert_in_range(source_stats(p.video)->resent, s->rtx, s->rtx + 3);
	loop_unlock(p.loop);
	close_pair(&p);
}

static bool has_two_keyframes(void *user)
{
	struct pair *p = user;
	bool yes;

	loop_lock(p->loop);
	yes = sink_stats(endpoint_sink_of_kind(p->player, false))->keyframes >= 2;
	loop_unlock(p->loop);
	return yes;
}

static void a_keyframe_comes_when_asked(void **state)
{
	struct pair p;
	struct want w = { &p, 2 };

	(void)state;
	open_pair(&p, &(struct endpoint_cfg){ 0 }, &(struct endpoint_cfg){ 0 }, &vp8_cfg);
	assert_true(wait_until(5000, has_frames, &w));
	loop_lock(p.loop);
	endpoint_request_keyframes(p.player);
	loop_unlock(p.loop);
	assert_true(wait_until(2000, has_two_keyframes, &p));
	assert_int_equal(source_stats(p.video)->plis, 1);
	close_pair(&p);
}

static bool has_failed(void *user)
{
	struct pair *p = user;
	bool yes;

	loop_lock(p->loop);
	yes = transport_state(endpoint_transport(p->player)) == TRANSPORT_FAILED;
	loop_unlock(p->loop);
	return yes;
}

static void a_false_fingerprint_is_refused(void **state)
{
	struct pair p;

	(void)state;
	open_pair(&p, &(struct endpoint_cfg){ .transport.lie = true }, &(struct endpoint_cfg){ 0 }, &vp8_cfg);
	assert_true(wait_until(5000, has_failed, &p));
	close_pair(&p);
}

static void a_changed_byte_is_seen(void **state)
{
	struct mark m = { .source = 7, .frame = 3, .packet = 1, .count = 4, .codec = PAYLOAD_VP8, .body_bytes = 900 }, got;
	struct descriptor_seen seen;
	uint8_t out[PAYLOAD_BYTES];

	(void)state;
	for (int codec = PAYLOAD_OPUS; codec <= PAYLOAD_VP9; codec++)
		for (m.packet = 0; m.packet < 4; m.packet++) {
			size_t n;

			m.codec = (enum payload_codec)codec;
			m.key = m.frame % 2;
			n = payload_write(out, &m, VP8_PICTURE_ID, 9);
			assert_int_equal(payload_check(&got, &seen, m.codec, out, n), 0);
			assert_int_equal(got.source, 7);
			assert_int_equal(got.packet, m.packet);
			assert_int_equal(got.count, 4);
			out[n - 5] ^= 1;
			assert_true(payload_check(&got, &seen, m.codec, out, n) < 0);
		}
}

struct seen {
	struct twcc_feedback f;
	uint16_t seqs[40];
	size_t n;
};

static void keep_twcc(void *user, const struct twcc_feedback *f)
{
	((struct seen *)user)->f = *f;
}

static void keep_nack(void *user, uint32_t about, const uint16_t *seqs, size_t n)
{
	struct seen *s = user;

	assert_int_equal(about, 77);
	memcpy(s->seqs, seqs, n * 2);
	s->n = n;
}

/* The example: run of two small deltas, then a two-bit vector with one large delta, one loss and one small. */
static void twcc_feedback_is_spread_out(void **state)
{
	static const uint8_t rtcp[] = { 0x8f, 205, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 5, 0, 0, 2, 9,
	                                0x20, 2, 0xe1, 0, 4, 8, 1, 0x90, 12, 0, 0, 0 };
	struct control_handlers h = { .on_twcc = keep_twcc };
	struct seen *s = test_calloc(1, sizeof(*s));

	(void)state;
	assert_int_equal(control_read(rtcp, sizeof(rtcp), &h, s), 0);
	assert_int_equal(s->f.base, 10);
	assert_int_equal(s->f.count, 5);
	assert_int_equal(s->f.number, 9);
	assert_int_equal(s->f.arrival_us[0], 129000);
	assert_int_equal(s->f.arrival_us[1], 131000);
	assert_int_equal(s->f.arrival_us[2], 231000);
	assert_int_equal(s->f.arrival_us[3], -1);
	assert_int_equal(s->f.arrival_us[4], 234000);
	test_free(s);
}

static void arrivals_are_written_as_read(void **state)
{
	struct control_handlers h = { .on_twcc = keep_twcc };
	struct seen *s = test_calloc(1, sizeof(*s));
	struct twcc_feedback f = { .sender = 1, .about = 2, .base = 65530, .count = 40, .number = 9 };
	uint8_t out[CONTROL_BYTES];

	(void)state;
	for (unsigned i = 0; i < f.count; i++)
		f.arrival_us[i] = i % 3 == 1 || i == 0 ? -1 : 5000000 + 1000 * (int64_t)(i ^ 1);
	assert_int_equal(control_read(out, control_write_twcc(out, &f), &h, s), 0);
	assert_int_equal(s->f.base, f.base);
	assert_int_equal(s->f.count, f.count);
	assert_int_equal(s->f.number, f.number);
	for (unsigned i = 0; i < f.count; i++)
		assert_int_equal(s->f.arrival_us[i], f.arrival_us[i]);
	test_free(s);
}

static void nacks_are_written_as_read(void **state)
{
	static const uint16_t seqs[] = { 65530, 65535, 2, 10, 11, 200 };
	struct control_handlers h = { .on_nack = keep_nack };
	struct seen *s = test_calloc(1, sizeof(*s));
	uint8_t out[CONTROL_BYTES];
	size_t n = control_write_nack(out, 1, 77, seqs, 6);

	(void)state;
	assert_int_equal(control_read(out, n, &h, s), 0);
	assert_int_equal(s->n, 6);
	assert_memory_equal(s->seqs, seqs, sizeof(seqs));
	test_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_changed_byte_is_seen),
		cmocka_unit_test(twcc_feedback_is_spread_out),
		cmocka_unit_test(arrivals_are_written_as_read),
		cmocka_unit_test(nacks_are_written_as_read),
		cmocka_unit_test(gcm_is_taken_when_both_can),
		cmocka_unit_test(cm_is_taken_when_one_has_no_gcm),
		cmocka_unit_test(layers_of_vp9_are_told_apart),
		cmocka_unit_test(losses_are_asked_for_and_repeated),
		cmocka_unit_test(a_keyframe_comes_when_asked),
		cmocka_unit_test(a_false_fingerprint_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
