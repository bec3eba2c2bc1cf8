/*
 * The server is killed at random instants of a class: as it is planned, begun, taught and closed. Nothing acknowledged is lost or doubled, all come back, and
 * presence and credit are what the oracle computes from the export. HUITANG_KILLS=100 is the long form, HUITANG_SEED another course of it.
 */
#include <glib.h>
#include <jansson.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/oracle.h"
#include "tests/scenario/stage.h"
#include "tests/scenario/throng.h"

#define SITES 4
#define PHONES 4                /* of a site, at most */
#define MARKED 3
#define MEMBERS_MAX (SITES * (PHONES + MARKED))
#define ASKS 12                 /* of a class */
#define OPTIONS 3
#define LINES 4000              /* of chat */
#define AT_ONCE 24              /* requests under way */
#define SHORT_KILLS 5
#define LIVE_KILLS 8            /* of a class, in the long form */
#define LIVE_MS 900             /* the longest until a kill in mid-class */

enum sent { NEVER, SENT, ACKNOWLEDGED };

struct member {
	json_int_t person;
	char id[17];                    /* the pseudonym, as the journal has it */
	struct throng_site *site;
	struct throng_phone *phone;     /* NULL: the delegate speaks for it */
	bool here, unsure;              /* signed in, as was acknowledged; unsure: something else was asked for since */
	struct {
		enum sent sent;
		int choice;
	} answers[ASKS + 1];
};

struct line {
	enum sent sent;
};

/* One class, and what its people were told. */
struct course {
	struct throng t;
	GRand *random;
	struct member members[MEMBERS_MAX];
	json_int_t asks[ASKS];          /* numbers that were acknowledged */
	unsigned n_asks, kills, n_lines, story, n_members;
	struct line lines[LINES];
	GThread *killer;
	unsigned kill_in_us;
	pid_t pid;
};

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* ---- killing ---- */

static void *kill_later(void *user)
{
	struct course *c = user;

	g_usleep(c->kill_in_us);
	kill(c->pid, SIGKILL);
	return NULL;
}

static void kill_within(struct course *c, unsigned ms)
{
	c->pid = c->t.admin.server->pid;
	c->kill_in_us = (unsigned)g_rand_int_range(c->random, 0, (int)ms * 1000);
	c->killer = g_thread_new("killer", kill_later, c);
}

/* The process is gone: only what is on disk is left. */
static void bury(struct course *c)
{
	g_thread_join(c->killer);
	server_end(c->t.admin.server, SIGKILL);
	c->kills++;
}

static bool rise(struct course *c)
{
	return CHECK(server_restart(c->t.admin.server), "did not start after kill %u", c->kills);
}

/* ---- what the disk says ---- */

static json_t *read_export(struct course *c)
{
	struct outcome *o = server_command((const char *const[]){ "export", "--data", c->t.admin.server->data, "--room", c->t.room, "--format", "jsonl", NULL });
	g_auto(GStrv) lines = g_strsplit(o->out, "\n", -1);
	json_t *events = json_array();

	CHECK(o->status == 0, "%s", o->err);
	for (unsigned i = 0; lines[i]; i++)
		if (*lines[i])
			json_array_append_new(events, json_loads(lines[i], 0, NULL));
	outcome_free(o);
	return events;
}

static struct member *member_of(struct course *c, const char *id)
{
	for (unsigned i = 0; i < c->n_members; i++)
		if (!strcmp(c->members[i].id, id))
			return &c->members[i];
	return NULL;
}

struct found {
	unsigned answers[MEMBERS_MAX][ASKS + 1], lines[LINES], asks[ASKS + 1], opened, closed;
	bool here[MEMBERS_MAX];
};

static void find_answer(struct course *c, struct found *f, const struct member *m, const json_t *payload)
{
	json_int_t ask = number(payload, "ask");
	json_int_t choice = json_integer_value(json_array_get(json_object_get(payload, "choice"), 0));

	if (ask < 1 || ask > ASKS)
		return;
	f->answers[m - c->members][ask]++;
	CHECK(m->answers[ask].sent != NEVER && m->answers[ask].choice == choice, "an answer that was not given: ask %lld, %s, %lld", (long long)ask, m->id, (long long)choice);
}

