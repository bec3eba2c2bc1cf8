/* Who speaks and who is shown, over the wire and at the packet: hands, the floor, the stage, the spotlight, rules for sources; and who is host when a line dies. */
#include <glib.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/cast.h"
#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const char *text_of(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

struct wanted {
	struct seat *seat;
	const char *field, *value;      /* of the room; "" none */
};

static const char *room_text(struct seat *s, const char *field)
{
	const json_t *value;

	seat_pump(s);
	value = json_object_get(s->room, field);
	return json_is_object(value) ? text_of(value, "seat") : json_is_array(value) ? (json_string_value(json_array_get(value, 0)) ?: "") : text_of(s->room, field);
}

static bool room_says(void *user)
{
	struct wanted *w = user;

	return !strcmp(room_text(w->seat, w->field), w->value);
}

/* `field` is that seat: of the floor its holder, of the stage the first. */
static bool wait_room(struct seat *s, const char *field, const char *value)
{
	struct wanted w = { s, field, value };

	return wait_until(6000, room_says, &w);
}

static const json_t *last_hands(struct seat *s)
{
	const json_t *found = NULL, *ev;
	size_t i;

	seat_pump(s);
	json_array_foreach(s->events, i, ev)
		if (!strcmp(text_of(ev, "event"), "hands"))
			found = json_object_get(ev, "hands");
	return found;
}

struct hands_up {
	struct seat *seat;
	size_t n;
};

static bool are_up(void *user)
{
	struct hands_up *w = user;
	const json_t *hands = last_hands(w->seat);

	return hands && json_array_size(json_object_get(hands, "hands")) == w->n;
}

static bool wait_hands(struct seat *s, size_t n)
{
	struct hands_up w = { s, n };

	return wait_until(3000, are_up, &w);
}

static void hands_in_order(void)
{
	struct cast c;
	struct seat *expert;
	const json_t *hands, *first;

	REQUIRE(cast_enter(&c));
	expert = attendee_with(c.server, c.loop, "presenter", "expert", &(struct seat_cfg){ .no_media = true });
	CHECK(!*seat_do(c.bob, "hand.raise", "{s:s}", "speaker", "李四"));
	CHECK(!*seat_do(c.ann, "hand.raise", "{}"));
	CHECK(!*seat_do(c.bob, "hand.raise", "{s:s}", "speaker", "李四"), "the same again");
	REQUIRE(wait_hands(c.host, 2) && wait_hands(expert, 2));
	hands = last_hands(c.host);
	first = json_array_get(json_object_get(hands, "hands"), 0);
	CHECK(!strcmp(text_of(first, "seat"), c.bob->id) && !strcmp(text_of(first, "speaker"), "李四"), "first raised, first in the queue");
	CHECK(wait_hands(c.ann, 1) && json_integer_value(json_object_get(last_hands(c.ann), "place")) == 2, "one's own place and no more");
	CHECK(!strcmp(seat_do(c.ann, "hand.lower", "{s:s}", "seat", c.bob->id), "forbidden"));
	CHECK(!strcmp(seat_do(c.ann, "hand.raise", "{s:s}", "speaker", "a\nb"), "bad_message"));
	CHECK(!*seat_do(c.host, "hand.lower", "{s:s}", "seat", c.bob->id));
	CHECK(wait_hands(c.host, 1) && wait_hands(c.bob, 0), "who was lowered is told");
	CHECK(!*seat_do(c.ann, "hand.lower", "{}") && wait_hands(c.host, 0));
	CHECK(server_metric(c.server, "huitang_hands_raised_total") == 2);
}

