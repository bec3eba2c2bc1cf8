/* Usual settings and locked looks. */
#include "player.h"

#include <glib.h>

#include "stage.h"

static void end_loop(void *l)
{
	loop_destroy(l);
}

static void end_whip(void *w)
{
	whip_free(w);
}

struct loop *stage_loop(void)
{
	return defer(loop_create(), end_loop);
}

static void add_sources(struct endpoint *e, const struct publisher_cfg *c)
{
	struct source_cfg audio = {
		.codec = PAYLOAD_OPUS, .number = c->number, .frame_us = c->audio_us ? c->audio_us : 20000, .body_bytes = 80,
		.level = c->level ? c->level : 20,
	};
	struct source_cfg video = {
		.codec = c->codec == PAYLOAD_H264 ? PAYLOAD_H264 : PAYLOAD_VP8, .number = c->number + 1, .numbers = c->numbers,
		.frame_us = c->video_us ? c->video_us : 33333, .packets = c->packets ? c->packets : 3,
		.body_bytes = c->body_bytes ? c->body_bytes : 1000, .key_every = c->key_every, .lose_every = c->lose_every,
	};

	loop_lock(endpoint_loop(e));
	if (!c->no_audio)
		endpoint_add_source(e, &audio);
	if (!c->no_video && !c->rids)
		endpoint_add_source(e, &video);
	for (unsigned i = 0; c->rids && c->rids[i]; i++, video.number++) {
		video.rid[0] = c->rids[i];
		endpoint_add_source(e, &video);
	}
	loop_unlock(endpoint_loop(e));
}

struct whip *publisher_open(struct server *s, struct loop *l, const char *room, const char *token,
                            const struct publisher_cfg *cfg)
{
	g_autofree char *path = g_strconcat("/whip/", room, NULL);
	g_autofree char *url = server_url(s, path);
	struct endpoint *e = endpoint_create(l, &cfg->endpoint);

	add_sources(e, cfg);
	return defer(whip_open(e, url, token), end_whip);
}

struct whip *player_open(struct server *s, struct loop *l, const char *room_and_query, const char *token,
                         const struct endpoint_cfg *cfg)
{
	g_autofree char *path = g_strconcat("/whep/", room_and_query, NULL);
	g_autofree char *url = server_url(s, path);

	return defer(whip_open(endpoint_create(l, cfg), url, token), end_whip);
}

struct sink_stats player_stats(struct endpoint *e, bool audio)
{
	struct sink_stats t = { 0 };
	struct sink *s;

	loop_lock(endpoint_loop(e));
	s = endpoint_sink_of_kind(e, audio);
	if (s)
		t = *sink_stats(s);
	loop_unlock(endpoint_loop(e));
	return t;
}

struct source_stats publisher_stats(struct endpoint *e, unsigned i)
{
	struct source_stats t;

	loop_lock(endpoint_loop(e));
	t = *source_stats(endpoint_source(e, i));
	loop_unlock(endpoint_loop(e));
	return t;
}

struct twcc_stats publisher_twcc(struct endpoint *e)
{
	struct twcc_stats t;

	loop_lock(endpoint_loop(e));
	t = *endpoint_twcc(e);
	loop_unlock(endpoint_loop(e));
	return t;
}

struct transport_stats player_transport(struct endpoint *e)
{
	struct transport_stats t;

	loop_lock(endpoint_loop(e));
	t = *transport_stats(endpoint_transport(e));
	loop_unlock(endpoint_loop(e));
	return t;
}

struct awaited {
	struct endpoint *e;
	bool audio;
	uint32_t n;
	int64_t quiet_us;
};

static bool has_frames(void *user)
{
	struct awaited *a = user;

	return player_stats(a->e, a->audio).frames >= a->n;
}

static bool has_keyframes(void *user)
{
	struct awaited *a = user;

	return player_stats(a->e, false).keyframes >= a->n;
}

static bool is_silent(void *user)
{
	struct awaited *a = user;

	return now_us() - player_stats(a->e, a->audio).last_us > a->quiet_us;
}

bool player_wait_frames(struct endpoint *e, bool audio, uint32_t frames, int timeout_ms)
{
	return wait_until(timeout_ms, has_frames, &(struct awaited){ .e = e, .audio = audio, .n = frames });
}

bool player_wait_keyframes(struct endpoint *e, uint32_t keyframes, int timeout_ms)
{
	return wait_until(timeout_ms, has_keyframes, &(struct awaited){ .e = e, .n = keyframes });
}

bool player_wait_silence(struct endpoint *e, bool audio, int quiet_ms, int timeout_ms)
{
	return wait_until(timeout_ms, is_silent, &(struct awaited){ .e = e, .audio = audio, .quiet_us = quiet_ms * INT64_C(1000) });
}

void player_check(struct endpoint *e, bool audio, int skew_ms, const char *who)
{
	struct sink_stats t = player_stats(e, audio);
	const char *kind = audio ? "audio" : "video";
	char why[200] = "";
	struct sink *s;
	bool held_up;

	loop_lock(endpoint_loop(e));
	held_up = loop_was_held_up(endpoint_loop(e));
	s = endpoint_sink_of_kind(e, audio);
	CHECK(s && sink_is_clean(s, why), "%s %s: %s", who, kind, s ? why : "nothing came");
	CHECK(endpoint_strays(e) == 0, "%s: %u stray packets", who, endpoint_strays(e));
	loop_unlock(endpoint_loop(e));
	CHECK(t.payloads == t.packets, "%s %s: %u of %u payloads equal", who, kind, t.payloads, t.packets);
	if (stage_not_judged(held_up, who))
		return;
	CHECK(t.resumes == 0, "%s %s: %u times something was left out", who, kind, t.resumes);
	CHECK(t.live > 0, "%s %s: nothing came in time", who, kind);
	CHECK(t.skew_max_us - t.skew_min_us <= skew_ms * 1000, "%s %s: RTP clock off by %ld to %ld us", who, kind,
	      (long)t.skew_min_us, (long)t.skew_max_us);
}

void player_reset(struct endpoint *e)
{
	loop_lock(endpoint_loop(e));
	for (unsigned i = 0; i < endpoint_sinks(e); i++)
		sink_reset_stats(endpoint_sink(e, i));
	loop_unlock(endpoint_loop(e));
}
