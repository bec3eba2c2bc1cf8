/* Pictures in several layers: each viewer gets one of them, whole, whatever the sender leaves out; and RID is believed as long as it is said. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define ANN 200
#define Q (ANN + 1)
#define H (ANN + 2)
#define F (ANN + 3)

struct cast {
	struct server *server;
	struct loop *loop;
	struct seat *host, *ann;        /* ann sends three layers */
};

static bool enter(struct cast *c, enum payload_codec codec)
{
	*c = (struct cast){ .server = server_stage() };
	if (!c->server)
		return false;
	c->loop = stage_loop();
	c->host = attendee(c->server, c->loop, "host", "host", 100);
	c->ann = attendee_with(c->server, c->loop, "participant", "ann",
	                       &(struct seat_cfg){ .number = ANN, .mic = true, .camera = true, .simulcast = true, .codec = codec });
	return c->host->id[0] && c->ann->id[0];
}

/* The source of the camera's layer 0, 1 or 2. */
static struct source *layer(struct seat *s, unsigned i)
{
	return endpoint_source(s->endpoint, 1 + i);
}

static void pause_layer(struct seat *s, unsigned i, bool paused)
{
	loop_lock(s->cfg.loop);
	source_pause(layer(s, i), paused);
	loop_unlock(s->cfg.loop);
}

static bool sees(struct cast *c, uint32_t number)
{
	return attendee_wait_number(c->host, c->ann->id, "camera", number, 4000) && attendee_wait(c->host, c->ann->id, "camera", 20, 4000);
}

static bool all_reported(void *user)
{
	struct cast *c = user;
	bool yes = true;

	loop_lock(c->loop);
	for (unsigned i = 0; i < 3; i++)
		yes = yes && source_stats(layer(c->ann, i))->reports >= 2;
	loop_unlock(c->loop);
	return yes;
}

static void best_that_comes(struct cast *c)
{
	double unknown;

	REQUIRE(sees(c, F), "source %u", attendee_sees(c->host, c->ann->id, "camera").last_source);
	/* From here on packets name neither MID nor RID. */
	REQUIRE(wait_until(6000, all_reported, c));
	unknown = server_metric(c->server, "huitang_media_dropped_total{reason=\"unknown_ssrc\"}");
	pause_layer(c->ann, 2, true);
	REQUIRE(sees(c, H), "source %u", attendee_sees(c->host, c->ann->id, "camera").last_source);
	pause_layer(c->ann, 1, true);
	REQUIRE(sees(c, Q), "source %u", attendee_sees(c->host, c->ann->id, "camera").last_source);
	pause_layer(c->ann, 2, false);
	REQUIRE(sees(c, F), "source %u", attendee_sees(c->host, c->ann->id, "camera").last_source);
	CHECK(server_metric(c->server, "huitang_media_dropped_total{reason=\"unknown_ssrc\"}") == unknown);
	attendee_check(c->host, 150, "host"); /* a switch squeezes what was kept in front of what comes */
}

static void layers_of_vp8(void)
{
	struct cast c;

	REQUIRE(enter(&c, PAYLOAD_VP8));
	best_that_comes(&c);
}

static void layers_of_h264(void)
{
	struct cast c;

	REQUIRE(enter(&c, PAYLOAD_H264));
	best_that_comes(&c);
}

static bool watch(struct cast *c, int height)
{
	return !seat_do(c->host, "watch", "{s:[{s:s, s:s, s:i, s:s}]}", "items", "seat", c->ann->id, "source", "camera", "height", height, "rank",
	                "stage")[0];
}

static void layer_of_the_tile(void)
{
	struct cast c;
	size_t mark;
	json_t *told;

	REQUIRE(enter(&c, PAYLOAD_VP8));
	REQUIRE(sees(&c, F));
	mark = seat_mark(c.ann);
	REQUIRE(watch(&c, 180));
	REQUIRE(sees(&c, Q), "source %u", attendee_sees(c.host, c.ann->id, "camera").last_source);
	told = seat_event(c.ann, mark, "source.layers", 9000);
	REQUIRE(told, "nobody tells the sender that two layers are for nobody");
	CHECK(json_array_size(json_object_get(told, "layers")) == 1 && !json_integer_value(json_array_get(json_object_get(told, "layers"), 0)));
	pause_layer(c.ann, 1, true);
	pause_layer(c.ann, 2, true);
	mark = seat_mark(c.ann);
	REQUIRE(watch(&c, 360));
	told = seat_event(c.ann, mark, "source.layers", 2000);
	REQUIRE(told, "a layer is wanted again, and the sender does not hear of it");
	CHECK(json_array_size(json_object_get(told, "layers")) == 2);
	pause_layer(c.ann, 1, false);
	REQUIRE(sees(&c, H), "source %u", attendee_sees(c.host, c.ann->id, "camera").last_source);
	attendee_check(c.host, 150, "host");
}

