/* A room by WebSocket: seats see and hear each other, the host rules, and what the host rules holds at the packet. */
#include <glib.h>
#include <string.h>

#include "tests/scenario/cast.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

struct switched {
	struct seat *seat;
	const char *id, *source;
};

/* The slot's switch was told, and its RTP time is that of the first packet. */
static bool is_switched(void *user)
{
	struct switched *w = user;
	int slot = seat_slot_of(w->seat, w->id, w->source);

	return slot >= 0 && w->seat->slots[slot].switched == w->seat->slots[slot].binding;
}

static void check_switch(struct seat *s, const char *id, const char *source, uint32_t number)
{
	struct switched w = { s, id, source };
	struct sink_stats t;
	int slot;

	CHECK(wait_until(3000, is_switched, &w), "no slot.switched for %s", source);
	CHECK(attendee_wait(s, id, source, 10, 3000), "%s does not arrive", source);
	slot = seat_slot_of(s, id, source);
	t = attendee_sees(s, id, source);
	CHECK(t.last_source == number, "slot shows %u instead of %u", t.last_source, number);
	if (slot >= 0)
		CHECK(t.run_timestamp == s->slots[slot].rtp, "first packet %u, slot.switched %u", t.run_timestamp, s->slots[slot].rtp);
}

static void see_and_hear(void)
{
	struct cast c;

	REQUIRE(cast_enter(&c));
	CHECK(!strcmp(c.host->role, "host") && !strcmp(c.ann->role, "participant"));
	CHECK(c.ann->last_seq == 0 || c.ann->wrong_seqs == 0);
	check_switch(c.ann, c.bob->id, "camera", 301);
	check_switch(c.bob, c.ann->id, "camera", 201);
	check_switch(c.bob, c.host->id, "camera", 101);
	attendee_speak(c.bob, 20);
	CHECK(attendee_wait(c.ann, c.bob->id, "mic", 25, 4000), "ann does not hear bob");
	check_switch(c.ann, c.bob->id, "mic", 300);
	CHECK(attendee_hears_nothing(c.bob, 300, 300), "bob hears himself");
	CHECK(seat_event(c.ann, 0, "media.up", 1000) != NULL);
	CHECK(seat_event(c.ann, 0, "speakers", 2000) != NULL);
	CHECK(seat_event(c.ann, 0, "journal.recorded", 2000) != NULL);
	attendee_check(c.ann, 60, "ann");
	attendee_check(c.bob, 60, "bob");
	attendee_check(c.host, 60, "host");
}

#define MUTED "huitang_media_dropped_total{reason=\"muted\"}"

static void mute_one(void)
{
	struct cast c;
	double muted;

	REQUIRE(cast_enter(&c));
	attendee_speak(c.ann, 20);
	REQUIRE(attendee_wait(c.bob, c.ann->id, "mic", 20, 4000));
	CHECK(!strcmp(seat_do(c.bob, "seat.mute", "{s:s, s:s, s:b}", "seat", c.ann->id, "source", "mic", "self_unmute", 0), "forbidden"));
	CHECK(!seat_do(c.host, "seat.mute", "{s:s, s:s, s:b}", "seat", c.ann->id, "source", "mic", "self_unmute", 0)[0]);
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "mic", false, 1000));
	CHECK(attendee_wait_row(c.bob, c.ann->id, "blocked", "mic", true, 1000));
	CHECK(seat_event(c.ann, 0, "notice", 1000) != NULL);
	muted = server_metric(c.server, MUTED);
	CHECK(attendee_hears_nothing(c.bob, 200, 500), "a muted microphone is forwarded");
	muted = server_metric(c.server, MUTED) - muted;
	CHECK(muted >= 15, "%.0f packets stopped at the door", muted);
	CHECK(!strcmp(seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1), "blocked_by_host"));
	CHECK(attendee_hears_nothing(c.bob, 200, 300), "forwarded after a refused unmute");
	CHECK(!seat_do(c.host, "seat.allow", "{s:s, s:s}", "seat", c.ann->id, "source", "mic")[0]);
	CHECK(!seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "mic", "on", 1)[0]);
	CHECK(attendee_wait(c.bob, c.ann->id, "mic", 20, 4000), "not heard after unmute");
	attendee_check(c.bob, 60, "bob");
}

