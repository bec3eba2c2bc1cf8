/* Mapping profiles of imports that an organisation keeps (attendance/import/profile.h). Who may import there may use and change them. */
#include "attendance/import/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/table/mapping.h"
#include "media/base/utf8.h"
#include "signaling/api_handlers.h"

static json_t *profile_json(const struct api_call *c, const struct fact *f)
{
	const struct org *o = directory_org(c->directory, f->org);

	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:o}", "id", (json_int_t)f->id, "org", (json_int_t)f->org, "org_name", o ? o->name : "", "kind",
	                 api_table_kind_name(import_profile_kind(f)), "name", f->text, "profile", json_loads(f->note, 0, NULL));
}

static bool imports_into(const struct api_call *c, int64_t org)
{
	int64_t grant;

	return may(c->directory, &c->who, ACT_IMPORT_RUN, target_org(org), c->now_us, &grant) == 0;
}

const struct fact *api_profile(const struct api_call *c, int64_t org, int64_t id)
{
	const struct fact *f = directory_fact(c->directory, FACT_PROFILE, id);

	return f && fact_holds(f, c->now_us) && directory_is_below(c->directory, org, f->org) && imports_into(c, f->org) ? f : NULL;
}

/* Those that an import into the organisation may use: its own first, then those of the ones above, as far as the caller imports there. */
void api_profiles_list(struct api_call *c)
{
	json_t *items;
	int64_t grant;

	if (!api_may(c, ACT_IMPORT_RUN, target_org(c->ids[0]), &grant))
		return;
	items = json_array();
	for (const struct org *o = directory_org(c->directory, c->ids[0]); o && imports_into(c, o->id); o = directory_org(c->directory, o->parent)) {
		const struct fact *f = NULL;

		while ((f = import_profile_next(c->directory, o->id, c->now_us, f)))
			json_array_append_new(items, profile_json(c, f));
	}
	api_reply(c, 200, json_pack("{s:o}", "items", items));
}

/* ---- changing them ---- */

static bool check_name(struct api_call *c, int64_t org, enum table_kind kind, const char *name, const struct fact *own)
{
	const struct fact *other = import_profile_at(c->directory, org, kind, name, c->now_us);

	if (!utf8_is_name(name)) {
		api_refuse(c, "bad_message", "This cannot be a name.", "name");
		return false;
	}
	if (!other || other == own)
		return true;
	api_refuse(c, "name_taken", "There is one of this name already in the same place.", "name");
	return false;
}

/* *ret is free()d by the caller. */
static bool read_headers(struct api_call *c, enum table_kind kind, const json_t *headers, char **ret)
{
	CLEANUP(mapping_profile_destroyp) struct mapping_profile *profile = NULL;
	struct table_problem problem = { 0 };
	char *text = json_dumps(headers, JSON_COMPACT), sentence[PROBLEM_SENTENCE_BYTES];
	int r = text ? mapping_profile_read(&profile, kind, text, strlen(text), &problem) : -ENOMEM;

	if (r == 0 && strlen(text) < IMPORT_PROFILE_JSON_BYTES) {
		*ret = text;
		return true;
	}
	free(text);
	if (r == -EBADMSG) {
		table_problem_say(sentence, &problem, TABLE_ENGLISH);
		api_refuse(c, "bad_message", sentence, "profile");
	} else if (r == 0) {
		api_refuse(c, "bad_message", "This is too long for a profile that is kept.", "profile");
	} else {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	}
	return false;
}

static bool check_number(struct api_call *c, int64_t org)
{
	const struct fact *f = NULL;
	size_t n = 0;

	while ((f = import_profile_next(c->directory, org, c->now_us, f)))
		n++;
	if (n < IMPORT_PROFILES_MAX)
		return true;
	api_refuse(c, "too_many", "An organisation keeps 40 profiles at most: end one first.", NULL);
	return false;
}

/* Headers are whatever somebody wrote into a table: they are not repeated in the log. */
static bool name_act(struct api_call *c, int64_t grant, int64_t org, const char *what, enum table_kind kind, const char *name, const char *before)
{
	return api_act(c, ACT_IMPORT_PROFILE, grant, org, 0, json_pack("{s:s, s:s, s:s, s:s?}", "what", what, "kind", api_table_kind_name(kind), "name", name, "before", before));
}

void api_profile_add(struct api_call *c)
{
	const char *kind_name = "", *name = "";
	const json_t *headers = NULL;
	const struct api_field fields[] = {
		{ "kind", FIELD_TEXT, true, 16, &kind_name }, { "name", FIELD_TEXT, true, IMPORT_PROFILE_NAME_BYTES - 1, &name }, { "profile", FIELD_OBJECT, true, 0, &headers },
	};
	int64_t org = c->ids[0], grant;
	enum table_kind kind;
	char *text = NULL;

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_IMPORT_PROFILE, target_org(org), &grant) || !api_table_kind(c, kind_name, &kind) || !api_check_place(c, org) ||
	    !check_name(c, org, kind, name, NULL) || !check_number(c, org) || !read_headers(c, kind, headers, &text))
		return;
	if (name_act(c, grant, org, "begins", kind, name, NULL)) {
		api_add_fact(c, import_profile_fact(org, kind, name, text));
		c->result = changes_at(c->changes, 0)->fact.id;
	}
	free(text);
}

/* One of the organisation itself: those of others are changed there. */
static const struct fact *own_profile(struct api_call *c)
{
	const struct fact *f = api_profile(c, c->ids[0], c->ids[1]);

	if (f && f->org == c->ids[0])
		return f;
	api_not_there(c);
	return NULL;
}

void api_profile_change(struct api_call *c)
{
	const struct fact *f = own_profile(c);
	const char *name = f ? f->text : "";
	json_t *now = f ? profile_json(c, f) : NULL;
	const json_t *headers = json_object_get(now, "profile");
	const struct api_field fields[] = { { "name", FIELD_TEXT, false, IMPORT_PROFILE_NAME_BYTES - 1, &name }, { "profile", FIELD_OBJECT, false, 0, &headers } };
	enum table_kind kind = f ? import_profile_kind(f) : TABLE_PEOPLE;
	char *text = NULL;
	int64_t grant;

	if (f && api_fields(c, fields, ARRAY_LEN(fields)) && api_may(c, ACT_IMPORT_PROFILE, target_org(f->org), &grant) && check_name(c, f->org, kind, name, f) &&
	    read_headers(c, kind, headers, &text) && api_unchanged(c, now) && name_act(c, grant, f->org, "changes", kind, name, f->text)) {
		api_end_fact(c, f);
		api_add_fact(c, import_profile_fact(f->org, kind, name, text));
		c->result = changes_at(c->changes, changes_n(c->changes) - 1)->fact.id;
	}
	free(text);
	json_decref(now);
}

void api_profile_end(struct api_call *c)
{
	const struct fact *f = own_profile(c);
	int64_t grant;

	if (f && api_fields(c, NULL, 0) && api_may(c, ACT_IMPORT_PROFILE, target_org(f->org), &grant) &&
	    name_act(c, grant, f->org, "ends", import_profile_kind(f), f->text, NULL))
		api_end_fact(c, f);
}

void api_profile_done(struct api_call *c)
{
	const struct fact *f = api_profile(c, c->ids[0], c->result);

	if (f)
		api_reply(c, c->request->method == HTTP_POST ? 201 : 200, profile_json(c, f));
	else
		http_reply(c->request, 204, NULL, NULL);
}
