/* Lines drop, servers die, and everybody comes back. */
#include <glib.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/cast.h"
#include "tests/scenario/player.h"
#include "tests/scenario/report.h"
#include "tests/scenario/stage.h"

#define TALK 95         /* lines that a seat may write at once */

static unsigned lines_of_chat(struct seat *s)
{
	size_t i;
	json_t *ev;
	unsigned n = 0;

	seat_pump(s);
	json_array_foreach(s->events, i, ev)
		n += !strcmp(json_string_value(json_object_get(ev, "event")), "chat.line");
	return n;
}

static bool has_three_lines(void *user)
{
	return lines_of_chat(user) == 3;
}

static void socket_dies(void)
{
	struct cast c;
	struct report_row row;
	char old[160], id[33];
	uint32_t frames;

	REQUIRE(cast_enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000));
	REQUIRE(attendee_wait(c.ann, c.bob->id, "camera", 10, 4000));
	memcpy(old, c.ann->resume, sizeof(old));
	memcpy(id, c.ann->id, sizeof(id));
	seat_cut(c.ann);
	CHECK(attendee_wait_field(c.bob, id, "presence", "away", 2000), "presence %s", seat_row(c.bob, id, "presence"));
	for (int i = 0; i < 3; i++)
		CHECK(!seat_do(c.bob, "chat.send", "{s:s}", "text", "while away")[0]);
	frames = attendee_sees(c.bob, id, "camera").frames;
	CHECK(attendee_wait(c.bob, id, "camera", 10, 3000), "media stopped with the socket");
	CHECK(!seat_resume(c.ann)[0], "%s", seat_error(c.ann->hello));
	CHECK(json_is_true(json_object_get(c.ann->hello, "media_alive")));
	CHECK(strcmp(old, c.ann->resume), "the token was not rotated");
	CHECK(wait_until(2000, has_three_lines, c.ann), "%u of 3 missed lines", lines_of_chat(c.ann));
	CHECK(c.ann->wrong_seqs == 0, "%u events out of order", c.ann->wrong_seqs);
	CHECK(attendee_wait_field(c.bob, id, "presence", "here", 2000));
	CHECK(attendee_sees(c.bob, id, "camera").frames > frames && attendee_sees(c.bob, id, "camera").runs == 1);
	CHECK(attendee_wait(c.ann, c.bob->id, "camera", 10, 3000));
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "back")[0]);
	attendee_check(c.bob, 60, "bob");
	attendee_check(c.ann, 60, "ann");
	CHECK(report_row(c.server, ROOM, "ann", &row), "ann is not in the report");
	CHECK(row.rows == 1 && row.reconnects == 1, "%u rows, %u reconnects", row.rows, row.reconnects);
}

static void old_token(void)
{
	struct cast c;
	char old[160], newer[160];

	REQUIRE(cast_enter(&c));
	memcpy(old, c.ann->resume, sizeof(old));
	CHECK(!seat_resume(c.ann)[0]);
	memcpy(newer, c.ann->resume, sizeof(newer));
	memcpy(c.ann->resume, old, sizeof(old));
	CHECK(!seat_resume(c.ann)[0], "the reply that rotated may have been lost: the old one is good until the new is used");
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "first message on the new socket")[0]);
	memcpy(c.ann->resume, old, sizeof(old));
	CHECK(!strcmp(seat_resume(c.ann), "resume_refused") || json_is_false(json_object_get(c.ann->hello, "resumed")),
	      "a used up token was taken: %s", seat_error(c.ann->hello));
}

static void forged_token(void)
{
	struct cast c;

	REQUIRE(cast_enter(&c));
	c.ann->resume[5] = c.ann->resume[5] == 'A' ? 'B' : 'A';
	CHECK(seat_resume(c.ann)[0], "a changed token was taken");
	CHECK(attendee_wait_field(c.bob, c.ann->id, "presence", "away", 2000), "%s", seat_row(c.bob, c.ann->id, "presence"));
}

static bool has_end(void *user)
{
	struct seat *s = user;
	size_t i;
	json_t *ev;

	seat_pump(s);
	json_array_foreach(s->events, i, ev) {
		const char *text = json_string_value(json_object_get(json_object_get(ev, "line"), "text"));

		if (text && !strcmp(text, "end"))
			return true;
	}
	return false;
}

/* A request whose reply was lost is sent again with its id and done once. */
static void asked_twice(void)
{
	struct cast c;
	unsigned before;

	REQUIRE(cast_enter(&c));
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "once")[0]);
	before = c.ann->next_id;
	REQUIRE(!seat_resume(c.ann)[0]);
	c.ann->next_id = before - 1;
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "once")[0]);
	c.ann->next_id = before + 10;
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "end")[0]);
	CHECK(wait_until(2000, has_end, c.bob));
	CHECK(lines_of_chat(c.bob) == 2, "%u lines", lines_of_chat(c.bob));
}

