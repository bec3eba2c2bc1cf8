/*
 * The matrix from outside: whoever signs in, at every place of a random tree, on every path of the API that the server documents and with every request of
 * schema.json. What somebody sees is computed here from the definitions, not taken from the server. A path that is not walked stands in a list here with the
 * reason: a new one cannot be forgotten.
 */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/player.h"
#include "tests/scenario/stage.h"
#include "tests/endpoint/seat.h"

#define ORGS 26
#define PEOPLE 40
#define ACTORS 14
#define CLASSES 7
#define UNKNOWN 7777777

struct place {
	json_int_t id;
	int parent;             /* -1: below the demo's city */
	bool closed;            /* its policy shows persons to nobody above */
	char name[32];
};

struct somebody {
	json_int_t id;
	int main, further;      /* index of orgs; -1 none */
	char name[32];
};

struct lesson {
	json_int_t id;
	int org;                /* holds it, index of orgs */
	bool subtree;           /* invites all below, else its holder alone */
	char title[32];
};

struct actor {
	const char *role;       /* "site", "nobody", or a grant's */
	int person, place;      /* -1 none */
	bool subtree;
	json_int_t grant;
	const char *cookie;
};

struct county {
	struct server *server;
	GRand *random;
	const char *admin;
	struct place orgs[ORGS];
	struct somebody people[PEOPLE];
	struct actor actors[ACTORS];
	struct lesson classes[CLASSES];
	json_t *paths, *schemas, *protocol;
};

static unsigned n_compared, n_read, n_requests;  /* what was walked, for the note */

/* One id of each kind, to fill a path, a query or a body with. */
struct ids {
	json_int_t org, person, class;
};

static const struct ids nothing = { UNKNOWN, UNKNOWN, UNKNOWN };

/* ---- asking ---- */

static struct http_reply *ask(const struct county *k, const char *cookie, const char *method, const char *path, json_t *body)
{
	g_autofree char *whole = g_strconcat("/api/v1/", path, NULL);
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct http_reply *r = account_ask(k->server, method, whole, text, cookie, NULL);

	free(text);
	json_decref(body);
	return r;
}

static json_t *reply_json(const struct http_reply *r)
{
	json_t *j = json_loadb(r->body ? r->body : "", r->body_len, 0, NULL);

	defer(j, (void (*)(void *))(void (*)(void))json_decref);
	return j;
}

static json_int_t made(const struct http_reply *r)
{
	CHECK(r->status == 201 || r->status == 200, "%ld %s", r->status, r->body);
	return json_integer_value(json_object_get(reply_json(r), "id"));
}

/* ---- a random county ---- */

static bool below(const struct county *k, int org, int above)
{
	while (org >= 0 && org != above)
		org = k->orgs[org].parent;
	return org == above;
}

static void make_orgs(struct county *k)
{
	for (int i = 0; i < ORGS; i++) {
		struct place *o = &k->orgs[i];

		o->parent = i < 3 ? -1 : g_rand_int_range(k->random, 0, i);
		g_snprintf(o->name, sizeof(o->name), "Place-%03d-name", i);
		o->id = made(ask(k, k->admin, "POST", "orgs", json_pack("{s:I, s:s, s:s}", "parent", o->parent < 0 ? (json_int_t)1 : k->orgs[o->parent].id, "name", o->name, "kind", "branch")));
	}
}

static void make_people(struct county *k)
{
	for (int i = 0; i < PEOPLE; i++) {
		struct somebody *p = &k->people[i];
		g_autofree char *path = NULL;

		p->main = g_rand_int_range(k->random, 0, ORGS);
		p->further = g_rand_int_range(k->random, 0, 3) ? -1 : g_rand_int_range(k->random, 0, ORGS);
		g_snprintf(p->name, sizeof(p->name), "Human-%03d-name", i);
		p->id = made(ask(k, k->admin, "POST", "people", json_pack("{s:s, s:s, s:I, s:s, s:s}", "name", p->name, "kind", "member", "org", k->orgs[p->main].id, "phone", "13800001111", "post", "Post")));
		if (p->further == p->main)
			p->further = -1;
		if (p->further < 0)
			continue;
		path = g_strdup_printf("people/%lld/memberships", (long long)p->id);
		CHECK(ask(k, k->admin, "POST", path, json_pack("{s:I}", "org", k->orgs[p->further].id))->status == 200);
	}
}