static void stop_video(void)
{
	struct cast c;

	REQUIRE(cast_enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000));
	CHECK(!seat_do(c.host, "seat.mute", "{s:s, s:s, s:b}", "seat", c.ann->id, "source", "camera", "self_unmute", 1)[0]);
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "camera", false, 1000));
	CHECK(attendee_hears_nothing(c.bob, 201, 500), "a stopped camera is forwarded");
	CHECK(!seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "camera", "on", 1)[0]);
	CHECK(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000), "not seen after switching on");
	attendee_check(c.bob, 60, "bob");
	/* By itself: off and on. */
	CHECK(!seat_do(c.ann, "source.set", "{s:s, s:b}", "source", "camera", "on", 0)[0]);
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "camera", false, 1000));
	CHECK(attendee_hears_nothing(c.bob, 201, 300));
}

static void mute_all(void)
{
	struct cast c;
	struct seat *late;
	json_t *reply;

	REQUIRE(cast_enter(&c));
	attendee_speak(c.ann, 20);
	REQUIRE(attendee_wait(c.bob, c.ann->id, "mic", 10, 4000));
	reply = seat_ask(c.host, "room.mute_all", "{s:b}", "self_unmute", 0);
	CHECK(json_integer_value(json_object_get(reply, "muted")) == 2, "%s %ld", seat_error(reply),
	      (long)json_integer_value(json_object_get(reply, "muted")));
	json_decref(reply);
	CHECK(attendee_wait_row(c.bob, c.ann->id, "on", "mic", false, 1000));
	CHECK(attendee_hears_nothing(c.bob, 200, 400));
	late = attendee(c.server, c.loop, "participant", "late", 400);
	REQUIRE(late->id[0]);
	attendee_speak(late, 20);
	CHECK(!seat_row_has(late, late->id, "on", "mic"), "the late one is not muted");
	CHECK(attendee_wait_row(c.bob, late->id, "blocked", "mic", true, 1000));
	CHECK(attendee_hears_nothing(c.bob, 400, 500), "the late one is heard");
	CHECK(!strcmp(seat_do(late, "source.set", "{s:s, s:b}", "source", "mic", "on", 1), "blocked_by_host"));
	attendee_speak(c.host, 20);
	CHECK(attendee_wait(c.bob, c.host->id, "mic", 10, 4000), "the host is muted too");
	CHECK(!seat_do(c.host, "room.allow_unmute", "{}")[0]);
	CHECK(!seat_do(late, "source.set", "{s:s, s:b}", "source", "mic", "on", 1)[0]);
	CHECK(attendee_wait(c.bob, late->id, "mic", 10, 4000), "not heard after the rule was lifted");
}

static bool is_closed(void *user)
{
	struct seat *s = user;

	seat_pump(s);
	return socket_closed(s->socket, NULL);
}

static const char *reason_of(struct seat *s)
{
	const json_t *ended = seat_event(s, 0, "ended", 2000);
	const char *reason = json_string_value(json_object_get(ended, "reason"));

	return reason ? reason : "";
}

static void remove_one(void)
{
	struct cast c;
	struct seat *again;
	char id[33];

	REQUIRE(cast_enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000));
	memcpy(id, c.ann->id, sizeof(id));
	CHECK(!strcmp(seat_do(c.bob, "seat.remove", "{s:s}", "seat", id), "forbidden"));
	CHECK(!seat_do(c.host, "seat.remove", "{s:s}", "seat", id)[0]);
	CHECK(!strcmp(reason_of(c.ann), "removed"), "ended: %s", reason_of(c.ann));
	CHECK(wait_until(2000, is_closed, c.ann), "the socket stays open");
	CHECK(attendee_hears_nothing(c.bob, 201, 500), "a removed seat is forwarded");
	CHECK(seat_event(c.bob, 0, "roster.delta", 1000) && !seat_row(c.bob, id, "name")[0], "still in the roster");
	CHECK(seat_resume(c.ann)[0], "resumed after removal");
	again = attendee_with(c.server, c.loop, NULL, "ann", &(struct seat_cfg){ .token = c.ann->cfg.token });
	CHECK(!again->id[0], "came back with the old token");
	again = attendee_with(c.server, c.loop, "participant", "ann", &(struct seat_cfg){ 0 });
	CHECK(!again->id[0] && !strcmp(seat_error(again->joined), "removed"), "came back with a new token: %s", seat_error(again->joined));
	CHECK(attendee_hears_nothing(c.bob, 201, 300));
}