static void find_event(struct course *c, struct found *f, const json_t *event)
{
	const char *kind = text(event, "kind");
	const json_t *payload = json_object_get(event, "payload");
	const struct member *m = member_of(c, text(payload, "person"));
	unsigned line;

	f->opened += !strcmp(kind, "CLASS_OPENED");
	f->closed += !strcmp(kind, "CLASS_CLOSED");
	if (!strcmp(kind, "CHAT") && sscanf(text(payload, "text"), "line %u", &line) == 1 && line < LINES)
		f->lines[line]++;
	if (!strcmp(kind, "ASK_OPENED") && number(payload, "ask") <= ASKS)
		f->asks[number(payload, "ask")]++;
	if (m && !strcmp(kind, "ASK_ANSWERED"))
		find_answer(c, f, m, payload);
	if (m && !strcmp(kind, "PERSON_SIGNED_IN")) {
		CHECK(!f->here[m - c->members], "%s is signed in twice", m->id);
		f->here[m - c->members] = true;
	}
	if (m && !strcmp(kind, "PERSON_SIGNED_OUT"))
		f->here[m - c->members] = false;
}

static void compare_member(const struct found *f, unsigned i, const struct member *m)
{
	CHECK(m->unsure || f->here[i] == m->here, "%s: acknowledged as %s", m->id, m->here ? "here" : "gone");
	for (unsigned a = 1; a <= ASKS; a++) {
		CHECK(f->answers[i][a] <= 1, "%s answered ask %u %u times", m->id, a, f->answers[i][a]);
		CHECK(m->answers[a].sent != ACKNOWLEDGED || f->answers[i][a] == 1, "%s: the answer to ask %u is lost", m->id, a);
	}
}

/* Nothing acknowledged is lost, and nothing is there twice. Whoever was unsure is as the disk says. */
static void compare(struct course *c)
{
	g_autofree struct found *f = g_new0(struct found, 1);
	json_t *events = read_export(c), *event;
	size_t i;

	json_array_foreach(events, i, event)
		find_event(c, f, event);
	json_decref(events);
	CHECK(f->opened <= 1 && f->closed <= 1);
	for (unsigned k = 0; k < c->n_lines; k++) {
		CHECK(f->lines[k] <= 1, "line %u is there %u times", k, f->lines[k]);
		CHECK(c->lines[k].sent != ACKNOWLEDGED || f->lines[k] == 1, "line %u is lost", k);
	}
	for (unsigned k = 0; k < c->n_asks; k++)
		CHECK(f->asks[c->asks[k]] == 1, "ask %lld is there %u times", (long long)c->asks[k], f->asks[c->asks[k]]);
	for (unsigned k = 0; k < c->n_members; k++) {
		compare_member(f, k, &c->members[k]);
		c->members[k].here = f->here[k];
		c->members[k].unsure = false;
	}
}

/* ---- what people do ---- */

enum deed { DEED_CHAT, DEED_ANSWER, DEED_LEAVE, DEED_COME, DEEDS };

/* A request that is under way. */
struct request {
	enum deed deed;
	struct seat *seat;
	uint32_t id;
	struct member *member;
	unsigned number;                /* of the line, or the ask */
};

static struct seat *seat_of(const struct member *m)
{
	return m->phone ? m->phone->seat : m->site->seat;
}

static bool begin_chat(struct course *c, struct request *q)
{
	g_autofree char *line = g_strdup_printf("line %u", c->n_lines);

	if (c->n_lines == LINES)
		return false;
	q->seat = q->member->site->seat;
	q->number = c->n_lines++;
	c->lines[q->number].sent = SENT;
	q->id = seat_begin(q->seat, "chat.send", "{s:s}", "text", line);
	return true;
}

