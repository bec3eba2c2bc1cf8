/* Simulcast in a slot: which layer it shows, how it changes, what is suspended, what is told of layers that nobody wants. */
#include "tests/unit/media/slot_world.h"

#include "media/base/bytes.h"
#include "media/rate_control.h"

/* One picture of a layer, in one packet; `tid` 1 may be left out. The sixth byte behind the descriptor says which layer it is of. */
static void layer_picture(int layer, bool key, uint8_t tid)
{
	static uint16_t picture_id[MAX_LAYERS];
	uint8_t payload[32] = { 0x90, 0xe0, 0, 0, 7, (uint8_t)(tid << 6 | (tid ? 0x20 : 0)), (uint8_t)(key ? 0 : 1), 0, 0, (uint8_t)layer };
	struct rtp_view pkt = { .ssrc = 50 + (uint32_t)layer, .marker = true, .payload = payload, .payload_len = sizeof(payload) };
	uint16_t id = picture_id[layer]++;

	write_u16(payload + 2, 0x8000 | (id & 0x7fff));
	pkt.seq = id;
	pkt.timestamp = (uint32_t)(w.now_us / 1000 * 90);
	assert_int_equal(track_receive(&w.camera[0], (uint8_t)layer, &pkt, CODEC_VP8, false, w.now_us), 0);
}

/* A frame time of all layers; returns the layer that the slot sent, -1 for none. Numbers have no gap. */
static int frame_of_layers(unsigned keys, unsigned layers, uint8_t tid)
{
	static uint16_t next;
	struct rtp_view pkt;
	int shown = -1;

	w.now_us += 33333;
	for (int i = 0; i < MAX_LAYERS; i++)
		if (layers & 1u << i)
			layer_picture(i, keys & 1u << i, tid);
	while (next_packet(&pkt)) {
		if (w.slots[1].packets > 1)
			assert_int_equal(pkt.seq, next);
		next = (uint16_t)(pkt.seq + 1);
		shown = pkt.payload[9];
	}
	return shown;
}

static void begin_layers(void)
{
	track_set_layers(&w.camera[0], MAX_LAYERS);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	assert_int_equal(frame_of_layers(7, 7, 0), 0);
}

static size_t events_of(enum media_event_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < w.n_events; i++)
		n += w.events[i].type == type;
	return n;
}

static void a_layer_changes_at_its_keyframe_without_a_gap(void **state)
{
	(void)state;
	begin_layers();
	for (int i = 0; i < 40; i++)
		frame_of_layers(0, 7, 0);
	slot_set_target(&w.slots[1], 2, w.now_us);
	/* The lower one runs on until the upper one can begin. */
	for (int i = 0; i < 40; i++)
		assert_int_equal(frame_of_layers(0, 7, 0), 0);
	assert_int_equal(frame_of_layers(4, 7, 0), 2);
	assert_int_equal(frame_of_layers(0, 7, 0), 2);
	slot_set_target(&w.slots[1], 1, w.now_us);
	assert_int_equal(frame_of_layers(0, 7, 0), 2);
	assert_int_equal(frame_of_layers(2, 7, 0), 1);
	/* It is one picture all the time: told once. */
	assert_int_equal(events_of(MEDIA_SLOT_SWITCHED), 1);
	assert_int_equal(events_of(MEDIA_SLOT_QUIET), 0);
}

static void a_layer_that_stops_is_left_for_a_lower_one(void **state)
{
	int shown = 2;

	(void)state;
	begin_layers();
	slot_set_target(&w.slots[1], 2, w.now_us);
	while (frame_of_layers(4, 7, 0) != 2)
		;
	/* Its sender is short of line: within half a second the slot shows what there is. */
	for (int i = 0; i < 15 && shown != 1; i++) {
		slot_tick(&w.slots[1], w.now_us);
		shown = frame_of_layers(3, 3, 0);
	}
	assert_int_equal(shown, 1);
	while (shown != 2) {
		shown = frame_of_layers(4, 7, 0);
		slot_tick(&w.slots[1], w.now_us);
	}
	assert_int_equal(events_of(MEDIA_SLOT_SWITCHED), 1);
}

static void a_suspended_slot_sends_nothing_and_says_so(void **state)
{
	(void)state;
	begin_layers();
	slot_set_target(&w.slots[1], SLOT_SUSPENDED, w.now_us);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SUSPENDED);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(frame_of_layers(7, 7, 0), -1);
		slot_tick(&w.slots[1], w.now_us);
	}
	slot_set_target(&w.slots[1], 0, w.now_us);
	assert_int_equal(frame_of_layers(0, 7, 0), 0);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SWITCHED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 1);
}