static void lock(void)
{
	struct cast c;
	struct seat *stranger;

	REQUIRE(cast_enter(&c));
	CHECK(!strcmp(seat_do(c.ann, "room.lock", "{s:b}", "locked", 1), "forbidden"));
	CHECK(!seat_do(c.host, "room.lock", "{s:b}", "locked", 1)[0]);
	CHECK(seat_event(c.ann, 0, "room.changed", 1000) && json_is_true(json_object_get(c.ann->room, "locked")));
	stranger = attendee_with(c.server, c.loop, "participant", "stranger", &(struct seat_cfg){ 0 });
	CHECK(!stranger->id[0] && !strcmp(seat_error(stranger->joined), "room_locked"), "%s", seat_error(stranger->joined));
	CHECK(!seat_resume(c.ann)[0], "one who was here may not come back");
	CHECK(!seat_do(c.host, "room.lock", "{s:b}", "locked", 0)[0]);
	stranger = attendee_with(c.server, c.loop, "participant", "stranger", &(struct seat_cfg){ .no_media = true });
	CHECK(stranger->id[0], "%s", seat_error(stranger->joined));
}

static unsigned hosts(struct seat *s)
{
	const char *key;
	json_t *row;
	unsigned n = 0;

	seat_pump(s);
	json_object_foreach(s->roster, key, row)
		n += !strcmp(json_string_value(json_object_get(row, "role")), "host");
	return n;
}

static void send_hand_over(struct seat *from, struct seat *to)
{
	g_autofree char *text = g_strdup_printf("{\"id\":%u,\"type\":\"room.hand_over\",\"seat\":\"%s\"}", ++from->next_id, to->id);

	socket_send(from->socket, SOCKET_TEXT, text, strlen(text));
}

static bool views_agree(void *user)
{
	struct cast *c = user;
	struct seat *all[] = { c->host, c->ann, c->bob };

	for (unsigned i = 0; i < 3; i++)
		for (unsigned j = 0; j < 3; j++)
			if (strcmp(seat_row(all[i], all[j]->id, "role"), seat_row(c->host, all[j]->id, "role")))
				return false;
	return true;
}

static void hand_over(void)
{
	struct cast c;
	struct seat *all[3];

	REQUIRE(cast_enter(&c));
	CHECK(!seat_do(c.host, "room.hand_over", "{s:s}", "seat", c.ann->id)[0]);
	CHECK(attendee_wait_field(c.bob, c.ann->id, "role", "host", 1000));
	CHECK(attendee_wait_field(c.bob, c.host->id, "role", "cohost", 1000));
	CHECK(!strcmp(seat_do(c.host, "room.hand_over", "{s:s}", "seat", c.bob->id), "forbidden"));
	CHECK(!seat_do(c.ann, "room.hand_over", "{s:s}", "seat", c.host->id)[0]);
	all[0] = c.host, all[1] = c.ann, all[2] = c.bob;
	for (unsigned i = 0; i < 60; i++)
		send_hand_over(all[i % 3], all[(i + 1 + i / 3 % 2) % 3]);
	for (unsigned i = 0; i < 3; i++)
		CHECK(strcmp(seat_do(all[i], "roster.page", "{s:s}", "after", ""), "timeout"), "no reply behind the race");
	CHECK(wait_until(2000, views_agree, &c), "the seats see different roles");
	for (unsigned i = 0; i < 3; i++)
		CHECK(hosts(all[i]) == 1, "%u hosts", hosts(all[i]));
}

