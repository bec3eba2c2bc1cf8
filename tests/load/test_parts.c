/* Parts of the load tool by themselves: what its figures rest on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/load/frames.h"
#include "tests/load/head.h"
#include "tests/load/histogram.h"
#include "tests/load/hub.h"
#include "media/payload.h"
#include "tests/load/line.h"
#include "tests/load/outgoing.h"
#include "tests/load/problem.h"
#include "tests/endpoint/loop.h"
#include "tests/endpoint/packet.h"
#include "tests/endpoint/stun.h"

/* The parts of all stand where they must, within a bucket's width. */
static void test_histogram(void **state)
{
	struct histogram h = { 0 };

	(void)state;
	assert_int_equal(histogram_at(&h, 0.5), 0);
	for (int64_t us = 1; us <= 100000; us++)
		histogram_add(&h, us);
	for (int percent = 1; percent <= 100; percent++) {
		int64_t at = histogram_at(&h, percent / 100.0), want = percent * 1000;

		assert_true(at >= want && at <= want + want / 60);
	}
	histogram_add(&h, -5);
	histogram_add(&h, 3600000000ll);
	assert_int_equal(h.max_us, 3600000000ll);
	assert_int_equal(histogram_at(&h, 0), 0);
}

struct got {
	unsigned n;
	int64_t due_us[4096];
	uint8_t first[4096];
};

static void on_out(void *user, unsigned endpoint, int up, const struct sockaddr_in *to, uint8_t *data, size_t len, int64_t now)
{
	struct got *g = user;

	(void)to;
	assert_int_equal(endpoint, 7);
	assert_int_equal(up, 1);
	assert_int_equal(len, 972);
	g->due_us[g->n] = now;
	g->first[g->n++] = data[0];
}

/* Sends n packets of 1,000 bytes on the wire, one each `every_us`, and looks each 100 µs. */
static void run_line(struct got *g, struct line_stats *stats, const char *model, unsigned n, int64_t every_us)
{
	static const struct sockaddr_in to;
	uint8_t data[972] = { 0 };
	struct line_step step;
	struct lines *lines;
	struct line *line;

	memset(g, 0, sizeof(*g));
	assert_int_equal(line_step_read(&step, model), 0);
	assert_int_equal(lines_create(&lines, on_out, g), 0);
	line = line_create(lines, 7, 1, &step.model);
	for (int64_t now = 1000000, sent = 0; now < 1000000 + n * every_us + 2000000; now += 100) {
		for (; sent < n && now >= 1000000 + sent * every_us; sent++) {
			data[0] = (uint8_t)sent;
			line_take(line, &to, data, sizeof(data), now);
		}
		lines_run(lines, now);
	}
	*stats = *line_stats(line);
	line_destroy(line);
	lines_destroy(lines);
}

static void test_line_delays(void **state)
{
	struct line_stats s;
	struct got g;

	(void)state;
	run_line(&g, &s, "rtt=100", 100, 1000);
	assert_int_equal(g.n, 100);
	for (unsigned i = 0; i < 100; i++)
		assert_in_range(g.due_us[i], 1050000 + i * 1000, 1050100 + i * 1000);
	run_line(&g, &s, "rtt=100,jitter=30", 1000, 1000);
	assert_int_equal(g.n, 1000);
	for (unsigned i = 1; i < 1000; i++)
		assert_true((uint8_t)(g.first[i] - g.first[i - 1]) == 1 && g.due_us[i] >= g.due_us[i - 1]);
}

/* 800 kbit/s carry 100 packets a second; 200 come for 10 s, and 300 ms of them fit into the queue. */
static void test_line_rate(void **state)
{
	struct line_stats s;
	struct got g;

	(void)state;
	run_line(&g, &s, "rate=800k,queue=300", 2000, 5000);
	assert_in_range(g.n, 1025, 1035);
	assert_int_equal(s.queue_dropped, 2000 - g.n);
	assert_in_range(g.due_us[500] - g.due_us[400], 999000, 1001000);
}

static void test_line_loses(void **state)
{
	unsigned bursts = 0, lost = 0;
	struct line_stats s;
	struct got g;

	(void)state;
	run_line(&g, &s, "loss=10", 4000, 100);
	assert_in_range(s.lost, 280, 520);
	run_line(&g, &s, "loss=10,burst=4", 4000, 100);
	assert_in_range(s.lost, 200, 620);
	for (unsigned i = 1; i < g.n; i++)
		if ((uint8_t)(g.first[i] - g.first[i - 1]) != 1) {
			bursts++;
			lost += (uint8_t)(g.first[i] - g.first[i - 1]) - 1;
		}
	assert_true(lost > 2 * bursts && lost < 7 * bursts);
}

