/* From the plan to the expert on air: the calendar's file, classes that meet, when a class may begin, and an expert who comes in by a link. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define MINUTE_MS 60000LL
#define NEXT_MS 86400000LL

static json_int_t now_ms(void)
{
	return g_get_real_time() / 1000;
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static void end_json(void *j)
{
	json_decref(j);
}

static json_t *plan_at(json_int_t org, json_int_t start_ms, const char *zone)
{
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:s, s:b, s:[{s:i, s:s, s:s}]}", "org", org, "title", "专题党课：学习贯彻党的二十届四中全会精神，推动基层党组织建设全面进步、全面过硬", "kind", "lecture",
	                 "start_ms", start_ms, "end_ms", start_ms + 90 * MINUTE_MS, "zone", zone, "subtree", 1, "agenda", "minutes", 45, "title", "第一讲; 一, 二", "speaker", "王老师");
}

static json_int_t planned(struct office *o, json_t *body)
{
	json_t *j = office_ask(o, "POST", "classes", body);

	CHECK(o->last->status == 201, "%ld %s", o->last->status, o->last->body);
	return number(j, "id");
}

/* ---- the calendar ---- */

/* As another library reads it, which Debian's own python3 has. */
static json_t *calendar(struct office *o, json_int_t class)
{
	char path[] = "/tmp/huitang-calendar-XXXXXX";
	char *arguments[] = { "/usr/bin/python3", SCENARIO "/read_calendar.py", path, NULL };
	g_autofree char *out = NULL, *err = NULL, *type = NULL;
	int fd = g_mkstemp(path), status = -1;

	office_ask(o, "GET", office_path("classes", class, "/calendar.ics"), NULL);
	type = http_reply_header(o->last, "content-type");
	CHECK(o->last->status == 200 && type && strstr(type, "text/calendar"), "%ld %s", o->last->status, o->last->body);
	close(fd);
	g_file_set_contents(path, o->last->body, (gssize)o->last->body_len, NULL);
	if (!g_spawn_sync(NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, NULL) || status != 0)
		CHECK(false, "the reader: %.900s %.900s", out ? out : "", err ? err : "");
	unlink(path);
	return defer(json_loads(out ? out : "", 0, NULL), end_json);
}

static void the_calendar_has_the_plan(void)
{
	struct office admin, site, beside;
	json_int_t id, start = (now_ms() / MINUTE_MS) * MINUTE_MS + NEXT_MS;
	json_t *first, *second, *p;

	REQUIRE(office_open(&admin));
	site = (struct office){ .server = admin.server, .cookie = account_cookie(admin.server, "branch001") };
	id = planned(&admin, plan_at(1, start, "Asia/Shanghai"));
	first = calendar(&site, id);
	CHECK(number(first, "DTSTART") == start && number(first, "DTEND") == start + 90 * MINUTE_MS && number(first, "DTSTART_rules") == start, "%s", site.last->body);
	CHECK(!strcmp(text(first, "zone"), "Asia/Shanghai") && !strcmp(text(first, "status"), "CONFIRMED") && !strcmp(text(first, "method"), "PUBLISH") && number(first, "sequence") == 0, "%s",
	      site.last->body);
	CHECK(strstr(text(first, "title"), "全面过硬") && strstr(text(first, "description"), "第一讲; 一, 二 王老师") && strstr(text(first, "url"), "/class/"), "%s", site.last->body);
	CHECK(number(first, "longest") <= 75 && json_is_true(json_object_get(first, "crlf")) && number(first, "alarms") == 1, "%s", site.last->body);
	p = plan_at(1, start + 30 * MINUTE_MS, "Asia/Shanghai");
	json_object_del(p, "org");
	office_ask(&admin, "PATCH", office_path("classes", id, ""), p);
	CHECK(admin.last->status == 200, "%s", admin.last->body);
	second = calendar(&site, id);
	CHECK(!strcmp(text(second, "uid"), text(first, "uid")) && number(second, "sequence") == 1 && number(second, "DTSTART") == start + 30 * MINUTE_MS, "%s", site.last->body);
	office_ask(&admin, "POST", office_path("classes", id, "/cancel"), json_pack("{s:s}", "why", "台风"));
	second = calendar(&site, id);
	CHECK(!strcmp(text(second, "uid"), text(first, "uid")) && number(second, "sequence") == 2 && !strcmp(text(second, "status"), "CANCELLED"), "%s", site.last->body);
	CHECK(server_end(admin.server, SIGKILL) != -1 && server_restart(admin.server));
	CHECK(json_equal(second, calendar(&site, id)), "the same after a restart: %s", site.last->body);
	beside = (struct office){ .server = admin.server, .cookie = account_cookie(admin.server, "branch002") };
	id = planned(&admin, plan_at(SITE, start, "Asia/Shanghai"));
	CHECK(!strcmp(office_code(&beside, "GET", office_path("classes", id, "/calendar.ics"), NULL), "not_found"), "beside it");
}

