/* GStreamer publishes by WHIP and plays by WHEP; decoded pictures move and the tone is heard. */
#include <gst/gst.h>
#include <stdlib.h>

#include "peer.h"
#include "tests/endpoint/loop.h"
#include "tests/scenario/office.h"
#include "tests/scenario/server.h"
#include "tests/scenario/stage.h"

#define TONE_HZ 660.0

struct expected {
	struct peer *player;
	int moving;
};

static bool plays(void *user)
{
	struct expected *e = user;
	struct decoded d = peer_decoded(e->player);

	return d.moving >= e->moving && d.loudness > 0.1;
}

/* With media on the namespace's address: libnice binds its sockets to an interface, and none of them leads to 127.0.0.1. */
static struct server *start(void)
{
	static char media[64];
	const char *address = getenv("TEST_ADDRESS");
	struct server_cfg cfg = { .options = { "--media", media } };
	struct server *s;

	g_snprintf(media, sizeof(media), "%s:%u", address ? address : "127.0.0.1", server_free_port());
	s = server_start(&cfg);
	return s ? defer(s, server_free) : NULL;
}

static void publish_and_play(const char *codec)
{
	struct server *s = start();
	g_autofree char *whip = NULL, *whep = NULL, *host = NULL, *viewer = NULL;
	struct peer *publisher, *player;
	gint64 begin;

	REQUIRE(s);
	whip = server_url(s, "/whip/demo-meeting");
	whep = server_url(s, "/whep/demo-meeting");
	host = server_token(s, "demo-meeting", "presenter", "studio", 0);
	viewer = server_token(s, "demo-meeting", "viewer", NULL, 0);

	publisher = defer(peer_publish(whip, host, codec, TONE_HZ), peer_free);
	REQUIRE(peer_status(publisher) == 201, "%ld", peer_status(publisher));
	begin = g_get_monotonic_time();
	player = defer(peer_play(whep, viewer, codec, TONE_HZ), peer_free);
	REQUIRE(peer_status(player) == 201, "%ld", peer_status(player));
	CHECK(wait_until(20000, plays, &(struct expected){ player, 25 }), "%d pictures, %d moving, loudness %.3f",
		peer_decoded(player).frames, peer_decoded(player).moving, peer_decoded(player).loudness);
	CHECK(peer_decoded(player).width == 640);
	stage_note("%s: 25 moving pictures and the tone after %.1f s", codec, (double)(g_get_monotonic_time() - begin) / 1e6);

	CHECK(peer_delete(player) == 200);
	CHECK(peer_delete(publisher) == 200);
}

static void vp8(void)
{
	publish_and_play("VP8");
}

static void h264(void)
{
	publish_and_play("H264");
}

static void wrong_token(void)
{
	struct server *s = start();
	g_autofree char *whip = NULL, *viewer = NULL;
	struct peer *p;

	REQUIRE(s);
	whip = server_url(s, "/whip/demo-meeting");
	viewer = server_token(s, "demo-meeting", "viewer", NULL, 0);
	p = defer(peer_publish(whip, viewer, "VP8", TONE_HZ), peer_free);
	CHECK(peer_status(p) == 403, "%ld", peer_status(p));
	p = defer(peer_publish(whip, "not a token", "VP8", TONE_HZ), peer_free);
	CHECK(peer_status(p) == 401, "%ld", peer_status(p));
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* What the page of an expert's link is told, of a class that begins in half an hour. */
static const json_t *invited(struct office *admin)
{
	struct office nobody = { .server = admin->server };
	json_int_t now = g_get_real_time() / 1000, id;
	json_t *j;

	j = office_ask(admin, "POST", "classes", json_pack("{s:i, s:s, s:s, s:I, s:I, s:b}", "org", 1, "title", "党课", "kind", "lecture", "start_ms", now + 30 * 60000, "end_ms",
	                                                   now + 90 * 60000, "subtree", 1));
	id = number(j, "id");
	j = office_ask(admin, "POST", office_path("classes", id, "/experts"), json_pack("{s:s}", "name", "王教授"));
	return office_ask(&nobody, "POST", "expert", json_pack("{s:I, s:O}", "class", id, "code", json_object_get(j, "code")));
}

/* As OBS does: address and token copied from the page; a player of the lobby sees and hears it. */
static void by_an_experts_link(void)
{
	struct server *s = start();
	struct office admin = { .server = s, .cookie = s ? account_cookie(s, "admin") : NULL };
	g_autofree char *whip = NULL, *whep = NULL, *viewer = NULL, *path = NULL;
	struct peer *publisher, *player;
	const json_t *told;
	const char *room;

	REQUIRE(s);
	told = invited(&admin);
	room = json_string_value(json_object_get(told, "room"));
	REQUIRE(room && json_is_string(json_object_get(told, "token")), "%s", admin.last->body);
	path = g_strdup_printf("/whip/%s", room);
	whip = server_url(s, path);
	publisher = defer(peer_publish(whip, json_string_value(json_object_get(told, "token")), "VP8", TONE_HZ), peer_free);
	REQUIRE(peer_status(publisher) == 201, "%ld", peer_status(publisher));
	g_free(path);
	path = g_strdup_printf("/whep/%s", room);
	whep = server_url(s, path);
	viewer = server_token(s, room, "viewer", NULL, 0);
	player = defer(peer_play(whep, viewer, "VP8", TONE_HZ), peer_free);
	REQUIRE(peer_status(player) == 201, "%ld", peer_status(player));
	CHECK(wait_until(20000, plays, &(struct expected){ player, 25 }), "%d pictures, %d moving, loudness %.3f", peer_decoded(player).frames, peer_decoded(player).moving,
	      peer_decoded(player).loudness);
	CHECK(peer_delete(publisher) == 200);
}

int main(int argc, char **argv)
{
	static const struct scenario all[] = {
		{ "webrtcbin publishes VP8 and Opus by WHIP and plays them by WHEP", vp8 },
		{ "webrtcbin publishes H.264 and Opus by WHIP and plays them by WHEP", h264 },
		{ "a viewer's token and a wrong one do not publish", wrong_token },
		{ "an expert goes on air by address and token of the link's page, in the lobby too", by_an_experts_link },
	};

	gst_init(NULL, NULL);
	return stage_run(argc, argv, all, G_N_ELEMENTS(all), 150);
}
