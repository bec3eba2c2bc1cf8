/* One stream of a seat: what begins it anew, and how often; what a repeat may do. */
#include "tests/unit/media/slot_world.h"

#include "media/source.h"

/* A camera packet with everything of the sender's choosing. */
static void receive_odd(enum codec codec, uint32_t ssrc, uint16_t seq, uint32_t rtp, bool repaired)
{
	static const uint8_t payload[8] = { 0x61, 1, 2, 3 };
	struct rtp_view pkt = { .seq = seq, .timestamp = rtp, .ssrc = ssrc, .payload = payload, .payload_len = sizeof(payload) };

	track_receive(&w.camera[0], 0, &pkt, codec, repaired, w.now_us);
}

static void a_repeat_neither_leads_nor_restarts_a_stream(void **state)
{
	uint16_t newest;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	assert_int_equal(drain(), 2);
	newest = w.seq[0][1];
	w.n_events = 0;
	receive_odd(CODEC_H264, 5, (uint16_t)(newest - 1), w.rtp[0][1], true);   /* of the codec before a change */
	receive_odd(CODEC_VP8, 5, (uint16_t)(newest + 20000), w.rtp[0][1], true);
	receive_odd(CODEC_VP8, 5, (uint16_t)(newest - 2000), w.rtp[0][1], true);
	assert_int_equal(drain(), 0);
	assert_int_equal(w.n_events, 0);
	assert_int_equal(w.camera[0].layers[0]->newest_seq, (uint16_t)(newest - 1));
	picture(0, false);
	assert_int_equal(drain(), 2);
	assert_int_equal(w.slots[1].next_seq, renumber_next(&w.slots[1].numbers, w.seq[0][1]));
}

static void a_stream_restarts_four_times_a_second_at_most(void **state)
{
	size_t restarts = 0;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	w.n_events = 0;
	/* Two streams say that they are this camera, a codec changes to and fro, numbers leap: a thousand times a second. */
	for (int i = 0; i < 3000; i++) {
		w.now_us += 9 * MS / 8;
		receive_odd(i % 2 ? CODEC_VP8 : CODEC_H264, 5 + (uint32_t)i % 2, (uint16_t)(i * 7000), (uint32_t)i * 90, false);
	}
	for (size_t i = 0; i < w.n_events; i++)
		restarts += w.events[i].type == MEDIA_SOURCE_STARTED;
	assert_in_range(w.n_events, 1, 3 * 14);
	assert_in_range(restarts, 1, 14);
	/* Left alone, the true one is back at once. */
	w.now_us += 300 * MS;
	picture(0, true);
	assert_int_equal(drain(), 2);
}

/* As after a change of address: what was sent meanwhile is more than is asked for. */
static void a_hole_that_is_not_repaired_has_a_keyframe_asked_for(void **state)
{
	int before;

	(void)state;
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	w.now_us += 2000 * MS;
	before = w.keyframes_asked[0];
	source_tick(w.camera[0].layers[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], before);
	w.seq[0][1] += 200;
	picture(0, false);
	source_tick(w.camera[0].layers[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], before + 1);
	w.now_us += 2000 * MS;
	picture(0, true);
	w.now_us += 33 * MS;
	/* Small enough to be repeated, but what was sent meanwhile is old. */
	w.now_us += 900 * MS;
	w.seq[0][1] += 30;
	picture(0, false);
	source_tick(w.camera[0].layers[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], ++before + 1);
	/* One packet of a slow picture is worth a repeat. */
	picture(0, true);
	w.now_us += 2000 * MS;
	w.seq[0][1] += 1;
	picture(0, false);
	source_tick(w.camera[0].layers[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], before + 1);
	/* One that came by itself behind the hole has healed it. */
	picture(0, true);
	w.now_us += 2000 * MS;
	w.seq[0][1] += 200;
	picture(0, true);
	source_tick(w.camera[0].layers[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], before + 1);
	/* Nobody looks. */
	slot_bind(&w.slots[1], NULL, 2, w.now_us);
	w.now_us += 2000 * MS;
	w.seq[0][1] += 200;
	picture(0, false);
	source_tick(w.camera[0].layers[0], w.now_us);
	assert_int_equal(w.keyframes_asked[0], before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(a_repeat_neither_leads_nor_restarts_a_stream),
		IN_SLOT_WORLD(a_hole_that_is_not_repaired_has_a_keyframe_asked_for),
		IN_SLOT_WORLD(a_stream_restarts_four_times_a_second_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