static void ice_restart(void)
{
	struct cast c;
	json_t *reply;
	g_autofree char *answer = NULL;
	char before[64];

	REQUIRE(cast_enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000));
	g_strlcpy(before, endpoint_remote(c.ann->endpoint)->ufrag, sizeof(before));
	reply = seat_ask(c.ann, "ice.restart", "{}");
	REQUIRE(json_object_get(reply, "offer"), "%s", seat_error(reply));
	loop_lock(c.loop);
	answer = endpoint_restart(c.ann->endpoint, json_string_value(json_object_get(reply, "offer")));
	loop_unlock(c.loop);
	json_decref(reply);
	REQUIRE(answer);
	CHECK(strcmp(before, endpoint_remote(c.ann->endpoint)->ufrag), "the ufrag stayed");
	CHECK(!seat_do(c.ann, "answer", "{s:s}", "sdp", answer)[0]);
	CHECK(attendee_wait(c.bob, c.ann->id, "camera", 30, 6000), "ann is not seen after the restart");
	CHECK(attendee_wait(c.ann, c.bob->id, "camera", 30, 6000), "ann does not see after the restart");
	attendee_check(c.bob, 60, "bob");
	attendee_check(c.ann, 60, "ann");
}

static const char *studio_of(struct seat *s)
{
	const char *id;
	json_t *row;

	seat_pump(s);
	json_object_foreach(s->roster, id, row)
		if (!strcmp(json_string_value(json_object_get(row, "kind")), "whip"))
			return id;
	return NULL;
}

static bool sees_studio(void *user)
{
	return studio_of(user) != NULL;
}

static bool is_suspended(void *user)
{
	struct seat *s = user;
	int slot = seat_slot_of(s, studio_of(s), "camera");

	return slot >= 0 && s->slots[slot].suspended == s->slots[slot].binding;
}

/* Ann's line has no room for the one picture that she asks for. */
static bool too_wide(struct cast *c)
{
	struct whip *studio = publisher_open(c->server, c->loop, ROOM, defer(server_token(c->server, ROOM, "presenter", "studio", 0), g_free),
					     &(struct publisher_cfg){ .number = 900, .no_audio = true, .video_us = 10000, .packets = 5 });

	return studio->status == 201 && wait_until(4000, sees_studio, c->ann) &&
	       !*seat_do(c->ann, "line.set", "{s:s}", "line", "village") &&
	       !*seat_do(c->ann, "watch", "{s:[{s:s, s:s}]}", "items", "seat", studio_of(c->ann), "source", "camera") &&
	       wait_until(6000, is_suspended, c->ann);
}

static bool is_suspended_row(const json_t *slots, int slot)
{
	const json_t *row;
	size_t i;

	json_array_foreach(slots, i, row)
		if (json_integer_value(json_object_get(row, "slot")) == slot)
			return json_is_true(json_object_get(row, "suspended"));
	return false;
}

/* One seat's lines, all under way at once: they are to be over long before the grace of who is away. Returns how many were taken. */
static unsigned talk(struct seat *s, unsigned n)
{
	uint32_t ids[TALK];
	unsigned taken = 0;

	for (unsigned i = 0; i < n; i++)
		ids[i] = seat_begin(s, "chat.send", "{s:s}", "text", "talk");
	for (unsigned i = 0; i < n; i++) {
		json_t *reply = seat_reply(s, ids[i], 5000);

		taken += !seat_error(reply)[0];
		json_decref(reply);
	}
	return taken;
}

