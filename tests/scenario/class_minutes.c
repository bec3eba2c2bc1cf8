/* Minutes of a class: made at the close, written by people one after another, sealed; and a sealed class lives on in the database alone. */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "tests/scenario/hall.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *minutes_path(const struct hall *h, const char *rest)
{
	return office_path("classes", h->class, *rest == '?' || !*rest || *rest == '/' ? defer(g_strconcat("/minutes", rest, NULL), g_free) : rest);
}

static json_t *read_minutes(struct hall *h, struct office *o)
{
	return office_ask(o, "GET", minutes_path(h, ""), NULL);
}

/* Once they are made. */
static json_t *wait_minutes(struct hall *h)
{
	json_t *j = NULL;

	for (int i = 0; i < 600; i++) {
		j = read_minutes(h, &h->admin);
		if (h->admin.last->status == 200)
			break;
		CHECK(h->admin.last->status == 409, "%ld %s", h->admin.last->status, h->admin.last->body);
		g_usleep(50000);
	}
	CHECK(h->admin.last->status == 200, "%.400s", h->admin.last->body);
	return j;
}

/* A vote in which ann takes part. */
static void vote(struct hall *h, struct seat *phone)
{
	CHECK(!strcmp(seat_do(h->host, "ask.open", "{s:s, s:s, s:s, s:[s,s], s:i}", "kind", "vote", "audience", "persons", "prompt", "是否同意", "options", "同意", "不同意", "span_s", 60), ""));
	CHECK(!strcmp(seat_do(phone, "companion.answer", "{s:i, s:[i]}", "ask", 1, "choice", 0), ""));
}

static void hold(struct hall *h)
{
	struct office ann = office_enter(&h->admin, h->ann);
	struct seat *phone;
	gint64 until;

	office_ask(&h->admin, "POST", office_path("classes", h->class, "/leave"), json_pack("{s:I, s:s}", "person", h->bob, "why", "住院"));
	office_ask(&h->admin, "POST", office_path("classes", h->class, "/leave/decide"), json_pack("{s:I, s:b}", "person", h->bob, "granted", 1));
	CHECK(h->admin.last->status == 200, "%.400s", h->admin.last->body);
	phone = hall_phone(h, ann.cookie, NULL);
	hall_page(h, phone, hall_scan(h, &ann), "device-of-ann");
	CHECK(!strcmp(seat_do(h->host, "class.open", "{}"), ""));
	CHECK(!strcmp(office_code(&h->admin, "GET", minutes_path(h, ""), NULL), "class.not_closed"), "%.400s", h->admin.last->body);
	vote(h, phone);
	until = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
	while (g_get_monotonic_time() < until)  /* a presence above zero */
		seat_stay(h->host, 100);
	CHECK(!strcmp(seat_do(h->host, "class.close", "{}"), ""));
}

static json_t *named(const json_t *list, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, one)
		if (!strcmp(text(one, "name"), name))
			return one;
	return NULL;
}

static void check_facts(struct hall *h, json_t *j)
{
	json_t *ask = json_array_get(json_object_get(j, "asks"), 0), *numbers = json_object_get(j, "numbers");

	CHECK(number(j, "version") == 1 && json_array_size(json_object_get(j, "versions")) == 1 && !json_object_get(j, "sealed"), "%.400s", h->admin.last->body);
	CHECK(!strcmp(text(j, "title"), "党课") && number(j, "taught_s") >= 1 && json_array_size(json_object_get(j, "hosts")) == 1);
	CHECK(!strcmp(text(ask, "prompt"), "是否同意") && number(json_array_get(json_object_get(ask, "options"), 0), "votes") == 1);
	CHECK(!strcmp(text(named(json_object_get(j, "persons"), "安娜"), "state"), "present") && !strcmp(text(named(json_object_get(j, "persons"), "鲍勃"), "state"), "leave"), "%.400s", h->admin.last->body);
	CHECK(number(numbers, "present") == 1 && number(numbers, "leave") == 1 && number(numbers, "expected") == 2 + number(numbers, "absent"));
	CHECK(json_array_size(json_object_get(j, "sites")) == (size_t)number(j, "sites_all") && json_array_size(json_object_get(j, "speakers")) >= 1);
}