static void switch_often(void)
{
	struct cast c;
	struct seat *turns[2];
	const struct slot_state *slot;
	struct sink_stats t;

	REQUIRE(cast_enter(&c));
	turns[0] = c.ann, turns[1] = c.bob;
	for (unsigned i = 0; i < 20; i++) {
		struct seat *w = turns[i % 2];
		struct switched sw = { c.host, w->id, "camera" };

		REQUIRE(!seat_do(c.host, "watch", "{s:[{s:s, s:s}]}", "items", "seat", w->id, "source", "camera")[0]);
		REQUIRE(wait_until(3000, is_switched, &sw), "switch %u did not happen", i);
		REQUIRE(attendee_wait(c.host, w->id, "camera", 3, 3000), "switch %u: nothing comes", i);
		t = attendee_sees(c.host, w->id, "camera");
		slot = &c.host->slots[seat_slot_of(c.host, w->id, "camera")];
		/* A keyframe that is the next frame of what was shown here before looks like no new run. */
		CHECK(t.last_source == w->cfg.number + 1 && t.run_key && (t.run_timestamp == slot->rtp || t.key_timestamp == slot->rtp),
		      "switch %u: source %u, key %d, first packet %u, slot.switched %u, last frame %u", i, t.last_source, t.run_key,
		      t.run_timestamp, slot->rtp, t.last_frame);
	}
	CHECK(attendee_wait(c.host, c.bob->id, "camera", 30, 4000));
	t = attendee_sees(c.host, c.bob->id, "camera");
	stage_note("clock over 20 switches: %ld to %ld us, in the end %ld us", (long)t.skew_min_us, (long)t.skew_max_us, (long)t.skew_us);
	CHECK(ABS(t.skew_us) < 60000);
	attendee_check(c.host, 150, "host"); /* a switch squeezes what was kept in front of what comes */
}

static void chat(void)
{
	struct cast c;
	struct seat *viewer, *later;
	const json_t *line;

	REQUIRE(cast_enter(&c));
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "大家好 <b>&amp;</b>")[0]);
	line = json_object_get(seat_event(c.bob, 0, "chat.line", 1000), "line");
	REQUIRE(line);
	CHECK(!strcmp(json_string_value(json_object_get(line, "text")), "大家好 <b>&amp;</b>"));
	CHECK(!strcmp(json_string_value(json_object_get(line, "seat")), c.ann->id));
	viewer = attendee_with(c.server, c.loop, "inspector", "looker", &(struct seat_cfg){ .no_media = true });
	CHECK(!strcmp(seat_do(viewer, "chat.send", "{s:s}", "text", "x"), "forbidden"));
	later = attendee_with(c.server, c.loop, "participant", "later", &(struct seat_cfg){ .no_media = true });
	CHECK(json_array_size(json_object_get(later->joined, "chat")) == 1, "a late one does not read the chat");
}

static void end_room(void)
{
	struct cast c;
	struct seat *again;
	const char *code;

	REQUIRE(cast_enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 5, 4000));
	CHECK(!strcmp(seat_do(c.ann, "room.end", "{}"), "forbidden"));
	code = seat_do(c.host, "room.end", "{}");
	CHECK(!code[0], "%s", code);
	CHECK(!strcmp(reason_of(c.ann), "ended") && !strcmp(reason_of(c.bob), "ended"));
	CHECK(attendee_hears_nothing(c.bob, 201, 400), "media after the end");
	again = attendee_with(c.server, c.loop, NULL, "ann", &(struct seat_cfg){ .token = c.ann->cfg.token, .no_media = true });
	CHECK(!again->id[0], "joined an ended room");
}

static void second_device(void)
{
	struct cast c;
	struct seat *other;

	REQUIRE(cast_enter(&c));
	other = attendee(c.server, c.loop, "participant", "ann", 500);
	CHECK(!strcmp(other->id, c.ann->id), "another seat");
	CHECK(!strcmp(reason_of(c.ann), "taken_over"), "%s", reason_of(c.ann));
	CHECK(attendee_wait_number(c.bob, other->id, "camera", 501, 4000), "not the new device's camera");
	CHECK(attendee_wait(c.bob, other->id, "camera", 10, 4000));
	CHECK(json_object_size(c.bob->roster) == 3, "%zu rows", json_object_size(c.bob->roster));
}

