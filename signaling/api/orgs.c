/* Organisations: the tree as the caller sees it, and what may be done to it. */
#include <string.h>

#include "attendance/org_kind.h"
#include "media/base/utf8.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

/* ---- how they are written ---- */

static bool sees(const struct api_call *c, int64_t org)
{
	return can_see(c->directory, &c->who, target_org(org), c->now_us);
}

json_t *api_org_path(const struct api_call *c, const struct org *o)
{
	const char *names[ORG_DEPTH_MAX];
	char path[1024] = "";
	size_t n = 0, used = 0;

	for (; o && n < ARRAY_LEN(names) && sees(c, o->id); o = directory_org(c->directory, o->parent))
		names[n++] = o->name;
	while (n-- > 0 && used < sizeof(path))
		used += (size_t)snprintf(path + used, sizeof(path) - used, "%s%s", used ? " / " : "", names[n]);
	return json_string(used < sizeof(path) ? path : "");
}

static size_t count_children(const struct org *o)
{
	size_t n = 0;

	for (const struct org *child = o->child; child; child = child->sibling)
		n += child->closed_us == 0;
	return n;
}

/* Without its subtree a grant tells of nothing below. */
static size_t count_seen_children(const struct api_call *c, const struct org *o)
{
	size_t n = 0;

	for (const struct org *child = o->child; child; child = child->sibling)
		n += child->closed_us == 0 && sees(c, child->id);
	return n;
}

static size_t count_members(const struct api_call *c, int64_t org)
{
	const struct fact *m = NULL;
	size_t n = 0;

	while ((m = directory_org_fact(c->directory, org, FACT_MEMBERSHIP, m)))
		n += fact_holds(m, c->now_us);
	return n;
}

/* A member sees the own organisation, but not what is below and how many belong to it. */
json_t *api_org_json(const struct api_call *c, const struct org *o)
{
	bool parent = sees(c, o->parent);
	int64_t grant;
	bool inside = may(c->directory, &c->who, ACT_ORG_VIEW, target_org(o->id), c->now_us, &grant) == 0;
	json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:o, s:o}", "id", (json_int_t)o->id, "name", o->name, "kind", o->kind, "code", o->code,
	                      "path", api_org_path(c, o), "may", api_list_acts(c, target_org(o->id)));

	if (parent)
		json_object_set_new(j, "parent", json_integer(o->parent));
	if (inside) {
		json_object_set_new(j, "children", json_integer((json_int_t)count_seen_children(c, o)));
		json_object_set_new(j, "people", json_integer((json_int_t)count_members(c, o->id)));
	}
	if (*o->phone)
		json_object_set_new(j, "phone", json_string(o->phone));
	if (o->closed_us)
		json_object_set_new(j, "closed_ms", json_integer(o->closed_us / 1000));
	if (o->merged_into && sees(c, o->merged_into))
		json_object_set_new(j, "merged_into", json_integer(o->merged_into));
	return j;
}

/* ---- reading ---- */

static void offer(struct api_page *p, const struct api_call *c, const struct org *o, bool closed)
{
	if (!sees(c, o->id) || (o->closed_us && !closed))
		return;
	if (api_page_wants(p, o->id))
		api_page_add(p, o->id, api_org_json(c, o));
}

/* Without ?parent= the topmost that the caller sees; ?closed=1 shows those that are no more, too. */
void api_orgs_list(struct api_call *c)
{
	int64_t parent = api_query_int(c, "parent", 0);
	bool closed = api_query_int(c, "closed", 0) == 1;
	const struct org *o = NULL;
	struct api_page page;

	if (parent && !sees(c, parent)) {
		api_not_there(c);
		return;
	}
	api_page_begin(&page, c);
	if (parent) {
		for (o = directory_org(c->directory, parent)->child; o && !page.full; o = o->sibling)
			offer(&page, c, o, closed);
	} else {
		while ((o = directory_next_org(c->directory, o)) && !page.full)
			if (!sees(c, o->parent))
				offer(&page, c, o, closed);
	}
	api_reply(c, 200, api_page_end(&page));
}

static const struct org *seen_org(struct api_call *c, int64_t id)
{
	if (sees(c, id))
		return directory_org(c->directory, id);
	api_not_there(c);
	return NULL;
}

void api_org_read(struct api_call *c)
{
	const struct org *o = seen_org(c, c->ids[0]);

	if (o)
		api_reply(c, 200, api_org_json(c, o));
}

/* ---- what may be done ---- */

