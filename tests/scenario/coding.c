/* A camera as VP9 in spatial layers of one stream: each viewer gets the layers that its tile needs, whole; who cannot play it has all fall back. */
#include <glib.h>
#include <string.h>

#include "tests/endpoint/bytes.h"
#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define ANN 200

struct cast {
	struct server *server;
	struct loop *loop;
	struct seat *host, *ann;        /* ann sends */
};

static const struct endpoint_cfg newer = { .newer = true, .feedback = true };

static struct seat *enter_as(struct cast *c, const char *role, const char *name, uint32_t number, const struct endpoint_cfg *cfg)
{
	return attendee_with(c->server, c->loop, role, name, &(struct seat_cfg){ .mic = true, .number = number, .endpoint = *cfg });
}

static bool enter(struct cast *c, const struct endpoint_cfg *viewer)
{
	*c = (struct cast){ .server = server_stage() };
	if (!c->server)
		return false;
	c->loop = stage_loop();
	c->host = enter_as(c, "host", "host", 100, viewer);
	c->ann = attendee_with(c->server, c->loop, "participant", "ann",
	                       &(struct seat_cfg){ .number = ANN, .mic = true, .camera = true, .simulcast = true, .endpoint = newer });
	return c->host->id[0] && c->ann->id[0];
}

/* Told to code so, it does. */
static bool recoded(struct cast *c, size_t mark, const char *coding, int lacking, enum payload_codec codec)
{
	json_t *told = seat_event(c->ann, mark, "coding", 8000);

	if (!CHECK(told, "not told to send %s", coding))
		return false;
	CHECK(!g_strcmp0(json_string_value(json_object_get(told, "coding")), coding), "told %s", json_string_value(json_object_get(told, "coding")));
	CHECK(json_integer_value(json_object_get(told, "lacking")) == lacking);
	seat_recode(c->ann, codec);
	return true;
}

static bool choose_vp9(struct cast *c)
{
	size_t mark = seat_mark(c->ann);
	const char *refused = seat_do(c->ann, "coding.set", "{s:s}", "coding", "vp9");

	return CHECK(!refused[0], "%s", refused) && recoded(c, mark, "vp9", 0, PAYLOAD_VP9);
}

struct shown {
	struct cast *cast;
	struct seat *viewer;
	enum payload_codec codec;
	uint8_t layer;
};

static bool is_shown(void *user)
{
	struct shown *s = user;
	struct sink_stats t;

	seat_pump(s->viewer);
	t = attendee_sees(s->viewer, s->cast->ann->id, "camera");
	return t.frames && t.last_codec == s->codec && t.last_layer == s->layer;
}

/* Comes to show that layer, and goes on. */
static bool shows(struct cast *c, struct seat *viewer, enum payload_codec codec, uint8_t layer)
{
	struct shown s = { c, viewer, codec, layer };
	struct sink_stats t;

	if (wait_until(10000, is_shown, &s) && attendee_wait(viewer, c->ann->id, "camera", 10, 6000) && is_shown(&s))
		return true;
	t = attendee_sees(viewer, c->ann->id, "camera");
	return CHECK(false, "%s: codec %d, layer %u after %u frames", viewer->cfg.name, t.last_codec, t.last_layer, t.frames);
}

static void watch(struct cast *c, struct seat *viewer, int height)
{
	const char *refused = seat_do(viewer, "watch", "{s:[{s:s, s:s, s:i, s:s}]}", "items", "seat", c->ann->id, "source", "camera", "height", height,
	                              "rank", "stage");

	CHECK(!refused[0], "%s", refused);
}