/* More was missed than the server keeps: the whole room comes anew. */
static void snapshot(void)
{
	struct cast c;
	struct seat *talkers[12];
	unsigned sent = 0;
	json_t *event;
	size_t mark;
	int slot;

	REQUIRE(cast_enter(&c));
	c.ann = attendee_with(c.server, c.loop, "participant", "eve", &(struct seat_cfg){ .endpoint.feedback = true });
	REQUIRE(c.ann->id[0] && too_wide(&c), "nothing is suspended");
	for (unsigned i = 0; i < 12; i++) {
		g_autofree char *name = g_strdup_printf("talker %u", i);

		talkers[i] = attendee_with(c.server, c.loop, NULL, name, &(struct seat_cfg){
			.token = defer(server_token(c.server, ROOM, "participant", NULL, 0), g_free), .no_media = true });
		REQUIRE(talkers[i]->id[0]);
	}
	slot = seat_slot_of(c.ann, studio_of(c.ann), "camera");
	mark = seat_mark(c.ann);
	seat_cut(c.ann);
	for (unsigned i = 0; i < 12; i++)
		sent += talk(talkers[i], TALK);
	stage_note("%u lines while away", sent);
	REQUIRE(sent > 1000);
	CHECK(!seat_resume(c.ann)[0], "%s", seat_error(c.ann->hello));
	event = seat_event(c.ann, mark, "snapshot", 2000);
	CHECK(event != NULL, "no snapshot");
	CHECK(json_array_size(json_object_get(event, "roster")) == 17, "%zu rows", json_array_size(json_object_get(event, "roster")));
	CHECK(json_array_size(json_object_get(event, "chat")) == 100, "%zu lines", json_array_size(json_object_get(event, "chat")));
	CHECK(is_suspended_row(json_object_get(event, "slots"), slot), "the snapshot does not say why there is no picture");
	CHECK(!*seat_do(c.ann, "watch", "{s:[{s:s, s:s}]}", "items", "seat", c.bob->id, "source", "camera"));
	CHECK(attendee_wait(c.ann, c.bob->id, "camera", 10, 5000));
	mark = seat_mark(c.ann);
	CHECK(!seat_do(c.bob, "chat.send", "{s:s}", "text", "after")[0]);
	CHECK(seat_event(c.ann, mark, "chat.line", 2000) != NULL);
}

/* As a page that was loaded again: the seat stays, its media begin anew. */
static void new_media(void)
{
	struct cast c;
	struct report_row row;
	char id[33];

	REQUIRE(cast_enter(&c));
	REQUIRE(attendee_wait(c.bob, c.ann->id, "camera", 10, 4000));
	memcpy(id, c.ann->id, sizeof(id));
	REQUIRE(!seat_resume(c.ann)[0]);
	CHECK(!seat_join(c.ann)[0], "%s", seat_error(c.ann->joined));
	CHECK(!strcmp(c.ann->id, id));
	CHECK(endpoint_wait_up(c.ann->endpoint, 4000));
	CHECK(attendee_wait(c.bob, id, "camera", 20, 4000), "ann is not seen on her new path");
	CHECK(attendee_wait(c.ann, c.bob->id, "camera", 20, 4000), "ann does not see on her new path");
	attendee_check(c.ann, 60, "ann");
	CHECK(report_row(c.server, ROOM, "ann", &row) && row.rows == 1 && row.reconnects <= 1, "%u rows, %u reconnects", row.rows,
	      row.reconnects);
}