/* How often the last row of a kind that takes several was written. */
static size_t exported(struct hall *h, const char *kind)
{
	g_autofree char *word = g_strdup_printf("\"kind\":\"%s\"", kind);
	struct outcome *o = server_command((const char *const[]){ "export", "--data", h->admin.server->data, "--format", "jsonl", NULL });
	g_auto(GStrv) lines = g_strsplit(o->out, "\n", -1);
	size_t n = 0;

	CHECK(o->status == 0, "%s", o->err);
	for (char **line = lines; *line; line++)
		n += strstr(*line, word) && strstr(*line, "\"last\":true");
	outcome_free(o);
	return n;
}

static void made_at_the_close(void)
{
	struct hall h;

	REQUIRE(hall_open(&h));
	CHECK(!strcmp(office_code(&h.admin, "GET", minutes_path(&h, ""), NULL), "class.not_closed"), "%.400s", h.admin.last->body);
	hold(&h);
	check_facts(&h, wait_minutes(&h));
	CHECK(exported(&h, "MINUTES_WRITTEN") == 1);
}

/* Killed when the result is there and the minutes perhaps not: they are made once, and say the same. */
static void killed_between(void)
{
	struct hall h;

	REQUIRE(hall_open(&h));
	hold(&h);
	for (int i = 0; i < 600; i++) {
		json_t *card = office_ask(&h.admin, "GET", office_path("people", h.ann, "/credit"), NULL);

		if (json_array_size(json_object_get(card, "results")) > 0)
			break;
		g_usleep(20000);
	}
	CHECK(server_end(h.admin.server, SIGKILL) != -1);
	stage_note("minutes written before the kill: %zu", exported(&h, "MINUTES_WRITTEN"));
	REQUIRE(server_restart(h.admin.server));
	check_facts(&h, wait_minutes(&h));
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	wait_minutes(&h);
	CHECK(exported(&h, "MINUTES_WRITTEN") == 1 && exported(&h, "RESULT") == 1);
}

/* Writes with the ETag that was read; NULL none. The status. */
static long put(struct hall *h, struct office *o, const char *etag, json_t *edit)
{
	g_autofree char *url = server_url(o->server, defer(g_strconcat("/api/v1/", minutes_path(h, ""), NULL), g_free));
	g_autofree char *cookie = g_strconcat("Cookie: ", o->cookie, NULL), *match = etag ? g_strconcat("If-Match: ", etag, NULL) : NULL;
	char *body = json_dumps(edit, JSON_COMPACT);
	struct http_ask a = { .method = "PUT", .url = url, .type = "application/json", .headers = { cookie, match }, .body = body };

	json_decref(edit);
	o->last = defer(http_ask(&a), (void (*)(void *))(void (*)(void))http_reply_free);
	free(body);
	return o->last->status;
}

static const char *etag_of(struct office *o)
{
	char *etag = http_reply_header(o->last, "ETag");

	CHECK(etag, "%s", o->last->headers);
	return defer(etag, g_free);
}

static struct office leader_of(struct office *admin, const char *name, json_int_t org)
{
	json_int_t who = office_person(admin, name, org);

	office_ask(admin, "POST", "grants", office_grant(who, org, "leader", true));
	return office_enter(admin, who);
}

static void two_editors(void)
{
	struct hall h;
	struct office leader;
	const char *first, *second;
	json_t *j;

	REQUIRE(hall_open(&h));
	leader = leader_of(&h.admin, "书记", 1);
	hold(&h);
	wait_minutes(&h);
	first = etag_of(&h.admin);
	read_minutes(&h, &leader);
	second = etag_of(&leader);
	CHECK(put(&h, &h.admin, NULL, json_pack("{s:s}", "conclusion", "x")) == 400, "without a version: %s", h.admin.last->body);
	CHECK(put(&h, &h.admin, first, json_pack("{s:s, s:s}", "conclusion", "一致通过。", "place", "二楼")) == 200, "%.400s", h.admin.last->body);
	CHECK(put(&h, &leader, second, json_pack("{s:s}", "conclusion", "另一种")) == 412 && strstr(leader.last->body, "\"changed\""), "%ld %s", leader.last->status, leader.last->body);
	j = read_minutes(&h, &leader);
	CHECK(number(j, "version") == 2 && !strcmp(text(j, "conclusion"), "一致通过。"), "%.400s", leader.last->body);
	CHECK(put(&h, &leader, etag_of(&leader), json_pack("{s:s}", "conclusion", "一致通过。请各支部落实。")) == 200, "%.400s", leader.last->body);
	CHECK(put(&h, &leader, etag_of(&leader), json_pack("{s:s}", "facts", "mine")) == 409 && strstr(leader.last->body, "class.text"), "%.400s", leader.last->body);
	/* Versions are kept, with who wrote them, also over a kill. */
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	j = office_ask(&h.admin, "GET", minutes_path(&h, "?version=2"), NULL);
	CHECK(!strcmp(text(j, "conclusion"), "一致通过。") && !strcmp(text(j, "place"), "二楼") && number(j, "latest") == 3, "%.400s", h.admin.last->body);
	CHECK(!strcmp(text(json_array_get(json_object_get(j, "versions"), 2), "by_name"), "书记"), "%.400s", h.admin.last->body);
	CHECK(!strcmp(office_code(&h.admin, "GET", minutes_path(&h, "?version=9"), NULL), "not_found"));
}

