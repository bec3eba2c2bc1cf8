/*
 * What a right that is not there, or not any more, shows: nothing, and the same words as what does not exist. Beside the matrix (authority.c): classes, rooms by token, a
 * key that was used before, and rights that end while something of them is open.
 */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define NOBODYS 7777777
#define CITY 1
#define DISTRICT 2              /* of SITE */

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static void end_seat(void *s)
{
	seat_free(s);
}

static void end_json(void *j)
{
	json_decref(j);
}

static json_int_t give(struct office *admin, json_int_t whom, json_int_t org, const char *role, bool subtree)
{
	json_int_t id = number(office_ask(admin, "POST", "grants", office_grant(whom, org, role, subtree)), "id");

	CHECK(admin->last->status == 201, "%s", admin->last->body);
	return id;
}

static void end_grant(struct office *admin, json_int_t grant)
{
	office_ask(admin, "POST", office_path("grants", grant, "/end"), json_pack("{s:s}", "why", "over"));
	CHECK(admin->last->status == 204, "%s", admin->last->body);
}

static struct office with_grant(struct office *admin, const char *name, json_int_t org, const char *role, bool subtree, json_int_t *ret_grant)
{
	json_int_t who = office_person(admin, name, org);

	*ret_grant = give(admin, who, org, role, subtree);
	return office_enter(admin, who);
}

/* The same status, the same bytes. */
static void check_same(struct office *o, const char *method, const char *there, json_t *body, const char *nowhere, json_t *other)
{
	const struct http_reply *x, *y;

	office_ask(o, method, there, body);
	x = o->last;
	office_ask(o, method, nowhere, other);
	y = o->last;
	CHECK(x->status >= 400 && x->status == y->status && x->body_len == y->body_len && !memcmp(x->body, y->body, x->body_len), "%s %s: %ld %s, but %s: %ld %s", method, there,
	      x->status, x->body, nowhere, y->status, y->body);
}

/* ---- classes ---- */

static json_t *path_of_class(struct office *o, const struct hall *h, const char *rest)
{
	return office_ask(o, "GET", office_path("classes", h->class, rest), NULL);
}

/* Where policy shows persons to nobody above, a class is no way around it. */
static void a_class_shows_no_person_whom_policy_hides(void)
{
	struct hall h;
	struct office above;
	json_int_t grant;

	REQUIRE(hall_open(&h));
	above = with_grant(&h.admin, "区里的书记", DISTRICT, "leader", true, &grant);
	path_of_class(&above, &h, "/people?site=4");
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	path_of_class(&above, &h, "/people?site=4");
	CHECK(above.last->status == 200 && strstr(above.last->body, "安娜"), "%s", above.last->body);
	office_ask(&h.admin, "POST", office_path("orgs", SITE, "/policy"), json_pack("{s:s, s:s, s:s}", "key", "person_level_upward", "value", "off", "why", "test"));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	path_of_class(&above, &h, "/people?site=4");
	CHECK(above.last->status == 200 && !strstr(above.last->body, "安娜"), "%s", above.last->body);
	check_same(&above, "POST", office_path("classes", h.class, "/leave"), json_pack("{s:I, s:s}", "person", h.ann, "why", "x"), office_path("classes", h.class, "/leave"),
	           json_pack("{s:i, s:s}", "person", NOBODYS, "why", "x"));
	check_same(&above, "POST", office_path("classes", h.class, "/roster"), json_pack("{s:[I], s:s}", "remove", h.ann, "why", "x"), office_path("classes", h.class, "/roster"),
	           json_pack("{s:[i], s:s}", "remove", NOBODYS, "why", "x"));
}

