/* See hall.h. */
#include "tests/scenario/hall.h"

#include <glib.h>

#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define MINUTE_MS 60000LL

static json_int_t plan(struct office *o, json_int_t org)
{
	json_int_t now = g_get_real_time() / 1000;
	json_t *j = office_ask(o, "POST", "classes", json_pack("{s:I, s:s, s:s, s:I, s:I, s:b}", "org", org, "title", "党课", "kind", "lecture", "start_ms", now + 20 * MINUTE_MS,
	                                                       "end_ms", now + 110 * MINUTE_MS, "subtree", 1));

	CHECK(o->last->status == 201, "%s", o->last->body);
	return json_integer_value(json_object_get(j, "id"));
}

bool hall_enter(struct hall *h)
{
	const struct seat_cfg host = { .room = h->room, .cookie = h->admin.cookie, .mic = true, .camera = true, .number = 100 };
	const struct seat_cfg site = { .room = h->room, .cookie = account_cookie(h->admin.server, "branch001"), .mic = true, .camera = true, .number = 200 };

	h->host = attendee_with(h->admin.server, h->loop, NULL, NULL, &host);
	h->site = attendee_with(h->admin.server, h->loop, NULL, NULL, &site);
	CHECK(h->host->id[0] && h->site->id[0], "%s %s", seat_error(h->host->joined), seat_error(h->site->joined));
	return h->host->id[0] && h->site->id[0];
}

bool hall_open(struct hall *h)
{
	*h = (struct hall){ 0 };
	if (!office_open(&h->admin))
		return false;
	h->loop = stage_loop();
	h->ann = office_person(&h->admin, "安娜", SITE);
	h->bob = office_person(&h->admin, "鲍勃", SITE);
	h->class = plan(&h->admin, 1);
	g_snprintf(h->room, sizeof(h->room), "class-%lld", (long long)h->class);
	return hall_enter(h);
}

static void end_json(void *j)
{
	json_decref(j);
}

static void end_seat(void *s)
{
	seat_free(s);
}

static const char *text_of(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

const char *hall_scan(struct hall *h, struct office *phone)
{
	json_t *code = defer(seat_ask(h->site, "class.code", "{}"), end_json);

	phone->server = h->admin.server;
	return text_of(office_ask(phone, "POST", "companion/visit", json_pack("{s:I, s:i, s:s}", "class", h->class, "site", SITE, "code", text_of(code, "code"))), "claim");
}

struct seat *hall_phone(struct hall *h, const char *cookie, const char *claim)
{
	return defer(seat_open(&(struct seat_cfg){ .loop = h->loop, .host = "127.0.0.1", .port = h->admin.server->port, .cookie = cookie, .companion = claim }), end_seat);
}

json_t *hall_page(struct hall *h, struct seat *phone, const char *visit, const char *device)
{
	json_t *reply = defer(seat_ask(phone, "companion.open", "{s:I, s:s*, s:s}", "class", h->class, "visit", visit, "device", device), end_json);

	CHECK(!*seat_error(reply), "%s", seat_error(reply));
	return json_object_get(reply, "state");
}
