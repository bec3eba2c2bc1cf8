/* What invited sites answer, and leave that their members ask for and are granted. */
#include <string.h>

#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

bool api_acts_for_site(const struct api_call *c, enum act_kind act, int64_t site, int64_t *ret_grant)
{
	return may(c->directory, &c->who, act, target_org(site), c->now_us, ret_grant) == 0;
}

/* Of somebody who is seen by a further membership alone it is told what is of that one. */
static bool concerns(const struct api_call *c, const struct class_person *p, const struct person *who)
{
	const int64_t places[] = { who->last_org, p->home, p->site };

	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		if (places[i] && can_see_people_of(c->directory, &c->who, places[i], c->now_us))
			return true;
	return who->id == c->who.person;
}

/*
 * Those the caller sees, and, of a class that is not over, those of a site for whose members the caller acts: also a visitor, and who has been moved since. What is
 * over is seen by today's rights. The site itself keeps its own.
 */
bool api_sees_class_person(const struct api_call *c, const struct sitting *t, const struct class_person *p, const struct person *who)
{
	const int64_t places[] = { p->home, p->site, p->leave_site };
	bool over = class_state(t->class) == CLASS_CLOSED || class_state(t->class) == CLASS_SEALED;
	int64_t grant;

	if (can_see(c->directory, &c->who, target_person(who->id), c->now_us) && concerns(c, p, who))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(places) && (!over || !c->who.person); i++)
		if (places[i] && class_site(t->class, places[i]) && api_acts_for_site(c, ACT_CLASS_LEAVE, places[i], &grant))
			return true;
	return false;
}

static bool check_not_over(struct api_call *c, const struct sitting *t)
{
	enum class_state state = class_state(t->class);

	if (state == CLASS_CANCELLED)
		return api_class_fine(c, CLASS_FAULT_CANCELLED, NULL);
	return api_class_fine(c, state == CLASS_CLOSED || state == CLASS_SEALED ? CLASS_FAULT_CLOSED : CLASS_FINE, NULL);
}

/* {site, answer, why?} */
void api_class_answer(struct api_call *c)
{
	const char *text = "", *why = "";
	int64_t site = 0, grant;
	const struct api_field fields[] = {
		{ "site", FIELD_ID, true, 0, &site }, { "answer", FIELD_TEXT, true, 16, &text }, { "why", FIELD_TEXT, false, API_REASON_BYTES, &why },
	};
	struct sitting *t = api_seen_class(c);
	const struct class_site *s;
	enum site_answer answer;

	if (!t || !api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	s = class_site(t->class, site);
	if (!s || !api_acts_for_site(c, ACT_CLASS_ANSWER, site, &grant)) {
		api_not_there(c);
		return;
	}
	if (site_answer_parse(&answer, text) < 0) {
		api_refuse(c, "bad_message", "There is no such answer.", "answer");
		return;
	}
	if (!check_not_over(c, t) || !api_class_fine(c, s->answer == answer && strcmp(s->why, why) == 0 ? CLASS_FAULT_ALREADY : CLASS_FINE, "answer"))
		return;
	if (api_act(c, ACT_CLASS_ANSWER, grant, site, 0, json_pack("{s:I, s:s, s:s, s:s}", "class", (json_int_t)t->number, "before", site_answer_name(s->answer), "after", text, "why", why)))
		api_class_event(c, t, EVENT_SITE_ANSWERED, json_pack("{s:I, s:s, s:s}", "site", (json_int_t)site, "answer", text, "why", why));
}

/* Where a member's leave is asked: the site that is the main membership. 0: none of this class. */
static int64_t site_of(const struct sitting *t, const struct person *p)
{
	return class_site(t->class, p->main_org) ? p->main_org : 0;
}

static const struct person *leave_person(struct api_call *c, const struct sitting *t, int64_t id, int64_t *ret_site, int64_t *ret_grant)
{
	const struct person *p = directory_person(c->directory, id);

	*ret_site = p ? site_of(t, p) : 0;
	if (*ret_site && (may(c->directory, &c->who, ACT_CLASS_LEAVE, target_person(id), c->now_us, ret_grant) == 0 || api_acts_for_site(c, ACT_CLASS_LEAVE, *ret_site, ret_grant)))
		return p;
	api_not_there(c);
	return NULL;
}

/* {person, why}: by the member, or for it by who acts for its site. */
void api_class_leave(struct api_call *c)
{
	int64_t id = 0, grant, site;
	const char *why = "";
	const struct api_field fields[] = { { "person", FIELD_ID, true, 0, &id }, { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	struct sitting *t = api_seen_class(c);
	const struct class_person *known;
	const struct person *p;

	if (!t || !api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	p = leave_person(c, t, id, &site, &grant);
	if (!p || !check_not_over(c, t))
		return;
	known = class_person(t->class, p->pseudonym);
	if (!api_class_fine(c, known && known->leave != CLASS_LEAVE_NONE ? CLASS_FAULT_ALREADY : CLASS_FINE, "person"))
		return;
	if (api_act(c, ACT_CLASS_LEAVE, grant, site, id, json_pack("{s:I, s:s}", "class", (json_int_t)t->number, "why", why)))
		api_class_event(c, t, EVENT_LEAVE_ASKED, json_pack("{s:s, s:I, s:s}", "person", p->pseudonym, "site", (json_int_t)site, "why", why));
}

/* {person, granted, why?}: by who holds the class. */
void api_class_leave_decide(struct api_call *c)
{
	int64_t id = 0, grant;
	const char *why = "";
	bool granted = false;
	const struct api_field fields[] = {
		{ "person", FIELD_ID, true, 0, &id }, { "granted", FIELD_BOOL, true, 0, &granted }, { "why", FIELD_TEXT, false, API_REASON_BYTES, &why },
	};
	struct sitting *t = api_seen_class(c);
	const struct class_person *known;
	const struct person *p;

	if (!t || !api_fields(c, fields, ARRAY_LEN(fields)) || !api_may_class(c, ACT_CLASS_LEAVE_DECIDE, t, &grant))
		return;
	p = directory_person(c->directory, id);
	known = p ? class_person(t->class, p->pseudonym) : NULL;
	if (!known || known->leave == CLASS_LEAVE_NONE || !can_see(c->directory, &c->who, target_person(id), c->now_us)) {
		api_not_there(c);
		return;
	}
	if (!check_not_over(c, t) || !api_class_fine(c, known->leave == (granted ? CLASS_LEAVE_GRANTED : CLASS_LEAVE_REFUSED) ? CLASS_FAULT_ALREADY : CLASS_FINE, "granted"))
		return;
	if (api_act(c, ACT_CLASS_LEAVE_DECIDE, grant, known->leave_site, id,
	            json_pack("{s:I, s:s, s:b, s:s}", "class", (json_int_t)t->number, "before", class_leave_name(known->leave), "granted", granted, "why", why)))
		api_class_event(c, t, EVENT_LEAVE_DECIDED, json_pack("{s:s, s:b, s:s}", "person", p->pseudonym, "granted", granted, "why", why));
}