/* Being invited as a member shows the class, and neither how many came nor why a roster was changed. */
static void a_member_sees_no_figures_of_a_class(void)
{
	struct hall h;
	struct office ann, secretary, site = { 0 };
	json_int_t grant;

	REQUIRE(hall_open(&h));
	ann = office_enter(&h.admin, h.ann);
	secretary = with_grant(&h.admin, "书记", SITE, "leader", false, &grant);
	site = (struct office){ .server = h.admin.server, .cookie = account_cookie(h.admin.server, "branch001") };
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	CHECK(json_object_get(path_of_class(&ann, &h, ""), "title") && !json_object_get(path_of_class(&ann, &h, ""), "count"), "%s", ann.last->body);
	CHECK(!json_object_get(path_of_class(&ann, &h, ""), "roster_why"), "%s", ann.last->body);
	path_of_class(&ann, &h, "/sites");
	CHECK(strstr(ann.last->body, "\"site\":4") && !strstr(ann.last->body, "expected"), "%s", ann.last->body);
	path_of_class(&secretary, &h, "/sites");
	CHECK(strstr(secretary.last->body, "\"expected\":"), "%s", secretary.last->body);
	CHECK(number(json_object_get(path_of_class(&secretary, &h, ""), "count"), "sites") == 1, "%s", secretary.last->body);
	path_of_class(&site, &h, "/sites");
	CHECK(strstr(site.last->body, "\"expected\":"), "%s", site.last->body);
}

/* A further membership shows the person, and not what happens where the main one is. */
static void a_further_membership_shows_nothing_of_the_main_one(void)
{
	struct hall h;
	struct office ann, group, secretary;
	json_int_t grant, org, class, now = g_get_real_time() / 1000;

	REQUIRE(hall_open(&h));
	org = number(office_ask(&h.admin, "POST", "orgs", json_pack("{s:i, s:s, s:s}", "parent", CITY, "name", "网络小组", "kind", "branch")), "id");
	class = number(office_ask(&h.admin, "POST", "classes", json_pack("{s:i, s:s, s:s, s:I, s:I, s:b}", "org", CITY, "title", "x", "kind", "lecture", "start_ms", now + 600000, "end_ms", now + 1200000,
	                                                                "subtree", 1)), "id");
	REQUIRE(org > 0 && class > 0, "%s", h.admin.last->body);
	office_ask(&h.admin, "POST", office_path("people", h.ann, "/memberships"), json_pack("{s:I}", "org", org));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	ann = office_enter(&h.admin, h.ann);
	office_ask(&ann, "POST", office_path("classes", class, "/leave"), json_pack("{s:I, s:s}", "person", h.ann, "why", "家里有事"));
	CHECK(ann.last->status == 200, "%s", ann.last->body);
	secretary = with_grant(&h.admin, "书记", SITE, "leader", false, &grant);
	group = with_grant(&h.admin, "组长", org, "leader", false, &grant);
	office_ask(&secretary, "GET", office_path("classes", class, "/people"), NULL);
	CHECK(strstr(secretary.last->body, "家里有事"), "%s", secretary.last->body);
	office_ask(&group, "GET", office_path("people", h.ann, ""), NULL);
	CHECK(group.last->status == 200 && !strstr(group.last->body, "\"org\":4"), "%s", group.last->body);
	office_ask(&group, "GET", office_path("classes", class, "/people"), NULL);
	CHECK(group.last->status == 200 && !strstr(group.last->body, "家里有事") && !strstr(group.last->body, "安娜"), "%s", group.last->body);
}

