/* Walls: watching many rooms from none. Who may, what ends it, and that nobody is watched otherwise. */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/attendee.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define CLASS "demo-class"
#define FIRST_VIDEO 4           /* of a wall's slots; before it those of sound */
#define PAGE 25
#define TURNS 8
#define SUSPENDED_US 5000000    /* how long a page waits for pictures of which it knows that its line has no room for them */
#define SILENT_US 30000000      /* and for those of which it knows nothing */

struct hall {
	struct server *server;
	struct loop *loop;
	struct seat *host, *ann, *bob;  /* in ROOM */
};

struct shown {
	int slot;
	const char *room, *seat, *source;
	int height;
};

static bool enter(struct hall *h, unsigned workers)
{
	h->server = workers ? server_start(&(struct server_cfg){ .workers = workers }) : server_stage();
	if (!h->server)
		return false;
	if (workers)
		defer(h->server, server_free);
	h->loop = stage_loop();
	h->host = attendee(h->server, h->loop, "host", "chair", 100);
	h->ann = attendee(h->server, h->loop, "participant", "ann", 200);
	h->bob = attendee(h->server, h->loop, "participant", "bob", 300);
	return h->host->id[0] && h->ann->id[0] && h->bob->id[0];
}

static void end_seat(void *s)
{
	seat_free(s);
}

/* A signed in socket that is in no room. */
static struct seat *visitor(struct hall *h, const char *account, const struct seat_cfg *cfg)
{
	struct seat_cfg c = *cfg;

	c.loop = h->loop;
	c.host = "127.0.0.1";
	c.port = h->server->port;
	c.cookie = account ? account_cookie(h->server, account) : NULL;
	return defer(seat_open(&c), end_seat);
}

static struct seat *wall(struct hall *h, const char *account)
{
	struct seat *w = visitor(h, account, &(struct seat_cfg){ .endpoint.feedback = true });
	const char *error = seat_open_wall(w);

	CHECK(!*error, "%s has no wall: %s", account, error);
	CHECK(w->endpoint && endpoint_wait_up(w->endpoint, 5000), "the wall of %s has no media", account);
	return w;
}

static json_t *list(const struct shown *what, size_t n)
{
	json_t *slots = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *row = json_pack("{s:i, s:s, s:s, s:s}", "slot", what[i].slot, "room", what[i].room, "seat", what[i].seat, "source", what[i].source);

		if (what[i].height)
			json_object_set_new(row, "height", json_integer(what[i].height));
		json_array_append_new(slots, row);
	}
	return slots;
}

static const char *show(struct seat *w, const struct shown *what, size_t n)
{
	return seat_do(w, "wall.show", "{s:o}", "slots", list(what, n));
}

#define SHOW(w, ...) show(w, (struct shown[]){ __VA_ARGS__ }, sizeof((struct shown[]){ __VA_ARGS__ }) / sizeof(struct shown))

/* The reason of the first refusal of a slot from `mark` on; "" when none comes. */
static const char *refusal(struct seat *w, size_t mark, int slot)
{
	json_t *ev;

	while ((ev = seat_event(w, mark, "wall.refused", 3000))) {
		if (json_integer_value(json_object_get(ev, "slot")) == slot)
			return json_string_value(json_object_get(ev, "reason"));
		while (json_array_get(w->events, mark) != ev)
			mark++;
		mark++;
	}
	return "";
}

/* What flies when the event arrives may still come; after it not one packet. */
static void check_dark(struct seat *w, uint32_t number, const char *why)
{
	g_usleep(100000);
	CHECK(attendee_hears_nothing(w, number, 500), "%s: packets of %u", why, number);
}

static double looks(const struct hall *h)
{
	return server_metric(h->server, "huitang_looks");
}

/* Rows of looks in the audit log, as the administrator reads it: waits until there are n, then for one too many. */
static size_t records(const struct hall *h, size_t n)
{
	const char *cookie = account_cookie(h->server, "admin");
	size_t found = 0;

	for (unsigned i = 0; i < 600 && found < n; i++) {
		struct http_reply *r = account_ask(h->server, "GET", "/api/v1/audit?act=watch", NULL, cookie, NULL);
		json_t *j = json_loadb(r->body, r->body_len, 0, NULL);

		found = json_array_size(json_object_get(j, "items"));
		json_decref(j);
		g_usleep(found < n ? 50000 : 0);
	}
	return found;
}