static void test_line_words(void **state)
{
	struct line_step s = { .at_us = 5 };

	(void)state;
	assert_int_equal(line_step_read(&s, "at=20,rate=2.5M,queue=100"), 0);
	assert_int_equal(s.at_us, 20000000);
	assert_int_equal(s.model.rate_bps, 2500000);
	assert_true(line_step_read(&s, "speed=3") < 0 && line_step_read(&s, "rate") < 0 && line_step_read(&s, "rate=") < 0 &&
	            line_step_read(&s, "loss=101") < 0 && line_step_read(&s, "rate=5x") < 0 && line_step_read(&s, "rtt=-1") < 0);
	assert_int_equal(s.at_us, 20000000);
}

static void take_frame(struct frames *f, uint32_t source, uint32_t frame, unsigned came, unsigned count, bool key, int64_t now)
{
	for (unsigned i = 0; i < came; i++)
		frames_take(f, &(struct mark){ .source = source, .frame = frame, .packet = (uint16_t)i, .count = (uint16_t)count, .key = key }, now);
}

static void test_frames(void **state)
{
	struct totals t = { .open = true };
	struct frames *f = frames_new(&t, false);

	(void)state;
	take_frame(f, 1, 4, 3, 3, false, 100000);
	assert_int_equal(t.whole_frames, 0); /* nothing to build on */
	take_frame(f, 1, 5, 3, 3, true, 133000);
	take_frame(f, 1, 6, 2, 3, false, 166000);
	take_frame(f, 1, 7, 3, 3, false, 200000);
	assert_int_equal(t.whole_frames, 1);
	take_frame(f, 1, 6, 1, 3, false, 233000); /* the repeat: both can be shown */
	assert_int_equal(t.whole_frames, 3);
	take_frame(f, 1, 8, 2, 3, false, 266000);
	take_frame(f, 1, 9, 3, 3, false, 300000);
	assert_false(frames_stuck(f, 733000));
	assert_true(frames_stuck(f, 733001));
	take_frame(f, 1, 23, 3, 3, false, 800000);
	assert_true(frames_stuck(f, 800000));
	take_frame(f, 1, 24, 3, 3, true, 833000);
	assert_int_equal(t.whole_frames, 4);
	assert_int_equal(t.broken_frames, 16);
	assert_int_equal(t.freezes, 1);
	assert_int_equal(t.longest_freeze_us, 600000);
	free(f);
}

/* Without its upper layer every second frame is missing, and that is no fault. */
static void test_frames_temporal(void **state)
{
	struct totals t = { .open = true };
	struct frames *f = frames_new(&t, true);

	(void)state;
	for (uint32_t i = 0; i < 20; i += 2)
		take_frame(f, 1, 100 + i, 1, 1, i == 0, 1000000 + i * 33000);
	assert_int_equal(t.whole_frames, 10);
	assert_int_equal(t.broken_frames, 0);
	take_frame(f, 1, 121, 1, 1, false, 1700000); /* 120 is missing */
	assert_int_equal(t.whole_frames, 10);
	free(f);
}

/* What the head writes, the test endpoints' reader understands. */
static void test_head(void **state)
{
	static const struct extensions ids = { .mid = 4, .twcc = 3, .level = 1, .rid = 10, .rrid = 11 };
	struct head_names names = { "1", "q", NULL };
	struct packet p;
	struct head h;
	uint8_t out[PACKET_BYTES];
	size_t n;

	(void)state;
	head_make(&h, 96, 0x12345678, &ids, &names, true);
	n = head_write(out, &h, true, 777, 90000, 4242, 0x80 | 20);
	memcpy(out + n, "payload", 7);
	assert_int_equal(packet_read(&p, out, n + 7, &ids), 0);
	assert_true(p.marker && p.has_twcc && p.has_level && p.voice);
	assert_int_equal(p.pt, 96);
	assert_int_equal(p.seq, 777);
	assert_int_equal(p.timestamp, 90000);
	assert_int_equal(p.ssrc, 0x12345678);
	assert_int_equal(p.twcc, 4242);
	assert_int_equal(p.level, 20);
	assert_string_equal(p.mid, "1");
	assert_int_equal(p.payload_len, 7);
	head_make(&h, 96, 1, &(struct extensions){ 0 }, &names, false);
	assert_int_equal(head_write(out, &h, false, 1, 1, 1, 0), 12);
}

