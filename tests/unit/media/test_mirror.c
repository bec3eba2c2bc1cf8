/*
 * media/mirror and media/handover: two workers without threads, whose letters the test carries; then with threads. What one keeps the
 * other has, with the same capture times and in the same order as the gate's turns, and what has ended leaves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "media/base/bytes.h"
#include "media/counter.h"
#include "media/handover.h"
#include "media/mirror.h"
#include "media/source.h"
#include "media/track.h"
#include "media/worker.h"
#include "tests/unit/leaves_nothing.h"

#define SECOND 1000000LL
#define PAYLOAD 1000

static const struct path_id here = { .worker = 0, .index = 5, .generation = 9 };

struct world {
	struct exchange *exchange;
	struct counters *counters[2];
	struct handover handover;
	struct source *fresh[2];
	struct uplink up;
	struct track camera;
	struct mirrors mirrors;
	unsigned asked;                 /* keyframes, of the sender */
	int64_t now_us;
	uint16_t seq;
};

static struct world w;

static void on_ask(struct source *s)
{
	(void)s;
	w.asked++;
}

static void on_event(void *user, const struct media_event *ev)
{
	(void)user;
	(void)ev;
}

static void begin(void)
{
	memset(&w, 0, sizeof(w));
	w.now_us = 1000 * SECOND;
	w.seq = 65500;
	assert_int_equal(exchange_create(&w.exchange, 2), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(counters_create(&w.counters[i], media_counter_defs, MEDIA_COUNTERS), 0);
	w.handover = (struct handover){ w.exchange, w.counters[0], 0 };
	w.up = (struct uplink){ .counters = w.counters[0], .fresh = &w.fresh[0], .handover = &w.handover, .rtt_us = 50000, .number = 77,
		                .path = here, .ask_keyframe = on_ask, .emit = on_event };
	track_init(&w.camera, &w.up, SOURCE_CAMERA);
	track_set_layers(&w.camera, 2);
	track_set_gate(&w.camera, true, w.now_us);
	w.mirrors = (struct mirrors){ .exchange = w.exchange, .counters = w.counters[1], .fresh = &w.fresh[1], .worker = 1 };
}

static void finish(void)
{
	track_done(&w.camera);
	mirrors_done(&w.mirrors);
	for (int i = 0; i < 2; i++)
		counters_destroy(w.counters[i]);
	exchange_destroy(w.exchange);
}

/* What a worker does with these letters. */
static void deliver(uint16_t to)
{
	struct letter *l;

	while ((l = mailbox_take(exchange_orders(w.exchange, to)))) {
		const struct order_subscribe *s = l->data;
		const struct order_keyframe *k = l->data;
		const struct order_track *t = l->data;

		if (l->type == ORDER_SUBSCRIBE)
			handover_subscribe(&w.camera, s->reader, s->serial, w.now_us);
		else if (l->type == ORDER_UNSUBSCRIBE)
			handover_unsubscribe(&w.camera, s->reader);
		else if (l->type == ORDER_KEYFRAME)
			source_want_keyframe(w.camera.layers[k->layer], w.now_us);
		else if (l->type == ORDER_GONE)
			mirrors_on_gone(&w.mirrors, t->id, t->kind);
		letter_free(l);
	}
}

static void carry(void)
{
	exchange_publish(w.exchange, 0);
	while (mirrors_receive(&w.mirrors, w.now_us))
		;
}

/* A VP8 packet of a frame of its own, into one layer. */
static void send_packet(uint8_t layer, bool key)
{
	uint8_t payload[PAYLOAD] = { 0x10, key ? 0x00 : 0x01, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00 };
	struct rtp_view pkt = { .marker = true, .seq = w.seq, .timestamp = (uint32_t)(w.now_us * 9 / 100), .ssrc = 1000u + layer,
		                .payload = payload, .payload_len = PAYLOAD };

	write_u16(payload + 100, w.seq);
	track_receive(&w.camera, layer, &pkt, CODEC_VP8, false, w.now_us);
	w.seq++;
	w.now_us += 10000;
}

static struct track *subscribe(void)
{
	struct track *t = mirrors_track(&w.mirrors, here, SOURCE_CAMERA, w.now_us);

	assert_non_null(t);
	assert_ptr_equal(mirrors_track(&w.mirrors, here, SOURCE_CAMERA, w.now_us), t);
	deliver(0);
	carry();
	return t;
}

/* All that the track has kept of a layer since `first` the mirror has alike; how many. */
static unsigned compare(const struct track *mirror, uint8_t layer, uint16_t first)
{
	unsigned same = 0;

	for (uint16_t seq = first; seq != w.seq; seq++) {
		const struct kept_packet *a = w.camera.layers[layer] ? ring_find(w.camera.layers[layer]->ring, seq) : NULL;
		const struct kept_packet *b = mirror->layers[layer] ? ring_find(mirror->layers[layer]->ring, seq) : NULL;

		if (!b)
			continue;
		assert_non_null(a);
		assert_int_equal(a->capture_us, b->capture_us);
		assert_int_equal(a->arrival_us, b->arrival_us);
		assert_int_equal(a->timestamp, b->timestamp);
		assert_int_equal(a->payload_len, b->payload_len);
		assert_memory_equal(a->payload, b->payload, a->payload_len);
		same++;
	}
	return same;
}

static void what_is_kept_is_mirrored(void **state)
{
	struct track *mirror;
	uint16_t first;

	(void)state;
	begin();
	send_packet(0, true);
	mirror = subscribe();
	assert_int_equal(mirror->n_layers, 2);
	assert_true(mirror->gate);
	assert_int_equal(mirror->up->number, 77);
	first = w.seq;
	for (unsigned i = 0; i < 60; i++)
		send_packet(i % 2, i < 2);
	carry();
	assert_int_equal(compare(mirror, 0, first), 30);
	assert_int_equal(compare(mirror, 1, first), 30);
	assert_true(source_has_fresh_keyframe(mirror->layers[1], w.now_us));
	assert_int_equal(mirror->layers[1]->keyframe_seq, w.camera.layers[1]->keyframe_seq);
	assert_int_equal(counters_get(w.counters[0], COUNT_RELAY_FULL), 0);
	finish();
}

static void the_kept_keyframe_goes_ahead(void **state)
{
	struct track *mirror;
	uint16_t first = 65500;

	(void)state;
	begin();
	for (unsigned i = 0; i < 20; i++)
		send_packet(0, i == 5);
	mirror = subscribe();
	assert_int_equal(compare(mirror, 0, first), 15);
	assert_true(source_has_fresh_keyframe(mirror->layers[0], w.now_us));
	assert_int_equal(w.asked, 0);
	finish();
}

static void keyframes_are_asked_of_the_sender(void **state)
{
	struct track *mirror;

	(void)state;
	begin();
	mirror = subscribe();
	for (unsigned i = 0; i < 3; i++)
		send_packet(0, false);
	carry();
	source_want_keyframe(mirror->layers[0], w.now_us);
	source_want_keyframe(mirror->layers[0], w.now_us);
	deliver(0);
	assert_int_equal(w.asked, 1);
	finish();
}

/* What came before the gate shut is not there after; what comes behind a shut gate never is. */
static void the_gate_turns_in_its_order(void **state)
{
	struct track *mirror;

	(void)state;
	begin();
	mirror = subscribe();
	for (unsigned i = 0; i < 4; i++)
		send_packet(0, i == 0);
	track_set_gate(&w.camera, false, w.now_us);
	send_packet(0, true);
	carry();
	assert_false(mirror->gate);
	assert_int_equal(compare(mirror, 0, 65500), 0);
	assert_false(mirror->layers[0]->has_keyframe);
	track_set_gate(&w.camera, true, w.now_us);
	send_packet(0, true);
	carry();
	assert_true(mirror->gate);
	assert_int_equal(compare(mirror, 0, 65500), 1);
	finish();
}

/* Nobody reads: packets are lost and counted, the gate is not; and where even its reserve is used up, it is told again. */
static void a_full_relay_loses_packets_and_no_state(void **state)
{
	struct track *mirror;
	bool gate = true;

	(void)state;
	begin();
	mirror = subscribe();
	while (counters_get(w.counters[0], COUNT_RELAY_FULL) < 5)
		send_packet(0, false);
	track_set_gate(&w.camera, false, w.now_us);
	carry();
	assert_false(mirror->gate);
	for (int i = 0; i < 30000; i++)
		track_set_gate(&w.camera, gate = !gate, w.now_us);
	track_set_gate(&w.camera, true, w.now_us);
	assert_true(w.camera.unsaid & 2);
	send_packet(0, true);
	carry();
	track_set_gate(&w.camera, false, w.now_us);
	track_set_gate(&w.camera, true, w.now_us);
	assert_int_equal(w.camera.unsaid, 0);
	send_packet(0, true);
	carry();
	assert_true(mirror->gate);
	assert_non_null(ring_find(mirror->layers[0]->ring, (uint16_t)(w.seq - 1)));
	finish();
}

static void a_track_that_ends_ends_its_mirror(void **state)
{
	(void)state;
	begin();
	subscribe();
	send_packet(0, true);
	track_done(&w.camera);
	exchange_publish(w.exchange, 0);
	deliver(1);
	carry();
	assert_null(w.mirrors.all);
	assert_int_equal(counters_get(w.counters[1], COUNT_MIRRORS), 0);
	track_init(&w.camera, &w.up, SOURCE_CAMERA);
	finish();
}

static void who_is_not_shown_is_left_and_old_packets_count_no_more(void **state)
{
	struct track *mirror;

	(void)state;
	begin();
	subscribe();
	mirrors_tick(&w.mirrors, w.now_us + 2 * SECOND);
	assert_non_null(w.mirrors.all);
	send_packet(0, true);
	mirrors_tick(&w.mirrors, w.now_us + 4 * SECOND);
	assert_null(w.mirrors.all);
	/* Again, before the first subscription's packet was read. */
	mirror = mirrors_track(&w.mirrors, here, SOURCE_CAMERA, w.now_us);
	carry();
	assert_null(mirror->layers[0]);
	w.now_us += 2 * SECOND;
	deliver(0);
	send_packet(0, true);
	carry();
	assert_int_equal(compare(mirror, 0, 65500), 1);
	finish();
}

/* Each side on a thread of its own, as workers are. */
static _Atomic bool sender_done;

static void *run_sender(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 40000; i++) {
		deliver(0);
		send_packet(i % 2, i % 50 < 2);
		if (i % 997 == 0)
			track_set_gate(&w.camera, !w.camera.gate, w.now_us);
		exchange_publish(w.exchange, 0);
		if (i % 64 == 0)
			sched_yield();
	}
	track_done(&w.camera);
	exchange_publish(w.exchange, 0);
	atomic_store(&sender_done, true);
	return NULL;
}