/* How many of n requests that are under way at once are over the rate and told when to try again. Takes `fields`. */
static unsigned limited_of(struct seat *s, unsigned n, const char *type, json_t *fields)
{
	g_autofree uint32_t *ids = g_new0(uint32_t, n);
	unsigned limited = 0;

	for (unsigned i = 0; i < n; i++)
		ids[i] = seat_begin(s, type, "O", fields);
	for (unsigned i = 0; i < n; i++) {
		json_t *reply = seat_reply(s, ids[i], 5000);

		limited += !strcmp(seat_error(reply), "rate_limited") && json_integer_value(json_object_get(json_object_get(reply, "error"), "retry_ms")) > 0;
		json_decref(reply);
	}
	json_decref(fields);
	return limited;
}

static void who_may(void)
{
	static const char *const may[] = { "inspector", "host", "cohost", "admin" }, *const may_not[] = { "branch001", "member", "expert" };
	struct hall h;
	struct seat *guest, *refused = NULL;
	unsigned limited;

	REQUIRE(enter(&h, 0));
	for (unsigned i = 0; i < G_N_ELEMENTS(may_not); i++) {
		struct seat *s = visitor(&h, may_not[i], &(struct seat_cfg){ .no_media = true });

		CHECK(!strcmp(seat_open_wall(s), "forbidden"), "%s opens a wall", may_not[i]);
		refused = s;
		CHECK(!strcmp(SHOW(s, { 4, ROOM, h.ann->id, "camera" }), "not_joined"));
	}
	limited = limited_of(refused, 40, "wall.open", json_pack("{s:s}", "profile", "desktop"));
	CHECK(limited >= 5 && limited < 40, "%u of 40 limited", limited);
	guest = visitor(&h, NULL, &(struct seat_cfg){ .no_media = true, .token = defer(server_token(h.server, ROOM, "inspector", NULL, 0), g_free) });
	CHECK(!strcmp(seat_open_wall(guest), "not_signed_in"), "a token opens a wall");
	CHECK(!strcmp(seat_do(h.host, "wall.open", "{s:s}", "profile", "desktop"), "already_joined"));
	for (unsigned i = 0; i < G_N_ELEMENTS(may); i++) {
		struct seat *s = visitor(&h, may[i], &(struct seat_cfg){ .no_media = true });

		CHECK(!*seat_open_wall(s), "%s opens no wall: %s", may[i], seat_error(s->joined));
		CHECK(!strcmp(seat_do(s, "join", "{s:s, s:s, s:b, s:b}", "room", ROOM, "profile", "desktop", "mic", 0, "camera", 0), "already_joined"));
	}
	CHECK(server_metric(h.server, "huitang_walls") == G_N_ELEMENTS(may));
}

static void two_rooms(void)
{
	struct hall h;
	struct seat *w, *carl;
	char *token;

	REQUIRE(enter(&h, 0));
	token = defer(server_token(h.server, CLASS, "participant", "carl", 0), g_free);
	carl = attendee_with(h.server, h.loop, NULL, "carl", &(struct seat_cfg){ .room = CLASS, .token = token, .mic = true, .camera = true, .number = 400 });
	REQUIRE(carl->id[0] && endpoint_wait_up(carl->endpoint, 5000));
	w = wall(&h, "inspector");
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera", 180 }, { 5, CLASS, carl->id, "camera", 720 }, { 0, CLASS, carl->id, "mic" }));
	CHECK(attendee_wait(w, h.ann->id, "camera", 15, 5000), "nothing of the first room");
	CHECK(attendee_wait(w, carl->id, "camera", 15, 5000), "nothing of the second room");
	CHECK(attendee_wait(w, carl->id, "mic", 50, 5000), "no sound");
	CHECK(!strcmp(w->slots[5].room, CLASS) && !strcmp(w->slots[4].room, ROOM), "%s %s", w->slots[5].room, w->slots[4].room);
	CHECK(attendee_sees(w, h.ann->id, "camera").last_source == 201 && attendee_sees(w, carl->id, "camera").last_source == 401);
	CHECK(looks(&h) == 3, "%g looks", looks(&h));
	/* Another place on the same page is the same look. */
	REQUIRE(!*SHOW(w, { 7, ROOM, h.ann->id, "camera" }, { 4, ROOM, h.bob->id, "camera" }));
	CHECK(attendee_wait(w, h.bob->id, "camera", 15, 5000) && attendee_wait(w, h.ann->id, "camera", 15, 5000));
	check_dark(w, 401, "no longer on the page");
	CHECK(looks(&h) == 2 && server_metric(h.server, "huitang_looks_total") == 4);
	/* Three seats, each once in this hour, whatever of them was shown and how often. */
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }, { 5, CLASS, carl->id, "camera" }));
	g_usleep(200000);
	CHECK(records(&h, 3) == 3, "%zu rows", records(&h, 3));
	REQUIRE(!*SHOW(w, { 7, ROOM, h.ann->id, "camera" }, { 4, ROOM, h.bob->id, "camera" }));
	attendee_check(w, 60, "wall");
	seat_pump(h.host);
	CHECK(json_object_size(h.host->roster) == 3 && json_object_size(carl->roster) == 1, "the wall stands in a roster");
	CHECK(!*seat_do(w, "wall.close", "{}"));
	CHECK(looks(&h) == 0 && server_metric(h.server, "huitang_walls") == 0);
}