static void check_sealed(struct hall *h)
{
	json_t *j = office_ask(&h->admin, "GET", office_path("classes", h->class, ""), NULL);

	CHECK(!strcmp(text(j, "state"), "sealed") && !strcmp(text(j, "title"), "党课") && number(j, "minutes") == 2, "%.400s", h->admin.last->body);
	CHECK(server_metric(h->admin.server, "huitang_classes") == 0, "it is in memory");
	j = office_ask(&h->admin, "GET", "classes", NULL);
	CHECK(json_array_size(json_object_get(j, "items")) == 1 && strstr(h->admin.last->body, "\"sealed\""), "%.400s", h->admin.last->body);
	j = office_ask(&h->admin, "GET", office_path("classes", h->class, "/sites?limit=500"), NULL);
	CHECK(json_array_size(json_object_get(j, "items")) > 100, "%.400s", h->admin.last->body);
	office_ask(&h->admin, "GET", office_path("classes", h->class, "/people?site=4&limit=500"), NULL);
	CHECK(strstr(h->admin.last->body, "安娜"), "%.400s", h->admin.last->body);
	j = read_minutes(h, &h->admin);
	CHECK(h->admin.last->status == 200 && strlen(text(json_object_get(j, "sealed"), "hash")) == 64 && !json_is_true(json_object_get(j, "may_write")), "%.400s", h->admin.last->body);
	CHECK(put(h, &h->admin, etag_of(&h->admin), json_pack("{s:s}", "conclusion", "late")) == 409 && strstr(h->admin.last->body, "class.sealed"), "%.400s", h->admin.last->body);
	CHECK(!strcmp(office_code(&h->admin, "POST", minutes_path(h, "/seal"), json_pack("{s:i}", "version", 2)), "class.sealed"), "%.400s", h->admin.last->body);
	CHECK(!strcmp(office_code(&h->admin, "POST", office_path("classes", h->class, "/cancel"), json_pack("{s:s}", "why", "x")), "class.sealed"), "%.400s", h->admin.last->body);
	CHECK(!strcmp(office_code(&h->admin, "POST", office_path("classes", 99999, "/cancel"), json_pack("{s:s}", "why", "x")), "not_found"), "%.400s", h->admin.last->body);
}

static void write_and_seal(struct hall *h)
{
	hold(h);
	wait_minutes(h);
	CHECK(put(h, &h->admin, etag_of(&h->admin), json_pack("{s:s}", "conclusion", "通过。")) == 200, "%.400s", h->admin.last->body);
	CHECK(!strcmp(office_code(&h->admin, "POST", minutes_path(h, "/seal"), json_pack("{s:i}", "version", 1)), "changed"), "an older version: %s", h->admin.last->body);
	office_ask(&h->admin, "POST", minutes_path(h, "/seal"), json_pack("{s:i}", "version", 2));
	CHECK(h->admin.last->status == 200, "%ld %s", h->admin.last->status, h->admin.last->body);
}

static void sealed(void)
{
	struct hall h;
	struct outcome *o;

	REQUIRE(hall_open(&h));
	write_and_seal(&h);
	check_sealed(&h);
	CHECK(server_end(h.admin.server, SIGKILL) != -1 && server_restart(h.admin.server));
	check_sealed(&h);
	o = server_command((const char *const[]){ "verify", "--data", h.admin.server->data, NULL });
	CHECK(o->status == 0 && strstr(o->out, "minutes: good, 1 sealed"), "%s%s", o->out, o->err);
	outcome_free(o);
	office_ask(&h.admin, "POST", "classes", json_pack("{s:i, s:s, s:s, s:I, s:I}", "org", BRANCH, "title", "next", "kind", "lecture", "start_ms",
	                                                  (json_int_t)(g_get_real_time() / 1000 + 600000), "end_ms", (json_int_t)(g_get_real_time() / 1000 + 700000)));
	CHECK(h.admin.last->status == 201 && !strstr(h.admin.last->body, h.room), "its number is not used again: %s", h.admin.last->body);
}