/* What is asked with somebody's own things in the path and hidden ones in the body. */
static void hidden_places_in_plans_and_rosters(void)
{
	struct hall h;
	struct office alone, branch;
	json_int_t grant, now = g_get_real_time() / 1000;

	REQUIRE(hall_open(&h));
	/* Without its subtree a grant sees nothing below. */
	alone = with_grant(&h.admin, "一处的管理员", DISTRICT, "administrator", false, &grant);
	check_same(&alone, "POST", "classes", json_pack("{s:i, s:s, s:s, s:I, s:I, s:i}", "org", DISTRICT, "title", "x", "kind", "lecture", "start_ms", now + 600000, "end_ms", now + 1200000, "target", SITE),
	           "classes", json_pack("{s:i, s:s, s:s, s:I, s:I, s:i}", "org", DISTRICT, "title", "x", "kind", "lecture", "start_ms", now + 600000, "end_ms", now + 1200000, "target", NOBODYS));
	CHECK(number(office_ask(&alone, "GET", office_path("orgs", DISTRICT, ""), NULL), "children") == 0, "%s", alone.last->body);
	branch = with_grant(&h.admin, "书记", SITE, "leader", false, &grant);
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	check_same(&branch, "POST", office_path("classes", h.class, "/roster"), json_pack("{s:[I], s:s, s:i}", "add", h.ann, "why", "x", "site", ELSEWHERE), office_path("classes", h.class, "/roster"),
	           json_pack("{s:[I], s:s, s:i}", "add", h.ann, "why", "x", "site", NOBODYS));
}