/* The same words for what is not there and for what may not be seen. */
static void nothing_there(void)
{
	struct hall h;
	struct seat *w;
	size_t mark;

	REQUIRE(enter(&h, 0));
	w = wall(&h, "inspector");
	mark = seat_mark(w);
	REQUIRE(!*SHOW(w, { 4, "no-such-room", h.ann->id, "camera" }, { 5, ROOM, "0123456789abcdef", "camera" }, { 6, CLASS, h.ann->id, "camera" },
		       { 7, ROOM, h.ann->id, "camera" }));
	for (int i = 4; i < 7; i++)
		CHECK(!strcmp(refusal(w, mark, i), "not_found"), "slot %d: %s", i, refusal(w, mark, i));
	CHECK(attendee_wait(w, h.ann->id, "camera", 10, 5000), "the good one of the page is missing");
	CHECK(looks(&h) == 1);
	CHECK(!strcmp(SHOW(w, { 4, ROOM, h.ann->id, "camera" }, { 4, ROOM, h.bob->id, "camera" }), "bad_message"));
	CHECK(!strcmp(SHOW(w, { 4, ROOM, h.ann->id, "mic" }), "bad_message"), "sound in a slot of pictures");
	CHECK(!strcmp(SHOW(w, { 0, ROOM, h.ann->id, "camera" }), "bad_message"));
	CHECK(!strcmp(SHOW(w, { 29, ROOM, h.ann->id, "camera" }), "bad_message"), "a slot that is not there");
}

/* A co-host with a wall is made participant: his wall of that room is dark at once, and only his. */
static void role_taken(void)
{
	struct hall h;
	struct seat *seat, *his, *hers, *carl;
	size_t mark;

	REQUIRE(enter(&h, 0));
	carl = attendee_with(h.server, h.loop, NULL, "carl", &(struct seat_cfg){
		.room = CLASS, .token = defer(server_token(h.server, CLASS, "participant", "carl", 0), g_free), .camera = true, .number = 400 });
	seat = attendee_with(h.server, h.loop, NULL, "", &(struct seat_cfg){ .cookie = account_cookie(h.server, "cohost"), .no_media = true });
	REQUIRE(carl->id[0] && !strcmp(seat->role, "cohost"), "%s", seat->role);
	his = wall(&h, "cohost");
	hers = wall(&h, "inspector");
	REQUIRE(!*SHOW(his, { 4, ROOM, h.ann->id, "camera" }, { 5, CLASS, carl->id, "camera" }, { 0, ROOM, h.ann->id, "mic" }));
	REQUIRE(!*SHOW(hers, { 4, ROOM, h.ann->id, "camera" }));
	REQUIRE(attendee_wait(his, h.ann->id, "camera", 10, 5000) && attendee_wait(hers, h.ann->id, "camera", 10, 5000));
	mark = seat_mark(his);
	CHECK(!*seat_do(h.host, "seat.role", "{s:s, s:s}", "seat", seat->id, "role", "participant"));
	CHECK(!strcmp(refusal(his, mark, 4), "not_found") && !strcmp(refusal(his, mark, 0), "not_found"));
	check_dark(his, 201, "the role was taken");
	check_dark(his, 200, "the role was taken");
	CHECK(attendee_wait(his, carl->id, "camera", 10, 3000), "the other room went dark too");
	CHECK(attendee_wait(hers, h.ann->id, "camera", 10, 3000), "the other wall went dark too");
	mark = seat_mark(his);
	CHECK(!*SHOW(his, { 4, ROOM, h.ann->id, "camera" }, { 5, CLASS, carl->id, "camera" }));
	CHECK(!strcmp(refusal(his, mark, 4), "not_found"), "a participant watches");
	CHECK(!*seat_do(h.host, "seat.role", "{s:s, s:s}", "seat", seat->id, "role", "cohost"));
	CHECK(!*SHOW(his, { 4, ROOM, h.ann->id, "camera" }) && attendee_wait(his, h.ann->id, "camera", 10, 3000), "the role came back");
	mark = seat_mark(his);
	CHECK(!*seat_do(h.host, "seat.remove", "{s:s}", "seat", seat->id));
	CHECK(!strcmp(refusal(his, mark, 4), "not_found"), "who was removed watches on");
	check_dark(his, 201, "removed");
}