static void a_slot_suspended_before_its_first_picture_says_so(void **state)
{
	(void)state;
	begin_layers();
	slot_bind(&w.slots[1], &w.camera[1], 8, w.now_us);
	slot_set_target(&w.slots[1], SLOT_SUSPENDED, w.now_us);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SUSPENDED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 8);
}

/* Each binding is told for itself: its page waits for a picture, and is to know that there is none. */
static void a_suspended_slot_that_is_bound_again_says_so_again(void **state)
{
	(void)state;
	begin_layers();
	slot_set_target(&w.slots[1], SLOT_SUSPENDED, w.now_us);
	assert_int_equal(events_of(MEDIA_SLOT_SUSPENDED), 1);
	slot_bind(&w.slots[1], &w.camera[0], 9, w.now_us);
	assert_int_equal(events_of(MEDIA_SLOT_SUSPENDED), 2);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SUSPENDED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 9);
	assert_int_equal(frame_of_layers(7, 7, 0), -1);
	/* It comes back under the new name. */
	slot_set_target(&w.slots[1], 0, w.now_us);
	assert_int_equal(frame_of_layers(7, 7, 0), 0);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_SLOT_SWITCHED);
	assert_int_equal(w.events[w.n_events - 1].slot.binding, 9);
	/* Another's picture is not suspended because the one before it was. */
	slot_set_target(&w.slots[1], SLOT_SUSPENDED, w.now_us);
	slot_bind(&w.slots[1], &w.camera[1], 10, w.now_us);
	assert_int_equal(events_of(MEDIA_SLOT_SUSPENDED), 3);
	assert_int_equal(w.slots[1].target, 0);
}

static void half_the_pictures_leave_no_hole(void **state)
{
	int sent = 0;

	(void)state;
	begin_layers();
	w.slots[1].temporal.wanted = 0;
	for (int i = 0; i < 60; i++)
		sent += frame_of_layers(0, 7, (uint8_t)(i % 2)) == 0;
	assert_int_equal(sent, 30);
	w.slots[1].temporal.wanted = TEMPORAL_ALL;
	for (int i = 0; i < 60; i++)
		sent += frame_of_layers(0, 7, (uint8_t)(i % 2)) == 0;
	assert_int_equal(sent, 90);
}

static void layers_that_nobody_wants_are_told(void **state)
{
	(void)state;
	begin_layers();
	for (int i = 0; i < 100; i++) {
		w.now_us += 50 * MS;
		track_tick(&w.camera[0], w.now_us);
	}
	assert_int_equal(events_of(MEDIA_LAYERS), 0);
	w.now_us += 50 * MS;
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(w.events[w.n_events - 1].type, MEDIA_LAYERS);
	assert_int_equal(w.events[w.n_events - 1].layers.mask, 1);
	/* Wanted again: at once. */
	slot_set_target(&w.slots[1], 2, w.now_us);
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(w.events[w.n_events - 1].layers.mask, 1 | 4);
}

/* Ten seconds in which these layers (bits) of the first camera come; returns the mask that its sender is told last, 0: nothing. */
static uint8_t told_layers(unsigned layers)
{
	static const uint8_t payload[] = { 0x10, 0x00, 0, 0, 0, 0 };
	uint8_t mask = 0;

	for (int i = 0; i < 200; i++, w.now_us += 50 * MS) {
		struct rtp_view pkt = { .seq = w.seq[0][1]++, .timestamp = w.rtp[0][1] += 4500, .marker = true, .payload = payload,
			                .payload_len = sizeof(payload) };

		w.n_events = 0;
		for (uint8_t k = 0; k < 3; k++) {
			pkt.ssrc = 50 + k;
			if (layers & 1u << k)
				track_receive(&w.camera[0], k, &pkt, CODEC_VP8, false, w.now_us);
		}
		drain();
		track_tick(&w.camera[0], w.now_us);
		for (size_t k = 0; k < w.n_events; k++)
			mask = w.events[k].type == MEDIA_LAYERS ? w.events[k].layers.mask : mask;
	}
	return mask;
}

static void a_layer_is_left_out_only_when_it_has_been_there(void **state)
{
	(void)state;
	track_set_layers(&w.camera[0], 3);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_set_target(&w.slots[1], 0, w.now_us);
	/* A browser sends its upper layers when it has found out that its line carries them. */
	assert_int_equal(told_layers(1), 0);
	assert_int_equal(told_layers(1 | 2), 1 | 4);
	assert_int_equal(told_layers(1 | 2 | 4), 1);
	slot_set_target(&w.slots[1], 2, w.now_us);
	assert_int_equal(told_layers(1) & 4, 4);
}