static void run_sql(struct hall *h, const char *sql)
{
	g_autofree char *path = g_build_filename(h->admin.server->data, "huitang.db", NULL);
	sqlite3 *db = NULL;

	CHECK(sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) == 1, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
}

static void tampered(void)
{
	struct hall h;
	struct outcome *o;

	REQUIRE(hall_open(&h));
	write_and_seal(&h);
	CHECK(server_end(h.admin.server, SIGTERM) != -1);
	run_sql(&h, "UPDATE journal_payload SET payload = replace(payload, '通过。', '否决。') WHERE sequence = (SELECT max(sequence) FROM journal WHERE kind = 94)");
	o = server_command((const char *const[]){ "verify", "--data", h.admin.server->data, NULL });
	CHECK(o->status == 1 && strstr(o->out, "journal: BROKEN") && strstr(o->out, "minutes: BROKEN") && strstr(o->out, "version 2 of the minutes of class"), "%s%s", o->out, o->err);
	outcome_free(o);
}

static void seen_by_whom_it_concerns(void)
{
	struct hall h;
	struct office beside, ann, site;
	json_t *j;

	REQUIRE(hall_open(&h));
	hold(&h);
	wait_minutes(&h);
	/* Somebody who is a member nowhere in the city's branches, and leads another one that was invited too, sees that one alone. */
	beside = leader_of(&h.admin, "别处书记", ELSEWHERE);
	j = read_minutes(&h, &beside);
	CHECK(json_array_size(json_object_get(j, "sites")) == 1 && number(j, "sites_all") > 100 && !strstr(beside.last->body, "安娜"), "%.400s", beside.last->body);
	CHECK(!json_is_true(json_object_get(j, "may_write")) && put(&h, &beside, etag_of(&beside), json_object()) == 403, "%.400s", beside.last->body);
	CHECK(!strcmp(office_code(&beside, "POST", minutes_path(&h, "/seal"), json_pack("{s:i}", "version", 1)), "forbidden"));
	ann = office_enter(&h.admin, h.ann);
	j = read_minutes(&h, &ann);
	CHECK(named(json_object_get(j, "persons"), "安娜") && json_array_size(json_object_get(j, "persons")) == 1, "%.400s", ann.last->body);
	site = (struct office){ .server = h.admin.server, .cookie = account_cookie(h.admin.server, "branch001") };
	j = read_minutes(&h, &site);
	CHECK(named(json_object_get(j, "persons"), "鲍勃") && json_array_size(json_object_get(j, "sites")) == 1, "%.400s", site.last->body);
}

/* A class of one branch, and the leader of another district. */
static void a_stranger_gets_the_one_answer(void)
{
	struct office admin, stranger;
	json_int_t now = g_get_real_time() / 1000, class;
	g_autofree char *said = NULL;

	REQUIRE(office_open(&admin));
	class = number(office_ask(&admin, "POST", "classes", json_pack("{s:i, s:s, s:s, s:I, s:I}", "org", BRANCH, "title", "党课", "kind", "lecture", "start_ms", now + 600000, "end_ms",
	                                                              now + 1200000)), "id");
	REQUIRE(class > 0, "%s", admin.last->body);
	stranger = leader_of(&admin, "别处书记", ELSEWHERE);
	office_ask(&stranger, "GET", office_path("classes", 424242, "/minutes"), NULL);
	said = g_strdup(stranger.last->body);
	office_ask(&stranger, "GET", office_path("classes", class, "/minutes"), NULL);
	CHECK(stranger.last->status == 404 && !strcmp(stranger.last->body, said), "%s, but %s", stranger.last->body, said);
	office_ask(&stranger, "POST", office_path("classes", class, "/minutes/seal"), json_pack("{s:i}", "version", 1));
	CHECK(stranger.last->status == 404 && !strcmp(stranger.last->body, said), "%s", stranger.last->body);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "minutes are made by themselves once the result is there", made_at_the_close },
		{ "a server killed before its minutes makes them once after its start", killed_between },
		{ "of two who write minutes the second is told, and every version is kept", two_editors },
		{ "a sealed class leaves memory, is read from the database, and changes no more", sealed },
		{ "a sealed text that was changed is named", tampered },
		{ "minutes show persons and sites to whom they concern", seen_by_whom_it_concerns },
		{ "a stranger gets the one answer", a_stranger_gets_the_one_answer },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 150);
}
