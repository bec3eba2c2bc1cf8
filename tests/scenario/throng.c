/* See throng.h. */
#include "tests/scenario/throng.h"

#include <glib.h>
#include <string.h>

#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"

#define SOON_MS (5 * 60000LL)           /* nearer than a roster is frozen before the start */
#define REPLY_MS 30000

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

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

/* ---- before it begins ---- */

static bool is_frozen(void *user)
{
	struct throng *t = user;

	return number(office_ask(&t->admin, "GET", office_path("classes", t->class, ""), NULL), "roster") == 1;
}

bool throng_plan(struct throng *t, const struct office *admin, json_int_t target)
{
	json_int_t now = g_get_real_time() / 1000;

	*t = (struct throng){ .admin = *admin, .loop = stage_loop() };
	t->class = number(office_ask(&t->admin, "POST", "classes",
	                             json_pack("{s:i, s:I, s:b, s:s, s:s, s:s, s:I, s:I, s:[{s:i, s:s, s:s}, {s:i, s:s, s:s}]}", "org", 1, "target", target, "subtree", 1, "title", "专题党课",
	                                       "kind", "lecture", "campaign", "主题教育", "start_ms", now + SOON_MS, "end_ms", now + SOON_MS + 90 * 60000LL, "agenda", "minutes", 45, "title",
	                                       "第一讲", "speaker", "王老师", "minutes", 45, "title", "讨论", "speaker", "")), "id");
	if (!CHECK(t->class > 0, "%s", t->admin.last->body))
		return false;
	g_snprintf(t->room, sizeof(t->room), "class-%lld", (long long)t->class);
	return CHECK(wait_until(15000, is_frozen, t), "no roster: %s", t->admin.last->body);
}

static const char *pair(struct throng *t, json_int_t site)
{
	struct office pc = { .server = t->admin.server };
	json_t *code = json_object_get(office_ask(&t->admin, "POST", office_path("orgs", site, "/devices"), json_pack("{s:s}", "name", "PC")), "code");

	office_ask(&pc, "POST", "session/link", json_pack("{s:O}", "code", code));
	return CHECK(pc.last->status == 200, "%s", pc.last->body) ? defer(account_cookie_of(pc.last), g_free) : NULL;
}

bool throng_pair(struct throng *t, unsigned n_sites)
{
	json_t *items = json_object_get(office_ask(&t->admin, "GET", office_path("classes", t->class, "/sites?limit=500"), NULL), "items"), *item;
	size_t i;

	if (!CHECK(json_array_size(items) >= n_sites, "%zu sites: %.300s", json_array_size(items), t->admin.last->body))
		return false;
	json_array_foreach(items, i, item) {
		if (t->n_sites == n_sites)
			break;
		t->sites[t->n_sites].id = number(item, "site");
		t->sites[t->n_sites].cookie = pair(t, number(item, "site"));
		if (!t->sites[t->n_sites++].cookie)
			return false;
	}
	return true;
}

bool throng_enter(struct throng *t)
{
	const struct seat_cfg host = { .room = t->room, .cookie = t->admin.cookie, .mic = true, .camera = true, .number = 100 };

	t->host = attendee_with(t->admin.server, t->loop, NULL, NULL, &host);
	if (!CHECK(!strcmp(t->host->role, "host"), "%s", seat_error(t->host->joined)))
		return false;
	for (unsigned i = 0; i < t->n_sites; i++) {
		struct throng_site *s = &t->sites[i];
		const struct seat_cfg cfg = {
			.room = t->room, .cookie = s->cookie, .mic = i < t->n_media, .camera = i < t->n_media, .no_media = i >= t->n_media, .number = 1000 + 10 * i,
		};

		s->seat = attendee_with(t->admin.server, t->loop, NULL, NULL, &cfg);
		if (!CHECK(s->seat->id[0], "site %u: %s", i, seat_error(s->seat->joined)))
			return false;
	}
	return true;
}

/* ---- members ---- */