static bool check_name(struct api_call *c, const char *name)
{
	if (utf8_is_name(name) && strlen(name) < ORG_NAME_BYTES)
		return true;
	api_refuse(c, "bad_message", "This cannot be a name.", "name");
	return false;
}

static bool check_kind(struct api_call *c, const char *kind)
{
	if (org_kind_known(kind))
		return true;
	api_refuse(c, "bad_message", "There is no such kind of organisation.", "kind");
	return false;
}

static bool check_open(struct api_call *c, const struct org *o)
{
	if (o && o->closed_us == 0)
		return true;
	api_refuse(c, "closed", "This organisation has been closed.", NULL);
	return false;
}

/* Two of one name under one parent could not be told apart on any page. */
static bool check_free(struct api_call *c, int64_t parent, const char *name, int64_t except)
{
	const struct org *o = directory_org(c->directory, parent);

	for (o = o ? o->child : NULL; o; o = o->sibling) {
		if (o->id != except && o->closed_us == 0 && strcmp(o->name, name) == 0) {
			api_refuse(c, "name_taken", "There is one of this name already in the same place.", "name");
			return false;
		}
	}
	return true;
}

static bool check_code(struct api_call *c, const char *code)
{
	if (!*code || (utf8_is_name(code) && strlen(code) < ORG_CODE_BYTES && !directory_org_code(c->directory, code)))
		return true;
	api_refuse(c, directory_org_code(c->directory, code) ? "code_taken" : "bad_message", "This number cannot be given.", "code");
	return false;
}

static uint32_t height(const struct org *o)
{
	uint32_t h = 0;

	for (const struct org *child = o->child; child; child = child->sibling)
		h = MAX(h, 1 + height(child));
	return h;
}

static bool check_depth(struct api_call *c, const struct org *parent, uint32_t below)
{
	if (parent->depth + 1 + below < ORG_DEPTH_MAX)
		return true;
	api_refuse(c, "too_deep", "The tree may not be deeper than 32.", "parent");
	return false;
}

void api_org_create(struct api_call *c)
{
	const char *name = "", *kind = "", *code = "", *phone = "";
	int64_t parent = 0, grant;
	const struct api_field fields[] = {
		{ "parent", FIELD_ID, true, 0, &parent }, { "name", FIELD_TEXT, true, ORG_NAME_BYTES, &name },
		{ "kind", FIELD_TEXT, true, 32, &kind }, { "code", FIELD_TEXT, false, ORG_CODE_BYTES, &code },
		{ "phone", FIELD_TEXT, false, API_PHONE_BYTES, &phone },
	};

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_ORG_CREATE, target_org(parent), &grant) || !check_name(c, name) ||
	    !check_kind(c, kind) || !check_code(c, code) || !api_check_phone(c, phone) || !check_open(c, directory_org(c->directory, parent)) || !check_free(c, parent, name, 0) ||
	    !check_depth(c, directory_org(c->directory, parent), 0))
		return;
	c->result = directory_next_org_id(c->directory);
	if (!api_act(c, ACT_ORG_CREATE, grant, c->result, 0, json_pack("{s:I, s:s, s:s, s:s}", "parent", (json_int_t)parent, "name", name, "kind", kind, "code", code)))
		return;
	changes_org(c->changes, c->result, code);
	api_add_fact(c, (struct fact){ .type = FACT_PARENT, .org = c->result, .other = parent });
	api_add_fact(c, (struct fact){ .type = FACT_NAME, .org = c->result, .text = name, .note = kind });
	if (*phone)
		api_add_fact(c, (struct fact){ .type = FACT_ORG_PHONE, .org = c->result, .text = phone });
}

void api_org_created(struct api_call *c)
{
	char location[64];

	/* Told again, it may be out of sight by now. */
	if (!sees(c, c->result)) {
		http_reply(c->request, 204, NULL, NULL);
		return;
	}
	snprintf(location, sizeof(location), "/api/v1/orgs/%lld", (long long)c->result);
	http_add_header(c->request, "location:", location);
	api_reply(c, 201, api_org_json(c, directory_org(c->directory, c->result)));
}