static bool is_empty(void *user)
{
	struct seat *w = user;

	seat_pump(w);
	return !w->slots[4].seat[0];
}

static bool is_shown(void *user)
{
	return !is_empty(user);
}

/* What the site or the host switches off is not shown, and comes back by itself. */
static void switched_off(void)
{
	struct hall h;
	struct seat *w;

	REQUIRE(enter(&h, 0));
	w = wall(&h, "inspector");
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }));
	REQUIRE(attendee_wait(w, h.ann->id, "camera", 10, 5000));
	CHECK(!*seat_do(h.ann, "source.set", "{s:s, s:b}", "source", "camera", "on", 0));
	CHECK(wait_until(3000, is_empty, w), "the slot keeps the name of a camera that is off");
	check_dark(w, 201, "switched off by the site");
	CHECK(!*seat_do(h.ann, "source.set", "{s:s, s:b}", "source", "camera", "on", 1));
	CHECK(wait_until(3000, is_shown, w) && attendee_wait(w, h.ann->id, "camera", 10, 5000), "it does not come back");
	CHECK(!*seat_do(h.host, "seat.mute", "{s:s, s:s, s:b}", "seat", h.ann->id, "source", "camera", "self_unmute", 0));
	CHECK(wait_until(3000, is_empty, w));
	check_dark(w, 201, "stopped by the host");
	CHECK(looks(&h) == 1, "a look at a dark camera has ended");
}

static void seat_goes(void)
{
	struct hall h;
	struct seat *w;
	size_t mark;

	REQUIRE(enter(&h, 0));
	w = wall(&h, "inspector");
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }, { 5, ROOM, h.bob->id, "camera" }));
	REQUIRE(attendee_wait(w, h.ann->id, "camera", 10, 5000) && attendee_wait(w, h.bob->id, "camera", 10, 5000));
	mark = seat_mark(w);
	CHECK(!*seat_do(h.ann, "leave", "{}"));
	CHECK(!strcmp(refusal(w, mark, 4), "not_found"), "the seat has left");
	check_dark(w, 201, "left");
	CHECK(looks(&h) == 1);
	/* Her page was loaded anew: the same seat with other media is shown on. */
	CHECK(!*seat_join(h.bob) && attendee_wait(w, h.bob->id, "camera", 10, 5000), "new media of a seat are not shown");
	mark = seat_mark(w);
	CHECK(!*seat_do(h.host, "room.end", "{}"));
	CHECK(!strcmp(refusal(w, mark, 5), "not_found"), "the room has ended");
	check_dark(w, 301, "ended");
	CHECK(looks(&h) == 0);
	mark = seat_mark(w);
	CHECK(!*SHOW(w, { 4, ROOM, h.bob->id, "camera" }));
	CHECK(!strcmp(refusal(w, mark, 4), "not_found"));
}

static void socket_dies(void)
{
	struct hall h;
	struct seat *w, *thief;
	uint32_t frames;

	REQUIRE(enter(&h, 0));
	w = wall(&h, "inspector");
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }, { 5, ROOM, h.bob->id, "camera" }));
	REQUIRE(attendee_wait(w, h.ann->id, "camera", 10, 5000));
	seat_cut(w);
	frames = attendee_sees(w, h.ann->id, "camera").frames;
	CHECK(attendee_wait(w, h.ann->id, "camera", 10, 3000), "media stopped with the socket");
	CHECK(!*seat_do(h.bob, "leave", "{}"));
	thief = visitor(&h, "cohost", &(struct seat_cfg){ .no_media = true });
	memcpy(thief->resume, w->resume, sizeof(thief->resume));
	CHECK(!strcmp(seat_resume(thief), "resume_refused"), "another account took the wall: %s", seat_error(thief->hello));
	CHECK(!*seat_resume(w), "%s", seat_error(w->hello));
	CHECK(json_is_true(json_object_get(w->hello, "media_alive")));
	CHECK(seat_event(w, 0, "wall.refused", 2000) && w->wrong_seqs == 0, "what was missed did not come");
	CHECK(attendee_sees(w, h.ann->id, "camera").frames > frames && attendee_wait(w, h.ann->id, "camera", 10, 3000));
	CHECK(!*SHOW(w, { 6, ROOM, h.ann->id, "camera" }) && attendee_wait(w, h.ann->id, "camera", 10, 3000));
	attendee_check(w, 60, "wall");
}