static void take_gone(void)
{
	struct letter *l;

	while ((l = mailbox_take(exchange_orders(w.exchange, 1)))) {
		const struct order_track *t = l->data;

		assert_int_equal(l->type, ORDER_GONE);
		mirrors_on_gone(&w.mirrors, t->id, t->kind);
		letter_free(l);
	}
}

static void two_threads(void **state)
{
	int64_t now_us = 1000 * SECOND;
	pthread_t sender;

	(void)state;
	begin();
	atomic_store(&sender_done, false);
	assert_non_null(mirrors_track(&w.mirrors, here, SOURCE_CAMERA, now_us));
	assert_int_equal(pthread_create(&sender, NULL, run_sender, NULL), 0);
	for (unsigned turn = 0; !atomic_load(&sender_done); turn++) {
		if (!mirrors_receive(&w.mirrors, now_us))
			sched_yield();
		take_gone();
		if (turn % 100 == 0)
			mirrors_tick(&w.mirrors, now_us += 20000);
		if (turn % 5000 == 4999)
			mirrors_track(&w.mirrors, here, SOURCE_CAMERA, now_us);
	}
	pthread_join(sender, NULL);
	take_gone();
	assert_true(counters_get(w.counters[0], COUNT_RELAYED) > 0);
	track_init(&w.camera, &w.up, SOURCE_CAMERA);
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(what_is_kept_is_mirrored),
		LEAVES_NOTHING(the_kept_keyframe_goes_ahead),
		LEAVES_NOTHING(keyframes_are_asked_of_the_sender),
		LEAVES_NOTHING(the_gate_turns_in_its_order),
		LEAVES_NOTHING(a_full_relay_loses_packets_and_no_state),
		LEAVES_NOTHING(a_track_that_ends_ends_its_mirror),
		LEAVES_NOTHING(who_is_not_shown_is_left_and_old_packets_count_no_more),
		LEAVES_NOTHING(two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
