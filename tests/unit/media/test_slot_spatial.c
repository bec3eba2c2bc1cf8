/* VP9 with spatial layers in a slot: which layers go, where they change, what their numbers and marks are, what is told of layers that nobody wants. */
#include "tests/unit/media/slot_world.h"

#include <string.h>

#include "media/base/bytes.h"
#include "media/base/macros.h"
#include "media/counter.h"
#include "media/rate_control.h"
#include "media/source.h"
#include "media/spatial.h"
#include "media/temporal.h"
#include "media/vp9.h"

/* What one packet of a row is, and whether it goes. */
struct row {
	uint8_t wanted, wanted_tid;
	uint32_t rtp;
	uint8_t sid, tid;
	bool inter, up, goes;
};

static void layers_come_and_go_where_the_stream_allows(void **state)
{
	static const struct row rows[] = {
		{ 0, 3, 1, 0, 0, false, false, true }, { 0, 3, 1, 1, 0, false, false, false }, { 0, 3, 1, 2, 0, false, false, false },
		{ 2, 3, 2, 0, 0, true, false, true }, { 2, 3, 2, 1, 0, true, false, false },       /* wanted, but it needs what did not go */
		{ 2, 3, 3, 0, 0, true, false, true }, { 2, 3, 3, 1, 0, false, false, true },       /* it needs only the layer below */
		{ 2, 3, 3, 2, 0, true, false, false }, { 2, 3, 4, 2, 0, false, false, true },
		{ 1, 3, 4, 2, 0, false, false, true },                                             /* what began goes on to its end */
		{ 1, 3, 5, 0, 0, true, false, true }, { 1, 3, 5, 1, 0, true, false, true }, { 1, 3, 5, 2, 0, true, false, false },
		{ 2, 3, 6, 0, 0, false, false, true }, { 2, 3, 6, 2, 0, false, false, true },      /* a keyframe whose middle is late */
		{ 2, 1, 7, 0, 2, true, false, false }, { 2, 1, 8, 0, 1, true, false, true },
		{ 2, 3, 9, 0, 2, true, true, false }, { 2, 3, 10, 0, 1, true, true, true }, { 2, 3, 11, 0, 2, true, true, true },
		{ 2, 0, 12, 0, 1, true, true, false }, { 2, 3, 13, 0, 1, true, false, false },     /* no switching-up point */
		{ 2, 3, 14, 0, 0, false, false, true }, { 2, 3, 15, 0, 2, true, false, true },     /* a keyframe */
	};
	struct temporal t = { TEMPORAL_ALL, TEMPORAL_ALL };
	struct spatial s = { 0 };

	(void)state;
	spatial_begin(&s);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct vp9_descriptor d = { .sid = rows[i].sid & 3, .tid = rows[i].tid & 7, .inter_picture = rows[i].inter, .switching_up = rows[i].up };

		s.wanted = rows[i].wanted;
		t.wanted = rows[i].wanted_tid;
		assert_int_equal(spatial_admits(&s, &t, &d, rows[i].rtp), rows[i].goes);
	}
}

/* A camera that sends VP9 as Chromium's L3T3_KEY does, each layer's picture in two packets. */
static uint16_t picture_id;
static uint8_t tl0;

#define BEGINS 8
#define ENDS 4

static size_t write_vp9(uint8_t *out, bool key, uint8_t sid, uint8_t tid, uint8_t part)
{
	static const uint8_t structure[] = { 0x50, 0, 240, 0, 135, 1, 224, 1, 14, 3, 192, 2, 28 };
	bool begins = part == BEGINS, sizes = key && sid == 0 && begins;
	size_t n = 5;

	out[0] = (uint8_t)(0xa0 | (key ? 0 : 0x40) | part | (sizes ? 2 : 0));
	write_u16(out + 1, 0x8000 | (picture_id & 0x7fff));
	out[3] = (uint8_t)(tid << 5 | 0x10 | sid << 1 | (key && sid));
	out[4] = tl0;
	if (sizes) {
		memcpy(out + n, structure, sizeof(structure));
		out[n] = 2 << 5 | 0x10;
		n += sizeof(structure);
	}
	memset(out + n, 0x30 + sid, 100);
	return n + 100;
}