static void make_classes(struct county *k)
{
	json_int_t now = g_get_real_time() / 1000;

	for (int i = 0; i < CLASSES; i++) {
		struct lesson *c = &k->classes[i];

		c->org = g_rand_int_range(k->random, 0, ORGS);
		c->subtree = g_rand_boolean(k->random);
		g_snprintf(c->title, sizeof(c->title), "Lesson-%03d-title", i);
		c->id = made(ask(k, k->admin, "POST", "classes", json_pack("{s:I, s:s, s:s, s:I, s:I, s:b}", "org", k->orgs[c->org].id, "title", c->title, "kind", "lecture", "start_ms", now + 900000,
		                 "end_ms", now + 3600000, "subtree", c->subtree)));
	}
}

/* By a link, or a site's pairing code. */
static const char *sign_in(const struct county *k, const char *path, json_t *body)
{
	struct http_reply *r = ask(k, k->admin, "POST", path, body);
	json_t *code = json_object_get(reply_json(r), "code");

	CHECK(r->status == 201, "%s: %ld %s", path, r->status, r->body);
	r = ask(k, NULL, "POST", "session/link", json_pack("{s:O}", "code", code));
	CHECK(r->status == 200, "%ld %s", r->status, r->body);
	return defer(account_cookie_of(r), g_free);
}

static void make_actors(struct county *k)
{
	static const char *const roles[] = { "nobody", "site", "member", "leader", "inspector", "administrator", "expert" };

	for (int i = 0; i < ACTORS; i++) {
		struct actor *a = &k->actors[i];
		g_autofree char *path = NULL;

		*a = (struct actor){ .role = roles[i % G_N_ELEMENTS(roles)], .person = -1, .place = g_rand_int_range(k->random, 0, ORGS), .subtree = i < 7 || g_rand_boolean(k->random) };
		if (!strcmp(a->role, "nobody"))
			continue;
		if (!strcmp(a->role, "site")) {
			path = g_strdup_printf("orgs/%lld/devices", (long long)k->orgs[a->place].id);
			a->cookie = sign_in(k, path, json_pack("{s:s}", "name", "PC"));
			continue;
		}
		a->person = i;
		a->grant = made(ask(k, k->admin, "POST", "grants", json_pack("{s:I, s:I, s:s, s:b, s:s}", "person", k->people[i].id, "org", k->orgs[a->place].id, "role", a->role,
		                "subtree", a->subtree, "purpose", "matrix")));
		path = g_strdup_printf("people/%lld/links", (long long)k->people[i].id);
		a->cookie = sign_in(k, path, json_object());
	}
}

/* Once everybody has signed in: the administrator does not see some of them any more. */
static void close_some(struct county *k)
{
	for (int i = 0; i < ORGS; i++) {
		g_autofree char *path = g_strdup_printf("orgs/%lld/policy", (long long)k->orgs[i].id);

		k->orgs[i].closed = g_rand_int_range(k->random, 0, 7) == 0;
		if (k->orgs[i].closed)
			CHECK(ask(k, k->admin, "POST", path, json_pack("{s:s, s:s, s:s}", "key", "person_level_upward", "value", "off", "why", "matrix"))->status == 200);
	}
}

/* ---- the definition ---- */

static bool views(const struct actor *a)
{
	return !strcmp(a->role, "leader") || !strcmp(a->role, "inspector") || !strcmp(a->role, "administrator");
}

static bool granted(const struct county *k, const struct actor *a, int org)
{
	return a->grant && views(a) && org >= 0 && (a->subtree ? below(k, org, a->place) : org == a->place);
}

static bool sees_org(const struct county *k, const struct actor *a, int org)
{
	if (a->person < 0)
		return !strcmp(a->role, "site") && org == a->place;
	return granted(k, a, org) || k->people[a->person].main == org || k->people[a->person].further == org;
}

/* Persons of the organisation: from above only where no policy on the way up to the root forbids it. */
static bool sees_people_of(const struct county *k, const struct actor *a, int org)
{
	bool closed = false;

	if (!granted(k, a, org))
		return false;
	for (int above = org; above >= 0; above = k->orgs[above].parent)
		closed = closed || k->orgs[above].closed;
	return !closed || org == a->place;
}

static bool sees_person(const struct county *k, const struct actor *a, int person)
{
	return a->person == person || sees_people_of(k, a, k->people[person].main) || sees_people_of(k, a, k->people[person].further);
}

/* Who holds it, or is invited, or over one of these. */
static bool sees_class(const struct county *k, const struct actor *a, const struct lesson *c)
{
	for (int i = 0; i < ORGS; i++)
		if ((i == c->org || (c->subtree && below(k, i, c->org))) && sees_org(k, a, i))
			return true;
	return false;
}