struct fired {
	struct timer timer;
	struct hub *hub;
	struct timer *other;
	int64_t at_us;
};

static void on_fire(struct timer *t, int64_t now)
{
	struct fired *f = (struct fired *)(void *)t;

	f->at_us = now;
	if (f->other)
		hub_cancel(f->other);
	else
		hub_stop(f->hub);
}

static void on_turn(void *user, int64_t now)
{
	(void)user;
	(void)now;
}

static void on_flush(void *user)
{
	(void)user;
}

/* Never before its time; also further away than the wheel is long; a timer may cancel another one that is due at the same time. */
static void test_timers(void **state)
{
	struct fired last = { .timer.fire = on_fire }, first = { .timer.fire = on_fire }, never = { .timer.fire = on_fire };
	struct timer unset = { 0 };
	struct hub *h;
	int64_t now;

	(void)state;
	assert_int_equal(hub_create(&h), 0);
	now = now_us();
	never.other = &unset;
	last.hub = h;
	first.other = &never.timer;
	hub_set(h, &last.timer, now + 1200000);
	hub_set(h, &never.timer, now + 20000);
	hub_set(h, &first.timer, now + 20000);
	hub_set(h, &last.timer, now + 1100000);
	hub_run(h, on_turn, on_flush, NULL);
	assert_true(first.at_us >= now + 20000 && last.at_us >= now + 1100000);
	assert_true(!never.at_us || never.at_us >= now + 20000);
	hub_destroy(h);
}

struct errand {
	struct chore chore;
	struct hub *hub;
	struct timer *timer;    /* NULL, or it is due while this takes its time */
	char name, *order;
};

static void write_down(char *order, char name)
{
	order[strlen(order)] = name;
}

static void on_errand(struct chore *c, int64_t now)
{
	struct errand *e = OWNER_OF(c, struct errand, chore);

	write_down(e->order, e->name);
	if (e->timer) {
		hub_set(e->hub, e->timer, now + 1000);
		while (now_us() < now + 1000 + 2 * HUB_TICK_US)
			;
	}
	if (e->name == 'c')
		hub_stop(e->hub);
}

struct alarm {
	struct timer timer;
	char *order;
};

static void on_alarm(struct timer *t, int64_t now)
{
	(void)now;
	write_down(OWNER_OF(t, struct alarm, timer)->order, 'T');
}

/* One after the other, each once, whatever is due in between; not those that were dropped. */
static void test_chores(void **state)
{
	char order[16] = "";
	struct errand e[4];
	struct alarm alarm = { .timer.fire = on_alarm, .order = order };
	struct hub *h;

	(void)state;
	assert_int_equal(hub_create(&h), 0);
	for (int i = 0; i < 4; i++)
		e[i] = (struct errand){ .chore.run = on_errand, .hub = h, .name = "axbc"[i], .order = order };
	e[0].timer = &alarm.timer;
	for (int i = 0; i < 4; i++)
		hub_put_off(h, &e[i].chore);
	hub_put_off(h, &e[0].chore);
	hub_drop(h, &e[1].chore);
	hub_drop(h, &e[1].chore);
	hub_drop(h, &e[3].chore);
	hub_put_off(h, &e[3].chore);
	hub_run(h, on_turn, on_flush, NULL);
	assert_string_equal(order, "aTbc");
	hub_destroy(h);
}

static void test_stun(void **state)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(4711), .sin_addr.s_addr = htonl(0x7f010203) };
	struct stun_request r = { .username = "them:us", .password = "secret", .controlled = true };
	uint8_t request[STUN_BYTES], answer[STUN_BYTES];
	size_t n = stun_write(request, &r), len;
	bool nominates = true;

	(void)state;
	assert_true(stun_is_request(request, n, &nominates) && !nominates);
	assert_true(stun_is_authentic(request, n, "secret") && !stun_is_authentic(request, n, "Secret"));
	len = stun_write_success(answer, request, &from, "secret");
	assert_true(stun_is_success(answer, len) && stun_is_authentic(answer, len, "secret"));
	assert_memory_equal(answer + 8, request + 8, 12);
	for (size_t cut = 0; cut < len; cut++)
		assert_false(stun_is_authentic(answer, cut, "secret") && cut < len - 8);
	answer[30] ^= 1;
	assert_false(stun_is_authentic(answer, len, "secret"));
}