/* One packet of the stream; `lost`: it takes its number, but does not come. Returns its number. */
static uint16_t vp9_packet(bool key, uint8_t sid, uint8_t tid, uint8_t part, bool last, bool lost)
{
	uint8_t payload[256];
	size_t len = write_vp9(payload, key, sid, tid, part);
	struct rtp_view pkt = { .seq = w.seq[0][1]++, .timestamp = w.rtp[0][1], .ssrc = 5, .marker = last, .payload = payload, .payload_len = len };

	if (!lost)
		assert_int_equal(track_receive(&w.camera[0], 0, &pkt, CODEC_VP9, false, w.now_us), 0);
	return pkt.seq;
}

/* A picture of `layers` layers, without the packets whose bits (two a layer, from bit 0) are in `lost`. */
static void vp9_picture(bool key, uint8_t layers, uint8_t tid, unsigned lost)
{
	w.now_us += 33333;
	w.rtp[0][1] += 3000;
	picture_id++;
	tl0 = (uint8_t)(tl0 + (tid == 0));
	for (uint8_t sid = 0; sid < layers; sid++) {
		vp9_packet(key, sid, tid, BEGINS, false, lost & 1u << (2 * sid));
		vp9_packet(key, sid, tid, ENDS, sid + 1 == layers, lost & 2u << (2 * sid));
	}
}

/* What left: the layers (bits), how many packets, whether only the last of them had the marker. Numbers have no gap but where `hole` allows. */
static uint16_t next_out;
static bool any_out;

static unsigned sent_layers(unsigned hole, unsigned *ret_packets)
{
	struct rtp_view pkt;
	unsigned layers = 0, packets = 0, markers = 0;

	while (next_packet(&pkt)) {
		struct vp9_descriptor d;

		assert_int_equal(pkt.pt, 98);
		assert_int_equal(vp9_parse(&d, pkt.payload, pkt.payload_len), 0);
		if (any_out)
			assert_true((uint16_t)(pkt.seq - next_out) <= hole);
		any_out = true;
		next_out = (uint16_t)(pkt.seq + 1);
		assert_int_equal(markers, 0);
		markers += pkt.marker;
		layers |= 1u << d.sid;
		packets++;
	}
	if (packets > 0 && hole == 0)
		assert_int_equal(markers, 1);
	if (ret_packets)
		*ret_packets = packets;
	return layers;
}

static void begin(uint8_t target)
{
	any_out = false;
	track_set_layers(&w.camera[0], MAX_LAYERS);
	vp9_picture(true, 3, 0, 0);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_set_target(&w.slots[1], target, w.now_us);
	assert_int_equal(sent_layers(0, NULL), (2u << target) - 1);
}

static void a_small_picture_is_the_lowest_layer_alone(void **state)
{
	unsigned packets;

	(void)state;
	begin(0);
	for (int i = 0; i < 300; i++) {
		vp9_picture(i % 100 == 50, 3, (uint8_t)(i % 2 ? 2 : 0), 0);
		assert_int_equal(sent_layers(0, &packets), 1);
		assert_int_equal(packets, 2);
	}
	assert_int_equal(w.keyframes_asked[0], 0);
}

static void more_layers_begin_at_a_keyframe_and_end_at_once(void **state)
{
	(void)state;
	begin(0);
	slot_set_target(&w.slots[1], 2, w.now_us);
	assert_int_equal(w.keyframes_asked[0], 0);      /* whether the layers flow is not known yet */
	for (int i = 0; i < 30; i++) {
		vp9_picture(false, 3, 0, 0);
		assert_int_equal(sent_layers(0, NULL), 1);
		track_tick(&w.camera[0], w.now_us);
		slot_tick(&w.slots[1], w.now_us);
	}
	assert_true(w.keyframes_asked[0] > 0);
	vp9_picture(true, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 7);
	vp9_picture(false, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 7);
	slot_set_target(&w.slots[1], 1, w.now_us);
	vp9_picture(false, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 3);
	/* The sender has less for a while: the mark is its own then. */
	vp9_picture(false, 1, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 1);
	slot_set_target(&w.slots[1], 0, w.now_us);
	vp9_picture(false, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 1);
}

