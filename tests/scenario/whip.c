/* WHIP in, WHEP out: what is played is what was published. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const struct endpoint_cfg gcm = { .transport.suites = SUITES_GCM_FIRST };
static const struct endpoint_cfg cm = { .transport.suites = SUITES_CM_ONLY };

static void check_player(struct endpoint *e, const char *who)
{
	struct sink_stats a = player_stats(e, true), v = player_stats(e, false);

	player_check(e, true, 60, who);
	player_check(e, false, 60, who);
	CHECK(v.runs == 1 && v.run_key, "%s: %u runs", who, v.runs);
	CHECK(a.reports > 0 && v.reports > 0, "%s: %u and %u sender reports", who, a.reports, v.reports);
	CHECK(ABS(a.report_error_us - v.report_error_us) < 60000, "%s: lips and sound %ld us apart", who,
	      (long)(a.report_error_us - v.report_error_us));
	CHECK(a.cname[0] && !strcmp(a.cname, v.cname), "%s: CNAMEs %s and %s", who, a.cname, v.cname);
	CHECK(v.last_csrc != 0, "%s: the source's number is no CSRC", who);
}

static void publish_and_play(const struct publisher_cfg *cfg)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *host = NULL, *viewer = NULL;
	struct whip *p, *a, *b;

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", host, cfg);
	REQUIRE(p->status == 201, "WHIP %ld %s", p->status, p->answer);
	REQUIRE(endpoint_wait_up(p->endpoint, 5000));
	a = player_open(s, l, "demo-class", viewer, &gcm);
	b = player_open(s, l, "demo-class", viewer, &cm);
	REQUIRE(a->status == 201 && b->status == 201, "WHEP %ld %s", a->status, a->answer);
	CHECK(player_wait_frames(a->endpoint, false, 75, 8000), "GCM viewer: %u frames", player_stats(a->endpoint, false).frames);
	CHECK(player_wait_frames(b->endpoint, false, 75, 8000), "CM viewer: %u frames", player_stats(b->endpoint, false).frames);
	CHECK(player_wait_frames(a->endpoint, true, 100, 2000));
	CHECK(player_transport(p->endpoint).profile == (cfg->endpoint.transport.suites == SUITES_CM_ONLY ? 1 : 7));
	CHECK(player_transport(a->endpoint).profile == 7);
	CHECK(player_transport(b->endpoint).profile == 1);
	check_player(a->endpoint, "GCM viewer");
	check_player(b->endpoint, "CM viewer");
	CHECK(whip_delete(a, viewer) == 200 && whip_delete(b, viewer) == 200);
	CHECK(whip_delete(p, host) == 200);
}

static void vp8_without_picture_ids(void)
{
	publish_and_play(&(struct publisher_cfg){ .endpoint = cm, .number = 10, .numbers = VP8_NO_NUMBERS });
}

static void vp8_with_picture_ids(void)
{
	publish_and_play(&(struct publisher_cfg){ .endpoint = gcm, .number = 10, .numbers = VP8_ALL_NUMBERS });
}

static void h264(void)
{
	struct publisher_cfg c = { .endpoint = cm, .number = 10, .codec = PAYLOAD_H264 };

	c.endpoint.no_vp8 = true;
	publish_and_play(&c);
}

/* The publisher is asked for a keyframe only as often as needed: the second viewer is served from what is kept. */
static void late_viewers(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *host = NULL, *viewer = NULL;
	struct whip *p, *first, *late;
	uint32_t asked;
	int64_t begin;

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", host, &(struct publisher_cfg){ .number = 10, .video_us = 66666, .packets = 2 });
	first = player_open(s, l, "demo-class", viewer, &gcm);
	REQUIRE(p->status == 201 && first->status == 201);
	REQUIRE(player_wait_keyframes(first->endpoint, 1, 5000));
	asked = publisher_stats(p->endpoint, 1).plis;
	begin = now_us();
	late = player_open(s, l, "demo-class", viewer, &gcm);
	REQUIRE(late->status == 201);
	REQUIRE(player_wait_keyframes(late->endpoint, 1, 2000));
	stage_note("late viewer: POST to keyframe %ld ms", (long)((now_us() - begin) / 1000));
	CHECK(player_wait_frames(late->endpoint, false, 30, 4000));
	player_check(late->endpoint, false, 60, "late viewer");
	CHECK(player_stats(late->endpoint, false).bad_starts == 0);
	CHECK(publisher_stats(p->endpoint, 1).plis <= asked + 1, "asked %u times", publisher_stats(p->endpoint, 1).plis);
}