struct show {
	struct server *server;
	struct loop *loop;
	struct whip *publisher, *viewer;
};

static bool publish(struct show *t, const struct publisher_cfg *p)
{
	char *studio, *viewer;

	t->server = server_stage();
	if (!t->server)
		return false;
	t->loop = stage_loop();
	studio = defer(server_token(t->server, "demo-class", "presenter", "studio", 0), g_free);
	viewer = defer(server_token(t->server, "demo-class", "viewer", NULL, 0), g_free);
	t->publisher = publisher_open(t->server, t->loop, "demo-class", studio, p);
	t->viewer = player_open(t->server, t->loop, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	return t->publisher->status == 201 && t->viewer->status == 201;
}

struct shown {
	struct show *show;
	uint32_t number;
};

static bool is_shown(void *user)
{
	struct shown *s = user;

	return player_stats(s->show->viewer->endpoint, false).last_source == s->number;
}

/* OBS calls its best layer 0. */
static void best_of_a_publisher(void)
{
	struct show t;

	REQUIRE(publish(&t, &(struct publisher_cfg){ .number = 10, .rids = "012", .numbers = VP8_ALL_NUMBERS }));
	REQUIRE(wait_until(5000, is_shown, &(struct shown){ &t, 11 }), "%u", player_stats(t.viewer->endpoint, false).last_source);
	REQUIRE(player_wait_frames(t.viewer->endpoint, false, 60, 6000));
	CHECK(player_stats(t.viewer->endpoint, false).last_source == 11);
	player_check(t.viewer->endpoint, false, 150, "viewer");
}

/* What was lost just now may not have been asked for yet, and on a machine that is busy for a moment that is a lot. */
static bool all_repaired(void *user)
{
	struct show *t = user;
	bool yes = true;

	for (unsigned i = 1; i <= 3; i++) {
		struct source_stats s = publisher_stats(t->publisher->endpoint, i);

		yes = yes && s.lost >= 10 && s.resent + 5 >= s.lost;
	}
	return yes;
}

/* Each layer loses packets and is asked for them under its own SSRC; repeats come under one that only RRID explains. */
static void each_layer_is_repaired(void)
{
	struct show t;
	struct source_stats s;

	REQUIRE(publish(&t, &(struct publisher_cfg){ .number = 10, .rids = "lmh", .numbers = VP8_ALL_NUMBERS, .lose_every = 15 }));
	REQUIRE(wait_until(5000, is_shown, &(struct shown){ &t, 13 }), "%u", player_stats(t.viewer->endpoint, false).last_source);
	REQUIRE(player_wait_frames(t.viewer->endpoint, false, 120, 10000));
	wait_until(10000, all_repaired, &t);
	for (unsigned i = 1; i <= 3; i++) {
		s = publisher_stats(t.publisher->endpoint, i);
		CHECK(s.lost >= 10 && s.resent + 5 >= s.lost && s.resent <= 6 * s.lost, "layer %u: %u lost, %u repeated", i, s.lost, s.resent);
	}
	player_check(t.viewer->endpoint, false, 150, "viewer");
}

static const struct scenario scenarios[] = {
	{ "of VP8 layers the best one that comes is shown, whatever stops and goes on", layers_of_vp8 },
	{ "so it is with H.264", layers_of_h264 },
	{ "a tile gets the layer that is as tall, and the sender hears which layers are for nobody", layer_of_the_tile },
	{ "a WHIP publisher's best layer is found by its name", best_of_a_publisher },
	{ "each layer is repaired for itself", each_layer_is_repaired },
};

int main(int argc, char **argv)
{
	return stage_run(argc, argv, scenarios, G_N_ELEMENTS(scenarios), 120);
}