static void unlike_codecs(void)
{
	struct cast c;
	struct seat_cfg h264 = { .mic = true, .camera = true, .number = 600, .codec = PAYLOAD_H264, .red = true };
	struct seat_cfg vp8_only = { .mic = true, .number = 700, .endpoint.no_h264 = true };
	struct seat *sender, *plain;

	REQUIRE(cast_enter(&c));
	sender = attendee_with(c.server, c.loop, "participant", "sender", &h264);
	plain = attendee_with(c.server, c.loop, "participant", "plain", &vp8_only);
	REQUIRE(sender->id[0] && plain->id[0]);
	CHECK(attendee_wait(c.bob, sender->id, "camera", 10, 4000), "no H.264");
	CHECK(attendee_sees(c.bob, sender->id, "camera").last_codec == PAYLOAD_H264);
	CHECK(seat_event(plain, 0, "slot.unplayable", 2000) != NULL, "not told that it cannot play H.264");
	CHECK(attendee_hears_nothing(plain, 601, 300));
	attendee_speak(sender, 20);
	CHECK(attendee_wait(c.bob, sender->id, "mic", 30, 4000), "RED does not come as Opus");
	attendee_check(c.bob, 60, "bob");
	attendee_check(plain, 60, "plain");
}

/* Six microphones, four slots: who speaks is heard, whoever spoke before. */
static void voices(void)
{
	struct server *s = server_stage();
	struct loop *l;
	struct seat *listener, *speakers[6];
	unsigned bound = 0;

	REQUIRE(s);
	l = stage_loop();
	listener = attendee_with(s, l, "participant", "listener", &(struct seat_cfg){ 0 });
	REQUIRE(listener->id[0]);
	for (unsigned i = 0; i < 6; i++) {
		g_autofree char *name = g_strdup_printf("speaker%u", i);

		speakers[i] = attendee_with(s, l, "participant", name, &(struct seat_cfg){ .mic = true, .number = 100 * i + 100 });
		REQUIRE(speakers[i]->id[0] && endpoint_wait_up(speakers[i]->endpoint, 4000));
	}
	for (unsigned i = 0; i < 6; i++) {
		attendee_speak(speakers[i], 20);
		CHECK(attendee_wait(listener, speakers[i]->id, "mic", 10, 5000), "speaker %u is not heard", i);
		attendee_speak(speakers[i], 127);
	}
	for (unsigned i = 0; i < SEAT_SLOTS; i++)
		bound += !strcmp(listener->slots[i].source, "mic");
	CHECK(bound <= 4, "%u voices at once", bound);
	attendee_check(listener, 150, "listener");
}

/* Packets of silence come too: a pinned microphone has its slot whoever speaks. */
static void pinned(void)
{
	struct server *s = server_stage();
	struct loop *l;
	struct seat *listener, *quiet, *speakers[5];

	REQUIRE(s);
	l = stage_loop();
	listener = attendee_with(s, l, "participant", "listener", &(struct seat_cfg){ 0 });
	for (unsigned i = 0; i < 5; i++) {
		g_autofree char *name = g_strdup_printf("speaker%u", i);

		speakers[i] = attendee_with(s, l, "participant", name, &(struct seat_cfg){ .mic = true, .number = 100 * i + 100 });
		REQUIRE(speakers[i]->id[0] && endpoint_wait_up(speakers[i]->endpoint, 4000));
		attendee_speak(speakers[i], 20);
	}
	quiet = attendee_with(s, l, "participant", "quiet", &(struct seat_cfg){ .mic = true, .number = 900 });
	REQUIRE(quiet->id[0] && endpoint_wait_up(quiet->endpoint, 4000));
	CHECK(!strcmp(seat_do(listener, "watch", "{s:[], s:[s,s,s]}", "items", "pinned", "a", "b", "c"), "bad_message"));
	CHECK(!strcmp(seat_do(listener, "watch", "{s:[{s:s, s:s, s:i}]}", "items", "seat", quiet->id, "source", "camera", "height", 2161), "bad_message"));
	REQUIRE(!seat_do(listener, "watch", "{s:[{s:s, s:s, s:i, s:s}], s:[s]}", "items", "seat", speakers[0]->id, "source", "camera", "height", 180,
			 "rank", "spotlight", "pinned", quiet->id)[0]);
	CHECK(attendee_wait(listener, quiet->id, "mic", 25, 4000), "the pinned seat is not heard");
	for (unsigned i = 0; i < 5; i++)
		attendee_speak(speakers[i], i % 2 ? 20 : 127);
	CHECK(attendee_wait(listener, quiet->id, "mic", 150, 8000), "the pinned seat gave way");
	attendee_check(listener, 150, "listener");
}

