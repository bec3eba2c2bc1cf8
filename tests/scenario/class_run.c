/* A class while it runs: its lobby, its window, who is marked as there, and what is left of it after kill -9. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const char *state_of(struct seat *s)
{
	const char *state = json_string_value(json_object_get(json_object_get(s->room, "class"), "state"));

	return state ? state : "";
}

static bool wait_state(struct seat *s, const char *state)
{
	for (int i = 0; i < 100 && strcmp(state_of(s), state) != 0; i++) {
		size_t mark = seat_mark(s);

		seat_event(s, mark, "room.changed", 50);
	}
	return strcmp(state_of(s), state) == 0;
}

static void lobby_and_window(void)
{
	struct hall h;

	REQUIRE(hall_open(&h));
	CHECK(!strcmp(h.host->role, "host") && !strcmp(h.site->role, "participant"), "%s %s", h.host->role, h.site->role);
	CHECK(!strcmp(state_of(h.site), "planned"), "%s", state_of(h.site));
	CHECK(attendee_wait(h.site, h.host->id, "camera", 5, 5000), "who waits sees who teaches");
	CHECK(attendee_hears_nothing(h.host, 201, 700), "nobody sees who waits");
	CHECK(!strcmp(seat_do(h.site, "class.open", "{}"), "forbidden"), "only who leads opens");
	CHECK(!strcmp(seat_do(h.host, "class.pause", "{}"), "not_now"));
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	CHECK(wait_state(h.site, "open"), "%s", state_of(h.site));
	CHECK(attendee_wait(h.host, h.site->id, "camera", 5, 5000), "admitted, and seen");
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), "not_now"));
	CHECK(!strcmp(seat_do(h.host, "class.pause", "{}"), "") && wait_state(h.site, "paused"));
	CHECK(!strcmp(seat_do(h.host, "class.resume", "{}"), "") && wait_state(h.site, "open"));
	CHECK(!strcmp(seat_do(h.host, "class.close", "{}"), "") && wait_state(h.site, "closed"));
	CHECK(!strcmp(seat_do(h.host, "class.close", "{}"), "not_now"));
	CHECK(!strcmp(seat_do(h.host, "seat.role", "{s:s, s:s}", "seat", h.site->id, "role", "viewer"), ""));
	office_ask(&h.admin, "GET", "audit?act=class.open", NULL);
	CHECK(strstr(h.admin.last->body, "\"act\":\"class.open\"") && strstr(h.admin.last->body, "\"class\":"), "%s", h.admin.last->body);
	office_ask(&h.admin, "GET", "audit?act=seat.role", NULL);
	CHECK(strstr(h.admin.last->body, "\"after\":\"viewer\"") && strstr(h.admin.last->body, "\"org\":4"), "%s", h.admin.last->body);
}

static json_t *person_row(struct hall *h, json_int_t id)
{
	json_t *items = json_object_get(office_ask(&h->admin, "GET", office_path("classes", h->class, "/people?site=4&limit=500"), NULL), "items"), *row;
	size_t i;

	json_array_foreach(items, i, row)
		if (json_integer_value(json_object_get(row, "person")) == id)
			return row;
	return NULL;
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static void marked_by_the_delegate(void)
{
	struct hall h;
	json_t *row, *reply;
	json_int_t stranger;
	size_t mark;

	REQUIRE(hall_open(&h));
	stranger = office_person(&h.admin, "别处", BRANCH);
	CHECK(!strcmp(seat_do(h.site, "class.mark", "{s:[I], s:b}", "persons", h.ann, "here", 1), "not_now"), "no roster yet");
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	mark = seat_mark(h.site);
	CHECK(!strcmp(seat_do(h.site, "class.mark", "{s:[I], s:b}", "persons", h.ann, "here", 1), ""));
	CHECK(seat_event(h.site, mark, "class.people", 3000) != NULL, "the site's screen shows it");
	CHECK(seat_event(h.host, 0, "class.count", 3000) != NULL, "who leads sees the count");
	row = person_row(&h, h.ann);
	CHECK(row && !strcmp(text(row, "grade"), "delegate") && json_is_false(json_object_get(row, "late")) && json_is_false(json_object_get(row, "together")), "%s", h.admin.last->body);
	reply = seat_ask(h.site, "class.mark", "{s:[I,I], s:b}", "persons", h.ann, h.bob, "here", 1);
	CHECK(json_integer_value(json_object_get(reply, "marked")) == 1, "who was marked stays as marked");
	json_decref(reply);
	row = person_row(&h, h.bob);
	CHECK(row && json_is_true(json_object_get(row, "together")), "%s", h.admin.last->body);
	CHECK(!strcmp(seat_do(h.site, "class.mark", "{s:[I,I], s:b}", "persons", h.bob, stranger, "here", 0), "not_now"), "another site's member");
	CHECK(!strcmp(text(person_row(&h, h.bob), "grade"), "delegate"), "all or none");
	CHECK(!strcmp(seat_do(h.site, "class.mark", "{s:[I,I], s:b}", "persons", h.bob, h.bob, "here", 0), "bad_message"), "twice in one");
	CHECK(!strcmp(seat_do(h.host, "class.mark", "{s:[I], s:b}", "persons", h.ann, "here", 1), "not_now"), "the host is no site");
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	row = person_row(&h, h.ann);
	CHECK(row && json_integer_value(json_object_get(row, "site")) == SITE && json_is_true(json_object_get(row, "expected")), "acknowledged is kept: %s", h.admin.last->body);
	REQUIRE(hall_enter(&h));
	CHECK(!strcmp(state_of(h.host), "open"), "%s", state_of(h.host));
	CHECK(attendee_wait(h.host, h.site->id, "camera", 5, 5000), "no lobby after a restart");
}

static void the_code_on_the_screen(void)
{
	struct hall h;
	json_t *first, *again;

	REQUIRE(hall_open(&h));
	first = seat_ask(h.site, "class.code", "{}");
	again = seat_ask(h.site, "class.code", "{}");
	CHECK(strlen(text(first, "code")) == 10 && json_integer_value(json_object_get(first, "site")) == SITE, "%s", seat_error(first));
	CHECK(json_integer_value(json_object_get(first, "valid_ms")) <= 15000);
	CHECK(json_integer_value(json_object_get(first, "valid_ms")) < json_integer_value(json_object_get(again, "valid_ms")) || !strcmp(text(first, "code"), text(again, "code")), "the same while it lasts");
	CHECK(!strcmp(seat_do(h.host, "class.code", "{}"), "not_now"), "who is no site has no code");
	json_decref(first);
	json_decref(again);
}

static void standing_rooms(void)
{
	struct office admin;
	struct loop *l;
	struct seat *site, *other;

	REQUIRE(office_open(&admin));
	l = stage_loop();
	site = attendee_with(admin.server, l, NULL, NULL, &(struct seat_cfg){ .room = "org-4", .cookie = account_cookie(admin.server, "branch001"), .no_media = true });
	CHECK(site->id[0], "%s", seat_error(site->joined));
	other = attendee_with(admin.server, l, NULL, NULL, &(struct seat_cfg){ .room = "org-4", .cookie = account_cookie(admin.server, "branch002"), .no_media = true });
	CHECK(!strcmp(seat_error(other->joined), "not_found"), "beside it: %s", seat_error(other->joined));
	other = attendee_with(admin.server, l, NULL, NULL, &(struct seat_cfg){ .room = "org-999999", .cookie = account_cookie(admin.server, "branch002"), .no_media = true });
	CHECK(!strcmp(seat_error(other->joined), "not_found"), "%s", seat_error(other->joined));
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a lobby shows only who teaches, and the window is opened, paused and closed by who leads", lobby_and_window },
		{ "a delegate marks the own roster, and each mark survives kill -9", marked_by_the_delegate },
		{ "a site's screen shows a code", the_code_on_the_screen },
		{ "an organisation's standing room is there without planning, for it and those below", standing_rooms },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