/* The cookie's own session is not another of the same account. */
static void signed_out(void)
{
	struct hall h;
	struct seat *w, *away, *other, *seated, *idle;
	const char *cookie;
	json_t *ended;

	REQUIRE(enter(&h, 0));
	w = wall(&h, "inspector");
	cookie = w->cfg.cookie;
	other = wall(&h, "inspector");
	away = defer(seat_open(&w->cfg), end_seat);
	idle = defer(seat_open(&w->cfg), end_seat);
	REQUIRE(!*seat_open_wall(away) && endpoint_wait_up(away->endpoint, 5000));
	seated = attendee_with(h.server, h.loop, NULL, "", &(struct seat_cfg){ .cookie = cookie, .room = CLASS, .no_media = true });
	REQUIRE(seated->id[0], "the inspector is not let in: %s", seat_error(seated->joined));
	for (unsigned i = 0; i < 3; i++)
		REQUIRE(!*SHOW(((struct seat *[]){ w, other, away })[i], { 4, ROOM, h.ann->id, "camera" }));
	REQUIRE(attendee_wait(w, h.ann->id, "camera", 10, 5000) && attendee_wait(away, h.ann->id, "camera", 10, 5000));
	seat_cut(away);
	CHECK(account_ask(h.server, "DELETE", "/api/v1/session", NULL, cookie, NULL)->status == 204);
	ended = seat_event(w, 0, "ended", 3000);
	CHECK(ended && !strcmp(json_string_value(json_object_get(ended, "reason")), "signed_out"), "the wall is not told");
	ended = seat_event(seated, 0, "ended", 3000);
	CHECK(ended && !strcmp(json_string_value(json_object_get(ended, "reason")), "signed_out"), "the seat is not told");
	check_dark(w, 201, "signed out");
	CHECK(attendee_hears_nothing(away, 201, 500), "a wall that is away watches on");
	CHECK(!strcmp(seat_do(idle, "wall.open", "{s:s}", "profile", "desktop"), "timeout"), "an open socket is still signed in");
	CHECK(attendee_wait(other, h.ann->id, "camera", 10, 3000), "another sign-in of the account went dark, too");
	CHECK(server_metric(h.server, "huitang_walls") == 1 && looks(&h) == 1);
	CHECK(!strcmp(seat_resume(w), "not_signed_in"), "who was signed out comes back: %s", seat_error(w->hello));
}

static void new_ways(void)
{
	struct hall h;
	struct seat *w;

	REQUIRE(enter(&h, 0));
	w = wall(&h, "inspector");
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }));
	REQUIRE(attendee_wait(w, h.ann->id, "camera", 10, 5000));
	CHECK(!*seat_restart(w));
	CHECK(attendee_wait(w, h.ann->id, "camera", 30, 6000), "nothing after the restart");
	attendee_check(w, 60, "wall");
	/* As after media.down with rejoin: a new path, and what was shown is shown again. */
	CHECK(!*seat_open_wall(w) && endpoint_wait_up(w->endpoint, 5000));
	CHECK(attendee_wait(w, h.ann->id, "camera", 10, 6000), "the new path is dark");
	CHECK(server_metric(h.server, "huitang_walls") == 1 && looks(&h) == 1);
}

/* It lies as much as it can. */
static void sends(void)
{
	struct hall h;
	struct seat *w;
	double stopped;

	REQUIRE(enter(&h, 0));
	w = visitor(&h, "host", &(struct seat_cfg){ .mic = true, .camera = true, .number = 500 });
	REQUIRE(!*seat_open_wall(w) && endpoint_wait_up(w->endpoint, 5000));
	attendee_speak(w, 5);
	CHECK(!strcmp(seat_do(w, "source.set", "{s:s, s:b}", "source", "camera", "on", 1), "not_joined"));
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }) && attendee_wait(w, h.ann->id, "camera", 10, 5000));
	stopped = server_metric(h.server, "huitang_media_dropped_total{reason=\"muted\"}");
	CHECK(attendee_hears_nothing(h.ann, 500, 500) && attendee_hears_nothing(h.ann, 501, 100), "a wall is forwarded");
	CHECK(server_metric(h.server, "huitang_media_dropped_total{reason=\"muted\"}") - stopped >= 10, "not stopped at the door");
}