/* NULL: all are seen. */
static const struct lesson *unseen_class(const struct county *k, const struct actor *a)
{
	int from = g_rand_int_range(k->random, 0, CLASSES);

	for (int i = 0; i < CLASSES; i++)
		if (!sees_class(k, a, &k->classes[(from + i) % CLASSES]))
			return &k->classes[(from + i) % CLASSES];
	return NULL;
}

static int unseen_org(const struct county *k, const struct actor *a)
{
	int org = g_rand_int_range(k->random, 0, ORGS);

	for (int i = 0; i < ORGS && sees_org(k, a, org); i++)
		org = (org + 1) % ORGS;
	return org;
}

static int unseen_person(const struct county *k, const struct actor *a)
{
	int person = g_rand_int_range(k->random, 0, PEOPLE);

	for (int i = 0; i < PEOPLE && sees_person(k, a, person); i++)
		person = (person + 1) % PEOPLE;
	return person;
}

/* ---- leaks ---- */

/* Whoever is invited reads who invites. */
static bool invites(const struct county *k, const struct actor *a, int org)
{
	for (int i = 0; i < CLASSES; i++)
		if (k->classes[i].org == org && sees_class(k, a, &k->classes[i]))
			return true;
	return false;
}

/* Names are unique, so that a name beyond sight anywhere in a reply is a leak. One's own grant may name its organisation. */
static void check_text(const struct county *k, const struct actor *a, const char *path, const char *text)
{
	bool class = strstr(path, "class") || strstr(path, "look");

	for (int i = 0; i < ORGS; i++)
		CHECK(sees_org(k, a, i) || (a->grant && i == a->place) || (class && invites(k, a, i)) || !strstr(text, k->orgs[i].name), "%s tells a %s of %s: %s", path, a->role, k->orgs[i].name,
		      text);
	for (int i = 0; i < PEOPLE; i++)
		CHECK(sees_person(k, a, i) || !strstr(text, k->people[i].name), "%s tells a %s of %s: %s", path, a->role, k->people[i].name, text);
	for (int i = 0; i < CLASSES; i++)
		CHECK(sees_class(k, a, &k->classes[i]) || !strstr(text, k->classes[i].title), "%s tells a %s of %s: %s", path, a->role, k->classes[i].title, text);
}

static void check_leaks(const struct county *k, const struct actor *a, const char *path, const struct http_reply *r)
{
	n_read++;
	check_text(k, a, path, r->body ? r->body : "");
}

static const json_t *resolve(const struct county *k, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));

	return ref ? json_object_get(k->schemas, strrchr(ref, '/') + 1) : schema;
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/* What an id of that name is of; 0: it is none. `path` tells whose `into` it is. */
static json_int_t id_of(const char *name, const char *path, const struct ids *ids)
{
	static const char *const orgs[] = { "org", "parent", "site", "target" }, *const persons[] = { "person", "hosts", "add", "remove", "persons" };

	if (is_one_of(name, orgs, G_N_ELEMENTS(orgs)))
		return ids->org;
	if (is_one_of(name, persons, G_N_ELEMENTS(persons)))
		return ids->person;
	if (!strcmp(name, "into"))
		return strstr(path, "people") ? ids->person : ids->org;
	return !strcmp(name, "class") ? ids->class : 0;
}

/* A time that is to come, but for when something was seen. */
static json_t *make_time(const char *name)
{
	json_int_t now = g_get_real_time() / 1000;

	return json_integer(!strcmp(name, "look_ms") ? now : !strcmp(name, "end_ms") ? now + 7200000 : now + 3600000);
}

/* A body that has the right shape, as the document says. NULL: takes none. */
static json_t *make_body(const struct county *k, const char *path, const json_t *operation, const struct ids *ids, bool *ret_has_id)
{
	const json_t *schema = json_object_get(json_object_get(json_object_get(json_object_get(operation, "requestBody"), "content"), "application/json"), "schema");
	json_t *body = json_object(), *property;
	const char *name;

	json_object_foreach(json_object_get(resolve(k, schema), "properties"), name, property) {
		const char *type = json_string_value(json_object_get(property, "type"));
		json_int_t id = id_of(name, path, ids);

		if (id) {
			json_object_set_new(body, name, !g_strcmp0(type, "array") ? json_pack("[I]", id) : json_integer(id));
			*ret_has_id = true;
		} else if (strstr(path, "/classes") && (g_str_has_suffix(name, "start_ms") || g_str_has_suffix(name, "end_ms") || !strcmp(name, "look_ms"))) {
			json_object_set_new(body, name, make_time(name));
		} else if (json_is_array(json_object_get(property, "enum"))) {
			json_object_set(body, name, json_array_get(json_object_get(property, "enum"), 0));
		} else if (type && !strcmp(type, "boolean")) {
			json_object_set_new(body, name, json_true());
		} else if (!type || !strcmp(type, "string")) {
			json_object_set_new(body, name, json_string(!strcmp(name, "id") ? "0123456789abcdef" : !strcmp(name, "key") ? "ranking" : !strcmp(name, "value") ? "off" :
			                                            !strcmp(name, "zone") ? "Asia/Shanghai" : !strcmp(name, "card") || !strcmp(name, "reading") || !strcmp(name, "phone") ? "" : "text"));
		}
	}
	return body;
}