static bool is_twice(const json_t *items, const char *name)
{
	const json_t *item;
	unsigned n = 0;
	size_t i;

	json_array_foreach(items, i, item)
		n += !strcmp(text(item, "name"), name);
	return n > 1;
}

static const char *scan(struct throng *t, struct throng_site *s)
{
	struct office phone = { .server = t->admin.server };
	json_t *code = defer(seat_ask(s->seat, "class.code", "{}"), end_json);

	return text(office_ask(&phone, "POST", "companion/visit", json_pack("{s:I, s:I, s:s}", "class", t->class, "site", s->id, "code", text(code, "code"))), "claim");
}

static const char *claim_of(struct throng *t, const char *visit, const char *name)
{
	struct office phone = { .server = t->admin.server };
	const char *claim = text(office_ask(&phone, "POST", "companion", json_pack("{s:s, s:s}", "claim", visit, "name", name)), "claim");

	CHECK(*claim, "%s: %s", name, phone.last->body);
	return claim;
}

static bool choose_at(struct throng *t, struct throng_site *s, unsigned phones, unsigned marked)
{
	g_autofree char *rest = g_strdup_printf("/people?site=%lld&limit=500", (long long)s->id);
	json_t *items = json_object_get(office_ask(&t->admin, "GET", office_path("classes", t->class, rest), NULL), "items"), *item;
	size_t i;

	s->claim = scan(t, s);
	json_array_foreach(items, i, item) {
		if (is_twice(items, text(item, "name")))
			continue;
		if (s->n_phones < phones) {
			struct throng_phone *p = &s->phones[s->n_phones++];

			p->person = number(item, "person");
			p->claim = claim_of(t, s->claim, text(item, "name"));
		} else if (s->n_marked < marked) {
			s->marked[s->n_marked++] = number(item, "person");
		}
	}
	t->n_phones += s->n_phones;
	t->n_marked += s->n_marked;
	return CHECK(s->n_phones > 0, "site %lld has nobody", (long long)s->id);
}

bool throng_choose(struct throng *t, unsigned phones, unsigned marked)
{
	for (unsigned i = 0; i < t->n_sites; i++)
		if (!choose_at(t, &t->sites[i], phones, marked))
			return false;
	return true;
}

static struct seat *connect_phone(struct throng *t, const struct throng_phone *p)
{
	return defer(seat_open(&(struct seat_cfg){ .loop = t->loop, .host = "127.0.0.1", .port = t->admin.server->port, .companion = p->claim }), end_seat);
}

static void note(struct throng_replies *n, json_t *reply)
{
	const char *code = seat_error(reply);

	n->none += !reply;
	n->good += reply && !*code;
	n->refused += reply && *code;
	if (reply && *code)
		g_snprintf(n->code, sizeof(n->code), "%s %s", code, text(json_object_get(reply, "error"), "field"));
	json_decref(reply);
}

/* One request of each phone. */
static struct throng_replies ask_phones(struct throng *t, const char *type, json_t *(*fields)(struct throng *t, const struct throng_phone *p, const void *user), const void *user)
{
	g_autofree uint32_t *ids = g_new0(uint32_t, (gsize)THRONG_SITES * THRONG_PHONES);
	struct throng_replies n = { 0 };

	for (unsigned i = 0; i < t->n_sites; i++)
		for (unsigned k = 0; k < t->sites[i].n_phones; k++)
			ids[i * THRONG_PHONES + k] = seat_begin(t->sites[i].phones[k].seat, type, "o", fields(t, &t->sites[i].phones[k], user));
	for (unsigned i = 0; i < t->n_sites; i++)
		for (unsigned k = 0; k < t->sites[i].n_phones; k++)
			note(&n, seat_reply(t->sites[i].phones[k].seat, ids[i * THRONG_PHONES + k], REPLY_MS));
	return n;
}

static json_t *opening(struct throng *t, const struct throng_phone *p, const void *user)
{
	char device[32];

	(void)user;
	g_snprintf(device, sizeof(device), "phone-of-%lld", (long long)p->person);
	return json_pack("{s:I, s:s}", "class", t->class, "device", device);
}