/* Muted, given the floor, shut by the clock: at the packet. */
static void the_floor(void)
{
	struct cast c;

	REQUIRE(cast_enter(&c));
	attendee_speak(c.ann, 20);
	REQUIRE(attendee_wait(c.bob, c.ann->id, "mic", 10, 5000));
	CHECK(!*seat_do(c.host, "room.mute_all", "{s:b}", "self_unmute", 0));
	CHECK(attendee_hears_nothing(c.bob, 200, 300));
	CHECK(!*seat_do(c.ann, "hand.raise", "{s:s}", "speaker", "张三"));
	CHECK(!strcmp(seat_do(c.bob, "floor.give", "{s:s, s:i}", "seat", c.bob->id, "span_s", 60), "forbidden"));
	CHECK(!strcmp(seat_do(c.host, "floor.extend", "{s:s, s:i}", "seat", c.ann->id, "span_s", 60), "no_floor"));
	CHECK(!strcmp(seat_do(c.host, "floor.give", "{s:s, s:i}", "seat", "0000000000000000", "span_s", 60), "no_such_seat"));
	CHECK(!*seat_do(c.host, "floor.give", "{s:s, s:i}", "seat", c.ann->id, "span_s", 8));
	CHECK(wait_room(c.bob, "floor", c.ann->id) && !strcmp(text_of(json_object_get(c.bob->room, "floor"), "speaker"), "张三"));
	CHECK(wait_hands(c.host, 0), "the hand is down");
	CHECK(!*seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1), "open whatever is muted");
	CHECK(attendee_wait(c.bob, c.ann->id, "mic", 10, 3000), "heard");
	CHECK(wait_room(c.bob, "floor", ""), "the server's clock ends it");
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "mic", false, 2000));
	CHECK(attendee_hears_nothing(c.bob, 200, 400), "forwarded after the turn");
	CHECK(!strcmp(seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1), "blocked_by_host"));
	CHECK(!*seat_do(c.host, "floor.give", "{s:s, s:i}", "seat", c.ann->id, "span_s", 600));
	CHECK(!*seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1));
	CHECK(attendee_wait(c.bob, c.ann->id, "mic", 10, 3000));
	CHECK(!*seat_do(c.host, "floor.end", "{s:s}", "seat", c.ann->id), "taken back");
	CHECK(attendee_hears_nothing(c.bob, 200, 300));
	CHECK(!*seat_do(c.host, "floor.end", "{s:s}", "seat", c.ann->id), "the same again");
	CHECK(!*seat_do(c.host, "floor.give", "{s:s, s:i}", "seat", c.bob->id, "span_s", 600) && wait_room(c.ann, "floor", c.bob->id));
	CHECK(!*seat_do(c.host, "floor.give", "{s:s, s:i}", "seat", c.ann->id, "span_s", 600) && wait_room(c.bob, "floor", c.ann->id), "passed on");
	CHECK(server_metric(c.server, "huitang_floors_given_total") == 4);
}

/* Ann has the floor for so long; the server is killed, and all come back. */
static bool kill_in_a_turn(struct cast *c, int span_s)
{
	const struct seat_cfg ann = c->ann->cfg, host = c->host->cfg, bob = c->bob->cfg;

	CHECK(!*seat_do(c->host, "floor.give", "{s:s, s:i}", "seat", c->ann->id, "span_s", span_s));
	CHECK(server_end(c->server, SIGKILL) != -1 && server_restart(c->server));
	c->ann = attendee_with(c->server, c->loop, NULL, NULL, &ann);
	c->bob = attendee_with(c->server, c->loop, NULL, NULL, &bob);
	c->host = attendee_with(c->server, c->loop, NULL, NULL, &host);
	return c->ann->id[0] && c->host->id[0] && c->bob->id[0];
}