/* "/api/v1/people/{person}/posts/{fact}/end" with numbers. */
static char *fill_path(const char *path, const struct ids *ids)
{
	GString *s = g_string_new(NULL);

	for (path += strlen("/api/v1/"); *path; path++) {
		if (*path != '{') {
			g_string_append_c(s, *path);
			continue;
		}
		if (g_str_has_prefix(path, "{org}"))
			g_string_append_printf(s, "%lld", (long long)ids->org);
		else if (g_str_has_prefix(path, "{person}"))
			g_string_append_printf(s, "%lld", (long long)ids->person);
		else if (g_str_has_prefix(path, "{class}"))
			g_string_append_printf(s, "%lld", (long long)ids->class);
		else if (g_str_has_prefix(path, "{room}"))
			g_string_append_printf(s, "class-%lld", (long long)ids->class);
		else
			g_string_append_printf(s, "%d", g_str_has_prefix(path, "{grant}") ? UNKNOWN : 1);
		path += strcspn(path, "}");
	}
	return g_string_free(s, FALSE);
}

/* The same with the ids that the document has in the query. */
static char *fill_query(char *filled, const json_t *operation, const struct ids *ids, bool *ret_has_id)
{
	GString *s = g_string_new(filled);
	json_t *parameter;
	size_t i;

	g_free(filled);
	json_array_foreach(json_object_get(operation, "parameters"), i, parameter) {
		const char *name = json_string_value(json_object_get(parameter, "name"));

		if (!name || !id_of(name, "", ids) || g_strcmp0(json_string_value(json_object_get(parameter, "in")), "query"))
			continue;
		g_string_append_printf(s, "%c%s=%lld", strchr(s->str, '?') ? '&' : '?', name, (long long)id_of(name, "", ids));
		*ret_has_id = true;
	}
	return g_string_free(s, FALSE);
}

static void compare(const struct county *k, const struct actor *a, const char *method, const char *there, json_t *body, const char *not_there, json_t *other)
{
	struct http_reply *x = ask(k, a->cookie, method, there, body), *y = ask(k, a->cookie, method, not_there, other);

	n_compared++;
	CHECK(x->status >= 400 && x->status == y->status && x->body_len == y->body_len && !memcmp(x->body, y->body, x->body_len), "a %s, %s %s: %ld %s, but %s: %ld %s", a->role, method,
	      there, x->status, x->body, not_there, y->status, y->body);
	check_leaks(k, a, there, x);
}

static bool operation_has_id(const struct county *k, const char *path, const json_t *operation)
{
	bool has_id = false;

	json_decref(make_body(k, path, operation, &nothing, &has_id));
	return has_id;
}

/* Each id hidden, or of nothing, so that none is behind another that is refused first. */
static struct ids some_of(const struct county *k, struct ids ids)
{
	if (g_rand_boolean(k->random))
		ids.org = UNKNOWN;
	if (g_rand_boolean(k->random))
		ids.person = UNKNOWN;
	if (g_rand_boolean(k->random))
		ids.class = UNKNOWN;
	return ids;
}

/* What is beyond sight in the path, and in the body, answers as what is not there. */
static void try_operation(const struct county *k, const struct actor *a, const char *path, const char *name, const json_t *operation)
{
	g_autofree char *method = g_ascii_strup(name, -1);
	bool reads = !strcmp(method, "GET"), has_id = false;
	int org = unseen_org(k, a), person = unseen_person(k, a);
	const struct lesson *class = unseen_class(k, a);
	const struct ids ids = some_of(k, (struct ids){ k->orgs[org].id, k->people[person].id, class ? class->id : UNKNOWN });
	g_autofree char *there = fill_query(fill_path(path, &ids), operation, &ids, &has_id);
	g_autofree char *not_there = fill_query(fill_path(path, &nothing), operation, &nothing, &has_id);

	if (sees_org(k, a, org) || sees_person(k, a, person))
		return;
	if (strcmp(there, not_there) != 0 || has_id || (!reads && operation_has_id(k, path, operation)))
		compare(k, a, method, there, reads ? NULL : make_body(k, path, operation, &ids, &has_id), not_there, reads ? NULL : make_body(k, path, operation, &nothing, &has_id));
}