/* How many pictures a seat's slots are bound to. */
static unsigned pictures(struct seat *s)
{
	unsigned n = 0;

	seat_pump(s);
	for (unsigned i = 0; i < SEAT_SLOTS; i++)
		n += !strcmp(s->slots[i].source, "camera") || !strcmp(s->slots[i].source, "screen");
	return n;
}

struct counted {
	struct seat *seat;
	unsigned n;
};

static bool has_pictures(void *user)
{
	struct counted *c = user;

	return pictures(c->seat) == c->n;
}

static bool wait_pictures(struct seat *s, unsigned n)
{
	return wait_until(3000, has_pictures, &(struct counted){ s, n });
}

static const char *profile_of(const json_t *event)
{
	return json_string_value(json_object_get(json_object_get(event, "line"), "profile"));
}

static void line_profiles(void)
{
	struct cast c;
	struct seat *cem, *late;
	json_t *layers;
	size_t mark;

	REQUIRE(cast_enter(&c));
	cem = attendee(c.server, c.loop, "participant", "cem", 400);
	REQUIRE(cem->id[0] && wait_pictures(c.ann, 3), "%u pictures", pictures(c.ann));
	CHECK(!strcmp(profile_of(c.ann->joined), "full"));
	mark = seat_mark(c.ann);
	CHECK(!seat_do(c.ann, "line.set", "{s:s}", "line", "village")[0]);
	CHECK(!strcmp(profile_of(seat_event(c.ann, mark, "line", 1000)), "village"));
	layers = seat_event(c.ann, mark, "source.layers", 1000);
	CHECK(layers && json_array_size(json_object_get(layers, "layers")) == 1);
	CHECK(wait_pictures(c.ann, 2), "%u pictures", pictures(c.ann));
	CHECK(attendee_wait_field(c.bob, c.ann->id, "line", "village", 1000) && attendee_wait_field(c.bob, c.ann->id, "line_choice", "village", 1000));
	CHECK(!strcmp(seat_do(c.bob, "seat.line", "{s:s, s:s}", "seat", c.ann->id, "line", "voice"), "forbidden"));
	CHECK(!seat_do(c.host, "seat.line", "{s:s, s:s}", "seat", c.ann->id, "line", "voice")[0]);
	CHECK(seat_event(c.ann, mark, "notice", 1000) != NULL, "not told who did it");
	CHECK(wait_pictures(c.ann, 0), "%u pictures", pictures(c.ann));
	CHECK(attendee_wait(c.ann, c.bob->id, "mic", 20, 4000), "the voices went with the pictures");
	CHECK(!seat_do(c.ann, "line.set", "{s:s}", "line", "auto")[0]);
	CHECK(wait_pictures(c.ann, 3), "%u pictures", pictures(c.ann));
	CHECK(attendee_wait_field(c.bob, c.ann->id, "line", "", 1000));
	late = attendee_with(c.server, c.loop, "participant", "late", &(struct seat_cfg){ .line = "village", .mic = true, .camera = true, .number = 500 });
	REQUIRE(late->id[0] && endpoint_wait_up(late->endpoint, 4000));
	CHECK(!strcmp(profile_of(late->joined), "village"));
	CHECK(wait_pictures(late, 2), "%u pictures", pictures(late));
	attendee_check(c.ann, 150, "ann");
	attendee_check(late, 150, "late");
}

static bool is_coded(json_t *event, const char *coding, int lacking)
{
	return event && !strcmp(json_string_value(json_object_get(event, "coding")), coding) && json_integer_value(json_object_get(event, "lacking")) == lacking;
}