/* Name and kind are one fact, the number another. It is not written down in the log, as a person's is not. */
static void change_org(struct api_call *c, const struct org *o, const char *name, const char *kind, const char *phone)
{
	if (strcmp(name, o->name) != 0 || strcmp(kind, o->kind) != 0) {
		api_end_fact(c, directory_org_fact(c->directory, o->id, FACT_NAME, NULL));
		api_add_fact(c, (struct fact){ .type = FACT_NAME, .org = o->id, .text = name, .note = kind });
	}
	if (strcmp(phone, o->phone) == 0)
		return;
	if (*o->phone)
		api_end_fact(c, directory_org_fact(c->directory, o->id, FACT_ORG_PHONE, NULL));
	if (*phone)
		api_add_fact(c, (struct fact){ .type = FACT_ORG_PHONE, .org = o->id, .text = phone });
}

void api_org_rename(struct api_call *c)
{
	const struct org *o = seen_org(c, c->ids[0]);
	const char *name = o ? o->name : "", *kind = o ? o->kind : "", *phone = o ? o->phone : "";
	const struct api_field fields[] = {
		{ "name", FIELD_TEXT, false, ORG_NAME_BYTES, &name }, { "kind", FIELD_TEXT, false, 32, &kind }, { "phone", FIELD_TEXT, false, API_PHONE_BYTES, &phone },
	};
	json_t *now = o ? api_org_json(c, o) : NULL;
	int64_t grant;

	c->result = c->ids[0];
	if (o && api_fields(c, fields, ARRAY_LEN(fields)) && api_may(c, ACT_ORG_RENAME, target_org(o->id), &grant) && check_open(c, o) && check_name(c, name) &&
	    check_kind(c, kind) && api_check_phone(c, phone) && check_free(c, o->parent, name, o->id) && api_unchanged(c, now) &&
	    api_act(c, ACT_ORG_RENAME, grant, o->id, 0, json_pack("{s:{s:s, s:s}, s:{s:s, s:s}, s:b}", "before", "name", o->name, "kind", o->kind, "after", "name", name, "kind", kind,
	            "phone", strcmp(phone, o->phone) != 0)))
		change_org(c, o, name, kind, phone);
	json_decref(now);
}

/* `at_us` 0: now. */
static void move_under(struct api_call *c, int64_t org, int64_t parent, int64_t at_us)
{
	api_end_fact_at(c, directory_org_fact(c->directory, org, FACT_PARENT, NULL), at_us);
	api_add_fact(c, (struct fact){ .type = FACT_PARENT, .org = org, .other = parent, .valid_from_us = at_us });
}

/*
 * It must have been where it is, and the new parent and all above it too: then the tree had no circle on any day since, as it has none
 * today. What is below goes along with it and has not moved by that.
 */
static bool check_moved_since(struct api_call *c, const struct org *o, const struct org *parent, int64_t at_us)
{
	bool right = api_check_since(c, at_us, directory_org_fact(c->directory, o->id, FACT_PARENT, NULL));

	for (; right && at_us && parent; parent = directory_org(c->directory, parent->parent))
		right = api_check_since(c, at_us, directory_org_fact(c->directory, parent->id, FACT_PARENT, NULL));
	return right;
}

/* It leaves one hand and comes into another: the mover must have the right at both ends. */
void api_org_move(struct api_call *c)
{
	const struct org *o = seen_org(c, c->ids[0]), *parent;
	const char *why = "";
	int64_t to = 0, at_us = 0, grant, other;
	const struct api_field fields[] = {
		{ "parent", FIELD_ID, true, 0, &to }, { "from_ms", FIELD_TIME_MS, false, 0, &at_us }, { "why", FIELD_TEXT, false, API_REASON_BYTES, &why },
	};

	c->result = c->ids[0];
	if (!o || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_ORG_MOVE, target_org(o->id), &grant) || !api_may(c, ACT_ORG_MOVE, target_org(to), &other))
		return;
	parent = directory_org(c->directory, to);
	if (directory_is_below(c->directory, to, o->id)) {
		api_refuse(c, "in_circle", "An organisation cannot be moved below itself.", "parent");
		return;
	}
	if (!o->parent || !sees(c, o->parent)) {
		api_refuse(c, "forbidden", "The top of what you see cannot be moved by you.", NULL);
		return;
	}
	if (!check_open(c, o) || !check_open(c, parent) || !check_depth(c, parent, height(o)) || !check_free(c, to, o->name, o->id) || !check_moved_since(c, o, parent, at_us) ||
	    !api_act(c, ACT_ORG_MOVE, grant, o->id, 0, json_pack("{s:I, s:I, s:s, s:I}", "before", (json_int_t)o->parent, "after", (json_int_t)to, "why", why,
	             "from_ms", (json_int_t)(at_us / 1000))))
		return;
	move_under(c, o->id, to, at_us);
}