static void half_the_pictures_leave_no_hole(void **state)
{
	static const uint8_t tids[] = { 0, 2, 1, 2 };
	unsigned packets, pictures = 0;

	(void)state;
	begin(1);
	w.slots[1].temporal.wanted = 1;
	for (int i = 0; i < 80; i++) {
		vp9_picture(false, 3, tids[i % 4], 0);
		assert_int_equal(sent_layers(0, &packets), tids[i % 4] == 2 ? 0 : 3);
		pictures += packets > 0;
	}
	assert_int_equal(pictures, 40);
	w.slots[1].temporal.wanted = TEMPORAL_ALL;
	vp9_picture(false, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 3);
	vp9_picture(false, 3, 2, 0);
	assert_int_equal(sent_layers(0, NULL), 3);
}

static void what_is_lost_of_layers_that_stay_out_is_not_missed(void **state)
{
	static const unsigned lost[] = { 4, 8, 16, 4 | 8, 8 | 16, 32, 4 | 8 | 16, 16 | 32, 8 | 16 | 32, 4 | 8 | 16 | 32 };

	(void)state;
	begin(0);
	for (size_t i = 0; i < 20 * ARRAY_LEN(lost); i++) {
		vp9_picture(false, 3, 0, lost[i % ARRAY_LEN(lost)]);
		sent_layers(0, NULL);
		vp9_picture(false, 3, 0, 0);
		assert_int_equal(sent_layers(0, NULL), 1);
	}
}

static void late_packets_take_the_numbers_kept_for_them(void **state)
{
	uint8_t payload[256];
	struct rtp_view late = { .ssrc = 5, .payload = payload }, pkt;
	uint16_t kept;

	(void)state;
	begin(0);
	/* From the middle of one picture's highest layer to the second packet of the next: three are missing, of which one was to go. */
	vp9_picture(false, 3, 0, 32);
	assert_int_equal(sent_layers(0, NULL), 1);
	late.seq = (uint16_t)(w.seq[0][1] - 1);
	late.timestamp = w.rtp[0][1];
	late.payload_len = write_vp9(payload, false, 2, 0, ENDS);
	vp9_picture(false, 3, 0, 1);
	kept = next_out;
	assert_int_equal(sent_layers(2, NULL), 1);
	assert_int_equal(next_out, (uint16_t)(kept + 3));
	/* The one that stays out comes first: padding takes its place, so that nobody waits for it. */
	assert_int_equal(track_receive(&w.camera[0], 0, &late, CODEC_VP9, true, w.now_us), 0);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.seq, kept);
	assert_int_equal(pkt.payload_len, 0);
	assert_int_equal(pkt.ssrc, 200);
	/* Then the one that was to go. */
	late.seq++;
	late.timestamp = w.rtp[0][1];
	late.payload_len = write_vp9(payload, false, 0, 0, BEGINS);
	assert_int_equal(track_receive(&w.camera[0], 0, &late, CODEC_VP9, true, w.now_us), 0);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.seq, (uint16_t)(kept + 1));
	assert_true(pkt.payload_len > 100);
	assert_false(next_packet(&pkt));
	/* Once more they are no news. */
	assert_int_equal(track_receive(&w.camera[0], 0, &late, CODEC_VP9, true, w.now_us), 0);
	assert_false(next_packet(&pkt));
	vp9_picture(false, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 1);
}

static void a_repeat_has_the_mark_that_its_packet_had(void **state)
{
	struct rtp_view pkt;
	uint16_t seq;

	(void)state;
	begin(0);
	vp9_picture(false, 3, 0, 0);
	assert_int_equal(sent_layers(0, NULL), 1);
	seq = (uint16_t)(next_out - 1);
	slot_set_target(&w.slots[1], 2, w.now_us);
	slot_on_nack(&w.slots[1], &seq, 1, w.now_us);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.ssrc, 201);
	assert_int_equal(pkt.pt, 99);
	assert_true(pkt.marker);
	assert_int_equal(read_u16(pkt.payload), seq);
}

static void numbers_of_pictures_go_on_at_a_switch(void **state)
{
	/* 7-bit picture id 9, layer 0 of temporal layer 0, TL0PICIDX 200. */
	static const uint8_t other[] = { 0xa8, 9, 0x10, 200, 0x77, 0x77 };
	struct vp9_descriptor d;
	struct rtp_view pkt;

	(void)state;
	begin(0);
	vp9_picture(false, 3, 0, 0);
	sent_layers(0, NULL);
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	w.rtp[1][1] += 3000;
	receive(1, 1, CODEC_VP9, other, sizeof(other));
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.seq, next_out);
	assert_int_equal(vp9_parse(&d, pkt.payload, pkt.payload_len), 0);
	assert_true(d.wide_picture_id);
	assert_int_equal(d.picture_id, (picture_id + 1) & 0x7fff);
	assert_int_equal(d.tl0picidx, (uint8_t)(tl0 + 1));
	assert_int_equal(pkt.payload_len, sizeof(other) + 1);
	assert_int_equal(pkt.payload[pkt.payload_len - 1], 0x77);
}