static struct seat *newer(struct server *s, struct loop *l, const char *role, const char *name, uint32_t number)
{
	return attendee_with(s, l, role, name, &(struct seat_cfg){ .mic = true, .camera = true, .number = number, .endpoint = { .newer = true } });
}

static void picture_codings(void)
{
	struct server *s = server_stage();
	struct loop *l = stage_loop();
	struct seat *host, *ann, *old;
	size_t mark;

	REQUIRE(s != NULL);
	host = newer(s, l, "host", "host", 100);
	ann = newer(s, l, "participant", "ann", 200);
	REQUIRE(host->id[0] && ann->id[0] && wait_pictures(host, 1), "%u pictures", pictures(host));
	mark = seat_mark(ann);
	CHECK(!seat_do(ann, "coding.set", "{s:s}", "coding", "vp9")[0]);
	CHECK(is_coded(seat_event(ann, mark, "coding", 2000), "vp9", 0));
	CHECK(attendee_wait_field(host, ann->id, "coding", "vp9", 1000));
	/* Somebody comes who cannot play it: at once, and told so. */
	mark = seat_mark(ann);
	old = attendee(s, l, "participant", "old", 300);
	REQUIRE(old->id[0]);
	CHECK(is_coded(seat_event(ann, mark, "coding", 2000), "usual", 1));
	CHECK(attendee_wait(old, ann->id, "camera", 5, 4000));
	CHECK(!strcmp(seat_do(old, "seat.coding", "{s:s, s:s}", "seat", ann->id, "coding", "usual"), "forbidden"));
	/* What it cannot send itself it is not asked for. */
	mark = seat_mark(old);
	CHECK(!seat_do(host, "seat.coding", "{s:s, s:s}", "seat", old->id, "coding", "vp9")[0]);
	CHECK(attendee_wait_field(host, old->id, "coding", "vp9", 1000));
	CHECK(seat_no_event(old, mark, "coding", 300));
	/* It goes: some seconds later as chosen again. */
	mark = seat_mark(ann);
	seat_do(old, "leave", "{}");
	CHECK(is_coded(seat_event(ann, mark, "coding", 8000), "vp9", 0));
	mark = seat_mark(ann);
	CHECK(!seat_do(host, "seat.coding", "{s:s, s:s}", "seat", ann->id, "coding", "usual")[0]);
	CHECK(is_coded(seat_event(ann, mark, "coding", 2000), "usual", 0));
	CHECK(attendee_wait_field(host, ann->id, "coding", "", 1000));
	attendee_check(ann, 150, "ann");
}

struct arrivals {
	unsigned rows, most, own, others_before;
};

/* What one seat was told while `n` others came: rows of roster.delta, the most of one delta, events that repeat what was known. */
static void count_arrivals(struct seat *t, size_t mark, struct arrivals *a)
{
	GHashTable *seen = defer(g_hash_table_new(g_str_hash, g_str_equal), (void (*)(void *))(void (*)(void))g_hash_table_unref);

	for (size_t i = mark; i < json_array_size(t->events); i++) {
		const json_t *ev = json_array_get(t->events, i), *rows = json_object_get(ev, "seats");
		const json_t *row;
		size_t k;

		if (strcmp(json_string_value(json_object_get(ev, "event")), "roster.delta") != 0)
			continue;
		a->most = MAX(a->most, (unsigned)json_array_size(rows));
		json_array_foreach(rows, k, row) {
			a->rows++;
			a->others_before += !g_hash_table_add(seen, (char *)json_string_value(json_object_get(row, "id")));
			a->own += !strcmp(json_string_value(json_object_get(row, "id")), t->id);
		}
	}
}