/* The same answer again when it is not known whether the first arrived. */
static bool begin_answer(struct course *c, struct request *q)
{
	struct member *m = q->member;

	if (c->n_asks == 0)
		return false;
	q->number = (unsigned)c->asks[g_rand_int_range(c->random, 0, (int)c->n_asks)];
	if (m->answers[q->number].sent == NEVER)
		m->answers[q->number].choice = g_rand_int_range(c->random, 0, OPTIONS);
	if (m->answers[q->number].sent != ACKNOWLEDGED)
		m->answers[q->number].sent = SENT;
	if (m->phone)
		q->id = seat_begin(q->seat, "companion.answer", "{s:i, s:[i]}", "ask", (int)q->number, "choice", m->answers[q->number].choice);
	else
		q->id = seat_begin(q->seat, "ask.answer", "{s:i, s:I, s:[i]}", "ask", (int)q->number, "person", m->person, "choice", m->answers[q->number].choice);
	return true;
}

static bool begin_moving(struct course *c, struct request *q, bool here)
{
	struct member *m = q->member;
	char device[32];

	if (m->unsure || m->here == here)
		return false;
	m->unsure = true;
	g_snprintf(device, sizeof(device), "phone-of-%lld", (long long)m->person);
	if (!m->phone)
		q->id = seat_begin(q->seat, "class.mark", "{s:[I], s:b}", "persons", m->person, "here", here);
	else if (here)
		q->id = seat_begin(q->seat, "companion.open", "{s:I, s:s}", "class", c->t.class, "device", device);
	else
		q->id = seat_begin(q->seat, "companion.leave", "{}");
	return true;
}

static bool begin_deed(struct course *c, struct request *q)
{
	q->member = &c->members[g_rand_int_range(c->random, 0, (int)c->n_members)];
	q->seat = seat_of(q->member);
	q->deed = (enum deed)g_rand_int_range(c->random, 0, DEEDS);
	switch (q->deed) {
	case DEED_CHAT:
		return begin_chat(c, q);
	case DEED_ANSWER:
		return begin_answer(c, q);
	default:
		return begin_moving(c, q, q->deed == DEED_COME);
	}
}

static void note_reply(struct course *c, const struct request *q, const json_t *reply)
{
	struct member *m = q->member;
	bool good = !*seat_error(reply);

	if (q->deed == DEED_CHAT && good)
		c->lines[q->number].sent = ACKNOWLEDGED;
	if (q->deed == DEED_ANSWER && good)
		m->answers[q->number].sent = ACKNOWLEDGED;
	if ((q->deed == DEED_LEAVE || q->deed == DEED_COME) && good) {
		m->here = q->deed == DEED_COME;
		m->unsure = false;
	}
}

/* Several at once, so that they meet in the server; true while it lives. */
static bool do_some(struct course *c)
{
	struct request requests[AT_ONCE];
	unsigned n = 0;
	bool alive = true;

	while (n < AT_ONCE) {
		struct request q = { 0 };

		if (begin_deed(c, &q))
			requests[n++] = q;
		else if (g_rand_int_range(c->random, 0, 8) == 0)
			break;
	}
	for (unsigned i = 0; i < n; i++) {
		json_t *reply = seat_reply(requests[i].seat, requests[i].id, 5000);

		alive = alive && reply;
		if (reply)
			note_reply(c, &requests[i], reply);
		json_decref(reply);
	}
	return alive && !socket_closed(c->t.host->socket, NULL);
}

/* By who leads: asks, now and then a break. */
static void lead(struct course *c)
{
	json_t *reply;

	if (g_rand_int_range(c->random, 0, 4) == 0 && !*seat_do(c->t.host, "class.pause", "{}"))
		seat_do(c->t.host, "class.resume", "{}");
	if (c->n_asks == ASKS)
		return;
	reply = seat_ask(c->t.host, "ask.open", "{s:s, s:s, s:s, s:[s,s,s], s:i}", "kind", "vote", "audience", "persons", "prompt", "?", "options", "a", "b", "c", "span_s", 3600);
	if (reply && !*seat_error(reply) && number(reply, "ask") <= ASKS)
		c->asks[c->n_asks++] = number(reply, "ask");
	json_decref(reply);
}

/* ---- the course of a class ---- */

