/* Where persons belong: transfer, leave, further memberships, posts, categories. */
#include <string.h>

#include "media/base/utf8.h"
#include "signaling/api_handlers.h"

bool api_check_title(struct api_call *c, const char *title, const char *field)
{
	if (utf8_is_name(title))
		return true;
	api_refuse(c, "bad_message", "This cannot be a title.", field);
	return false;
}

static bool is_open(const struct api_call *c, const struct fact *f)
{
	return !f->valid_to_us || f->valid_to_us > c->now_us;
}

/* `at_us` 0: now. */
static void end_facts(struct api_call *c, const struct person *p, enum fact_type type, int64_t org, int64_t at_us)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(c->directory, p->id, type, f)))
		if (is_open(c, f) && (!org || f->org == org))
			api_end_fact_at(c, f, at_us);
}

/* What ends by a transfer that was entered late must have begun before. */
static bool check_began(struct api_call *c, const struct person *p, int64_t org, int64_t at_us)
{
	static const enum fact_type types[] = { FACT_MEMBERSHIP, FACT_POST };
	const struct fact *f;

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		for (f = NULL; (f = directory_person_fact(c->directory, p->id, types[i], f));)
			if (is_open(c, f) && f->org == org && !api_check_since(c, at_us, f))
				return false;
	return true;
}

static const struct fact *main_membership(const struct api_call *c, const struct person *p)
{
	return directory_membership(c->directory, p->id, p->main_org);
}

/*
 * The main membership goes over, and the posts that hung on it end. The mover must have the right at both ends: with one grant that means
 * inside its subtree. A further membership there becomes the main one. Grants stay: they were given at an organisation, not by a membership.
 */
void api_person_transfer(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const char *why = "";
	int64_t to = 0, at_us = 0, grant, there;
	const struct api_field fields[] = {
		{ "org", FIELD_ID, true, 0, &to }, { "from_ms", FIELD_TIME_MS, false, 0, &at_us }, { "why", FIELD_TEXT, false, API_REASON_BYTES, &why },
	};
	const struct fact *now, *other;

	c->result = c->ids[0];
	if (!p || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_PERSON_TRANSFER, target_person(p->id), &grant) ||
	    !api_may(c, ACT_PERSON_TRANSFER, target_org(to), &there) || !api_check_present(c, p) || !api_check_place(c, to))
		return;
	now = main_membership(c, p);
	if (now && now->org == to) {
		api_refuse(c, "conflict", "This is where the person belongs already.", "org");
		return;
	}
	other = directory_membership(c->directory, p->id, to);
	if (!api_check_since(c, at_us, other) || !api_check_since(c, at_us, directory_org_fact(c->directory, to, FACT_PARENT, NULL)) || (now && !check_began(c, p, now->org, at_us)) ||
	    !api_act(c, ACT_PERSON_TRANSFER, grant, to, p->id, json_pack("{s:I, s:I, s:s, s:I}", "before", (json_int_t)p->last_org, "after", (json_int_t)to, "why", why,
	             "from_ms", (json_int_t)(at_us / 1000))))
		return;
	if (now) {
		end_facts(c, p, FACT_POST, now->org, at_us);
		api_end_fact_at(c, now, at_us);
	}
	if (other)
		api_end_fact_at(c, other, at_us);
	api_add_fact(c, (struct fact){ .type = FACT_MEMBERSHIP, .person = p->id, .org = to, .flag = true, .valid_from_us = at_us });
}

/* Everything that holds of a person ends, the account too: who has left signs in no more. */
void api_person_leave(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	int64_t grant;

	c->result = c->ids[0];
	if (!p || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_PERSON_TRANSFER, target_person(p->id), &grant) || !api_check_present(c, p))
		return;
	if (!api_person_belongs(c, p)) {
		api_refuse(c, "conflict", "This person has left already.", NULL);
		return;
	}
	if (!api_grants_may_end(c, p->id) ||
	    !api_act(c, ACT_PERSON_TRANSFER, grant, p->last_org, p->id, json_pack("{s:I, s:n, s:s}", "before", (json_int_t)p->last_org, "after", "why", why)))
		return;
	end_facts(c, p, FACT_POST, 0, 0);
	end_facts(c, p, FACT_MEMBERSHIP, 0, 0);
	end_facts(c, p, FACT_GRANT, 0, 0);
	if (p->account)
		changes_account_closed(c->changes, p->account);
}

/* ---- facts one by one ---- */

/* The fact of the path's second number, if it is this person's and the caller may know of it. */
static const struct fact *find_fact(struct api_call *c, const struct person *p, enum fact_type type)
{
	const struct fact *f = directory_fact(c->directory, type, c->ids[1]);

	if (f && f->person == p->id && is_open(c, f) && (!f->org || p->id == c->who.person || can_see_people_of(c->directory, &c->who, f->org, c->now_us)))
		return f;
	api_not_there(c);
	return NULL;
}

static json_t *describe(const char *what, int64_t id, int64_t org, const char *text, const char *why)
{
	return json_pack("{s:s, s:I, s:I, s:s, s:s}", "what", what, "id", (json_int_t)id, "org", (json_int_t)org, "text", text, "why", why);
}