/* A turn outlives the server: seats come back to it, hands and stage, and the clock still ends it. */
static void killed_in_a_turn(void)
{
	struct cast c;
	int64_t begin;
	int span_s = 6;

	REQUIRE(cast_enter(&c));
	CHECK(!*seat_do(c.host, "room.mute_all", "{s:b}", "self_unmute", 0));
	CHECK(!*seat_do(c.bob, "hand.raise", "{s:s}", "speaker", "李四"));
	CHECK(!*seat_do(c.host, "source.rule", "{s:s, s:s, s:s}", "source", "screen", "rule", "deny", "role", "participant"));
	CHECK(!*seat_do(c.host, "stage.set", "{s:s, s:b}", "seat", c.bob->id, "on", 1));
	do {                    /* a slow machine is not back in time: a longer turn */
		span_s *= 2;
		begin = now_us();
		REQUIRE(kill_in_a_turn(&c, span_s));
	} while (now_us() - begin > span_s * 500000 && span_s < 90);
	CHECK(!strcmp(c.host->role, "host"));
	CHECK(!strcmp(room_text(c.host, "floor"), c.ann->id) || wait_room(c.host, "floor", c.ann->id), "the floor");
	CHECK(!strcmp(room_text(c.host, "stage"), c.bob->id) || wait_room(c.host, "stage", c.bob->id), "the stage");
	CHECK(json_integer_value(json_object_get(json_object_get(c.host->joined, "hands"), "up")) == 1, "the hand");
	CHECK(!strcmp(seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "screen", "on", 1), "blocked_by_host"), "the rule");
	CHECK(!*seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1));
	CHECK(wait_until(1000 * span_s + 2000, room_says, &(struct wanted){ c.host, "floor", "" }), "by the clock");
	CHECK(!strcmp(seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1), "blocked_by_host"));
}

static bool has_stage(void *user)
{
	return *room_text(user, "stage");
}

/* Each sees the stage without asking, the cut has no hole, and who is sent down is gone. */
static void the_stage(void)
{
	struct cast c;
	struct sink_stats before, after;
	struct whip *studio;
	g_autofree char *token = NULL;
	int slot;

	REQUIRE(cast_enter(&c));
	token = server_token(c.server, ROOM, "presenter", "studio", 0);
	studio = publisher_open(c.server, c.loop, ROOM, token, &(struct publisher_cfg){ .number = 500 });
	REQUIRE(studio->status == 201);
	CHECK(wait_until(6000, has_stage, c.ann), "the studio is on the stage from the start");
	CHECK(!*seat_do(c.ann, "watch", "{s:[{s:s, s:s}]}", "items", "seat", c.host->id, "source", "camera"));
	REQUIRE(attendee_wait(c.ann, c.host->id, "camera", 5, 4000));
	CHECK(!strcmp(seat_do(c.ann, "stage.set", "{s:s, s:b}", "seat", c.bob->id, "on", 1), "forbidden"));
	before = attendee_sees(c.ann, c.host->id, "camera");
	CHECK(!*seat_do(c.host, "stage.set", "{s:s, s:b}", "seat", c.bob->id, "on", 1));
	CHECK(wait_room(c.ann, "stage", c.bob->id));
	CHECK(attendee_wait(c.ann, c.bob->id, "camera", 10, 4000), "all see it, whatever they watch");
	CHECK(attendee_wait(c.ann, c.host->id, "camera", 5, 3000));
	after = attendee_sees(c.ann, c.host->id, "camera");
	CHECK(after.frames > before.frames && after.bad_starts == 0);
	slot = seat_slot_of(c.ann, c.bob->id, "camera");
	CHECK(slot >= 0 && c.ann->slots[slot].switched == c.ann->slots[slot].binding, "from a keyframe");
	CHECK(!*seat_do(c.host, "stage.set", "{s:s, s:b}", "seat", c.bob->id, "on", 0));
	CHECK(attendee_hears_nothing(c.ann, 301, 500) || attendee_hears_nothing(c.ann, 301, 500), "sent down, and not watched");
	CHECK(!*seat_do(c.host, "spotlight.set", "{s:s, s:b}", "seat", c.bob->id, "on", 1));
	CHECK(wait_room(c.ann, "spotlight", c.bob->id) && attendee_wait(c.ann, c.bob->id, "camera", 10, 4000), "broadcast to all");
	CHECK(!*seat_do(c.ann, "watch", "{s:[]}", "items"));
	CHECK(attendee_hears_nothing(c.ann, 301, 500) || attendee_hears_nothing(c.ann, 301, 500), "a page that nobody sees gets no pictures");
	CHECK(!*seat_do(c.host, "spotlight.set", "{s:s, s:b}", "seat", c.bob->id, "on", 0) && wait_room(c.ann, "spotlight", ""));
	attendee_check(c.ann, 150, "ann");
}

