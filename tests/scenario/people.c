/* Who may come in, and as what: accounts, guest links, roles; and what roles mean at the packet. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define GUESSES 300     /* the more, the slower the machine: one a second is free */

static void accounts(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *cookie = NULL, *branch = NULL, *set = NULL;
	struct seat *host, *site;
	struct http_reply *r;

	REQUIRE(s);
	CHECK(account_ask(s, "GET", "/api/v1/rooms", NULL, NULL, NULL)->status == 401);
	CHECK(account_sign_in(s, "host", "wrong", NULL)->status == 401, "a wrong password");
	CHECK(account_sign_in(s, "nobody", ACCOUNT_PASSWORD, NULL)->status == 401, "no such account");
	CHECK(account_sign_in(s, "host", ACCOUNT_PASSWORD, "https://evil.example")->status == 403, "signed in from another site's page");
	r = account_sign_in(s, "host", ACCOUNT_PASSWORD, NULL);
	REQUIRE(r->status == 200, "%ld %s", r->status, r->body);
	set = http_reply_header(r, "Set-Cookie");
	CHECK(set && strstr(set, "HttpOnly") && strstr(set, "SameSite"), "%s", set);
	cookie = account_cookie_of(r);
	r = account_ask(s, "GET", "/api/v1/rooms", NULL, cookie, NULL);
	CHECK(r->status == 200 && strstr(r->body, ROOM) && strstr(r->body, "demo-class"), "%ld %s", r->status, r->body);
	branch = account_cookie_of(account_sign_in(s, "branch001", ACCOUNT_PASSWORD, NULL));
	host = attendee_with(s, l, NULL, "ignored", &(struct seat_cfg){ .cookie = cookie, .mic = true, .camera = true, .number = 100 });
	site = attendee_with(s, l, NULL, "ignored", &(struct seat_cfg){ .cookie = branch, .mic = true, .camera = true, .number = 200 });
	REQUIRE(host->id[0] && site->id[0], "%s %s", seat_error(host->joined), seat_error(site->joined));
	CHECK(!strcmp(host->role, "host") && !strcmp(site->role, "participant"), "%s and %s", host->role, site->role);
	CHECK(attendee_wait(host, site->id, "camera", 5, 4000));
	CHECK(strcmp(seat_row(host, site->id, "name"), "ignored") && seat_row(host, site->id, "org")[0], "%s %s",
	      seat_row(host, site->id, "name"), seat_row(host, site->id, "org"));
	CHECK(account_ask(s, "DELETE", "/api/v1/session", NULL, cookie, NULL)->status == 204);
	CHECK(account_ask(s, "GET", "/api/v1/rooms", NULL, cookie, NULL)->status == 401, "the session outlives its end");
}

/* All behind one address: who guesses keeps nobody else out. */
static void guesses(void)
{
	struct server *s = server_stage();
	unsigned wrong = 0;

	REQUIRE(s);
	while (wrong < GUESSES && account_sign_in(s, "host", "guess", NULL)->status == 401)
		wrong++;
	CHECK(wrong >= 20 && wrong < GUESSES, "%u guesses", wrong);
	CHECK(account_sign_in(s, "host", ACCOUNT_PASSWORD, NULL)->status == 429);
	CHECK(account_sign_in(s, "branch001", ACCOUNT_PASSWORD, NULL)->status == 200, "a neighbour is kept out");
}

static void guest_link(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *host, *one, *two;
	json_t *reply;
	const char *path;
	struct seat_cfg c = { .no_media = true };

	REQUIRE(s);
	host = attendee_with(s, l, "host", "chair", &(struct seat_cfg){ .no_media = true });
	REQUIRE(host->id[0]);
	CHECK(!strcmp(seat_do(host, "room.link", "{s:s}", "role", "cohost"), "forbidden"));
	CHECK(!strcmp(seat_do(host, "room.link", "{s:s}", "role", "host"), "forbidden"));
	CHECK(!strcmp(seat_do(host, "room.link", "{s:s}", "role", "inspector"), "forbidden"), "a link makes inspectors");
	reply = seat_ask(host, "room.link", "{s:s}", "role", "participant");
	defer(reply, (void (*)(void *))(void (*)(void))json_decref);
	path = json_string_value(json_object_get(reply, "path"));
	REQUIRE(path && path[0] == '/' && strstr(path, "t="), "%s", seat_error(reply));
	c.token = strstr(path, "t=") + 2;
	one = attendee_with(s, l, NULL, "guest one", &c);
	two = attendee_with(s, l, NULL, "guest two", &c);
	REQUIRE(one->id[0] && two->id[0], "%s %s", seat_error(one->joined), seat_error(two->joined));
	CHECK(strcmp(one->id, two->id) && !strcmp(one->role, "participant"));
	CHECK(attendee_wait_field(host, one->id, "name", "guest one", 1000), "%s", seat_row(host, one->id, "name"));
	CHECK(!strcmp(seat_do(one, "room.link", "{s:s}", "role", "participant"), "forbidden"));
	CHECK(!seat_do(host, "seat.remove", "{s:s}", "seat", one->id)[0]);
	CHECK(seat_resume(one)[0], "a removed guest resumed");
	CHECK(!seat_do(two, "chat.send", "{s:s}", "text", "others of the link stay")[0]);
	CHECK(!seat_do(host, "room.end", "{}")[0]);
	two = attendee_with(s, l, NULL, "too late", &c);
	CHECK(!two->id[0], "the link outlives the room");
}