/* Asked for once more under the same key it is not done twice. */
static json_int_t plan_once(struct course *c, const char *title, const char *key)
{
	g_autofree char *url = server_url(c->t.admin.server, "/api/v1/classes");
	g_autofree char *cookie = g_strconcat("Cookie: ", c->t.admin.cookie, NULL), *once = g_strconcat("Idempotency-Key: ", key, NULL);
	json_int_t now = g_get_real_time() / 1000 / 60000 * 60000;
	json_t *body = json_pack("{s:i, s:b, s:s, s:s, s:I, s:I}", "org", TOWNSHIP, "subtree", 1, "title", title, "kind", "lecture", "start_ms", now + 300000, "end_ms", now + 5700000), *j;
	char *sent = json_dumps(body, JSON_COMPACT);
	struct http_reply *r = http_ask(&(struct http_ask){ .method = "POST", .url = url, .type = "application/json", .body = sent, .headers = { cookie, once } });
	json_int_t id;

	j = json_loadb(r->body ? r->body : "", r->body_len, 0, NULL);
	id = r->status == 201 ? number(j, "id") : 0;
	json_decref(j);
	json_decref(body);
	free(sent);
	http_reply_free(r);
	return id;
}

static unsigned count_classes(struct course *c, const char *title)
{
	json_t *items = json_object_get(office_ask(&c->t.admin, "GET", "classes?limit=500", NULL), "items"), *item;
	unsigned n = 0;
	size_t i;

	json_array_foreach(items, i, item)
		n += !strcmp(text(item, "title"), title);
	return n;
}

static bool is_frozen(void *user)
{
	struct course *c = user;

	return number(office_ask(&c->t.admin, "GET", office_path("classes", c->t.class, ""), NULL), "roster") == 1;
}

static bool plan(struct course *c, unsigned story)
{
	g_autofree char *title = g_strdup_printf("第 %u 堂课", story), *key = g_strdup_printf("class-number-%u", story);
	json_int_t first;

	kill_within(c, 12);
	first = plan_once(c, title, key);
	bury(c);
	if (!rise(c))
		return false;
	CHECK(count_classes(c, title) <= 1 && (!first || count_classes(c, title) == 1), "acknowledged as %lld", (long long)first);
	c->t.class = plan_once(c, title, key);
	CHECK(c->t.class > 0 && (!first || c->t.class == first) && count_classes(c, title) == 1, "%lld, then %lld, %u of them", (long long)first, (long long)c->t.class, count_classes(c, title));
	g_snprintf(c->t.room, sizeof(c->t.room), "class-%lld", (long long)c->t.class);
	return CHECK(c->t.class > 0 && wait_until(15000, is_frozen, c), "%s", c->t.admin.last->body);
}