/* The best layer of a site that nobody watches rests; on the stage it is asked for before the cut, and the cut shows it at once. */
static void the_best_layer_before_the_cut(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	struct seat *host, *site, *viewer;
	const json_t *layers;
	size_t mark;

	REQUIRE(s);
	host = attendee(s, l, "host", "chair", 100);
	site = attendee_with(s, l, "participant", "site", &(struct seat_cfg){ .camera = true, .number = 200, .simulcast = true });
	viewer = attendee_with(s, l, "participant", "viewer", &(struct seat_cfg){ 0 });
	REQUIRE(host->id[0] && site->id[0] && viewer->id[0]);
	CHECK(!*seat_do(host, "watch", "{s:[]}", "items") && !*seat_do(viewer, "watch", "{s:[{s:s, s:s}]}", "items", "seat", host->id, "source", "camera"));
	layers = seat_event(site, 0, "source.layers", 12000);
	REQUIRE(layers, "nobody watches, and the site is not told");
	mark = seat_mark(site);
	CHECK(!*seat_do(host, "stage.set", "{s:s, s:b}", "seat", site->id, "on", 1));
	layers = seat_event(site, mark, "source.layers", 2000);
	CHECK(layers && json_array_size(json_object_get(layers, "layers")) >= 2, "the best layer is asked for");
	CHECK(wait_room(viewer, "stage", site->id) && attendee_wait(viewer, site->id, "camera", 5, 4000));
	attendee_check(viewer, 150, "viewer");
}

/* By role, subtree and site, for who is here and who comes later: at the packet. */
static void rules_for_sources(void)
{
	struct hall h;
	struct seat *late;
	json_t *reply, *places;

	REQUIRE(hall_open(&h));
	CHECK(!*seat_do(h.host, "class.open", "{}"));
	REQUIRE(attendee_wait(h.host, h.site->id, "camera", 5, 6000));
	CHECK(!strcmp(seat_do(h.site, "source.rule", "{s:s, s:s, s:s}", "source", "camera", "rule", "deny", "role", "participant"), "forbidden"));
	CHECK(!strcmp(seat_do(h.host, "source.rule", "{s:s, s:s}", "source", "camera", "rule", "deny"), "bad_message"));
	reply = seat_ask(h.host, "source.rule", "{s:s, s:s, s:i, s:b}", "source", "camera", "rule", "deny", "org", 1, "subtree", 1);
	CHECK(json_integer_value(json_object_get(reply, "changed")) == 1, "%s", seat_error(reply));
	json_decref(reply);
	CHECK(attendee_hears_nothing(h.host, 201, 500), "a subtree's camera is forwarded");
	CHECK(!strcmp(seat_do(h.site, "source.set", "{s:s, s:b}", "source", "camera", "on", 1), "blocked_by_host"));
	late = attendee_with(h.admin.server, h.loop, NULL, NULL, &(struct seat_cfg){ .room = h.room, .cookie = account_cookie(h.admin.server, "branch002"), .camera = true, .number = 300 });
	REQUIRE(late->id[0]);
	CHECK(attendee_hears_nothing(h.host, 301, 500), "one who came later is forwarded");
	places = seat_ask(h.host, "source.places", "{}");
	CHECK(json_array_size(json_object_get(places, "places")) >= 3, "%s", seat_error(places));
	json_decref(places);
	CHECK(!*seat_do(h.host, "source.rule", "{s:s, s:s, s:i}", "source", "camera", "rule", "allow", "org", SITE));
	CHECK(!*seat_do(h.site, "source.set", "{s:s, s:b}", "source", "camera", "on", 1));
	CHECK(attendee_wait(h.host, h.site->id, "camera", 5, 5000), "the nearest rule holds");
	CHECK(!strcmp(seat_do(late, "source.set", "{s:s, s:b}", "source", "camera", "on", 1), "blocked_by_host"));
	CHECK(!*seat_do(h.host, "source.rule", "{s:s, s:s, s:i, s:b}", "source", "camera", "rule", "clear", "org", 1, "subtree", 1));
	CHECK(!*seat_do(late, "source.set", "{s:s, s:b}", "source", "camera", "on", 1));
	CHECK(attendee_wait(h.host, late->id, "camera", 5, 5000));
}

