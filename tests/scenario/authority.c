/*
 * The matrix from outside: whoever signs in, at every place of a random tree, on every path of the API that the server documents. What
 * somebody sees is computed here from the definitions, not taken from the server.
 */
#include <glib.h>
#include <jansson.h>
#include <string.h>

#include "tests/scenario/account.h"
#include "tests/scenario/stage.h"

#define ORGS 26
#define PEOPLE 40
#define ACTORS 14
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
	json_t *paths, *schemas;
};

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

/* Names are unique, so that a name beyond sight anywhere in a reply is a leak. One's own grant may name its organisation. */
static void check_leaks(const struct county *k, const struct actor *a, const char *path, const struct http_reply *r)
{
	for (int i = 0; r->body && i < ORGS; i++)
		CHECK(sees_org(k, a, i) || (a->grant && i == a->place) || !strstr(r->body, k->orgs[i].name), "%s tells a %s of %s: %s", path, a->role, k->orgs[i].name, r->body);
	for (int i = 0; r->body && i < PEOPLE; i++)
		CHECK(sees_person(k, a, i) || !strstr(r->body, k->people[i].name), "%s tells a %s of %s: %s", path, a->role, k->people[i].name, r->body);
}

static const json_t *resolve(const struct county *k, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));

	return ref ? json_object_get(k->schemas, strrchr(ref, '/') + 1) : schema;
}

static bool is_id(const char *name)
{
	return !strcmp(name, "org") || !strcmp(name, "parent") || !strcmp(name, "into") || !strcmp(name, "person");
}

/* A body that has the right shape, as the document says; its ids are `org` and `person`. NULL: takes none. */
static json_t *make_body(const struct county *k, const char *path, const json_t *operation, json_int_t org, json_int_t person, bool *ret_has_id)
{
	const json_t *schema = json_object_get(json_object_get(json_object_get(json_object_get(operation, "requestBody"), "content"), "application/json"), "schema");
	json_t *body = json_object(), *property;
	const char *name;

	json_object_foreach(json_object_get(resolve(k, schema), "properties"), name, property) {
		const char *type = json_string_value(json_object_get(property, "type"));
		bool whose = !strcmp(name, "person") || (!strcmp(name, "into") && strstr(path, "people"));

		if (is_id(name)) {
			json_object_set_new(body, name, json_integer(whose ? person : org));
			*ret_has_id = true;
		} else if (json_is_array(json_object_get(property, "enum"))) {
			json_object_set(body, name, json_array_get(json_object_get(property, "enum"), 0));
		} else if (type && !strcmp(type, "boolean")) {
			json_object_set_new(body, name, json_true());
		} else if (!type || !strcmp(type, "string")) {
			json_object_set_new(body, name, json_string(!strcmp(name, "id") ? "0123456789abcdef" : !strcmp(name, "key") ? "ranking" : !strcmp(name, "value") ? "off" :
			                                            !strcmp(name, "card") || !strcmp(name, "reading") || !strcmp(name, "phone") ? "" : "text"));
		}
	}
	return body;
}

/* "/api/v1/people/{person}/posts/{fact}/end" with numbers. */
static char *fill_path(const char *path, json_int_t org, json_int_t person)
{
	GString *s = g_string_new(NULL);

	for (path += strlen("/api/v1/"); *path; path++) {
		if (*path != '{') {
			g_string_append_c(s, *path);
			continue;
		}
		if (g_str_has_prefix(path, "{org}"))
			g_string_append_printf(s, "%lld", (long long)org);
		else if (g_str_has_prefix(path, "{person}"))
			g_string_append_printf(s, "%lld", (long long)person);
		else
			g_string_append_printf(s, "%d", g_str_has_prefix(path, "{grant}") ? UNKNOWN : 1);
		path += strcspn(path, "}");
	}
	return g_string_free(s, FALSE);
}

/* The same with the ids that the document has in the query. */
static char *fill_query(char *filled, const json_t *operation, json_int_t org, json_int_t person, bool *ret_has_id)
{
	GString *s = g_string_new(filled);
	json_t *parameter;
	size_t i;

	g_free(filled);
	json_array_foreach(json_object_get(operation, "parameters"), i, parameter) {
		const char *name = json_string_value(json_object_get(parameter, "name"));

		if (!name || !is_id(name) || g_strcmp0(json_string_value(json_object_get(parameter, "in")), "query"))
			continue;
		g_string_append_printf(s, "%c%s=%lld", strchr(s->str, '?') ? '&' : '?', name, (long long)(strcmp(name, "person") ? org : person));
		*ret_has_id = true;
	}
	return g_string_free(s, FALSE);
}