/* Each lies as much as it can: it sends media that its role does not have. */
static void silent_roles(void)
{
	static const char *const roles[] = { "viewer", "inspector" };
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *host, *liar;
	double stopped;

	REQUIRE(s);
	host = attendee(s, l, "host", "chair", 100);
	for (unsigned i = 0; i < 2; i++) {
		uint32_t number = 500 + 100 * i;

		liar = attendee(s, l, roles[i], roles[i], number);
		REQUIRE(liar->id[0]);
		attendee_speak(liar, 5);
		CHECK(!strcmp(seat_do(liar, "source.set", "{s:s, s:b}", "source", "mic", "on", 1), "forbidden"), "%s", roles[i]);
		CHECK(!strcmp(seat_do(liar, "source.set", "{s:s, s:b}", "source", "camera", "on", 1), "forbidden"), "%s", roles[i]);
		CHECK(attendee_wait(liar, host->id, "camera", 5, 4000), "a %s sees nothing", roles[i]);
		stopped = server_metric(s, "huitang_media_dropped_total{reason=\"muted\"}");
		CHECK(attendee_hears_nothing(host, number, 400) && attendee_hears_nothing(host, number + 1, 100), "a %s is forwarded", roles[i]);
		CHECK(server_metric(s, "huitang_media_dropped_total{reason=\"muted\"}") - stopped >= 10, "not stopped at the door");
	}
}

static void role_changes(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *host, *ann, *bob;

	REQUIRE(s);
	host = attendee(s, l, "host", "chair", 100);
	ann = attendee(s, l, "participant", "ann", 200);
	bob = attendee(s, l, "participant", "bob", 300);
	REQUIRE(host->id[0] && ann->id[0] && bob->id[0]);
	REQUIRE(attendee_wait(bob, ann->id, "camera", 5, 4000));
	CHECK(!seat_do(host, "seat.role", "{s:s, s:s}", "seat", ann->id, "role", "viewer")[0]);
	CHECK(attendee_wait_field(bob, ann->id, "role", "viewer", 1000));
	CHECK(attendee_hears_nothing(bob, 201, 400), "a viewer's camera flows on");
	CHECK(!seat_do(host, "seat.role", "{s:s, s:s}", "seat", bob->id, "role", "cohost")[0]);
	CHECK(!seat_do(bob, "seat.mute", "{s:s, s:s, s:b}", "seat", ann->id, "source", "mic", "self_unmute", 0)[0], "a co-host may mute");
	CHECK(!strcmp(seat_do(bob, "seat.remove", "{s:s}", "seat", host->id), "forbidden"), "a co-host removes the host");
	CHECK(!strcmp(seat_do(bob, "room.end", "{}"), "forbidden"));
}

