/* What the slots of a path share: packets that come late leave by turn and within a bound; what waits ends with the path. */
#include "tests/unit/media/slot_world.h"

#include "media/base/bytes.h"
#include "media/counter.h"

/* A packet of the first camera between others, whose payload says its number. */
static void camera_packet(uint16_t seq)
{
	uint8_t payload[8] = { 0x00 };
	struct rtp_view pkt = { .seq = seq, .timestamp = w.rtp[0][1], .ssrc = 5, .payload = payload, .payload_len = sizeof(payload) };

	write_u16(payload + 4, seq);
	assert_int_equal(track_receive(&w.camera[0], 0, &pkt, CODEC_VP8, false, w.now_us), 0);
}

/* A picture that is shown, and behind it `n` holes between packets that have left. Returns the first hole. */
static uint16_t leave_holes(unsigned n)
{
	uint16_t first;

	slot_bind(&w.slots[1], &w.camera[0], 1, w.now_us);
	picture(0, true);
	drain();
	first = w.seq[0][1];
	for (unsigned i = 0; i < n; i++) {
		camera_packet((uint16_t)(first + 2 * i + 1));
		w.now_us += MS;
		drain();
	}
	w.seq[0][1] = (uint16_t)(first + 2 * n);
	return first;
}

static void what_comes_late_leaves_under_the_number_left_for_it(void **state)
{
	uint16_t hole = leave_holes(1), expected;
	struct rtp_view pkt;

	(void)state;
	expected = (uint16_t)(w.slots[1].next_seq - 2);
	camera_packet(hole);
	assert_true(next_packet(&pkt));
	assert_int_equal(pkt.seq, expected);
	assert_int_equal(read_u16(pkt.payload + 4), hole);
	assert_false(next_packet(&pkt));
	assert_int_equal(counters_get(w.counters, COUNT_SLOT_LATE_TX), 1);
	/* Once more: it was there already. */
	camera_packet(hole);
	assert_false(next_packet(&pkt));
}

static void late_packets_at_once_have_a_bound_and_leave_in_full_groups(void **state)
{
	enum { HOLES = DOWNLINK_LATE + 20 };
	uint16_t first = leave_holes(HOLES), next = w.slots[1].next_seq;
	bool seen[HOLES] = { false };
	struct rtp_view pkt;
	size_t n = 0;

	(void)state;
	for (unsigned i = 0; i < HOLES; i++)
		camera_packet((uint16_t)(first + 2 * i));
	assert_int_equal(counters_get(w.counters, COUNT_SLOT_LATE_DROPPED), HOLES - DOWNLINK_LATE);
	/* In one turn, though a group takes fewer. */
	run_until(w.now_us);
	for (; next_packet(&pkt); n++) {
		unsigned i = (uint16_t)(read_u16(pkt.payload + 4) - first) / 2u;

		assert_in_range(i, 0, DOWNLINK_LATE - 1);
		assert_false(seen[i]);
		seen[i] = true;
		assert_int_equal(pkt.seq, (uint16_t)(next - 2 * HOLES + 2 * i));
	}
	assert_int_equal(n, DOWNLINK_LATE);
	assert_int_equal(counters_get(w.counters, COUNT_SLOT_LATE_TX), DOWNLINK_LATE);
	assert_int_equal(w.slots[1].next_seq, next);
	/* There is room again. */
	first = leave_holes(1);
	camera_packet(first);
	assert_int_equal(drain(), 1);
}

static void what_is_late_for_an_earlier_turn_stays_out(void **state)
{
	uint16_t hole, turn;

	(void)state;
	leave_holes(1);
	turn = w.slots[1].turn;
	/* The slot goes to another camera and comes back: a packet that waited meanwhile belongs to the time before. */
	slot_bind(&w.slots[1], &w.camera[1], 2, w.now_us);
	picture(1, true);
	drain();
	slot_bind(&w.slots[1], &w.camera[0], 3, w.now_us);
	picture(0, true);
	drain();
	hole = w.seq[0][1];
	camera_packet((uint16_t)(hole + 1));
	drain();
	w.slots[1].current = NULL;              /* so that it does not ask for the packet itself */
	camera_packet(hole);
	w.slots[1].current = w.camera[0].layers[0];
	downlink_late(&w.down, 1, hole, turn);
	assert_int_equal(drain(), 0);
	downlink_late(&w.down, 1, hole, w.slots[1].turn);
	assert_int_equal(drain(), 1);
}

static void what_waits_ends_with_the_path(void **state)
{
	uint16_t hole = leave_holes(2);

	(void)state;
	camera_packet(hole);
	receive(0, 1, CODEC_VP8, "\x00live", 5);
	w.down.open = false;
	assert_int_equal(drain(), 0);
	assert_int_equal(w.down.n_late, 0);
	assert_int_equal(w.down.ready, 0);
	w.down.open = true;
	assert_int_equal(drain(), 0);
	assert_int_equal(departures_due_us(&w.departures), INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SLOT_WORLD(what_comes_late_leaves_under_the_number_left_for_it),
		IN_SLOT_WORLD(late_packets_at_once_have_a_bound_and_leave_in_full_groups),
		IN_SLOT_WORLD(what_is_late_for_an_earlier_turn_stays_out),
		IN_SLOT_WORLD(what_waits_ends_with_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