/* A class that the actor sees, else none. */
static json_int_t own_class(const struct county *k, const struct actor *a)
{
	for (int i = 0; i < CLASSES; i++)
		if (sees_class(k, a, &k->classes[i]))
			return k->classes[i].id;
	return UNKNOWN;
}

/* The path is one's own, the body's ids are not. */
static void try_body(const struct county *k, const struct actor *a, const char *path, const json_t *operation)
{
	int org = unseen_org(k, a), person = unseen_person(k, a);
	const struct lesson *class = unseen_class(k, a);
	const struct ids own = { k->orgs[a->place].id, a->person >= 0 ? k->people[a->person].id : UNKNOWN, own_class(k, a) };
	const struct ids ids = { k->orgs[org].id, k->people[person].id, class ? class->id : UNKNOWN };
	g_autofree char *there = fill_path(path, &own);
	bool has_id = false;
	json_t *body = make_body(k, path, operation, &ids, &has_id);

	if (has_id && !sees_org(k, a, org) && !sees_person(k, a, person))
		compare(k, a, "POST", there, body, there, make_body(k, path, operation, &nothing, &has_id));
	else
		json_decref(body);
}

/* Not walked here, with the reason. Whatever is documented and neither walked nor in this list fails the test. */
static const struct {
	const char *prefix, *why;
} left_out[] = {
	{ "/healthz", "tells nothing of the records" }, { "/metrics", "tells nothing of the records" }, { "/api/v1/openapi.json", "the document itself" },
	{ "/api/v1/session", "signing in: sign_in.c; its GET tells the own way up" }, { "/api/v1/rooms", "by the room's right: gates.c, quality.c" }, { "/ws", "below" },
	{ "/whip", "by token: gates.c" }, { "/whep", "by token: gates.c" }, { "/api/v1/companion", "by the code on a screen: class_phone.c" }, { "/api/v1/expert", "by a link's code: class_plan.c" },
	{ "/api/v1/templates", "headers alone" }, { "/api/v1/imports", "its account's alone: import.c; imports/# is walked" }, { "/api/v1/appeals", "of a result: class_appeal.c" },
};

static bool is_tried(const char *path)
{
	static const char *const walked[] = { "/api/v1/orgs", "/api/v1/people", "/api/v1/grants", "/api/v1/search", "/api/v1/audit", "/api/v1/exports", "/api/v1/sessions", "/api/v1/imports/",
		"/api/v1/reports", "/api/v1/findings", "/api/v1/notices", "/api/v1/look", "/api/v1/classes" };

	for (size_t i = 0; i < G_N_ELEMENTS(walked); i++)
		if (g_str_has_prefix(path, walked[i]))
			return true;
	for (size_t i = 0; i < G_N_ELEMENTS(left_out); i++)
		if (g_str_has_prefix(path, left_out[i].prefix))
			return false;
	CHECK(false, "%s is neither walked nor left out with a reason", path);
	return false;
}

static void try_all(const struct county *k, const struct actor *a)
{
	json_t *methods, *operation;
	const char *path, *name;

	json_object_foreach(k->paths, path, methods) {
		if (!is_tried(path))
			continue;
		json_object_foreach(methods, name, operation) {
			if (!json_is_object(operation))
				continue;
			try_operation(k, a, path, name, operation);
			if (!strcmp(name, "post"))
				try_body(k, a, path, operation);
		}
	}
}

/* ---- lists ---- */

static void read_pages(const struct county *k, const struct actor *a, const char *list, size_t *ret_items, json_int_t *ret_total)
{
	g_autofree char *path = g_strdup_printf("%s&limit=7", list);
	const char *next = "";

	*ret_items = 0;
	for (unsigned page = 0; next && page < 200; page++) {
		struct http_reply *r = ask(k, a->cookie, "GET", path, NULL);
		json_t *j = reply_json(r);

		CHECK(r->status == 200 || g_str_has_prefix(list, "audit.csv"), "a %s, %s: %ld %s", a->role, path, r->status, r->body);
		check_leaks(k, a, path, r);
		*ret_items += json_array_size(json_object_get(j, "items"));
		*ret_total = json_integer_value(json_object_get(j, "total"));
		next = json_string_value(json_object_get(j, "next"));
		g_free(path);
		path = g_strdup_printf("%s&limit=7&cursor=%s", list, next ? next : "");
	}
}