static void publisher_under_rule(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *studio = NULL, *viewer = NULL;
	struct whip *p, *v, *again;
	struct seat *host;
	const char *id = NULL, *key;
	json_t *row;

	REQUIRE(s);
	studio = server_token(s, ROOM, "presenter", "studio", 0);
	viewer = server_token(s, ROOM, "viewer", NULL, 0);
	host = attendee_with(s, l, "host", "chair", &(struct seat_cfg){ .mic = false });
	p = publisher_open(s, l, ROOM, studio, &(struct publisher_cfg){ .number = 10 });
	v = player_open(s, l, ROOM, viewer, &(struct endpoint_cfg){ 0 });
	REQUIRE(host->id[0] && p->status == 201 && v->status == 201);
	REQUIRE(player_wait_frames(v->endpoint, false, 10, 5000));
	seat_pump(host);
	json_object_foreach(host->roster, key, row)
		if (!strcmp(json_string_value(json_object_get(row, "kind")), "whip"))
			id = key;
	REQUIRE(id, "no publisher in the roster");
	CHECK(attendee_wait(host, id, "camera", 10, 4000), "the room does not see the publisher");
	CHECK(!seat_do(host, "seat.mute", "{s:s, s:s, s:b}", "seat", id, "source", "camera", "self_unmute", 1)[0]);
	CHECK(player_wait_silence(v->endpoint, false, 400, 2000), "a stopped publisher is forwarded");
	CHECK(player_wait_frames(v->endpoint, true, player_stats(v->endpoint, true).frames + 20, 2000), "its sound stopped as well");
	CHECK(!seat_do(host, "seat.allow", "{s:s, s:s}", "seat", id, "source", "camera")[0]);
	CHECK(player_wait_frames(v->endpoint, false, player_stats(v->endpoint, false).frames + 10, 4000), "no picture after it was given back");
	CHECK(!seat_do(host, "seat.remove", "{s:s}", "seat", id)[0]);
	CHECK(player_wait_silence(v->endpoint, true, 400, 2000) && player_wait_silence(v->endpoint, false, 400, 2000));
	again = publisher_open(s, l, ROOM, studio, &(struct publisher_cfg){ .number = 20 });
	CHECK(again->status == 403, "a removed publisher: %ld", again->status);
	CHECK(whip_delete(p, studio) == 404 || whip_delete(p, studio) == 403, "the removed resource lives");
}

/* Two rooms, two workers: each room's media stay whole. */
static void two_workers(void)
{
	struct server *s = server_start(&(struct server_cfg){ .workers = 2 });
	struct loop *l;
	static const char *const rooms[] = { ROOM, "demo-class" };
	struct whip *p[2], *v[4];

	REQUIRE(s);
	defer(s, server_free);
	l = stage_loop();
	for (unsigned i = 0; i < 2; i++) {
		char *studio = defer(server_token(s, rooms[i], "presenter", "studio", 0), g_free);
		char *viewer = defer(server_token(s, rooms[i], "viewer", NULL, 0), g_free);

		p[i] = publisher_open(s, l, rooms[i], studio, &(struct publisher_cfg){ .number = 10 + 100 * i });
		v[i] = player_open(s, l, rooms[i], viewer, &(struct endpoint_cfg){ 0 });
		v[i + 2] = player_open(s, l, rooms[i], viewer, &(struct endpoint_cfg){ 0 });
		REQUIRE(p[i]->status == 201 && v[i]->status == 201 && v[i + 2]->status == 201);
	}
	for (unsigned i = 0; i < 4; i++) {
		CHECK(player_wait_frames(v[i]->endpoint, false, 30, 6000));
		player_check(v[i]->endpoint, false, 60, "viewer");
		CHECK(player_stats(v[i]->endpoint, false).last_source == 11 + 100 * (i % 2));
	}
}

/* A publisher that connects anew while it is alone: who comes later must find its worker. */
static void returning_publisher(void)
{
	struct server *s = server_start(&(struct server_cfg){ .workers = 2 });
	struct loop *l;
	g_autofree char *studio = NULL, *viewer = NULL;
	struct whip *p, *v;

	REQUIRE(s);
	defer(s, server_free);
	l = stage_loop();
	studio = server_token(s, ROOM, "presenter", "studio", 0);
	viewer = server_token(s, ROOM, "viewer", NULL, 0);
	publisher_open(s, l, ROOM, studio, &(struct publisher_cfg){ .number = 10 });
	p = publisher_open(s, l, ROOM, studio, &(struct publisher_cfg){ .number = 20 });
	REQUIRE(p->status == 201, "%d", (int)p->status);
	for (unsigned i = 0; i < 2; i++) {
		v = player_open(s, l, ROOM, viewer, &(struct endpoint_cfg){ 0 });
		REQUIRE(v->status == 201);
		CHECK(player_wait_frames(v->endpoint, false, 10, 6000), "viewer %u sees nothing of the publisher that came back", i);
	}
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "an account signs in, joins by its session under its own name, and signs out", accounts },
		{ "who guesses passwords keeps only himself out", guesses },
		{ "a guest link lets in guests, and nothing better", guest_link },
		{ "viewers and inspectors are not forwarded, whatever they send", silent_roles },
		{ "a role that changes changes what flows", role_changes },
		{ "the host rules a WHIP publisher too", publisher_under_rule },
		{ "rooms on two workers keep their media", two_workers },
		{ "a publisher that connects anew stays on its room's worker", returning_publisher },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