/* What is still held here: children, members, open rooms. */
static bool check_empty(struct api_call *c, const struct org *o)
{
	const struct room_record *const *rooms;
	size_t n;

	if (count_children(o) > 0) {
		api_refuse(c, "has_children", "It has organisations below it: move or close them first.", NULL);
		return false;
	}
	if (count_members(c, o->id) > 0) {
		api_refuse(c, "has_members", "People belong to it: transfer them first.", NULL);
		return false;
	}
	rooms = directory_rooms(c->directory, &n);
	for (size_t i = 0; i < n; i++) {
		if (rooms[i]->org == o->id && rooms[i]->opened_us && !rooms[i]->ended_us) {
			api_refuse(c, "has_rooms", "A meeting of it is running.", NULL);
			return false;
		}
	}
	return true;
}

/* Sites' accounts and grants end with the organisation. */
static void end_rights(struct api_call *c, int64_t org)
{
	const struct account *a = NULL;
	const struct fact *g = NULL;

	while ((g = directory_org_fact(c->directory, org, FACT_GRANT, g)))
		if (!g->valid_to_us || g->valid_to_us > c->now_us)
			api_end_fact(c, g);
	while ((a = directory_next_account(c->directory, a)))
		if (!a->person && a->org == org)
			changes_account_closed(c->changes, a->id);
}

void api_org_close(struct api_call *c)
{
	const struct org *o = seen_org(c, c->ids[0]);
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, false, API_REASON_BYTES, &why } };
	int64_t grant;

	c->result = c->ids[0];
	if (!o || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_ORG_CLOSE, target_org(o->id), &grant) || !check_open(c, o) || !check_empty(c, o) ||
	    !api_act(c, ACT_ORG_CLOSE, grant, o->id, 0, json_pack("{s:s}", "why", why)))
		return;
	end_rights(c, o->id);
	api_end_fact(c, directory_org_fact(c->directory, o->id, FACT_PARENT, NULL));
}

static void move_members(struct api_call *c, int64_t from, int64_t into)
{
	const struct fact *m = NULL;

	while ((m = directory_org_fact(c->directory, from, FACT_MEMBERSHIP, m))) {
		const struct fact *there = directory_membership(c->directory, m->person, into);

		if (!fact_holds(m, c->now_us))
			continue;
		api_end_fact(c, m);
		if (there && (!m->flag || there->flag))
			continue;
		if (there)
			api_end_fact(c, there);
		api_add_fact(c, (struct fact){ .type = FACT_MEMBERSHIP, .person = m->person, .org = into, .flag = m->flag });
	}
}

/* Children and members go along; posts and grants were of the organisation that ends. */
void api_org_merge(struct api_call *c)
{
	const struct org *o = seen_org(c, c->ids[0]), *other;
	const struct fact *post = NULL;
	const char *why = "";
	int64_t into = 0, grant, there;
	const struct api_field fields[] = { { "into", FIELD_ID, true, 0, &into }, { "why", FIELD_TEXT, false, API_REASON_BYTES, &why } };

	c->result = into;
	if (!o || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_ORG_MERGE, target_org(o->id), &grant) || !api_may(c, ACT_ORG_MERGE, target_org(into), &there))
		return;
	c->result = into;
	other = directory_org(c->directory, into);
	if (directory_is_below(c->directory, into, o->id)) {
		api_refuse(c, "in_circle", "An organisation cannot go into itself, or into what is below it.", "into");
		return;
	}
	if (!check_open(c, o) || !check_open(c, other) || !check_depth(c, other, height(o)) ||
	    !api_act(c, ACT_ORG_MERGE, grant, o->id, 0, json_pack("{s:I, s:s}", "into", (json_int_t)into, "why", why)))
		return;
	for (const struct org *child = o->child; child; child = child->sibling)
		if (child->closed_us == 0)
			move_under(c, child->id, into, 0);
	move_members(c, o->id, into);
	while ((post = directory_org_fact(c->directory, o->id, FACT_POST, post)))
		if (fact_holds(post, c->now_us))
			api_end_fact(c, post);
	end_rights(c, o->id);
	api_end_fact(c, directory_org_fact(c->directory, o->id, FACT_PARENT, NULL));
	changes_org_merged(c->changes, o->id, into);
}

/* Who moved something out of the own sight learns no more than that it is done. */
void api_org_done(struct api_call *c)
{
	if (sees(c, c->result))
		api_reply(c, 200, api_org_json(c, directory_org(c->directory, c->result)));
	else
		http_reply(c->request, 204, NULL, NULL);
}