static void bounds(void)
{
	struct hall h;
	struct seat *walls[5];
	unsigned limited;

	REQUIRE(enter(&h, 0));
	for (unsigned i = 0; i < 5; i++)
		walls[i] = visitor(&h, "inspector", &(struct seat_cfg){ .no_media = true });
	for (unsigned i = 0; i < 4; i++)
		CHECK(!*seat_open_wall(walls[i]));
	CHECK(!strcmp(seat_open_wall(walls[4]), "overloaded"), "a fifth wall: %s", seat_error(walls[4]->joined));
	seat_cut(walls[1]);
	g_usleep(200000); /* the server learns of it */
	CHECK(!*seat_open_wall(walls[4]), "one without a socket keeps a place: %s", seat_error(walls[4]->joined));
	CHECK(!strcmp(seat_resume(walls[1]), "not resumed"));
	CHECK(server_metric(h.server, "huitang_walls") == 4);
	limited = limited_of(walls[0], 60, "wall.show", json_pack("{s:o}", "slots", list(&(struct shown){ 4, ROOM, h.ann->id, "camera", 0 }, 1)));
	CHECK(limited >= 10 && limited < 60, "%u of 60 pages limited", limited);
}

/* A room on another worker. */
static void workers(void)
{
	struct hall h;
	struct seat *w, *carl;
	size_t mark;

	REQUIRE(enter(&h, 2));
	carl = attendee_with(h.server, h.loop, NULL, "carl", &(struct seat_cfg){
		.room = CLASS, .token = defer(server_token(h.server, CLASS, "participant", "carl", 0), g_free), .camera = true, .number = 400 });
	REQUIRE(carl->id[0] && endpoint_wait_up(carl->endpoint, 5000));
	w = wall(&h, "inspector");
	mark = seat_mark(w);
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }, { 5, CLASS, carl->id, "camera" }));
	CHECK(attendee_wait(w, h.ann->id, "camera", 10, 5000), "its own worker's room is not shown");
	CHECK(attendee_wait(w, carl->id, "camera", 10, 5000), "the other worker's room is not shown");
	CHECK(seat_no_event(w, mark, "wall.refused", 100));
	CHECK(looks(&h) == 2);
	CHECK(server_metric(h.server, "huitang_media_mirrors") == 1);
}

/* The next word about looks behind `mark`, which goes behind it. NULL: none. */
static json_t *told(struct seat *s, size_t *mark, int timeout_ms)
{
	json_t *ev = seat_event(s, *mark, "looks", timeout_ms);

	while (ev && json_array_get(s->events, (*mark)++) != ev)
		;
	return ev;
}

static bool is_looked_at(const json_t *looks)
{
	return json_is_true(json_object_get(looks, "looking"));
}

static const char *first_org(const json_t *looks)
{
	const char *name = json_string_value(json_array_get(json_object_get(looks, "orgs"), 0));

	return name ? name : "";
}

static void set_telling(struct hall *h, const char *value)
{
	g_autofree char *body = g_strdup_printf("{\"key\":\"tell_sites_of_looks\",\"value\":\"%s\",\"why\":\"test\"}", value);
	struct http_reply *r = account_ask(h->server, "POST", "/api/v1/orgs/1/policy", body, account_cookie(h->server, "admin"), NULL);

	CHECK(r->status == 200, "%ld %s", r->status, r->body);
}