/* Senders and players learn from 404 that their resource is gone, and come back. */
static void killed_publisher(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *studio = NULL, *viewer = NULL;
	struct whip *p, *v;
	int64_t begin;

	REQUIRE(s);
	studio = server_token(s, "demo-class", "presenter", "studio", 0);
	viewer = server_token(s, "demo-class", "viewer", NULL, 0);
	p = publisher_open(s, l, "demo-class", studio, &(struct publisher_cfg){ .number = 10 });
	v = player_open(s, l, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	REQUIRE(p->status == 201 && v->status == 201 && player_wait_frames(v->endpoint, false, 10, 5000));
	server_end(s, SIGKILL);
	REQUIRE(server_restart(s));
	begin = now_us();
	CHECK(whip_delete(p, studio) == 404 && whip_delete(v, viewer) == 404);
	p = publisher_open(s, l, "demo-class", studio, &(struct publisher_cfg){ .number = 10 });
	v = player_open(s, l, "demo-class", viewer, &(struct endpoint_cfg){ 0 });
	REQUIRE(p->status == 201 && v->status == 201, "the old tokens: %ld %ld", p->status, v->status);
	CHECK(player_wait_frames(v->endpoint, false, 1, 3000));
	stage_note("picture %ld ms after the port was open", (long)((now_us() - begin) / 1000));
}

/* kill -9 in mid-meeting: the room is what it was, and so is the record. */
static void killed(void)
{
	struct cast c;
	struct seat *ann, *stranger, *barred;
	char id[33], epoch[40];
	struct report_row row;
	int64_t came, begin, alive_us, most_us, down_us;

	came = now_us();
	REQUIRE(cast_enter(&c));
	begin = now_us();
	memcpy(id, c.ann->id, sizeof(id));
	memcpy(epoch, c.ann->epoch, sizeof(epoch));
	CHECK(!seat_do(c.ann, "chat.send", "{s:s}", "text", "before")[0]);
	CHECK(!seat_do(c.host, "seat.remove", "{s:s}", "seat", c.bob->id)[0]);
	CHECK(!seat_do(c.host, "room.mute_all", "{s:b}", "self_unmute", 0)[0]);
	CHECK(!seat_do(c.host, "room.lock", "{s:b}", "locked", 1)[0]);
	g_usleep(6000000); /* the record is right to within 10 s; this gives it something to count */
	alive_us = now_us() - begin;
	server_end(c.server, SIGKILL);
	most_us = now_us() - came;
	g_usleep(1000000);
	begin = now_us();
	REQUIRE(server_restart(c.server), "it does not start again");
	stage_note("open again after %ld ms", (long)((now_us() - begin) / 1000));
	seat_cut(c.host);
	most_us -= now_us();
	ann = attendee_with(c.server, c.loop, NULL, "ann", &(struct seat_cfg){ .token = c.ann->cfg.token, .mic = true, .camera = true, .number = 200 });
	down_us = now_us() - begin;
	REQUIRE(ann->id[0], "ann may not return into the locked room: %s", seat_error(ann->joined));
	CHECK(!strcmp(ann->id, id), "another seat");
	CHECK(strcmp(ann->epoch, epoch), "the epoch stayed");
	CHECK(json_is_true(json_object_get(ann->room, "locked")), "the lock is forgotten");
	CHECK(json_array_size(json_object_get(ann->joined, "chat")) == 1, "the chat is forgotten");
	CHECK(seat_row_has(ann, id, "blocked", "mic"), "mute all is forgotten");
	barred = attendee_with(c.server, c.loop, "participant", "bob", &(struct seat_cfg){ .no_media = true });
	CHECK(!barred->id[0] && !strcmp(seat_error(barred->joined), "removed"), "%s", seat_error(barred->joined));
	stranger = attendee_with(c.server, c.loop, "participant", "stranger", &(struct seat_cfg){ .no_media = true });
	CHECK(!stranger->id[0] && !strcmp(seat_error(stranger->joined), "room_locked"));
	CHECK(endpoint_wait_up(ann->endpoint, 3000), "no media after the restart");
	CHECK(report_row(c.server, ROOM, "ann", &row));
	most_us += now_us();
	stage_note("present %.1f s, away %.1f s, reported %u s", (double)alive_us / 1e6, (double)down_us / 1e6, row.seconds);
	CHECK(row.rows == 1, "%u rows", row.rows);
	CHECK(row.seconds + 10 >= (unsigned)(alive_us / 1000000) && row.seconds <= (unsigned)(most_us / 1000000) + 10, "%u s", row.seconds);
}

/* After a restart a guest's token names nobody yet: the first who joins with it has it, a copy is somebody else. */
static void copied_token(void)
{
	struct server *s = server_stage();
	struct loop *l = s ? stage_loop() : NULL;
	g_autofree char *link = NULL;
	struct seat_cfg cfg = { .no_media = true };
	struct seat *ann, *thief;
	char before[33];

	REQUIRE(s);
	cfg.token = link = server_token(s, ROOM, "participant", NULL, 0);
	ann = attendee_with(s, l, NULL, "ann", &cfg);
	thief = attendee_with(s, l, NULL, "thief", &cfg);
	REQUIRE(ann->id[0] && thief->id[0]);
	g_strlcpy(before, ann->id, sizeof(before));
	memcpy(thief->resume, ann->resume, sizeof(thief->resume));
	server_end(s, SIGKILL);
	REQUIRE(server_restart(s));
	CHECK(!strcmp(seat_resume(ann), "not resumed") && !strcmp(seat_resume(thief), "not resumed"));
	CHECK(!seat_join(ann)[0] && !strcmp(ann->id, before), "ann is another seat: %s", seat_error(ann->joined));
	CHECK(!seat_do(ann, "chat.send", "{s:s}", "text", "I am here")[0]);
	CHECK(!seat_join(thief)[0] && strcmp(thief->id, before), "a copy of the token takes the seat over: %s", seat_error(thief->joined));
	CHECK(!seat_do(ann, "chat.send", "{s:s}", "text", "still me")[0]);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a seat whose socket dies misses nothing, and its media flow on", socket_dies },
		{ "a resume token is good until the next is used", old_token },
		{ "a forged resume token is refused", forged_token },
		{ "a copied resume token is good for one, after a restart too", copied_token },
		{ "a request that is asked twice is done once", asked_twice },
		{ "an ICE restart changes the credentials and nothing else", ice_restart },
		{ "who missed more than is kept gets the whole room anew", snapshot },
		{ "a seat that comes back without its media gets a new offer", new_media },
		{ "after kill -9 publishers and players come back with their tokens", killed_publisher },
		{ "after kill -9 the room is what it was and the report is right", killed },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 90);
}