static bool complains(const struct crowd *c, const char *words)
{
	json_t *list = problems_of(c);
	bool found = false;

	for (size_t i = 0; i < json_array_size(list); i++)
		found = found || strstr(json_string_value(json_array_get(list, i)), words);
	json_decref(list);
	return found;
}

/* Lines excuse nobody but those on them, and those not from everything. */
static void test_problems_beside_lines(void **state)
{
	struct load *l = calloc(1, sizeof(*l));
	struct crowd *c = calloc(1, sizeof(*c));
	struct measure *m = &c->measure;

	(void)state;
	c->load = l;
	c->measured = true;
	l->options = (struct options){ .shape = SHAPE_LECTURE, .n_lines = 1, .max_loss = 0.1 };
	*m = (struct measure){ .window_us = 1000000, .receivers = 4, .pictures = 4, .wanted = 4, .expected = 400, .loss = { 400, 100 },
		               .totals = { .packets = 300, .checked = 10, .frozen_us = 900000 },
		               .steady = { .receivers = 2, .whole = 1, .pictures = 2, .wanted = 2, .packets = 200, .loss = { 200, 0 } } };
	assert_false(complains(c, ""));
	m->steady.loss.missing = 1;
	assert_true(complains(c, "were lost"));
	m->steady.packets = 150;
	assert_true(complains(c, "was forwarded"));
	m->steady.frozen_us = 60000;
	assert_true(complains(c, "stood still"));
	l->options.shape = SHAPE_MEETING;
	assert_false(complains(c, ""));
	m->steady.pictures = 1;
	assert_true(complains(c, "only 1 of 2 pictures"));
	m->blind = m->mute = 1;
	assert_true(complains(c, "no picture") && complains(c, "no voice"));
	free(c);
	free(l);
}

static void test_problems_of_a_knee(void **state)
{
	struct load *l = calloc(1, sizeof(*l));
	struct crowd *c = calloc(1, sizeof(*c));

	(void)state;
	c->load = l;
	c->measured = true;
	c->good_viewers = 10;
	c->knee_reason = "loss";
	l->options.knee = true;
	c->measure = (struct measure){ .window_us = 1000000, .loss = { 100, 10 } };
	assert_false(complains(c, ""));
	c->measure.port_end.overflow = 5;
	assert_true(complains(c, "too slow"));
	free(c);
	free(l);
}

/* The server chooses layers by what their keyframes say. */
static void test_heights(void **state)
{
	static const unsigned heights[] = { 180, 360, 720 };

	(void)state;
	for (unsigned i = 0; i < 2 * G_N_ELEMENTS(heights); i++) {
		bool vp8 = i % 2;
		struct mark m = { .key = true, .count = 1, .codec = vp8 ? PAYLOAD_VP8 : PAYLOAD_H264, .layer = outgoing_shown_layer(heights[i / 2]), .body_bytes = 100 };
		uint8_t payload[PAYLOAD_BYTES];
		struct picture_size size;
		size_t len = payload_write(payload, &m, VP8_ALL_NUMBERS, 1);

		assert_true(payload_picture_size(vp8 ? CODEC_VP8 : CODEC_H264, payload, len, &size));
		assert_int_equal(size.height, heights[i / 2]);
	}
	assert_int_equal(outgoing_shown_layer(90), 1);
	assert_int_equal(outgoing_shown_layer(480), 2);
	assert_int_equal(outgoing_shown_layer(1080), 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_histogram), cmocka_unit_test(test_line_delays), cmocka_unit_test(test_line_rate),
		cmocka_unit_test(test_line_loses), cmocka_unit_test(test_line_words), cmocka_unit_test(test_frames),
		cmocka_unit_test(test_frames_temporal), cmocka_unit_test(test_head), cmocka_unit_test(test_timers),
		cmocka_unit_test(test_chores), cmocka_unit_test(test_problems_beside_lines),
		cmocka_unit_test(test_problems_of_a_knee), cmocka_unit_test(test_stun), cmocka_unit_test(test_heights),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