static void sites_are_told(void)
{
	struct hall h;
	struct seat *site, *first, *second;
	g_autofree char *said = NULL;
	size_t mark, bobs;
	json_t *looks;

	REQUIRE(enter(&h, 0));
	site = attendee_with(h.server, h.loop, NULL, "site", &(struct seat_cfg){ .cookie = account_cookie(h.server, "branch001"), .mic = true, .camera = true, .number = 500 });
	REQUIRE(site->id[0]);
	mark = seat_mark(site);
	bobs = seat_mark(h.bob);
	first = wall(&h, "inspector");
	REQUIRE(!*SHOW(first, { 4, ROOM, site->id, "camera" }, { 0, ROOM, site->id, "mic" }));
	looks = told(site, &mark, 3000);
	said = json_dumps(looks, 0);
	CHECK(is_looked_at(looks) && *first_org(looks), "%s", said);
	/* Another of the same organisation and another source change nothing that is told. */
	second = wall(&h, "inspector");
	REQUIRE(!*SHOW(second, { 4, ROOM, site->id, "camera" }));
	REQUIRE(!*SHOW(first, { 4, ROOM, site->id, "camera" }));
	CHECK(!*seat_do(second, "wall.close", "{}"));
	CHECK(seat_no_event(site, mark, "looks", 500), "told again what it knew");
	/* A page that is loaded anew is told anew. */
	seat_cut(site);
	CHECK(!*seat_resume(site) && !*seat_join(site));
	CHECK(is_looked_at(told(site, &mark, 3000)), "a new page does not know");
	/* Policy is heeded while it lasts. */
	set_telling(&h, "off");
	looks = told(site, &mark, 3000);
	CHECK(looks && !is_looked_at(looks));
	set_telling(&h, "on");
	CHECK(is_looked_at(told(site, &mark, 3000)));
	REQUIRE(!*SHOW(first, { 4, ROOM, h.ann->id, "camera" }));
	looks = told(site, &mark, 3000);
	CHECK(looks && !is_looked_at(looks) && !*first_org(looks));
	CHECK(seat_no_event(h.bob, bobs, "looks", 300), "told to whom nobody looks at");
	mark = seat_mark(h.ann);
	CHECK(!*seat_do(first, "wall.close", "{}"));
	looks = told(h.ann, &mark, 3000);
	CHECK(looks && !is_looked_at(looks), "the end of a wall is the end of its looks");
	CHECK(strstr(account_ask(h.server, "GET", "/api/v1/audit?act=watch", NULL, account_cookie(h.server, "admin"), NULL)->body, "\"told\":true") != NULL);
}

/* Where policy says no from the beginning, nothing is told, and all is recorded. */
static void sites_are_not_told(void)
{
	struct hall h;
	struct seat *w;
	size_t mark;

	REQUIRE(enter(&h, 0));
	set_telling(&h, "off");
	mark = seat_mark(h.ann);
	w = wall(&h, "inspector");
	REQUIRE(!*SHOW(w, { 4, ROOM, h.ann->id, "camera" }) && attendee_wait(w, h.ann->id, "camera", 10, 5000));
	CHECK(records(&h, 1) == 1);
	CHECK(seat_no_event(h.ann, mark, "looks", 500));
}

/* Pages. */

struct town {
	struct hall hall;
	struct whip *sites[2 * PAGE];
	char ids[2 * PAGE][33];
};

static bool all_there(void *user)
{
	struct town *t = user;
	const char *id;
	json_t *row;
	unsigned n = 0;

	seat_pump(t->hall.host);
	json_object_foreach(t->hall.host->roster, id, row) {
		const char *name = json_string_value(json_object_get(row, "name"));

		if (name && g_str_has_prefix(name, "site")) {
			g_strlcpy(t->ids[atoi(name + 4)], id, sizeof(t->ids[0]));
			n++;
		}
	}
	return n == 2 * PAGE;
}

/* Fifty sites, each a camera of its own number. */
static bool open_town(struct town *t)
{
	t->hall.server = server_stage();
	if (!t->hall.server)
		return false;
	t->hall.loop = stage_loop();
	t->hall.host = attendee_with(t->hall.server, t->hall.loop, "host", "chair", &(struct seat_cfg){ .no_media = true });
	for (unsigned i = 0; i < 2 * PAGE; i++) {
		g_autofree char *name = g_strdup_printf("site%u", i);
		char *token = defer(server_token(t->hall.server, ROOM, "presenter", name, 0), g_free);

		t->sites[i] = publisher_open(t->hall.server, t->hall.loop, ROOM, token, &(struct publisher_cfg){
			.number = 1000 + 10 * i, .no_audio = true, .video_us = 66666, .packets = 2, .body_bytes = 600, .numbers = VP8_ALL_NUMBERS });
		if (t->sites[i]->status != 201)
			return false;
	}
	return wait_until(10000, all_there, t);
}