static void viewer_before_publisher(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *host = NULL, *viewer = NULL;
	struct whip *p, *early;

	REQUIRE(s);
	host = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	early = player_open(s, l, "demo-class", viewer, &cm);
	REQUIRE(early->status == 201, "WHEP %ld", early->status);
	REQUIRE(endpoint_wait_up(early->endpoint, 5000));
	p = publisher_open(s, l, "demo-class", host, &(struct publisher_cfg){ .number = 10 });
	REQUIRE(p->status == 201);
	REQUIRE(player_wait_frames(early->endpoint, false, 30, 6000));
	player_check(early->endpoint, false, 60, "early viewer");
	player_check(early->endpoint, true, 60, "early viewer");
	CHECK(server_metric(s, "huitang_media_ring_bytes") > 256 * 1024, "the camera's ring, and the voice's");
	CHECK(whip_delete(p, host) == 200);
	CHECK(player_wait_silence(early->endpoint, false, 300, 2000), "media after the publisher's DELETE");
	CHECK(server_metric(s, "huitang_media_ring_bytes") == 0);
	CHECK(endpoint_byes(early->endpoint) == 0, "BYE was forwarded");
}

static void two_publishers_by_name(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *one = NULL, *two = NULL, *viewer = NULL;
	struct whip *a, *b, *p, *q;

	REQUIRE(s);
	one = server_token(s, "demo-class", "presenter", "one", 0);
	two = server_token(s, "demo-class", "presenter", "two", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", one, &(struct publisher_cfg){ .number = 10, .level = 127 });
	q = publisher_open(s, l, "demo-class", two, &(struct publisher_cfg){ .number = 20, .level = 127 });
	a = player_open(s, l, "demo-class?seat=one", viewer, &gcm);
	b = player_open(s, l, "demo-class?seat=two", viewer, &gcm);
	REQUIRE(p->status == 201 && q->status == 201 && a->status == 201 && b->status == 201, "%ld %ld %ld %ld", p->status,
	        q->status, a->status, b->status);
	REQUIRE(player_wait_frames(a->endpoint, false, 20, 6000));
	REQUIRE(player_wait_frames(b->endpoint, false, 20, 6000));
	CHECK(player_stats(a->endpoint, false).last_source == 11 && player_stats(a->endpoint, true).last_source == 10);
	CHECK(player_stats(b->endpoint, false).last_source == 21 && player_stats(b->endpoint, true).last_source == 20);
	CHECK(player_stats(a->endpoint, false).last_csrc != player_stats(b->endpoint, false).last_csrc);
	player_check(a->endpoint, false, 60, "one");
	player_check(b->endpoint, false, 60, "two");
}

/* The programme follows the voice: another speaks, its picture comes, at a keyframe and in the slot's own clock. */
static void programme_follows_the_voice(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *one = NULL, *two = NULL, *viewer = NULL;
	struct publisher_cfg c = { .number = 10, .level = 20, .numbers = VP8_ALL_NUMBERS };
	struct whip *v, *p, *q;
	struct sink_stats t;
	int64_t lips;

	REQUIRE(s);
	one = server_token(s, "demo-class", "presenter", "one", 0);
	two = server_token(s, "demo-class", "presenter", "two", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", one, &c);
	c.number = 20;
	c.level = 127;
	q = publisher_open(s, l, "demo-class", two, &c);
	v = player_open(s, l, "demo-class", viewer, &gcm);
	REQUIRE(p->status == 201 && q->status == 201 && v->status == 201);
	REQUIRE(player_wait_frames(v->endpoint, false, 30, 6000));
	CHECK(player_stats(v->endpoint, false).last_source == 11);
	loop_lock(l);
	source_set_level(endpoint_source(p->endpoint, 0), 127);
	source_set_level(endpoint_source(q->endpoint, 0), 20);
	loop_unlock(l);
	for (int i = 0; i < 1500 && player_stats(v->endpoint, false).last_source != 21; i++)
		g_usleep(20000);
	t = player_stats(v->endpoint, false);
	REQUIRE(t.last_source == 21, "still source %u", t.last_source);
	CHECK(player_wait_frames(v->endpoint, false, t.frames + 30, 4000));
	player_check(v->endpoint, false, 150, "viewer");
	CHECK(player_wait_frames(v->endpoint, true, player_stats(v->endpoint, true).frames + 50, 4000));
	lips = player_stats(v->endpoint, false).report_error_us - player_stats(v->endpoint, true).report_error_us;
	stage_note("lips and sound %ld us apart after the switch", (long)lips);
	CHECK(ABS(lips) < 60000);
	CHECK(player_stats(v->endpoint, false).runs == 2 && player_stats(v->endpoint, false).bad_starts == 0);
	CHECK(player_stats(v->endpoint, true).last_source == 20);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "VP8 without picture ids from a CM publisher reaches GCM and CM viewers byte by byte", vp8_without_picture_ids },
		{ "VP8 with all picture numbers reaches viewers byte by byte and counts on", vp8_with_picture_ids },
		{ "H.264 reaches viewers byte by byte", h264 },
		{ "a late viewer gets a keyframe at once from what is kept", late_viewers },
		{ "a viewer that came before the publisher gets its media, and none after its end", viewer_before_publisher },
		{ "?seat=NAME plays that seat", two_publishers_by_name },
		{ "the programme follows the voice at a keyframe and in one clock", programme_follows_the_voice },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
