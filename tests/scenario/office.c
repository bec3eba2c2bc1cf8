/* See office.h. */
#include "tests/scenario/office.h"

#include <stdlib.h>

#include "tests/scenario/stage.h"

static void end_json(void *j)
{
	json_decref(j);
}

json_t *office_ask(struct office *o, const char *method, const char *path, json_t *body)
{
	g_autofree char *whole = g_strconcat("/api/v1/", path, NULL);
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;

	o->last = account_ask(o->server, method, whole, text, o->cookie, NULL);
	free(text);
	json_decref(body);
	return defer(json_loadb(o->last->body ? o->last->body : "", o->last->body_len, 0, NULL), end_json);
}

const char *office_code(struct office *o, const char *method, const char *path, json_t *body)
{
	const char *code = json_string_value(json_object_get(json_object_get(office_ask(o, method, path, body), "error"), "code"));

	return code ? code : "";
}

json_int_t office_person(struct office *o, const char *name, json_int_t org)
{
	return json_integer_value(json_object_get(office_ask(o, "POST", "people", json_pack("{s:s, s:s, s:I}", "name", name, "kind", "member", "org", org)), "id"));
}

char *office_path(const char *what, json_int_t id, const char *rest)
{
	return defer(g_strdup_printf("%s/%lld%s", what, (long long)id, rest), g_free);
}

json_t *office_grant(json_int_t whom, json_int_t org, const char *role, bool subtree)
{
	return json_pack("{s:I, s:I, s:s, s:b, s:s}", "person", whom, "org", org, "role", role, "subtree", subtree, "purpose", "test");
}

struct office office_enter(struct office *admin, json_int_t whom)
{
	json_t *link = office_ask(admin, "POST", office_path("people", whom, "/links"), json_object());
	struct office o = { .server = admin->server };

	office_ask(&o, "POST", "session/link", json_pack("{s:O}", "code", json_object_get(link, "code")));
	CHECK(o.last->status == 200, "%ld %s", o.last->status, o.last->body);
	o.cookie = defer(account_cookie_of(o.last), g_free);
	return o;
}

bool office_open(struct office *ret)
{
	*ret = (struct office){ .server = server_stage() };
	if (ret->server)
		ret->cookie = account_cookie(ret->server, "admin");
	return ret->cookie != NULL;
}