/* A site's delegate asks for persons: of others not even whether they exist. */
static void a_delegate_learns_nothing_of_others(void)
{
	struct hall h;
	json_int_t other;
	json_t *ask;

	REQUIRE(hall_open(&h));
	other = office_person(&h.admin, "别处的人", ELSEWHERE);
	CHECK(!strcmp(seat_do(h.host, "class.open", "{}"), ""));
	ask = defer(seat_ask(h.host, "ask.open", "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "poll", "audience", "persons", "prompt", "?", "options", "a", "b", "span_s", 60), end_json);
	CHECK(number(ask, "ask") == 1, "%s", seat_error(ask));
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:[i], s:I}", "ask", 1, "choice", 0, "person", other), "answer_refused"));
	CHECK(!strcmp(seat_do(h.site, "ask.answer", "{s:i, s:[i], s:i}", "ask", 1, "choice", 0, "person", NOBODYS), "answer_refused"), "the same words");
	ask = defer(seat_ask(h.site, "ask.answer", "{s:i, s:[i], s:I}", "ask", 1, "choice", 0, "person", other), end_json);
	CHECK(!strcmp(json_string_value(json_object_get(json_object_get(ask, "error"), "field")), "foreign"));
	ask = defer(seat_ask(h.site, "ask.answer", "{s:i, s:[i], s:i}", "ask", 1, "choice", 0, "person", NOBODYS), end_json);
	CHECK(!strcmp(json_string_value(json_object_get(json_object_get(ask, "error"), "field")), "foreign"));
	/* Who sits in an own seat names nobody at all. */
	CHECK(!strcmp(seat_do(h.host, "ask.answer", "{s:i, s:[i], s:I}", "ask", 1, "choice", 0, "person", other), "bad_message"));
	CHECK(!strcmp(seat_do(h.host, "ask.answer", "{s:i, s:[i], s:i}", "ask", 1, "choice", 0, "person", NOBODYS), "bad_message"));
}

/* ---- rooms ---- */

static struct seat *greet(const struct hall *h, const char *token)
{
	return defer(seat_open(&(struct seat_cfg){ .loop = h->loop, .host = "127.0.0.1", .port = h->admin.server->port, .token = token }), end_seat);
}

static const char *join_by(struct seat *s, const char *room)
{
	return seat_do(s, "join", "{s:s, s:s, s:s, s:b, s:b}", "room", room, "name", "x", "profile", "desktop", "mic", 0, "camera", 0);
}

static struct http_reply *whip(const struct hall *h, const char *path, const char *token)
{
	g_autofree char *url = server_url(h->admin.server, path);

	return defer(http_ask(&(struct http_ask){ .method = "POST", .url = url, .bearer = token, .type = "application/sdp", .body = "v=0\r\n" }), (void (*)(void *))(void (*)(void))http_reply_free);
}

/* A guest's link to one room is no way to find out which others there are, nor does it open them. */
static void a_token_tells_nothing_of_other_rooms(void)
{
	static const char *const rooms[] = { "org-5", "org-7777777", "class-7777777", ROOM, "no-such-room" };
	struct hall h;
	const char *token, *publisher;
	double before;

	REQUIRE(hall_open(&h));
	token = defer(server_token(h.admin.server, h.room, "participant", NULL, 0), g_free);
	publisher = defer(server_token(h.admin.server, h.room, "presenter", "studio", 0), g_free);
	before = server_metric(h.admin.server, "huitang_journal_appended_total");
	for (unsigned i = 0; i < G_N_ELEMENTS(rooms); i++) {
		g_autofree char *path = g_strdup_printf("/whip/%s", rooms[i]), *play = g_strdup_printf("/whep/%s", rooms[i]);

		CHECK(!strcmp(join_by(greet(&h, token), rooms[i]), "token_invalid"), "%s", rooms[i]);
		CHECK(whip(&h, path, publisher)->status == 403 && whip(&h, play, publisher)->status == 403, "%s", rooms[i]);
		CHECK(whip(&h, path, "no token")->status == 401, "%s", rooms[i]);
	}
	CHECK(server_metric(h.admin.server, "huitang_journal_appended_total") == before, "a room was opened");
}

/* A leader of one room asks for rules about organisations that have no seat in it. */
static void a_rule_names_no_hidden_organisation(void)
{
	struct hall h;
	struct office leader;
	struct seat *host;
	json_int_t grant;
	char room[24] = "org-4";

	REQUIRE(hall_open(&h));
	leader = with_grant(&h.admin, "书记", SITE, "leader", false, &grant);
	host = attendee_with(h.admin.server, h.loop, NULL, NULL, &(struct seat_cfg){ .room = room, .cookie = leader.cookie, .no_media = true });
	CHECK(!strcmp(host->role, "host"), "%s", seat_error(host->joined));
	CHECK(!strcmp(seat_do(host, "source.rule", "{s:s, s:s, s:i}", "source", "camera", "rule", "deny", "org", ELSEWHERE), "bad_message"));
	CHECK(!strcmp(seat_do(host, "source.rule", "{s:s, s:s, s:i}", "source", "camera", "rule", "deny", "org", NOBODYS), "bad_message"));
	CHECK(!strcmp(seat_do(host, "source.rule", "{s:s, s:s, s:i}", "source", "camera", "rule", "deny", "org", SITE), ""));
}

/* ---- rights that end ---- */

static unsigned audit_rows(struct office *admin, const char *act)
{
	g_autofree char *path = g_strdup_printf("audit?act=%s", act);

	return (unsigned)json_array_size(json_object_get(office_ask(admin, "GET", path, NULL), "items"));
}

static struct http_reply *ask_keyed(struct office *o, const char *method, const char *path, const char *body, const char *key)
{
	g_autofree char *url = server_url(o->server, path), *cookie = g_strconcat("Cookie: ", o->cookie, NULL), *header = g_strconcat("Idempotency-Key: ", key, NULL);

	return defer(http_ask(&(struct http_ask){ .method = method, .url = url, .type = body ? "application/json" : NULL, .body = body, .headers = { cookie, header } }),
	             (void (*)(void *))(void (*)(void))http_reply_free);
}

/* A key that was used once is neither a way around the log, nor one to what somebody may not any more. */
static void a_used_key_opens_nothing(void)
{
	struct hall h;
	struct office o;
	json_int_t grant;
	struct http_reply *r;
	json_t *hook;
	char path[80];

	REQUIRE(hall_open(&h));
	for (int i = 0; i < 3; i++) {
		r = ask_keyed(&h.admin, "GET", i < 2 ? "/api/v1/exports/people?org=4" : "/api/v1/exports/people?org=5", NULL, "the-key");
		CHECK(r->status == 200, "%ld %s", r->status, r->body);
	}
	CHECK(audit_rows(&h.admin, "person.export") == 3, "%u", audit_rows(&h.admin, "person.export"));
	o = with_grant(&h.admin, "管理员", DISTRICT, "administrator", true, &grant);
	r = ask_keyed(&o, "POST", "/api/v1/orgs/2/webhooks", "{\"url\":\"https://a.example/\",\"events\":\"*\"}", "hook");
	hook = defer(json_loads(r->body, 0, NULL), end_json);
	CHECK(r->status == 201 && json_object_get(hook, "secret"), "%s", r->body);
	g_snprintf(path, sizeof(path), "/api/v1/orgs/2/webhooks/%lld/replay", (long long)number(hook, "id"));
	CHECK(ask_keyed(&o, "POST", path, "{}", "again")->status == 200);
	end_grant(&h.admin, grant);
	r = ask_keyed(&o, "POST", "/api/v1/orgs/2/webhooks", "{\"url\":\"https://a.example/\",\"events\":\"*\"}", "hook");
	CHECK(r->status == 403 && !strstr(r->body, "secret"), "%ld %s", r->status, r->body);
	CHECK(ask_keyed(&o, "POST", path, "{}", "again")->status == 403);
}

/* The plan of an import tells who is there already. */
static void an_import_goes_with_the_right(void)
{
	struct hall h;
	struct office o;
	json_int_t grant, id;
	struct http_reply *r;
	g_autofree char *url = NULL, *cookie = NULL;

	REQUIRE(hall_open(&h));
	o = with_grant(&h.admin, "管理员", DISTRICT, "administrator", true, &grant);
	url = server_url(o.server, "/api/v1/imports?kind=people&org=2");
	cookie = g_strconcat("Cookie: ", o.cookie, NULL);
	r = defer(http_ask(&(struct http_ask){ .method = "POST", .url = url, .type = "text/csv", .body = "姓名,所在组织\n安娜,朝阳街道第一党支部\n", .headers = { cookie } }),
	          (void (*)(void *))(void (*)(void))http_reply_free);
	id = number(defer(json_loads(r->body, 0, NULL), end_json), "id");
	CHECK(r->status == 202 && id > 0, "%ld %s", r->status, r->body);
	CHECK(number(office_ask(&o, "GET", office_path("imports", id, ""), NULL), "id") == id, "%s", o.last->body);
	end_grant(&h.admin, grant);
	office_ask(&o, "GET", office_path("imports", id, ""), NULL);
	CHECK(strstr(o.last->body, "\"error\":\"forbidden\"") && strstr(o.last->body, "\"counts\":{}") && strstr(o.last->body, "\"total\":0"), "%s", o.last->body);
	CHECK(!strcmp(office_code(&o, "GET", office_path("imports", id, "/rows"), NULL), "forbidden"), "%s", o.last->body);
	office_ask(&o, "GET", "imports", NULL);
	CHECK(strstr(o.last->body, "\"counts\":{}"), "%s", o.last->body);
}

/* Whoever leads a standing room by a grant leads it no more, and is host no more when coming back. */
static void a_leader_without_the_grant_is_shown_out(void)
{
	struct hall h;
	struct office leader;
	struct seat *host;
	json_int_t grant, who;
	const json_t *ended;

	REQUIRE(hall_open(&h));
	who = office_person(&h.admin, "书记", SITE);
	grant = give(&h.admin, who, SITE, "leader", false);
	leader = office_enter(&h.admin, who);
	host = attendee_with(h.admin.server, h.loop, NULL, NULL, &(struct seat_cfg){ .room = "org-4", .cookie = leader.cookie, .no_media = true });
	CHECK(!strcmp(host->role, "host"), "%s", seat_error(host->joined));
	end_grant(&h.admin, grant);
	ended = seat_event(host, 0, "ended", 3000);
	CHECK(ended && !strcmp(json_string_value(json_object_get(ended, "reason")), "removed"), "still there");
	host = attendee_with(h.admin.server, h.loop, NULL, NULL, &(struct seat_cfg){ .room = "org-4", .cookie = leader.cookie, .no_media = true });
	CHECK(!strcmp(host->role, "participant"), "%s %s", host->role, seat_error(host->joined));
	/* Nothing is left of the room for who belongs elsewhere. */
	office_ask(&h.admin, "POST", office_path("people", who, "/transfer"), json_pack("{s:i}", "org", ELSEWHERE));
	CHECK(h.admin.last->status == 200, "%s", h.admin.last->body);
	CHECK(seat_event(host, 0, "ended", 3000) != NULL, "still there after the transfer");
}

/* Grants end by the clock as well, and nobody acts then. */
static void a_grant_that_runs_out_ends_what_is_open(void)
{
	struct hall h;
	struct office above;
	struct seat *looker, *wall, *host;
	json_int_t who;
	json_t *body;

	REQUIRE(hall_open(&h));
	who = office_person(&h.admin, "巡查员", DISTRICT);
	body = office_grant(who, DISTRICT, "leader", true);
	json_object_set_new(body, "to_ms", json_integer(g_get_real_time() / 1000 + 5000));
	office_ask(&h.admin, "POST", "grants", body);
	CHECK(h.admin.last->status == 201, "%s", h.admin.last->body);
	above = office_enter(&h.admin, who);
	looker = defer(seat_open(&(struct seat_cfg){ .loop = h.loop, .host = "127.0.0.1", .port = h.admin.server->port, .cookie = above.cookie }), end_seat);
	wall = defer(seat_open(&(struct seat_cfg){ .loop = h.loop, .host = "127.0.0.1", .port = h.admin.server->port, .cookie = above.cookie }), end_seat);
	host = attendee_with(h.admin.server, h.loop, NULL, NULL, &(struct seat_cfg){ .room = "org-2", .cookie = above.cookie, .no_media = true });
	CHECK(!strcmp(host->role, "host"), "%s", seat_error(host->joined));
	CHECK(!strcmp(seat_do(looker, "look.open", "{}"), ""));
	CHECK(!strcmp(seat_open_wall(wall), ""));
	CHECK(!strcmp(seat_do(wall, "wall.show", "{s:[{s:i, s:s, s:s, s:s, s:i}]}", "slots", "slot", 4, "room", h.room, "seat", h.site->id, "source", "camera", "height", 180), ""));
	CHECK(seat_event(looker, 0, "look.ended", 9000) != NULL, "the look goes on");
	CHECK(seat_event(wall, 0, "wall.refused", 3000) != NULL, "the wall goes on");
	CHECK(seat_event(host, 0, "ended", 3000) != NULL, "the host goes on");
	office_ask(&above, "GET", office_path("orgs", SITE, ""), NULL);
	CHECK(above.last->status == 404, "%s", above.last->body);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "a class is no way around the policy that hides persons from those above", a_class_shows_no_person_whom_policy_hides },
		{ "a member of an invited site sees the class and no figures of it", a_member_sees_no_figures_of_a_class },
		{ "a further membership shows nothing of what is at the main one", a_further_membership_shows_nothing_of_the_main_one },
		{ "hidden places in plans and rosters answer as those that are not there", hidden_places_in_plans_and_rosters },
		{ "a delegate learns nothing of persons elsewhere", a_delegate_learns_nothing_of_others },
		{ "a token of one room tells nothing of others, and opens none", a_token_tells_nothing_of_other_rooms },
		{ "a rule for sources names no hidden organisation", a_rule_names_no_hidden_organisation },
		{ "a key that was used is no way around the log or a right that ended", a_used_key_opens_nothing },
		{ "an import is gone with the right to it", an_import_goes_with_the_right },
		{ "who leads a room by a grant leads it no more without", a_leader_without_the_grant_is_shown_out },
		{ "a grant that runs out ends what is open by it", a_grant_that_runs_out_ends_what_is_open },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
