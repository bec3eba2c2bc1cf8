/* A room whose seats are on two media workers: what one hands over to the other arrives unchanged, and all rules hold there, too. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

/* So many that the room's own worker has enough and the next seats come to the other, every second one. */
#define FILLERS 8

struct hall {
	struct server *server;
	struct loop *loop, *crowd;
};

static bool open_hall(struct hall *h, const char *room)
{
	g_autofree char *viewer = NULL;

	h->server = server_start(&(struct server_cfg){ .workers = 2 });
	if (!h->server)
		return false;
	defer(h->server, server_free);
	h->loop = stage_loop();
	h->crowd = stage_loop();
	viewer = server_token(h->server, room, "viewer", NULL, 0);
	for (int i = 0; i < FILLERS; i++)
		if (player_open(h->server, h->crowd, room, viewer, &(struct endpoint_cfg){ 0 })->status != 201)
			return false;
	return true;
}

/* The stage of chair (first worker), ann (second) and bob (first). */
struct cast {
	struct hall hall;
	struct seat *host, *ann, *bob;
};

static bool enter(struct cast *c)
{
	struct hall *h = &c->hall;

	if (!open_hall(h, ROOM))
		return false;
	c->host = attendee(h->server, h->loop, "host", "chair", 100);
	c->ann = attendee(h->server, h->loop, "participant", "ann", 200);
	c->bob = attendee(h->server, h->loop, "participant", "bob", 300);
	return c->host->id[0] && c->ann->id[0] && c->bob->id[0];
}

static double mirrors(const struct hall *h)
{
	return server_metric(h->server, "huitang_media_mirrors");
}

static void all_see_all(void)
{
	struct cast c;

	REQUIRE(enter(&c));
	attendee_speak(c.ann, 20);
	attendee_speak(c.host, 20);
	CHECK(attendee_wait(c.ann, c.host->id, "camera", 60, 8000), "the second worker sees nothing of the first");
	CHECK(attendee_wait(c.bob, c.ann->id, "camera", 60, 8000), "the first worker sees nothing of the second");
	CHECK(attendee_wait(c.bob, c.host->id, "camera", 30, 8000));
	CHECK(attendee_wait(c.ann, c.host->id, "mic", 40, 4000) && attendee_wait(c.host, c.ann->id, "mic", 40, 4000));
	stage_note("%.0f mirrors, %.0f packets handed over", mirrors(&c.hall), server_metric(c.hall.server, "huitang_media_relayed_packets_total"));
	CHECK(mirrors(&c.hall) >= 4, "%.0f mirrors: the seats are on one worker", mirrors(&c.hall));
	CHECK(server_metric(c.hall.server, "huitang_media_relay_full_total") == 0);
	attendee_check(c.host, 60, "host");
	attendee_check(c.ann, 60, "ann");
	attendee_check(c.bob, 60, "bob");
}

#define MUTED "huitang_media_dropped_total{reason=\"muted\"}"

static void gates(void)
{
	struct cast c;

	REQUIRE(enter(&c));
	attendee_speak(c.ann, 20);
	REQUIRE(attendee_wait(c.bob, c.ann->id, "mic", 20, 6000));
	CHECK(!seat_do(c.host, "seat.mute", "{s:s, s:s, s:b}", "seat", c.ann->id, "source", "mic", "self_unmute", 0)[0]);
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "mic", false, 1000));
	CHECK(attendee_hears_nothing(c.bob, 200, 500), "a muted microphone is forwarded");
	CHECK(!seat_do(c.host, "seat.allow", "{s:s, s:s}", "seat", c.ann->id, "source", "mic")[0]);
	CHECK(!seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1)[0]);
	CHECK(attendee_wait(c.bob, c.ann->id, "mic", 20, 4000), "not heard after unmute");
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 6000));
	CHECK(!seat_do(c.host, "seat.mute", "{s:s, s:s, s:b}", "seat", c.ann->id, "source", "camera", "self_unmute", 1)[0]);
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "camera", false, 1000));
	CHECK(attendee_hears_nothing(c.bob, 201, 500), "a stopped camera is forwarded");
	CHECK(!seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "camera", "on", 1)[0]);
	CHECK(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000), "not seen after switching on");
	attendee_check(c.bob, 60, "bob");
}