static void arrivals(void)
{
	struct server *s = server_stage();
	struct loop *l;
	struct seat_cfg c = { .no_media = true, .profile = "phone" };
	g_autofree char *token = NULL;
	struct seat *first, *t = NULL;
	struct arrivals a = { 0 };
	size_t mark;

	REQUIRE(s);
	l = stage_loop();
	token = server_token(s, ROOM, "viewer", NULL, 0);
	c.token = token;
	first = attendee_with(s, l, NULL, "viewer", &c);
	REQUIRE(first->id[0] && seat_event(first, 0, "roster.delta", 2000));
	mark = seat_mark(first);
	for (unsigned i = 0; i < 200; i++)
		t = attendee_with(s, l, NULL, "viewer", &c);
	REQUIRE(t->id[0], "%s", seat_error(t->joined));
	CHECK(attendee_wait_field(first, t->id, "presence", "here", 3000), "the last arrival was not told");
	count_arrivals(first, mark, &a);
	stage_note("200 arrivals: %u rows, at most %u in one delta, %u repeated", a.rows, a.most, a.others_before);
	CHECK(a.rows == 200 && a.others_before == 0 && a.own == 0, "%u rows, %u repeated, %u of its own", a.rows, a.others_before, a.own);
}

static void pages(void)
{
	struct server *s = server_stage();
	struct loop *l;
	struct seat_cfg c = { .no_media = true, .profile = "phone" };
	g_autofree char *token = NULL;
	struct seat *t = NULL;
	json_t *page;

	REQUIRE(s);
	l = stage_loop();
	token = server_token(s, ROOM, "viewer", NULL, 0);
	c.token = token;
	for (unsigned i = 0; i < 70; i++)
		t = attendee_with(s, l, NULL, "viewer", &c);
	REQUIRE(t->id[0], "%s", seat_error(t->joined));
	CHECK(json_array_size(json_object_get(t->joined, "roster")) == 50);
	REQUIRE(json_is_string(json_object_get(t->joined, "next")), "no second page");
	page = seat_ask(t, "roster.page", "{s:O}", "after", json_object_get(t->joined, "next"));
	CHECK(json_array_size(json_object_get(page, "roster")) == 20 && !json_object_get(page, "next"), "%zu rows",
	      json_array_size(json_object_get(page, "roster")));
	json_decref(page);
}

/* A third of two. */
static void full_room(void)
{
	struct server *s = server_start(&(struct server_cfg){ .options = { "--room-seats", "2" } });
	struct seat *first, *third, *fourth;
	struct loop *l;

	REQUIRE(s);
	defer(s, server_free);
	l = stage_loop();
	first = attendee(s, l, "host", "first", 100);
	REQUIRE(first->id[0] && attendee(s, l, "participant", "second", 200)->id[0]);
	third = attendee_with(s, l, "participant", "third", &(struct seat_cfg){ .number = 300 });
	CHECK(!third->id[0] && !strcmp(seat_error(third->joined), "room_full"), "%s", seat_error(third->joined));
	CHECK(!seat_do(first, "leave", "{}")[0]);
	fourth = attendee(s, l, "participant", "fourth", 400);
	CHECK(fourth->id[0], "%s", seat_error(fourth->joined));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "seats see and hear each other, and slot.switched names the first packet's time", see_and_hear },
		{ "the host mutes one: not a packet more, whatever the client does", mute_one },
		{ "the host stops a camera; its seat may switch it on again", stop_video },
		{ "mute all holds for who joins later, and not for the host", mute_all },
		{ "a removed seat is silent and cannot return by token or resume", remove_one },
		{ "a locked room lets in nobody new", lock },
		{ "a full room lets in nobody until somebody leaves", full_room },
		{ "there is exactly one host through racing hand-overs", hand_over },
		{ "a slot switched 20 times: keyframes, no gap, one clock", switch_often },
		{ "chat reaches all, and those who come later", chat },
		{ "the host ends the room for all", end_room },
		{ "a second device takes the seat over", second_device },
		{ "of six microphones those who speak are heard, four at most", voices },
		{ "a line profile bounds pictures and layers; its seat or a host chooses it", line_profiles },
		{ "a camera is coded as its seat or a host chose, while all who watch can play it", picture_codings },
		{ "a pinned seat is always heard, whoever speaks", pinned },
		{ "200 arrivals cost the others one row each", arrivals },
		{ "a roster of seventy comes in pages", pages },
		{ "H.264 goes where it can be played; RED is unpacked for who did not negotiate it", unlike_codecs },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