static void name_members(struct course *c)
{
	g_autofree char *path = g_strconcat(c->t.admin.server->data, "/huitang.db", NULL);
	sqlite3_stmt *st = NULL;
	sqlite3 *db = NULL;

	CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK && sqlite3_prepare_v2(db, "SELECT pseudonym FROM person WHERE id = ?", -1, &st, NULL) == SQLITE_OK);
	for (unsigned i = 0; i < c->n_members; i++) {
		sqlite3_bind_int64(st, 1, c->members[i].person);
		if (CHECK(sqlite3_step(st) == SQLITE_ROW))
			g_strlcpy(c->members[i].id, (const char *)sqlite3_column_text(st, 0), sizeof(c->members[i].id));
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static void list_members(struct course *c)
{
	struct member *m = c->members;

	for (unsigned i = 0; i < c->t.n_sites; i++) {
		struct throng_site *s = &c->t.sites[i];

		for (unsigned k = 0; k < s->n_phones; k++)
			*m++ = (struct member){ .person = s->phones[k].person, .site = s, .phone = &s->phones[k] };
		for (unsigned k = 0; k < s->n_marked; k++)
			*m++ = (struct member){ .person = s->marked[k], .site = s };
	}
	c->n_members = (unsigned)(m - c->members);
	name_members(c);
}

static bool gather(struct course *c)
{
	if (!throng_enter(&c->t) || !throng_choose(&c->t, PHONES, MARKED))
		return false;
	list_members(c);
	if (!throng_scan(&c->t) || !throng_mark(&c->t))
		return false;
	for (unsigned i = 0; i < c->n_members; i++)
		c->members[i].here = true;
	return true;
}

/* Whoever had gone signs in again with the page that opens again: by the code of less than five minutes before. */
static bool come_back(struct course *c)
{
	if (!rise(c) || !throng_enter(&c->t) || !throng_scan(&c->t))
		return false;
	for (unsigned i = 0; i < c->n_members; i++)
		c->members[i].here = c->members[i].here || c->members[i].phone;
	return true;
}

/* class.open or class.close: if it was acknowledged it holds, else it is done now. */
static bool turn_point(struct course *c, const char *act)
{
	bool done;

	kill_within(c, 12);
	done = !*seat_do(c->t.host, act, "{}");
	bury(c);
	compare(c);
	if (!come_back(c))
		return false;
	return done ? CHECK(!strcmp(seat_do(c->t.host, act, "{}"), "not_now"), "%s was acknowledged and is lost", act) : (seat_do(c->t.host, act, "{}"), true);
}

static bool live(struct course *c)
{
	kill_within(c, LIVE_MS);
	do
		lead(c);
	while (do_some(c));
	bury(c);
	compare(c);
	return come_back(c);
}

static bool has_result(void *user)
{
	struct course *c = user;

	return json_array_size(json_object_get(office_ask(&c->t.admin, "GET", office_path("people", c->members[0].person, "/credit"), NULL), "results")) >= c->story;
}

static bool settle(struct course *c)
{
	struct outcome *o;
	bool good;

	CHECK(wait_until(30000, has_result, c), "no result: %s", c->t.admin.last->body);
	compare(c);
	o = server_command((const char *const[]){ "verify", "--data", c->t.admin.server->data, NULL });
	good = CHECK(o->status == 0, "%s%s", o->out, o->err);
	outcome_free(o);
	return good && CHECK(oracle_agrees(c->t.admin.server, c->t.room));
}

static bool hold(struct course *c, unsigned story, unsigned live_kills)
{
	c->story = story;
	if (!plan(c, story))
		return false;
	if (c->t.n_sites == 0 && !throng_pair(&c->t, SITES))
		return false;
	if (!gather(c) || !turn_point(c, "class.open"))
		return false;
	for (unsigned i = 0; i < live_kills; i++)
		if (!live(c))
			return false;
	return turn_point(c, "class.close") && settle(c);
}

/* The next class has the same sites and PCs, and nothing else of the last. */
static void forget(struct course *c)
{
	c->n_asks = c->n_lines = c->t.n_phones = c->t.n_marked = 0;
	memset(c->lines, 0, sizeof(c->lines));
	for (unsigned i = 0; i < c->t.n_sites; i++)
		c->t.sites[i].n_phones = c->t.sites[i].n_marked = 0;
}

static unsigned setting(const char *name, unsigned usual)
{
	const char *value = getenv(name);

	return value ? (unsigned)atoi(value) : usual;
}

static void killed_at_any_instant(void)
{
	unsigned kills = setting("HUITANG_KILLS", SHORT_KILLS), seed = setting("HUITANG_SEED", 1), story = 0;
	struct course *c = g_new0(struct course, 1);

	defer(c, g_free);
	c->random = g_rand_new_with_seed(seed);
	defer(c->random, (void (*)(void *))g_rand_free);
	REQUIRE(office_open(&c->t.admin));
	c->t.loop = defer(loop_create(), (void (*)(void *))(void (*)(void))loop_destroy);
	while (c->kills < kills) {
		story++;
		REQUIRE(hold(c, story, kills > SHORT_KILLS ? LIVE_KILLS : SHORT_KILLS - 3), "seed %u, class %u, kill %u", seed, story, c->kills);
		forget(c);
	}
	stage_note("%u kills in %u classes, seed %u", c->kills, story, seed);
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "killed at any instant of a class, nothing acknowledged is lost or doubled", killed_at_any_instant },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 120 + 30 * setting("HUITANG_KILLS", 0));
}