static uint8_t last_told(void)
{
	for (size_t i = w.n_events; i-- > 0;)
		if (w.events[i].type == MEDIA_LAYERS)
			return w.events[i].layers.mask;
	return 0;
}

static void pass(int pictures, uint8_t layers)
{
	for (int i = 0; i < pictures; i++) {
		w.n_events = 0;
		vp9_picture(i % 30 == 0, layers, (uint8_t)(i % 2), 0);
		drain();
		track_tick(&w.camera[0], w.now_us);
		slot_tick(&w.slots[1], w.now_us);
		if (w.n_events > 0 && last_told())
			break;
	}
}

static void layers_that_nobody_wants_are_told(void **state)
{
	(void)state;
	begin(0);
	pass(300, 3);
	assert_int_equal(last_told(), 1);
	/* The sender has only that one now; wanted again, the upper ones are asked for at once, with all below. */
	w.n_events = 0;
	pass(60, 1);
	slot_set_target(&w.slots[1], 2, w.now_us);
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(last_told(), 7);
	vp9_picture(true, 3, 0, 0);
	next_out = w.slots[1].next_seq;
	assert_int_equal(sent_layers(0, NULL), 7);
}

static void layers_are_shared_out_like_those_of_simulcast(void **state)
{
	(void)state;
	begin(0);
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 270 });
	for (int i = 0; i < 100; i++) {
		vp9_picture(i % 20 == 0, 3, 0, 0);
		drain();
		track_tick(&w.camera[0], w.now_us);
		rate_control_tick(w.down.rate, &w.down, w.now_us);
	}
	assert_int_equal(w.camera[0].layers[0]->layered.height_px[2], 540);
	assert_int_equal(w.slots[1].target, 1);
	assert_int_equal(w.slots[1].spatial.highest, 1);
	/* Each counts with those below it. */
	for (int i = 1; i < 3; i++)
		assert_true(w.camera[0].layers[0]->layered.bps[i] > w.camera[0].layers[0]->layered.bps[i - 1]);
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 720 });
	for (int i = 0; i < 100; i++) {
		vp9_picture(i % 20 == 0, 3, 0, 0);
		drain();
		rate_control_tick(w.down.rate, &w.down, w.now_us);
	}
	assert_int_equal(w.slots[1].spatial.highest, 2);
}

/* The lowest layer of a camera has little place for what it keeps; once it is all layers it has that of the best. */
static void the_place_for_what_is_kept_follows_the_codec(void **state)
{
	int64_t small, large;

	(void)state;
	track_set_layers(&w.camera[0], MAX_LAYERS);
	picture(0, true);
	small = counters_get(w.counters, COUNT_RING_BYTES);
	w.now_us += 500 * MS;
	vp9_picture(true, 3, 0, 0);
	large = counters_get(w.counters, COUNT_RING_BYTES);
	assert_true(large > 4 * small);
	w.now_us += 500 * MS;
	picture(0, true);
	assert_int_equal(counters_get(w.counters, COUNT_RING_BYTES), small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layers_come_and_go_where_the_stream_allows),
		IN_SLOT_WORLD(a_small_picture_is_the_lowest_layer_alone),
		IN_SLOT_WORLD(more_layers_begin_at_a_keyframe_and_end_at_once),
		IN_SLOT_WORLD(half_the_pictures_leave_no_hole),
		IN_SLOT_WORLD(what_is_lost_of_layers_that_stay_out_is_not_missed),
		IN_SLOT_WORLD(late_packets_take_the_numbers_kept_for_them),
		IN_SLOT_WORLD(a_repeat_has_the_mark_that_its_packet_had),
		IN_SLOT_WORLD(numbers_of_pictures_go_on_at_a_switch),
		IN_SLOT_WORLD(layers_that_nobody_wants_are_told),
		IN_SLOT_WORLD(layers_are_shared_out_like_those_of_simulcast),
		IN_SLOT_WORLD(the_place_for_what_is_kept_follows_the_codec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