static bool no_mirrors(void *user)
{
	return mirrors(user) == 0;
}

/* Leaves, and comes again as another; what is left of a mirror ends with its track. */
static void come_and_go(void)
{
	struct cast c;
	struct seat *again;

	REQUIRE(enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 6000) && attendee_wait(c.ann, c.bob->id, "camera", 10, 6000));
	CHECK(!seat_do(c.ann, "leave", "{}")[0]);
	CHECK(attendee_hears_nothing(c.bob, 201, 500), "forwarded after leaving");
	again = attendee(c.hall.server, c.hall.loop, "participant", "ann2", 400);
	REQUIRE(again->id[0]);
	CHECK(attendee_wait(c.bob, again->id, "camera", 20, 6000), "the one who returned is not seen");
	CHECK(attendee_wait(again, c.host->id, "camera", 20, 6000), "the one who returned does not see");
	attendee_check(c.bob, 60, "bob");
	attendee_check(again, 60, "ann again");
	CHECK(!seat_do(c.host, "room.end", "{}")[0]);
	CHECK(wait_until(6000, no_mirrors, &c.hall), "%.0f mirrors remain", mirrors(&c.hall));
}

/* A publisher on the first worker, and two viewers of which one at least is on the second: the one who comes late, and one who loses. */
static void repair(void)
{
	struct hall h;
	struct whip *p, *lossy[2], *late[2];
	struct sink_stats v;
	uint32_t plis;
	g_autofree char *presenter = NULL, *viewer = NULL;

	REQUIRE(open_hall(&h, "demo-class"));
	presenter = server_token(h.server, "demo-class", "presenter", "studio", 0);
	viewer = server_token(h.server, "demo-class", "viewer", NULL, 0);
	p = publisher_open(h.server, h.loop, "demo-class", presenter, &(struct publisher_cfg){ .number = 10, .numbers = VP8_ALL_NUMBERS, .key_every = 20 });
	REQUIRE(p->status == 201);
	for (int i = 0; i < 2; i++)
		lossy[i] = player_open(h.server, h.loop, "demo-class", viewer, &(struct endpoint_cfg){ .drop_every = 12 });
	for (int i = 0; i < 2; i++) {
		REQUIRE(player_wait_frames(lossy[i]->endpoint, false, 120, 10000));
		v = player_stats(lossy[i]->endpoint, false);
		player_check(lossy[i]->endpoint, false, 60, "viewer");
		stage_note("%u dropped, %u asked for, %u repeated", v.dropped, v.nacked, v.rtx);
		CHECK(v.dropped >= 25 && v.rtx + 3 >= v.dropped && v.wrong_rtx == 0, "%u of %u repeated", v.rtx, v.dropped);
	}
	CHECK(publisher_stats(p->endpoint, 1).nacks == 0, "the publisher was bothered");
	CHECK(mirrors(&h) >= 2, "all on one worker");
	plis = publisher_stats(p->endpoint, 1).plis;
	for (int i = 0; i < 2; i++)
		late[i] = player_open(h.server, h.loop, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	for (int i = 0; i < 2; i++) {
		CHECK(player_wait_frames(late[i]->endpoint, false, 60, 6000));
		v = player_stats(late[i]->endpoint, false);
		CHECK(v.runs == 1 && v.run_key, "a late viewer began without keyframe");
		player_check(late[i]->endpoint, false, 60, "late viewer");
	}
	CHECK(publisher_stats(p->endpoint, 1).plis <= plis + 2, "%u keyframes asked for", publisher_stats(p->endpoint, 1).plis - plis);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a room on two workers: all see and hear all, byte for byte", all_see_all },
		{ "a gate that shuts on one worker holds on the other", gates },
		{ "who leaves and comes again is seen by the other worker, and mirrors end", come_and_go },
		{ "repeats and kept keyframes come from the viewer's own worker", repair },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