/* A sender's line became narrow: it sends the lowest, though the best is aimed at; the middle one, left out till now, may still fit. */
static void below_a_layer_that_does_not_come_the_next_is_wanted(void **state)
{
	(void)state;
	track_set_layers(&w.camera[0], 3);
	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	slot_set_target(&w.slots[1], 2, w.now_us);
	assert_int_equal(told_layers(1 | 2 | 4), 1 | 4);
	assert_int_equal(told_layers(1), 1 | 2 | 4);
	assert_int_equal(told_layers(1 | 2), 0);
	assert_int_equal(told_layers(1 | 2 | 4), 1 | 4);
}

/* Nobody watches, so the upper layers rest; the cue has them back, and is ready at a keyframe of the best. */
static void a_cue_wants_the_best_layer_and_is_ready_at_its_keyframe(void **state)
{
	(void)state;
	begin_layers();
	slot_set_target(&w.slots[1], 0, w.now_us);
	for (int i = 0; i < 200; i++) {
		frame_of_layers(0, 7, 0);
		track_tick(&w.camera[0], w.now_us);
	}
	w.n_events = 0;
	w.camera[0].gate = true;
	for (int i = 0; i < 20; i++) /* the best has stopped */
		frame_of_layers(0, 1, 0);
	track_cue(&w.camera[0], w.now_us);
	assert_int_equal(events_of(MEDIA_LAYERS), 1);
	assert_true(w.events[0].layers.mask & 4);
	for (int i = 0; i < 5; i++) {
		frame_of_layers(0, 1, 0);
		track_tick(&w.camera[0], w.now_us);
	}
	assert_int_equal(events_of(MEDIA_SOURCE_READY), 0);
	assert_int_equal(frame_of_layers(4, 7, 0), 0);
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(events_of(MEDIA_SOURCE_READY), 1);
	for (int i = 0; i < 60; i++)
		track_tick(&w.camera[0], w.now_us += 50 * MS);
	assert_int_equal(events_of(MEDIA_SOURCE_READY), 1);
}

static void a_cue_waits_no_longer_than_it_says(void **state)
{
	(void)state;
	begin_layers();
	w.n_events = 0;
	for (int i = 0; i < 40; i++)
		frame_of_layers(0, 1, 0);
	track_cue(&w.camera[0], w.now_us);
	for (int i = 0; i < 29; i++) {
		w.now_us += 50 * MS;
		track_tick(&w.camera[0], w.now_us);
	}
	assert_int_equal(events_of(MEDIA_SOURCE_READY), 0);
	w.now_us += 50 * MS;
	track_tick(&w.camera[0], w.now_us);
	assert_int_equal(events_of(MEDIA_SOURCE_READY), 1);
}

static void the_estimate_chooses_layers(void **state)
{
	(void)state;
	begin_layers();
	slot_want(&w.slots[1], (struct slot_wish){ RANK_STAGE, 720 });
	for (int i = 0; i < 200; i++) {
		frame_of_layers(i % 20 == 0 ? 7 : 0, 7, 0);
		rate_control_tick(w.down.rate, &w.down, w.now_us);
	}
	assert_int_equal(w.slots[1].target, 2);
	/* A receiver that tells nothing but loss is taken at its word. */
	for (int i = 0; i < 100; i++) {
		rate_control_limit(w.down.rate, 1000, 0);
		frame_of_layers(i % 20 == 0 ? 7 : 0, 7, 0);
		rate_control_tick(w.down.rate, &w.down, w.now_us);
	}
	assert_int_equal(w.slots[1].target, SLOT_SUSPENDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(a_layer_changes_at_its_keyframe_without_a_gap),
		IN_SLOT_WORLD(a_layer_that_stops_is_left_for_a_lower_one),
		IN_SLOT_WORLD(a_suspended_slot_sends_nothing_and_says_so),
		IN_SLOT_WORLD(a_slot_suspended_before_its_first_picture_says_so),
		IN_SLOT_WORLD(a_suspended_slot_that_is_bound_again_says_so_again),
		IN_SLOT_WORLD(half_the_pictures_leave_no_hole),
		IN_SLOT_WORLD(layers_that_nobody_wants_are_told),
		IN_SLOT_WORLD(a_layer_is_left_out_only_when_it_has_been_there),
		IN_SLOT_WORLD(below_a_layer_that_does_not_come_the_next_is_wanted),
		IN_SLOT_WORLD(a_cue_wants_the_best_layer_and_is_ready_at_its_keyframe),
		IN_SLOT_WORLD(a_cue_waits_no_longer_than_it_says),
		IN_SLOT_WORLD(the_estimate_chooses_layers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