/* Whoever is added to a further organisation must be in the actor's sight, and the organisation in the actor's hand. */
void api_membership_add(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const struct fact *there;
	int64_t org = 0, grant;
	const struct api_field fields[] = { { "org", FIELD_ID, true, 0, &org } };

	c->result = c->ids[0];
	if (!p || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_MEMBERSHIP_SET, target_org(org), &grant) || !api_check_present(c, p) || !api_check_place(c, org))
		return;
	there = directory_membership(c->directory, p->id, org);
	if (there && (!there->valid_to_us || there->valid_to_us > c->now_us)) {
		api_refuse(c, "conflict", "This person belongs there already.", "org");
		return;
	}
	if (api_act(c, ACT_MEMBERSHIP_SET, grant, org, p->id, describe("begins", 0, org, "", "")))
		api_add_fact(c, (struct fact){ .type = FACT_MEMBERSHIP, .person = p->id, .org = org, .flag = !api_person_belongs(c, p) && !p->main_org });
}

void api_membership_end(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const struct fact *f = p ? find_fact(c, p, FACT_MEMBERSHIP) : NULL;
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, false, API_REASON_BYTES, &why } };
	int64_t grant;

	c->result = c->ids[0];
	if (!f || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_MEMBERSHIP_SET, target_org(f->org), &grant))
		return;
	if (f->flag) {
		api_refuse(c, "main_membership", "The main membership ends by a transfer, or by leaving.", NULL);
		return;
	}
	if (!api_act(c, ACT_MEMBERSHIP_SET, grant, f->org, p->id, describe("ends", f->id, f->org, "", why)))
		return;
	end_facts(c, p, FACT_POST, f->org, 0);
	api_end_fact(c, f);
}

void api_post_add(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const struct fact *member;
	json_t *detail;
	const char *title = "";
	int64_t org = 0, at_us = 0, grant;
	const struct api_field fields[] = {
		{ "org", FIELD_ID, true, 0, &org }, { "title", FIELD_TEXT, true, API_TITLE_BYTES, &title }, { "from_ms", FIELD_TIME_MS, false, 0, &at_us },
	};

	c->result = c->ids[0];
	if (!p || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_POST_SET, target_org(org), &grant) || !api_check_present(c, p) ||
	    !api_check_place(c, org) || !api_check_title(c, title, "title"))
		return;
	member = directory_membership(c->directory, p->id, org);
	if (!member && !api_person_belongs(c, p)) {
		api_refuse(c, "conflict", "Who has left holds no post.", NULL);
		return;
	}
	if (!api_check_since(c, at_us, member ? member : directory_membership(c->directory, p->id, p->main_org)))
		return;
	detail = describe("begins", 0, org, title, "");
	json_object_set_new(detail, "from_ms", json_integer(at_us / 1000));
	if (api_act(c, ACT_POST_SET, grant, org, p->id, detail))
		api_add_fact(c, (struct fact){ .type = FACT_POST, .person = p->id, .org = org, .text = title, .valid_from_us = at_us });
}

void api_post_end(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const struct fact *f = p ? find_fact(c, p, FACT_POST) : NULL;
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, false, API_REASON_BYTES, &why } };
	int64_t grant;

	c->result = c->ids[0];
	if (f && api_fields(c, fields, ARRAY_LEN(fields)) && api_may(c, ACT_POST_SET, target_org(f->org), &grant) &&
	    api_act(c, ACT_POST_SET, grant, f->org, p->id, describe("ends", f->id, f->org, f->text, why)))
		api_end_fact(c, f);
}

static bool has_category(const struct api_call *c, const struct person *p, const char *name)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(c->directory, p->id, FACT_CATEGORY, f)))
		if ((!f->valid_to_us || f->valid_to_us > c->now_us) && strcmp(f->text, name) == 0)
			return true;
	return false;
}

void api_category_add(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const char *name = "";
	int64_t grant, from_us = 0;
	const struct api_field fields[] = { { "name", FIELD_TEXT, true, API_TITLE_BYTES, &name }, { "from_ms", FIELD_TIME_MS, false, 0, &from_us } };

	c->result = c->ids[0];
	if (!p || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_CATEGORY_SET, target_person(p->id), &grant) || !api_check_present(c, p) ||
	    !api_check_title(c, name, "name"))
		return;
	if (has_category(c, p, name)) {
		api_refuse(c, "conflict", "This person has that category already.", "name");
		return;
	}
	if (api_act(c, ACT_CATEGORY_SET, grant, p->last_org, p->id, describe("begins", 0, 0, name, "")))
		api_add_fact(c, (struct fact){ .type = FACT_CATEGORY, .person = p->id, .text = name, .valid_from_us = from_us });
}

void api_category_end(struct api_call *c)
{
	const struct person *p = api_seen_person(c, c->ids[0]);
	const struct fact *f = p ? find_fact(c, p, FACT_CATEGORY) : NULL;
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, false, API_REASON_BYTES, &why } };
	int64_t grant;

	c->result = c->ids[0];
	if (f && api_fields(c, fields, ARRAY_LEN(fields)) && api_may(c, ACT_CATEGORY_SET, target_person(p->id), &grant) &&
	    api_act(c, ACT_CATEGORY_SET, grant, p->last_org, p->id, describe("ends", f->id, 0, f->text, why)))
		api_end_fact(c, f);
}