bool throng_scan(struct throng *t)
{
	struct throng_replies n;

	for (unsigned i = 0; i < t->n_sites; i++)
		for (unsigned k = 0; k < t->sites[i].n_phones; k++) {
			struct throng_phone *p = &t->sites[i].phones[k];

			p->seat = connect_phone(t, p);
			if (!CHECK(p->seat->socket && !*seat_error(p->seat->hello), "phone %u of site %u: %s", k, i, seat_error(p->seat->hello)))
				return false;
		}
	n = ask_phones(t, "companion.open", opening, NULL);
	return CHECK(n.refused + n.none == 0, "%u pages open, %u refused (%s), %u without reply", n.good, n.refused, n.code, n.none);
}

bool throng_mark(struct throng *t)
{
	g_autofree uint32_t *ids = g_new0(uint32_t, THRONG_SITES);
	struct throng_replies n = { 0 };

	for (unsigned i = 0; i < t->n_sites; i++) {
		json_t *persons = json_array();

		for (unsigned k = 0; k < t->sites[i].n_marked; k++)
			json_array_append_new(persons, json_integer(t->sites[i].marked[k]));
		ids[i] = seat_begin(t->sites[i].seat, "class.mark", "{s:o, s:b}", "persons", persons, "here", 1);
	}
	for (unsigned i = 0; i < t->n_sites; i++)
		note(&n, seat_reply(t->sites[i].seat, ids[i], REPLY_MS));
	return CHECK(n.refused + n.none == 0, "%u sites marked theirs, %u refused (%s), %u without reply", n.good, n.refused, n.code, n.none);
}

/* ---- asks ---- */

struct said {
	json_int_t ask;
	int choice;
};

static json_t *choice_of(const struct said *s)
{
	return s->choice < 0 ? json_array() : json_pack("[i]", s->choice);
}

static json_t *answering(struct throng *t, const struct throng_phone *p, const void *user)
{
	const struct said *s = user;

	(void)t;
	(void)p;
	return json_pack("{s:I, s:o}", "ask", s->ask, "choice", choice_of(s));
}

struct throng_replies throng_answer(struct throng *t, json_int_t ask, int choice)
{
	return ask_phones(t, "companion.answer", answering, &(struct said){ ask, choice });
}

struct throng_replies throng_answer_marked(struct throng *t, json_int_t ask, int choice)
{
	g_autofree uint32_t *ids = g_new0(uint32_t, (gsize)THRONG_SITES * THRONG_MARKED);
	const struct said said = { ask, choice };
	struct throng_replies n = { 0 };

	for (unsigned i = 0; i < t->n_sites; i++)
		for (unsigned k = 0; k < t->sites[i].n_marked; k++)
			ids[i * THRONG_MARKED + k] = seat_begin(t->sites[i].seat, "ask.answer", "{s:I, s:I, s:o}", "ask", ask, "person", t->sites[i].marked[k], "choice", choice_of(&said));
	for (unsigned i = 0; i < t->n_sites; i++)
		for (unsigned k = 0; k < t->sites[i].n_marked; k++)
			note(&n, seat_reply(t->sites[i].seat, ids[i * THRONG_MARKED + k], REPLY_MS));
	return n;
}

json_int_t throng_ask(struct throng *t, const char *format, ...)
{
	va_list args;
	json_t *reply;

	va_start(args, format);
	reply = seat_ask(t->host, "ask.open", "o", json_vpack_ex(NULL, 0, format, args));
	va_end(args);
	CHECK(!*seat_error(reply), "ask.open: %s", seat_error(reply));
	return number(defer(reply, end_json), "ask");
}

json_t *throng_asked(struct throng *t, json_int_t ask)
{
	json_t *list = json_object_get(defer(seat_ask(t->host, "ask.list", "{}"), end_json), "asks"), *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (number(one, "ask") == ask)
			return one;
	return NULL;
}