static void zones_of_a_calendar(void)
{
	static const char *const zones[] = { "Asia/Urumqi", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC" };
	struct office admin;

	REQUIRE(office_open(&admin));
	for (unsigned i = 0; i < G_N_ELEMENTS(zones); i++)
		for (int half = 0; half < 2; half++) {
			json_int_t start = (now_ms() / MINUTE_MS) * MINUTE_MS + (1 + half * 183) * NEXT_MS;
			json_t *read = calendar(&admin, planned(&admin, plan_at(SITE, start, zones[i])));

			CHECK(number(read, "DTSTART") == start && number(read, "DTSTART_rules") == start && number(read, "DTEND_rules") == start + 90 * MINUTE_MS, "%s: %lld is %lld and %lld by rules: %s", zones[i], (long long)start, (long long)number(read, "DTSTART"), (long long)number(read, "DTSTART_rules"),
			      admin.last->body);
		}
}

/* ---- classes that meet ---- */

static void overlaps_are_told(void)
{
	struct office admin, site;
	json_int_t start = now_ms() + 2 * NEXT_MS, first, second;
	g_autofree char *query = NULL;
	json_t *items;

	REQUIRE(office_open(&admin));
	site = (struct office){ .server = admin.server, .cookie = account_cookie(admin.server, "branch001") };
	first = planned(&admin, plan_at(1, start, "Asia/Shanghai"));
	query = g_strdup_printf("classes/overlaps?org=%d&start_ms=%lld&end_ms=%lld", SITE, (long long)(start + 30 * MINUTE_MS), (long long)(start + 60 * MINUTE_MS));
	items = json_object_get(office_ask(&admin, "GET", query, NULL), "items");
	CHECK(json_array_size(items) == 1 && number(json_array_get(items, 0), "class") == first && number(json_array_get(items, 0), "sites") == 1, "%s", admin.last->body);
	CHECK(!strcmp(office_code(&site, "GET", "classes/overlaps?org=5&start_ms=1&end_ms=9999999999999", NULL), "not_found"), "beside it");
	g_free(query);
	items = json_object_get(office_ask(&site, "GET", "classes/overlaps?org=" G_STRINGIFY(SITE) "&start_ms=0&end_ms=9223372036854775807", NULL), "items");
	CHECK(json_array_size(items) == 1, "an end beyond all time: %s", site.last->body);
	query = g_strdup_printf("classes/overlaps?org=%d&start_ms=%lld&end_ms=%lld&except=%lld", SITE, (long long)start, (long long)(start + MINUTE_MS), (long long)first);
	CHECK(json_array_size(json_object_get(office_ask(&admin, "GET", query, NULL), "items")) == 0, "not with itself: %s", admin.last->body);
	second = planned(&admin, plan_at(SITE, start + 89 * MINUTE_MS, "Asia/Shanghai"));
	items = json_object_get(office_ask(&site, "GET", office_path("classes", second, "/overlaps"), NULL), "items");
	CHECK(json_array_size(items) == 1 && number(json_array_get(items, 0), "class") == first, "the site is told: %s", site.last->body);
	items = json_object_get(office_ask(&admin, "GET", office_path("classes", first, "/overlaps"), NULL), "items");
	CHECK(json_array_size(items) == 1 && number(json_array_get(items, 0), "class") == second && number(json_array_get(items, 0), "sites") == 1, "%s", admin.last->body);
	office_ask(&admin, "POST", office_path("classes", second, "/cancel"), json_pack("{s:s}", "why", "x"));
	CHECK(json_array_size(json_object_get(office_ask(&site, "GET", office_path("classes", first, "/overlaps"), NULL), "items")) == 0, "%s", site.last->body);
}

static void not_long_before_its_start(void)
{
	struct office admin;
	struct seat *host;
	json_t *reply;
	char room[32];
	json_int_t id;

	REQUIRE(office_open(&admin));
	id = planned(&admin, plan_at(1, now_ms() + 61 * MINUTE_MS, "Asia/Shanghai"));
	g_snprintf(room, sizeof(room), "class-%lld", (long long)id);
	host = attendee_with(admin.server, stage_loop(), NULL, NULL, &(struct seat_cfg){ .room = room, .cookie = admin.cookie, .no_media = true });
	reply = defer(seat_ask(host, "class.open", "{}"), end_json);
	CHECK(!strcmp(seat_error(reply), "not_now") && !strcmp(text(json_object_get(reply, "error"), "field"), "class.early"), "%s", seat_error(reply));
	office_ask(&admin, "GET", office_path("classes", id, ""), NULL);
	CHECK(strstr(admin.last->body, "\"not_held\":false") && strstr(admin.last->body, "\"state\":\"planned\""), "%s", admin.last->body);
}

/* ---- the expert ---- */

/* Invites one, and copies the code. */
static json_int_t invite(struct hall *h, json_t *body, char ret_code[33])
{
	json_t *j = office_ask(&h->admin, "POST", office_path("classes", h->class, "/experts"), body);

	CHECK(h->admin.last->status == 201 && strlen(text(j, "code")) == 32, "%ld %s", h->admin.last->status, h->admin.last->body);
	g_strlcpy(ret_code, text(j, "code"), 33);
	return number(j, "expert");
}

/* What the page of the link is told. */
static json_t *page(struct hall *h, const char *code)
{
	struct office nobody = { .server = h->admin.server };

	return office_ask(&nobody, "POST", "expert", json_pack("{s:I, s:s}", "class", h->class, "code", code));
}

static const char *token_of(struct hall *h, const char *code)
{
	return defer(g_strdup(text(page(h, code), "token")), g_free);
}

static struct seat *expert_enters(struct hall *h, const char *token)
{
	return attendee_with(h->admin.server, h->loop, NULL, NULL, &(struct seat_cfg){ .room = h->room, .token = token, .mic = true, .camera = true, .number = 300 });
}

static const char *listed_as(struct hall *h, json_int_t expert)
{
	json_t *items = json_object_get(office_ask(&h->admin, "GET", office_path("classes", h->class, "/experts"), NULL), "items");

	return text(json_array_get(items, (size_t)expert - 1), "state");
}

static void take_back(struct hall *h, json_int_t expert)
{
	g_autofree char *rest = g_strdup_printf("/experts/%lld/revoke", (long long)expert);

	office_ask(&h->admin, "POST", office_path("classes", h->class, rest), json_pack("{s:s}", "why", "换人"));
	CHECK(h->admin.last->status == 204, "%ld %s", h->admin.last->status, h->admin.last->body);
}

static void an_expert_comes_by_link(void)
{
	struct hall h;
	struct seat *expert, *again;
	const char *token;
	char code[33];
	json_int_t id;
	json_t *state;
	size_t mark;

	REQUIRE(hall_open(&h));
	id = invite(&h, json_pack("{s:s}", "name", "王教授"), code);
	CHECK(!strcmp(listed_as(&h, id), "good") && !strstr(h.admin.last->body, code), "told once: %s", h.admin.last->body);
	state = page(&h, code);
	CHECK(!strcmp(text(state, "name"), "王教授") && !strcmp(text(state, "room"), h.room) && number(state, "from_ms") < now_ms(), "%s", text(state, "title"));
	CHECK(!*text(page(&h, "00000000000000000000000000000000"), "token"), "another code");
	/* The link is as durable as the plan. */
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	REQUIRE(hall_enter(&h));
	token = token_of(&h, code);
	expert = expert_enters(&h, token);
	REQUIRE(expert->id[0], "%s", seat_error(expert->joined));
	CHECK(!strcmp(expert->role, "presenter"), "%s", expert->role);
	CHECK(attendee_wait_field(h.host, expert->id, "name", "王教授", 3000), "by the name on the invitation");
	CHECK(attendee_wait(h.site, expert->id, "camera", 5, 5000), "who teaches is seen in the lobby");
	CHECK(seat_event(expert, 0, "class.count", 3000) != NULL, "and sees how many are there");
	CHECK(!strcmp(seat_do(expert, "class.open", "{}"), "forbidden"), "the class is the host's");
	mark = seat_mark(expert);
	take_back(&h, id);
	CHECK(seat_event(expert, mark, "ended", 3000) != NULL, "shown out");
	CHECK(!strcmp(listed_as(&h, id), "revoked"), "%s", h.admin.last->body);
	again = expert_enters(&h, token);
	CHECK(!again->id[0] && !strcmp(seat_error(again->joined), "not_now"), "%s", seat_error(again->joined));
	CHECK(!*text(page(&h, code), "token"), "the link is dead");
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	CHECK(!*text(page(&h, code), "token"), "and stays so");
}

static void an_encoder_on_the_experts_seat(void)
{
	const struct publisher_cfg cfg = { .number = 500, .level = 20 };
	struct hall h;
	struct seat *expert;
	struct whip *w, *late;
	const char *token;
	const json_t *row = NULL;
	const char *id = NULL, *key;
	char code[33];
	json_int_t number_of;
	json_t *j;

	REQUIRE(hall_open(&h));
	number_of = invite(&h, json_pack("{s:s}", "name", "王教授"), code);
	token = token_of(&h, code);
	expert = expert_enters(&h, token);
	w = publisher_open(h.admin.server, h.loop, h.room, token, &cfg);
	REQUIRE(w->status == 201, "WHIP %ld %s", w->status, w->answer);
	for (int i = 0; i < 600 && !id; i++) {
		seat_stay(h.host, 50);
		json_object_foreach(h.host->roster, key, j)
			if (!strcmp(text(j, "kind"), "whip"))
				row = j, id = key;
	}
	REQUIRE(id, "the encoder is a seat");
	id = defer(g_strdup(id), g_free);               /* outlives its row of the roster */
	CHECK(!strcmp(text(row, "name"), "王教授") && !strcmp(text(row, "role"), "presenter"), "%s", text(row, "name"));
	CHECK(attendee_wait_number(h.site, id, "camera", 501, 5000), "on air, also in the lobby");
	CHECK(expert->id[0] && strcmp(expert->id, id) != 0, "beside the page");
	take_back(&h, number_of);
	CHECK(attendee_wait_field(h.host, id, "presence", "", 3000) || !json_object_get(h.host->roster, id), "off air");
	late = publisher_open(h.admin.server, h.loop, h.room, token, &cfg);
	CHECK(late->status == 403, "WHIP %ld %s", late->status, late->answer);
}

static void a_link_has_its_time(void)
{
	struct hall h;
	struct office site;
	struct seat *early;
	struct whip *w;
	const char *token;
	char code[33];
	json_t *j;

	REQUIRE(hall_open(&h));
	j = json_pack("{s:s, s:I, s:I}", "name", "早到的专家", "from_ms", now_ms() + 10 * MINUTE_MS, "until_ms", now_ms() + 60 * MINUTE_MS);
	CHECK(!strcmp(listed_as(&h, invite(&h, j, code)), "waiting"), "%s", h.admin.last->body);
	token = token_of(&h, code);
	CHECK(*token, "an encoder can be set up before");
	early = expert_enters(&h, token);
	CHECK(!early->id[0] && !strcmp(seat_error(early->joined), "not_now") && !strcmp(text(json_object_get(early->joined, "error"), "field"), "class.expert_early"), "%s", seat_error(early->joined));
	w = publisher_open(h.admin.server, h.loop, h.room, token, &(struct publisher_cfg){ .number = 500 });
	CHECK(w->status == 403, "WHIP %ld", w->status);
	j = json_pack("{s:s, s:I, s:I}", "name", "反了", "from_ms", now_ms() + 20 * MINUTE_MS, "until_ms", now_ms() + 10 * MINUTE_MS);
	CHECK(!strcmp(office_code(&h.admin, "POST", office_path("classes", h.class, "/experts"), j), "class.ends_first"), "%s", h.admin.last->body);
	site = (struct office){ .server = h.admin.server, .cookie = account_cookie(h.admin.server, "branch001") };
	CHECK(!strcmp(office_code(&site, "POST", office_path("classes", h.class, "/experts"), json_pack("{s:s}", "name", "x")), "forbidden"), "no site invites");
	CHECK(!strcmp(office_code(&site, "GET", office_path("classes", h.class, "/experts"), NULL), "forbidden"), "%s", site.last->body);
}

/* ---- the lobby ---- */

static json_t *district(struct seat *host, size_t mark, json_int_t here, json_int_t late)
{
	json_t *event, *row, *found = NULL;
	size_t i;

	for (int tries = 0; tries < 20 && !found && (event = seat_event(host, mark, "class.districts", 1500)); tries++, mark++)
		json_array_foreach(json_object_get(event, "districts"), i, row)
			if (number(row, "here") == here && number(row, "late") == late && number(row, "came") > 0)
				found = row;
	return found;
}

static bool has_own_district(struct seat *host)
{
	const json_t *event = seat_event(host, 0, "class.districts", 1500), *row;
	size_t i, own = 0;

	json_array_foreach(json_object_get(event, "districts"), i, row)
		own += json_is_true(json_object_get(row, "own")) && number(row, "sites") > 1;
	return own == 1;
}

static void districts_in_the_lobby(void)
{
	struct hall h;
	struct seat *late;
	json_t *row;

	REQUIRE(hall_open(&h));
	row = district(h.host, 0, 1, 0);
	CHECK(row && number(row, "sites") > 1 && number(row, "came") == 1 && *text(row, "name"), "one site of its county has come");
	CHECK(seat_no_event(h.site, 0, "class.districts", 10), "only who leads is told");
	CHECK(has_own_district(h.host), "the city's own branches are one district");
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	late = attendee_with(h.admin.server, h.loop, NULL, NULL, &(struct seat_cfg){ .room = h.room, .cookie = account_cookie(h.admin.server, "branch002"), .no_media = true });
	CHECK(late->id[0], "%s", seat_error(late->joined));
	CHECK(district(h.host, 0, 2, 1) || district(h.host, 0, 1, 1), "who comes after the class began is late");
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	REQUIRE(hall_enter(&h));
	CHECK(district(h.host, 0, 1, 1), "who was late stays so over a restart");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "the calendar's file is the plan, follows its changes, and says when it was called off", the_calendar_has_the_plan },
		{ "a calendar's file is right in zones with and without summer time", zones_of_a_calendar },
		{ "classes for one site at one time are told to planner and site", overlaps_are_told },
		{ "a class does not begin more than an hour before its start", not_long_before_its_start },
		{ "an expert comes in by a link, also after kill -9, until it is taken back", an_expert_comes_by_link },
		{ "an encoder goes on air by the expert's link, and off with it", an_encoder_on_the_experts_seat },
		{ "an expert's link lets in from and until its times, and only planners make one", a_link_has_its_time },
		{ "who leads sees which districts have come, and who was late", districts_in_the_lobby },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120);
}