static void check_people(const struct county *k, const struct actor *a)
{
	json_int_t total = -1;
	size_t items, seen = 0;

	for (int i = 0; i < PEOPLE; i++)
		seen += sees_person(k, a, i);
	read_pages(k, a, "people?q=human", &items, &total);
	CHECK(items == seen && total == (json_int_t)seen, "a %s sees %zu, is listed %zu and told %lld", a->role, seen, items, (long long)total);
}

/* By organisation: those of whom the caller sees that they belong there, and nobody else. */
static void check_people_of(const struct county *k, const struct actor *a, int org)
{
	g_autofree char *list = g_strdup_printf("people?org=%lld", (long long)k->orgs[org].id);
	json_int_t total = -1;
	size_t items, seen = 0;

	for (int i = 0; i < PEOPLE; i++)
		seen += (k->people[i].main == org || k->people[i].further == org) && (a->person == i || sees_people_of(k, a, org));
	read_pages(k, a, list, &items, &total);
	CHECK(items == seen && total == (json_int_t)seen, "a %s at %d sees %zu of %d, is listed %zu", a->role, a->place, seen, org, items);
}

/* Not among them: GET session, which tells one's own way up to the top; whoever belongs somewhere knows to whom that belongs. */
static void check_lists(const struct county *k, const struct actor *a)
{
	static const char *const lists[] = { "classes?x=1", "findings?x=1", "notices?x=1", "appeals?x=1", "orgs?closed=0", "grants?below=0", "audit?act=", "people/twins?org=0", "search?q=place", "search?q=human", "sessions?x=1", "audit.csv?x=1" };
	json_int_t total;
	size_t items;

	check_people(k, a);
	for (int i = 0; i < ORGS; i++)
		if (sees_org(k, a, i))
			check_people_of(k, a, i);
	for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
		read_pages(k, a, lists[i], &items, &total);
}

/* Each organisation and person by itself: there for whoever sees it, and nothing in it that one does not see. */
static void check_records(const struct county *k, const struct actor *a)
{
	static const char *const of_org[] = { "orgs/%lld", "orgs/%lld/history", "orgs/%lld/policy", "orgs/%lld/retention", "orgs?parent=%lld", "people?org=%lld", "grants?org=%lld&below=1", "audit?org=%lld",
		"exports/people?org=%lld&format=csv", "exports/organisations?org=%lld&format=csv", "reports/attendance?org=%lld&level=persons", "reports/attendance?org=%lld",
		"exports/attendance?org=%lld&level=orgs" };
	static const char *const of_person[] = { "people/%lld", "people/%lld/history", "people/%lld/sessions", "grants?person=%lld", "audit?person=%lld" };

	for (int i = 0; i < ORGS + PEOPLE; i++) {
		bool org = i < ORGS, seen = org ? sees_org(k, a, i) : sees_person(k, a, i - ORGS);
		json_int_t id = org ? k->orgs[i].id : k->people[i - ORGS].id;

		for (unsigned n = 0; n < (org ? G_N_ELEMENTS(of_org) : G_N_ELEMENTS(of_person)); n++) {
			g_autofree char *path = NULL;
			struct http_reply *r;

			/* All of what is seen, a part of what is not: that is tried above. */
			if (!seen && (i + n) % 9)
				continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			path = g_strdup_printf(org ? of_org[n] : of_person[n], (long long)id);
#pragma GCC diagnostic pop
			r = ask(k, a->cookie, "GET", path, NULL);
			CHECK(seen ? r->status == 200 || (n > 0 && r->status == 403) : r->status == 404, "a %s, %s: %ld %s", a->role, path, r->status, r->body);
			check_leaks(k, a, path, r);
		}
	}
}

/* Each class: there for whom it concerns, and in it no place or person beyond sight. */
static void check_classes(const struct county *k, const struct actor *a)
{
	static const char *const of_class[] = { "", "/sites", "/people", "/experts", "/calendar.ics", "/overlaps", "/minutes" };

	for (int i = 0; i < CLASSES; i++)
		for (unsigned n = 0; n < G_N_ELEMENTS(of_class); n++) {
			g_autofree char *path = g_strdup_printf("classes/%lld%s", (long long)k->classes[i].id, of_class[n]);
			struct http_reply *r = ask(k, a->cookie, "GET", path, NULL);

			CHECK(sees_class(k, a, &k->classes[i]) ? r->status != 404 : r->status == 404, "a %s, %s: %ld %s", a->role, path, r->status, r->body);
			check_leaks(k, a, path, r);
		}
}