static unsigned count_shown(struct town *t, struct seat *w, unsigned page, int64_t begin, int64_t *took_us)
{
	unsigned n = 0;

	loop_lock(t->hall.loop);
	for (unsigned i = 0; i < PAGE; i++) {
		struct sink *k = seat_sink(w, (int)(FIRST_VIDEO + i));

		if (!took_us[i] && k && sink_stats(k)->last_source == 1001 + 10 * (page * PAGE + i))
			took_us[i] = now_us() - begin;
		n += took_us[i] > 0;
	}
	loop_unlock(t->hall.loop);
	return n;
}

/* Of those that are not shown, without those which the client knows to be too much for its line: it waits for them in vain. */
static unsigned count_silent(struct seat *w, const int64_t *took_us)
{
	unsigned n = 0;

	seat_pump(w);
	for (unsigned i = 0; i < PAGE; i++) {
		const struct slot_state *s = &w->slots[FIRST_VIDEO + i];

		n += !took_us[i] && (s->suspended != s->binding || !s->binding);
	}
	return n;
}

/* From the request to the first packet of each picture. Returns how many came. */
static unsigned turn_page(struct town *t, struct seat *w, unsigned page, int64_t *took_us)
{
	struct shown what[PAGE];
	int64_t begin = now_us();

	for (unsigned i = 0; i < PAGE; i++)
		what[i] = (struct shown){ (int)(FIRST_VIDEO + i), ROOM, t->ids[page * PAGE + i], "camera", 180 };
	CHECK(!*show(w, what, PAGE));
	while (count_shown(t, w, page, begin, took_us) < PAGE && (count_silent(w, took_us) > 0 ? now_us() - begin < SILENT_US : now_us() - begin < SUSPENDED_US))
		g_usleep(1000);
	return count_shown(t, w, page, begin, took_us);
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Zeros are of pictures for which a starved machine's line had no room. */
static void tell_times(const char *what, int64_t *took_us, size_t n)
{
	size_t none = 0;

	qsort(took_us, n, sizeof(took_us[0]), compare_times);
	while (none < n && took_us[none] == 0)
		none++;
	took_us += none;
	n -= none;
	REQUIRE(n > 0, "%s: none", what);
	stage_note("%s: median %.0f ms, p95 %.0f ms, last %.0f ms of %zu, %zu suspended", what, (double)took_us[n / 2] / 1e3,
		   (double)took_us[n * 95 / 100] / 1e3, (double)took_us[n - 1] / 1e3, n, none);
}

static void pages(void)
{
	static struct town t;
	struct seat *w;
	int64_t took_us[TURNS * PAGE] = { 0 };
	unsigned there = 0;

	memset(&t, 0, sizeof(t));
	REQUIRE(open_town(&t), "not all sites came");
	w = wall(&t.hall, "inspector");
	for (unsigned i = 0; i < TURNS; i++) {
		int64_t *took = took_us + (size_t)i * PAGE;

		there += turn_page(&t, w, i % 2, took);
		CHECK(count_silent(w, took) == 0, "%u of %u pictures of page %u neither came nor were suspended", count_silent(w, took), PAGE, i % 2);
		g_usleep(1500000); /* kept keyframes of the last page are too old then */
	}
	CHECK(there >= TURNS * PAGE / 2, "%u of %u pictures", there, TURNS * PAGE);
	/* The first is of a line that nobody has measured yet. */
	tell_times("first pictures of the first page", took_us, PAGE);
	tell_times("first pictures of a page that is turned to", took_us + PAGE, (TURNS - 1) * PAGE);
	CHECK(looks(&t.hall) == PAGE);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "who leads or inspects a room may open a wall, and nobody else", who_may },
		{ "a wall shows seats of two rooms, and stands in no roster", two_rooms },
		{ "what is not there and what is not yours are refused alike", nothing_there },
		{ "a role that is taken away ends the packets at once, there and only there", role_taken },
		{ "a camera that is switched off is not shown, and comes back by itself", switched_off },
		{ "a seat that leaves and a room that ends leave the wall", seat_goes },
		{ "a wall whose socket dies goes on, for its account only", socket_dies },
		{ "signing out ends the walls, seats and sockets of that sign-in, and of no other", signed_out },
		{ "ICE restart, and a new path for a dead one, keep what is shown", new_ways },
		{ "a wall cannot publish", sends },
		{ "walls and pages are bounded", bounds },
		{ "a room on another worker is shown, too", workers },
		{ "who is looked at is told for which organisations, while it lasts and policy wants it", sites_are_told },
		{ "where policy does not want it looks are recorded and not told", sites_are_not_told },
		{ "a page of 25 gives way to another", pages },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