static void chat_to_the_host(void)
{
	struct cast c;
	struct seat *later;
	size_t mark;

	REQUIRE(cast_enter(&c));
	mark = seat_mark(c.bob);
	CHECK(!*seat_do(c.ann, "chat.send", "{s:s, s:s}", "text", "听不清", "to", "host"));
	CHECK(seat_event(c.host, 0, "chat.line", 2000) != NULL && seat_event(c.ann, 0, "chat.line", 2000) != NULL);
	CHECK(!*seat_do(c.ann, "chat.send", "{s:s}", "text", "大家好"));
	CHECK(!strcmp(text_of(json_object_get(seat_event(c.bob, mark, "chat.line", 2000), "line"), "text"), "大家好"), "another reads what is for the host");
	later = attendee_with(c.server, c.loop, "participant", "later", &(struct seat_cfg){ .no_media = true });
	CHECK(json_array_size(json_object_get(later->joined, "chat")) == 1);
}

static unsigned hosts(struct seat *s)
{
	const char *key;
	json_t *row;
	unsigned n = 0;

	seat_pump(s);
	json_object_foreach(s->roster, key, row)
		n += !strcmp(text_of(row, "role"), "host");
	return n;
}

/* The line dies, a co-host acts, the host comes back. */
static void succession(void)
{
	struct cast c;

	REQUIRE(cast_enter(&c));
	CHECK(!*seat_do(c.host, "seat.role", "{s:s, s:s}", "seat", c.ann->id, "role", "cohost"));
	seat_cut(c.host);
	CHECK(attendee_wait_field(c.bob, c.host->id, "presence", "away", 2000));
	CHECK(hosts(c.bob) == 1, "%u", hosts(c.bob));
	CHECK(attendee_wait_field(c.bob, c.ann->id, "role", "host", 20000), "nobody took over");
	CHECK(hosts(c.bob) == 1, "%u", hosts(c.bob));
	CHECK(wait_room(c.bob, "host", c.ann->id));
	CHECK(!*seat_resume(c.host));
	CHECK(attendee_wait_field(c.bob, c.host->id, "role", "host", 2000), "not host again");
	CHECK(attendee_wait_field(c.bob, c.ann->id, "role", "cohost", 2000) && hosts(c.bob) == 1);
	CHECK(!*seat_do(c.host, "leave", "{}"));
	CHECK(attendee_wait_field(c.bob, c.ann->id, "role", "host", 2000), "who leaves is succeeded at once");
	CHECK(!*seat_do(c.ann, "leave", "{}") && wait_room(c.bob, "host", ""), "nobody may, and the room says so");
	CHECK(server_metric(c.server, "huitang_host_successions_total") == 3);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "hands stand in order, with their speakers for who calls them", hands_in_order },
		{ "the floor opens a microphone until the server's clock shuts it", the_floor },
		{ "a turn, hands, stage and rules survive kill -9", killed_in_a_turn },
		{ "the stage and the spotlight are seen by all, cut to from a keyframe", the_stage },
		{ "the best layer is asked for before the cut", the_best_layer_before_the_cut },
		{ "who may not send by a rule is not forwarded", rules_for_sources },
		{ "what is written to the host is read by who leads", chat_to_the_host },
		{ "a host whose line dies is succeeded, and is host again", succession },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