/* ---- the protocol of /ws ---- */

static void end_seat(void *s)
{
	seat_free(s);
}

/* The value of a field as schema.json describes it; ids are those given. */
static json_t *make_field(const struct county *k, const char *name, const json_t *type, const struct ids *ids)
{
	const json_t *string = json_object_get(type, "string"), *range = json_object_get(type, "int"), *list = json_object_get(type, "list"), *member;
	const char *kind = json_string_value(json_object_get(type, "object")), *key;
	json_int_t id = id_of(name, "", ids);
	json_t *object;

	if (json_is_string(type))
		return json_true();
	if (json_object_get(type, "enum"))
		return json_incref(json_array_get(json_object_get(json_object_get(k->protocol, "enums"), json_string_value(json_object_get(type, "enum"))), 0));
	if (range)
		return id ? json_integer(id) : json_incref(json_array_get(range, 0));
	if (string)
		return !strcmp(name, "room") ? json_sprintf("class-%lld", (long long)ids->class) : json_string("abcdefgh12");
	if (list)
		return json_pack("[o]", make_field(k, !strcmp(name, "sites") ? "site" : name, list, ids));
	object = json_object();
	json_object_foreach(json_object_get(json_object_get(k->protocol, "types"), kind), key, member)
		if (!strchr(key, '?'))
			json_object_set_new(object, key, make_field(k, key, member, ids));
	return object;
}

static json_t *make_request(const struct county *k, const json_t *request, const struct ids *ids)
{
	json_t *fields = json_object(), *type;
	const char *key;

	json_object_foreach(json_object_get(request, "fields"), key, type) {
		g_autofree char *name = g_strndup(key, strcspn(key, "?"));

		if (!strchr(key, '?') || id_of(name, "", ids))
			json_object_set_new(fields, name, make_field(k, name, type, ids));
	}
	return fields;
}

