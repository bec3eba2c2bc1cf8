/* Many viewers of one publisher, in one process, every payload compared. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define LOOPS 4

struct crowd {
	struct whip *viewers[500];
	unsigned n;
	uint32_t frames;
	unsigned done;          /* so many of the first have them */
};

static bool all_have_frames(void *user)
{
	struct crowd *c = user;

	for (; c->done < c->n; c->done++)
		if (player_stats(c->viewers[c->done]->endpoint, false).frames < c->frames)
			return false;
	return true;
}

static bool wait_frames(struct crowd *c, uint32_t frames, int timeout_ms)
{
	c->frames = frames;
	c->done = 0;
	return wait_until(timeout_ms, all_have_frames, c);
}

static void enter(struct crowd *c, struct server *s, const char *token, unsigned n)
{
	struct loop *loops[LOOPS];
	unsigned refused = 0;

	for (unsigned i = 0; i < LOOPS; i++)
		loops[i] = stage_loop();
	for (; c->n < n; c->n++) {
		struct endpoint_cfg e = { .transport.suites = c->n % 2 ? SUITES_CM_ONLY : SUITES_GCM_FIRST };

		c->viewers[c->n] = player_open(s, loops[c->n % LOOPS], "demo-class", token, &e);
		refused += c->viewers[c->n]->status != 201;
	}
	CHECK(!refused, "%u of %u refused", refused, n);
}

static bool was_held_up(const struct whip *w)
{
	bool yes;

	loop_lock(endpoint_loop(w->endpoint));
	yes = loop_was_held_up(endpoint_loop(w->endpoint));
	loop_unlock(endpoint_loop(w->endpoint));
	return yes;
}

static void check_all(struct crowd *c, int skew_ms)
{
	uint64_t packets = 0, latency = 0;
	int64_t worst = 0;

	for (unsigned i = 0; i < c->n; i++) {
		struct sink_stats v = player_stats(c->viewers[i]->endpoint, false), a = player_stats(c->viewers[i]->endpoint, true);
		g_autofree char *who = g_strdup_printf("viewer %u", i);

		player_check(c->viewers[i]->endpoint, false, skew_ms, who);
		player_check(c->viewers[i]->endpoint, true, skew_ms, who);
		CHECK(v.run_key && (v.runs == 1 || was_held_up(c->viewers[i])), "%s began without keyframe, or %u times", who, v.runs);
		packets += v.packets + a.packets;
		latency += (uint64_t)(v.latency_sum_us + a.latency_sum_us);
		worst = MAX(worst, v.latency_max_us);
	}
	stage_note("%u viewers, %lu packets compared, mean latency %lu us, worst video %ld us", c->n, (unsigned long)packets,
	           (unsigned long)(latency / MAX(packets, 1u)), (long)worst);
}

/* By time, not by viewers: one a second, each perhaps twice more when the answer is late. */
static bool asked_sparingly(uint32_t plis, int64_t since)
{
	return plis <= 3 + 3 * (now_us() - since) / 1000000;
}

static void watch(unsigned n, const struct publisher_cfg *cfg, uint32_t frames)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct crowd *c = defer(g_new0(struct crowd, 1), g_free);
	g_autofree char *host = NULL, *viewer = NULL;
	struct whip *p;
	int64_t begin = now_us();

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", host, cfg);
	REQUIRE(p->status == 201);
	enter(c, s, viewer, n);
	stage_note("%u viewers posted after %ld ms", n, (long)((now_us() - begin) / 1000));
	CHECK(wait_frames(c, 1, 20000), "not all viewers have a picture");
	stage_note("all have a picture after %ld ms; %u keyframes asked for", (long)((now_us() - begin) / 1000),
	           publisher_stats(p->endpoint, 1).plis);
	CHECK(asked_sparingly(publisher_stats(p->endpoint, 1).plis, begin), "%u keyframes asked for", publisher_stats(p->endpoint, 1).plis);
	CHECK(wait_frames(c, frames, 30000), "not all viewers have %u frames", frames);
	check_all(c, 60);
}

static void two_hundred(void)
{
	watch(200 / LOOP_PATIENCE, &(struct publisher_cfg){ .endpoint.transport.suites = SUITES_CM_ONLY, .number = 10, .audio_us = 60000, .video_us = 200000,
	                                    .packets = 3, .body_bytes = 1050, .numbers = VP8_ALL_NUMBERS }, 40);
}

static void five_hundred(void)
{
	watch(500 / LOOP_PATIENCE, &(struct publisher_cfg){ .number = 10, .audio_us = 60000, .video_us = 400000, .packets = 1, .body_bytes = 600 }, 10);
}

struct storm {
	struct crowd *crowd;
	struct whip *publisher;
};

static bool keyframe_came(void *user)
{
	struct storm *t = user;

	for (unsigned i = 0; i < t->crowd->n; i++)
		if (player_stats(t->crowd->viewers[i]->endpoint, false).keyframes < 1)
			return false;
	return true;
}

/* A hundred requests at one moment are one question to the publisher. */
static void keyframe_storm(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct storm t = { .crowd = defer(g_new0(struct crowd, 1), g_free) };
	g_autofree char *host = NULL, *viewer = NULL;
	uint32_t before;
	int64_t begin;

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	t.publisher = publisher_open(s, l, "demo-class", host, &(struct publisher_cfg){ .number = 10, .audio_us = 60000, .packets = 1 });
	enter(t.crowd, s, viewer, 100);
	REQUIRE(wait_frames(t.crowd, 30, 20000));
	for (unsigned i = 0; i < 100; i++)
		player_reset(t.crowd->viewers[i]->endpoint);
	before = publisher_stats(t.publisher->endpoint, 1).plis;
	begin = now_us();
	for (unsigned i = 0; i < 100; i++) {
		struct endpoint *e = t.crowd->viewers[i]->endpoint;

		loop_lock(endpoint_loop(e));
		endpoint_request_keyframes(e);
		loop_unlock(endpoint_loop(e));
	}
	CHECK(wait_until(3000, keyframe_came, &t), "not all got a keyframe");
	stage_note("100 requests, %u reached the publisher", publisher_stats(t.publisher->endpoint, 1).plis - before);
	CHECK(publisher_stats(t.publisher->endpoint, 1).plis - before >= 1);
	CHECK(asked_sparingly(publisher_stats(t.publisher->endpoint, 1).plis - before, begin));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "200 viewers of one publisher get every payload unchanged", two_hundred },
		{ "500 viewers enter with one token and get media", five_hundred },
		{ "keyframe requests of 100 viewers at one moment are put together", keyframe_storm },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 150);
}