/* Down and up by one layer and by two. */
static void climb(struct cast *c, struct seat *viewer)
{
	static const struct { int height; uint8_t layer; } tiles[] = { { 720, 2 }, { 180, 0 }, { 720, 2 }, { 360, 1 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(tiles); i++) {
		watch(c, viewer, tiles[i].height);
		if (!shows(c, viewer, PAYLOAD_VP9, tiles[i].layer))
			return;
	}
	attendee_check(viewer, 150, viewer->cfg.name);
}

static void layers_by_the_tile(void)
{
	struct cast c;

	REQUIRE(enter(&c, &newer));
	REQUIRE(shows(&c, c.host, PAYLOAD_VP8, 3));
	REQUIRE(choose_vp9(&c));
	climb(&c, c.host);
}

static bool lost_some(void *user)
{
	struct cast *c = user;
	struct sink_stats t = attendee_sees(c->host, c->ann->id, "camera");

	return t.dropped >= 10 && t.rtx >= 10;
}

/* What is lost of layers that stay out leaves no hole; all else is repeated. */
static void layers_through_loss(void)
{
	struct endpoint_cfg lossy = newer;
	struct source *camera;
	struct cast c;

	lossy.drop_every = 19;
	REQUIRE(enter(&c, &lossy));
	REQUIRE(choose_vp9(&c));
	camera = endpoint_source(c.ann->endpoint, 1);
	loop_lock(c.loop);
	source_lose(camera, 17);
	loop_unlock(c.loop);
	climb(&c, c.host);
	CHECK(wait_until(10000, lost_some, &c));
	loop_lock(c.loop);
	CHECK(source_stats(camera)->resent > 0);
	loop_unlock(c.loop);
}

static void newcomer(void)
{
	struct cast c;
	struct seat *bob;
	struct sink_stats t;

	REQUIRE(enter(&c, &newer));
	REQUIRE(choose_vp9(&c));
	REQUIRE(shows(&c, c.host, PAYLOAD_VP9, 2));
	bob = enter_as(&c, "participant", "bob", 300, &newer);
	REQUIRE(bob->id[0]);
	REQUIRE(shows(&c, bob, PAYLOAD_VP9, 2));
	t = attendee_sees(bob, c.ann->id, "camera");
	CHECK(t.run_key && t.keyframes, "it begins without a keyframe");
	attendee_check(bob, 150, "bob");
	attendee_check(c.host, 150, "host");
}

static void fallback(void)
{
	struct cast c;
	struct seat *old;
	size_t mark;

	REQUIRE(enter(&c, &newer));
	REQUIRE(choose_vp9(&c));
	REQUIRE(shows(&c, c.host, PAYLOAD_VP9, 2));
	mark = seat_mark(c.ann);
	old = enter_as(&c, "participant", "old", 300, &(struct endpoint_cfg){ .feedback = true });
	REQUIRE(old->id[0]);
	REQUIRE(recoded(&c, mark, "usual", 1, PAYLOAD_VP8));
	REQUIRE(shows(&c, old, PAYLOAD_VP8, 3));
	REQUIRE(shows(&c, c.host, PAYLOAD_VP8, 3));
	attendee_check(old, 150, "old");
	mark = seat_mark(c.ann);
	CHECK(!seat_do(old, "leave", "{}")[0]);
	REQUIRE(recoded(&c, mark, "vp9", 0, PAYLOAD_VP9));
	REQUIRE(shows(&c, c.host, PAYLOAD_VP9, 2));
	attendee_check(c.host, 150, "host");
}

/* Longer than their payload, a fourth layer, more references than there may be, groups without end; as what the camera's next layer sends, which rests. */
static void send_malformed(struct cast *c, unsigned n)
{
	static const uint8_t bodies[][6] = {
		{ 0x80, 0xff }, { 0xa0, 0x80, 0x01, 0x06, 0x00, 0x00 }, { 0xd0, 0x80, 0x01, 0x03, 0x03, 0x03 }, { 0x82, 0x80, 0x01, 0x58, 0xff, 0xff },
		{ 0x82, 0x80, 0x01, 0xe0, 0x00, 0x00 }, { 0xff },
	};
	static const size_t lengths[] = { 2, 6, 6, 6, 6, 1 };
	uint8_t packet[12 + 6] = { 0x80 };

	const struct source *resting = endpoint_source(c->ann->endpoint, 2);

	loop_lock(c->loop);
	packet[1] = source_cfg(endpoint_source(c->ann->endpoint, 1))->pt;
	put32(packet + 8, source_cfg(resting)->ssrc);
	for (unsigned i = 0; i < n; i++) {
		unsigned k = i % G_N_ELEMENTS(bodies);

		put16(packet + 2, source_stats(resting)->last_seq + 1u + i);
		memcpy(packet + 12, bodies[k], lengths[k]);
		transport_send_rtp(endpoint_transport(c->ann->endpoint), packet, 12 + lengths[k]);
	}
	loop_unlock(c->loop);
}

struct counted {
	struct server *server;
	double least;
};

static bool has_counted(void *user)
{
	struct counted *n = user;

	return server_metric(n->server, "huitang_media_dropped_total{reason=\"unknown_payload\"}") >= n->least;
}

static void malformed(void)
{
	struct cast c;
	double before;

	REQUIRE(enter(&c, &newer));
	REQUIRE(choose_vp9(&c));
	REQUIRE(shows(&c, c.host, PAYLOAD_VP9, 2));
	before = server_metric(c.server, "huitang_media_dropped_total{reason=\"unknown_payload\"}");
	send_malformed(&c, 120);
	CHECK(wait_until(5000, has_counted, &(struct counted){ c.server, before + 120 }), "not counted");
	REQUIRE(shows(&c, c.host, PAYLOAD_VP9, 2));
	attendee_check(c.host, 150, "host");
}

static const struct scenario scenarios[] = {
	{ "of VP9 a tile gets the spatial layers that it needs, whole and in order", layers_by_the_tile },
	{ "so it does where packets get lost on both lines", layers_through_loss },
	{ "a newcomer begins with a keyframe of all layers", newcomer },
	{ "who cannot play VP9 has its sender fall back, and go on once he has left", fallback },
	{ "malformed VP9 descriptors are counted and dropped", malformed },
};

int main(int argc, char **argv)
{
	return stage_run(argc, argv, scenarios, G_N_ELEMENTS(scenarios), 120);
}