/* The answer without its number. */
static char *ask_socket(struct seat *s, const char *name, json_t *fields)
{
	json_t *reply = NULL;
	char *text;

	for (int i = 0; i < 300; i++) {
		json_decref(reply);
		reply = seat_ask(s, name, "O", fields);
		if (strcmp(seat_error(reply), "rate_limited") != 0)
			break;
		g_usleep(100000);
	}
	json_object_del(reply, "reply");
	text = json_dumps(reply, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(reply);
	json_decref(fields);
	return defer(text ? text : g_strdup(""), g_free);
}

/* Every request of the protocol with hidden ids, and with those of nothing, from outside of any room. */
static void try_socket(const struct county *k, const struct actor *a, struct loop *loop)
{
	struct seat *s = defer(seat_open(&(struct seat_cfg){ .loop = loop, .host = "127.0.0.1", .port = k->server->port, .cookie = a->cookie }), end_seat);
	int org = unseen_org(k, a), person = unseen_person(k, a);
	const struct lesson *class = unseen_class(k, a);
	const struct ids ids = { k->orgs[org].id, k->people[person].id, class ? class->id : UNKNOWN };
	json_t *request;
	const char *name;

	check_text(k, a, "look.open", ask_socket(s, "look.open", json_object()));
	check_text(k, a, "notices.open", ask_socket(s, "notices.open", json_object()));
	json_object_foreach(json_object_get(k->protocol, "requests"), name, request) {
		const char *there, *nowhere;

		if (!strcmp(name, "hello") || g_str_has_prefix(name, "wall.") || !strcmp(name, "look.open") || !strcmp(name, "look.close") || g_str_has_prefix(name, "notices."))
			continue;
		there = ask_socket(s, name, make_request(k, request, &ids));
		nowhere = ask_socket(s, name, make_request(k, request, &nothing));
		n_requests++;
		CHECK(!strcmp(there, nowhere) && strstr(there, "error"), "a %s, %s: %s, but of nothing: %s", a->role, name, there, nowhere);
	}
}

/* ---- scenarios ---- */

static struct county *make_county(guint32 seed)
{
	static struct county k;
	struct server *s = server_stage();
	json_t *document;

	if (!s)
		return NULL;
	memset(&k, 0, sizeof(k));
	k.server = s;
	k.random = defer(g_rand_new_with_seed(seed), (void (*)(void *))g_rand_free);
	k.admin = account_cookie(s, "admin");
	document = reply_json(ask(&k, NULL, "GET", "openapi.json", NULL));
	k.paths = json_object_get(document, "paths");
	k.schemas = json_object_get(json_object_get(document, "components"), "schemas");
	make_orgs(&k);
	make_people(&k);
	make_classes(&k);
	make_actors(&k);
	k.protocol = defer(json_load_file(SCHEMA, 0, NULL), (void (*)(void *))(void (*)(void))json_decref);
	close_some(&k);
	stage_note("seed %u", seed);
	return &k;
}

static void matrix(void)
{
	struct county *k = make_county(g_random_int());
	struct loop *loop = stage_loop();

	REQUIRE(k);
	for (int i = 0; i < ACTORS; i++) {
		const struct actor *a = &k->actors[i];

		if (!a->cookie) {
			try_all(k, a);
			continue;
		}
		check_lists(k, a);
		check_records(k, a);
		check_classes(k, a);
		try_all(k, a);
		try_socket(k, a, loop);
	}
	stage_note("%u pairs of requests compared, %u answers read, %u requests of /ws", n_compared, n_read, n_requests);
}

/* The grant of each ends: what it showed is not there any more, also for who is signed in. */
static void ended_grants(void)
{
	struct county *k = make_county(g_random_int());

	REQUIRE(k);
	for (int i = 0; i < ACTORS; i++) {
		struct actor *a = &k->actors[i];
		g_autofree char *path = NULL, *rename = NULL;
		struct http_reply *r;

		if (!a->grant)
			continue;
		path = g_strdup_printf("grants/%lld/end", (long long)a->grant);
		rename = g_strdup_printf("orgs/%lld", (long long)k->orgs[a->place].id);
		CHECK(ask(k, k->admin, "POST", path, json_pack("{s:s}", "why", "over"))->status == 204);
		a->grant = 0;
		r = ask(k, a->cookie, "PATCH", rename, json_pack("{s:s}", "name", "taken over"));
		CHECK(r->status == (sees_org(k, a, a->place) ? 403 : 404), "a %s whose grant has ended: %ld %s", a->role, r->status, r->body);
		check_people(k, a);
	}
}

struct ender {
	const struct county *k;
	const char *path;
	long status;
};

static void *end_in_the_middle(void *user)
{
	struct ender *e = user;
	g_autofree char *url = server_url(e->k->server, e->path), *cookie = g_strconcat("Cookie: ", e->k->admin, NULL);
	struct http_ask a = { .method = "POST", .url = url, .body = "{\"why\":\"over\"}", .type = "application/json", .headers = { cookie } };
	struct http_reply *r = http_ask(&a);

	e->status = r->status;
	http_reply_free(r);
	return NULL;
}

/* Renames run while the grant ends: each is done whole, or refused; after the first refusal none is done. */
static void taken_away_in_mid_act(void)
{
	struct county *k = make_county(g_random_int());
	bool over = false;

	REQUIRE(k);
	for (int i = 0; i < ACTORS; i++) {
		struct actor *a = &k->actors[i];
		g_autofree char *path = NULL, *rename = NULL;
		struct ender e = { .k = k };
		GThread *thread;

		if (strcmp(a->role, "administrator") != 0)
			continue;
		path = g_strdup_printf("/api/v1/grants/%lld/end", (long long)a->grant);
		rename = g_strdup_printf("orgs/%lld", (long long)k->orgs[a->place].id);
		e.path = path;
		over = false;
		thread = g_thread_new("ender", end_in_the_middle, &e);
		for (int n = 0; n < 40; n++) {
			g_autofree char *name = g_strdup_printf("Renamed %d-%d", i, n);
			struct http_reply *r = ask(k, a->cookie, "PATCH", rename, json_pack("{s:s}", "name", name)), *now = ask(k, k->admin, "GET", rename, NULL);
			bool done = r->status == 200 || r->status == 204;
			g_autofree char *quoted = g_strdup_printf("\"%s\"", name);

			CHECK(done || r->status == 403 || r->status == 404, "%ld %s", r->status, r->body);
			CHECK(!(done && over), "done after it was refused");
			CHECK(done == (strstr(now->body, quoted) != NULL), "half done: %ld, %s", r->status, now->body);
			over = over || !done;
		}
		g_thread_join(thread);
		CHECK(e.status == 204 && over, "%ld", e.status);
	}
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "whoever asks whatever anywhere learns nothing of what is not theirs to see", matrix },
		{ "when a grant ends, what it showed is not there any more", ended_grants },
		{ "an act during which the right is taken away is done whole or not at all", taken_away_in_mid_act },
	};

	return stage_run(argc, argv, scenarios, sizeof(scenarios) / sizeof(scenarios[0]), 170);
}