static void compare(const struct county *k, const struct actor *a, const char *method, const char *there, json_t *body, const char *not_there, json_t *other)
{
	struct http_reply *x = ask(k, a->cookie, method, there, body), *y = ask(k, a->cookie, method, not_there, other);

	CHECK(x->status >= 400 && x->status == y->status && x->body_len == y->body_len && !memcmp(x->body, y->body, x->body_len), "a %s, %s %s: %ld %s, but %s: %ld %s", a->role, method,
	      there, x->status, x->body, not_there, y->status, y->body);
	check_leaks(k, a, there, x);
}

/* What is beyond sight in the path, and in the body, answers as what is not there. */
static void try_operation(const struct county *k, const struct actor *a, const char *path, const char *name, const json_t *operation)
{
	g_autofree char *method = g_ascii_strup(name, -1);
	bool reads = !strcmp(method, "GET"), has_id = false;
	int org = unseen_org(k, a), person = unseen_person(k, a);
	json_int_t org_id = k->orgs[org].id, person_id = k->people[person].id;
	g_autofree char *there = fill_query(fill_path(path, org_id, person_id), operation, org_id, person_id, &has_id);
	g_autofree char *not_there = fill_query(fill_path(path, UNKNOWN, UNKNOWN), operation, UNKNOWN, UNKNOWN, &has_id);
	json_t *body = reads ? NULL : make_body(k, path, operation, org_id, person_id, &has_id);

	if (sees_org(k, a, org) || sees_person(k, a, person)) {
		json_decref(body);
		return;
	}
	if (strstr(path, "{org}") || strstr(path, "{person}") || has_id)
		compare(k, a, method, there, body, not_there, reads ? NULL : make_body(k, path, operation, UNKNOWN, UNKNOWN, &has_id));
	else
		json_decref(body);
}

/* The path is one's own, the body's ids are not. */
static void try_body(const struct county *k, const struct actor *a, const char *path, const json_t *operation)
{
	int org = unseen_org(k, a), person = unseen_person(k, a);
	json_int_t own_org = k->orgs[a->place].id, own = a->person >= 0 ? k->people[a->person].id : UNKNOWN;
	g_autofree char *there = fill_path(path, own_org, own);
	bool has_id = false;
	json_t *body = make_body(k, path, operation, k->orgs[org].id, k->people[person].id, &has_id);

	if (has_id && !sees_org(k, a, org) && !sees_person(k, a, person))
		compare(k, a, "POST", there, body, there, make_body(k, path, operation, UNKNOWN, UNKNOWN, &has_id));
	else
		json_decref(body);
}

static bool is_tried(const char *path)
{
	return g_str_has_prefix(path, "/api/v1/orgs") || g_str_has_prefix(path, "/api/v1/people") || g_str_has_prefix(path, "/api/v1/grants") || g_str_has_prefix(path, "/api/v1/search") ||
	       g_str_has_prefix(path, "/api/v1/audit") || g_str_has_prefix(path, "/api/v1/exports") || g_str_has_prefix(path, "/api/v1/sessions") || g_str_has_prefix(path, "/api/v1/imports/") ||
	       g_str_has_prefix(path, "/api/v1/reports") || g_str_has_prefix(path, "/api/v1/findings") || g_str_has_prefix(path, "/api/v1/notices") ||
	       g_str_has_prefix(path, "/api/v1/look");
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
	static const char *const lists[] = { "orgs?closed=0", "grants?below=0", "audit?act=", "people/twins?org=0", "search?q=place", "search?q=human", "sessions?x=1", "audit.csv?x=1" };
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
	make_actors(&k);
	close_some(&k);
	stage_note("seed %u", seed);
	return &k;
}

static void matrix(void)
{
	struct county *k = make_county(g_random_int());

	REQUIRE(k);
	for (int i = 0; i < ACTORS; i++) {
		const struct actor *a = &k->actors[i];

		if (!a->cookie) {
			try_all(k, a);
			continue;
		}
		check_lists(k, a);
		check_records(k, a);
		try_all(k, a);
	}
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
