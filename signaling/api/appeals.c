/*
 * Appeals against what came of a class: a member writes one, or for it who keeps its records; who may decide where the class is held grants or refuses it, never in
 * the own matter. A granted one reverses what stands in the ledger and posts again, in the transaction of the decision.
 */
#include <stdio.h>
#include <string.h>

#include "attendance/appeal_read.h"
#include "media/base/mem.h"
#include "signaling/api_handlers.h"

#define TEXT_BYTES (4 * APPEAL_TEXT_CHARACTERS)
#define EVENT_ROOM "class-%lld"

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

/* ---- whose ---- */

/* Whom a pseudonym of the records means today. NULL: nobody any more. */
static const struct person *person_of(const struct api_call *c, const json_t *appeal)
{
	const struct person *p = directory_pseudonym(c->directory, text(appeal, "person"));

	for (unsigned i = 0; p && p->merged_into && i < ORG_DEPTH_MAX; i++)
		p = directory_person(c->directory, p->merged_into);
	return p && !p->erased ? p : NULL;
}

static bool may_write(const struct api_call *c, const struct person *p, int64_t *ret_grant)
{
	return may(c->directory, &c->who, ACT_APPEAL_WRITE, target_person(p->id), c->now_us, ret_grant) == 0;
}

bool api_may_appeal(const struct api_call *c, const struct person *p)
{
	int64_t grant;

	return !p->merged_into && may_write(c, p, &grant);
}

/* By a grant where the class is held, of somebody in sight. */
static bool may_decide(const struct api_call *c, const json_t *appeal, const struct person *p, int64_t *ret_grant)
{
	return may(c->directory, &c->who, ACT_APPEAL_DECIDE, target_org(number(appeal, "org")), c->now_us, ret_grant) == 0 &&
	       can_see(c->directory, &c->who, target_person(p->id), c->now_us);
}

/* The own one, and that which one wrote for somebody. */
static bool is_own(const struct api_call *c, const json_t *appeal, const struct person *p)
{
	const struct person *me = directory_person(c->directory, c->who.person);

	return p->id == c->who.person || (me && strcmp(me->pseudonym, text(appeal, "written_by")) == 0);
}

/* ---- reading ---- */

static json_t *row_json(const struct api_call *c, const json_t *appeal, const struct person *p)
{
	const struct org *home = directory_org(c->directory, p->main_org);

	return json_pack("{s:I, s:I, s:s, s:s, s:I, s:s, s:s, s:I}", "id", (json_int_t)number(appeal, "appeal"), "class", (json_int_t)number(appeal, "class"), "title",
	                 text(appeal, "title"), "day", text(appeal, "day"), "person", (json_int_t)p->id, "name", p->identity.name, "home_name",
	                 home && can_see(c->directory, &c->who, target_org(home->id), c->now_us) ? home->name : "", "written_ms", (json_int_t)(number(appeal, "written_us") / 1000));
}

static void found_waiting(struct api_call *c, const json_t *rows)
{
	json_t *items = json_array(), *all = json_pack("{s:O}", "items", items), *appeal;
	char next[24];
	size_t i;

	json_array_foreach(json_object_get(rows, "items"), i, appeal) {
		const struct person *p = person_of(c, appeal);
		int64_t grant;

		if (p && may_decide(c, appeal, p, &grant) && p->id != c->who.person)
			json_array_append_new(items, row_json(c, appeal, p));
	}
	if (number(rows, "next")) {
		snprintf(next, sizeof(next), "%lld", (long long)number(rows, "next"));
		json_object_set_new(all, "next", json_string(next));
	}
	json_decref(items);
	api_reply(c, 200, all);
}

/* Where the caller decides. */
static struct appeals_waiting_query *make_query(const struct api_call *c, size_t *ret_len)
{
	struct appeals_waiting_query *q = mem_zalloc(sizeof(*q) + directory_n_orgs(c->directory) * sizeof(q->orgs[0]));
	const struct org *o = NULL;
	int64_t grant;

	if (!q)
		return NULL;
	q->after = api_query_int(c, "cursor", 0);
	while ((o = directory_next_org(c->directory, o)))
		if (may(c->directory, &c->who, ACT_APPEAL_DECIDE, target_org(o->id), c->now_us, &grant) == 0)
			q->orgs[q->n_orgs++] = o->id;
	*ret_len = sizeof(*q) + q->n_orgs * sizeof(q->orgs[0]);
	return q;
}

/* Those that wait for the caller, the oldest first. A page may have fewer than there are behind it. */
void api_appeals_list(struct api_call *c)
{
	struct appeals_waiting_query *q;
	size_t len;

	if (!may_anywhere(c->directory, &c->who, ACT_APPEAL_DECIDE, c->now_us)) {
		api_reply(c, 200, json_pack("{s:[]}", "items"));
		return;
	}
	q = make_query(c, &len);
	if (q)
		api_read(c, appeals_waiting_read, q, len, found_waiting);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	mem_free(q);
}

static const char *state_of(const json_t *appeal)
{
	const json_t *granted = json_object_get(appeal, "granted");

	return !granted ? "waiting" : json_integer_value(granted) ? "granted" : "refused";
}

static json_t *whole_json(const struct api_call *c, const json_t *appeal, const struct person *p, bool decides)
{
	static const char *const numbers[] = { "window_s", "present_s", "unproved_s", "met", "sent", "computed", "stands", "worth", "milli_hours" }, *const texts[] = { "text", "decision", "reason" };
	json_t *j = row_json(c, appeal, p), *value;

	if (!j)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		if ((value = json_object_get(appeal, numbers[i])))
			json_object_set(j, numbers[i], value);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if ((value = json_object_get(appeal, texts[i])))
			json_object_set(j, texts[i], value);
	if (number(appeal, "decided_us"))
		json_object_set_new(j, "decided_ms", json_integer(number(appeal, "decided_us") / 1000));
	json_object_set_new(j, "state", json_string(state_of(appeal)));
	json_object_set_new(j, "may_decide", json_boolean(decides && !is_own(c, appeal, p) && !json_object_get(appeal, "granted")));
	return j;
}

static void found_one(struct api_call *c, const json_t *appeal)
{
	const struct person *p = person_of(c, appeal);
	bool decides;
	int64_t grant;

	if (!p) {
		api_not_there(c);
		return;
	}
	decides = may_decide(c, appeal, p, &grant);
	if (!decides && !may_write(c, p, &grant))
		api_not_there(c);
	if (c->request->replied)
		return;
	api_looked(c, ACT_PERSON_VIEW, target_person(p->id), "appeal", 0);
	api_reply(c, 200, whole_json(c, appeal, p, decides));
}

void api_appeal_read(struct api_call *c)
{
	struct appeal_query q = { .appeal = c->ids[0] };

	api_read(c, appeal_read, &q, sizeof(q), found_one);
}

/* ---- writing ---- */

static bool check_text(struct api_call *c, const char *said)
{
	return api_check_text(c, said, APPEAL_TEXT_CHARACTERS, "appeal.text");
}

static bool read_written(struct api_call *c, int64_t *ret_class, const char **ret_text)
{
	const struct api_field fields[] = { { "class", FIELD_ID, true, 0, ret_class }, { "text", FIELD_TEXT, true, TEXT_BYTES, ret_text } };

	return api_fields(c, fields, ARRAY_LEN(fields)) && check_text(c, *ret_text);
}

/* The person of the path, for whom the caller may write. */
static const struct person *written_for(struct api_call *c, int64_t *ret_grant)
{
	const struct person *p = directory_person(c->directory, c->ids[0]);

	if (p && !p->erased && !p->merged_into && may_write(c, p, ret_grant))
		return p;
	if (p && can_see(c->directory, &c->who, target_person(p->id), c->now_us))
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	else
		api_not_there(c);
	return NULL;
}

static void add_event(struct api_call *c, enum event_kind kind, int64_t class, json_t *payload)
{
	const struct person *me = directory_person(c->directory, c->who.person);
	char room[ROOM_ID_BYTES];

	snprintf(room, sizeof(room), EVENT_ROOM, (long long)class);
	api_event(c, kind, room, me ? me->pseudonym : "", payload);
}

static void write_found(struct api_call *c, const json_t *before)
{
	const char *said = "";
	int64_t class = 0, grant;
	const struct person *p = written_for(c, &grant);
	json_t *payload;

	if (!p || !read_written(c, &class, &said))
		return;
	if (!json_object_get(before, "person"))
		api_refuse(c, "appeal.no_result", "This class has no result for this person.", "class");
	else if (json_is_true(json_object_get(before, "open")))
		api_refuse(c, "appeal.waiting", "An appeal about this class waits to be decided already.", "class");
	else if (number(before, "written") >= APPEALS_A_CLASS_MAX)
		api_refuse(c, "appeal.often", "There were three appeals about this class already.", "class");
	if (c->request->replied)
		return;
	c->result = number(before, "next");
	payload = json_pack("{s:I, s:s, s:s}", "appeal", (json_int_t)c->result, "person", text(before, "person"), "text", said);
	if (payload && number(before, "entry"))
		json_object_set(payload, "entry", json_object_get(before, "entry"));
	if (api_act(c, ACT_APPEAL_WRITE, grant, p->main_org, p->id, json_pack("{s:I, s:I}", "class", (json_int_t)class, "appeal", (json_int_t)c->result)))
		add_event(c, EVENT_APPEAL_WRITTEN, class, payload);
	else
		json_decref(payload);
}

/* {class, text} */
void api_appeal_write(struct api_call *c)
{
	struct appeal_of of = { 0 };
	const char *said = "";
	int64_t grant;
	const struct person *p = written_for(c, &grant);

	if (!p || !read_written(c, &of.class, &said))
		return;
	snprintf(of.person, sizeof(of.person), "%s", p->pseudonym);
	api_act_read(c, appeal_before_read, &of, sizeof(of), write_found);
}

void api_appeal_written(struct api_call *c)
{
	char location[64];

	snprintf(location, sizeof(location), "/api/v1/appeals/%lld", (long long)c->result);
	http_add_header(c->request, "location:", location);
	api_reply(c, 201, json_pack("{s:I}", "id", (json_int_t)c->result));
}

/* ---- deciding ---- */

struct decision {
	bool granted;
	const char *text;
	int64_t milli_hours;            /* that hold then; 0: refused */
};

static bool read_decision(struct api_call *c, struct decision *ret)
{
	const struct api_field fields[] = {
		{ "granted", FIELD_BOOL, true, 0, &ret->granted }, { "text", FIELD_TEXT, true, TEXT_BYTES, &ret->text }, { "milli_hours", FIELD_ID, false, 0, &ret->milli_hours },
	};

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !check_text(c, ret->text))
		return false;
	if (ret->granted == (ret->milli_hours > 0))
		return true;
	api_refuse(c, "bad_message", "Whoever grants says how much, and only then.", "milli_hours");
	return false;
}

static bool check_decision(struct api_call *c, const json_t *appeal, const struct decision *d, int64_t *ret_grant)
{
	const struct person *p = person_of(c, appeal);

	if (!p || (!may_decide(c, appeal, p, ret_grant) && !may_write(c, p, ret_grant)))
		api_not_there(c);
	else if (!may_decide(c, appeal, p, ret_grant))
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	else if (is_own(c, appeal, p))
		api_refuse(c, "appeal.own", "Nobody decides the own appeal, or one that he wrote for somebody.", NULL);
	else if (json_object_get(appeal, "granted"))
		api_refuse(c, "appeal.decided", "It has been decided.", NULL);
	else if (d->granted && !json_object_get(appeal, "postings"))
		api_refuse(c, "appeal.amount", "It is not more than what stands, or more than the class is worth.", "milli_hours");
	return !c->request->replied;
}

/* Reversal and posting; where nobody was expected to belong to it, the main membership of today counts. */
static void add_postings(struct api_call *c, const json_t *appeal, int64_t *ret_counted_s)
{
	const struct person *p = person_of(c, appeal);
	json_t *posting;
	size_t i;

	json_array_foreach(json_object_get(appeal, "postings"), i, posting) {
		if (number(posting, "home") == 0)
			json_object_set_new(posting, "home", json_integer(p->main_org));
		*ret_counted_s = number(posting, "counted_s");
	}
}

/* For the audit log: {hours: "1.333"}. */
static json_t *hours_json(int64_t milli)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld.%03lld", (long long)(milli / 1000), (long long)(milli % 1000));
	return json_pack("{s:s}", "hours", text);
}

static void decide_found(struct api_call *c, const json_t *appeal)
{
	struct decision d = { .text = "" };
	int64_t class = number(appeal, "class"), grant = 0, counted_s = 0;
	json_t *payload, *posting;
	size_t i;

	if (!read_decision(c, &d) || !check_decision(c, appeal, &d, &grant))
		return;
	add_postings(c, appeal, &counted_s);
	c->result = c->ids[0];
	if (!api_act(c, ACT_APPEAL_DECIDE, grant, number(appeal, "org"), person_of(c, appeal)->id,
	             json_pack("{s:I, s:I, s:b, s:o, s:o}", "class", (json_int_t)class, "appeal", (json_int_t)c->result, "granted", d.granted, "before", hours_json(number(appeal, "stands")),
	                       "after", hours_json(d.granted ? d.milli_hours : number(appeal, "stands")))))
		return;
	payload = json_pack("{s:I, s:b, s:s}", "appeal", (json_int_t)c->result, "granted", d.granted, "text", d.text);
	if (payload && d.granted) {
		json_object_set_new(payload, "milli_hours", json_integer(d.milli_hours));
		json_object_set_new(payload, "counted_s", json_integer(counted_s));
	}
	add_event(c, EVENT_APPEAL_DECIDED, class, payload);
	json_array_foreach(json_object_get(appeal, "postings"), i, posting)
		if (d.granted)
			add_event(c, EVENT_CREDIT_POSTED, class, json_incref(posting));
}

/* {granted, text, milli_hours?} */
void api_appeal_decide(struct api_call *c)
{
	struct decision d = { .text = "" };
	struct appeal_query q = { .appeal = c->ids[0] };

	if (!read_decision(c, &d))
		return;
	q.milli_hours = d.milli_hours;
	api_act_read(c, appeal_read, &q, sizeof(q), decide_found);
}

void api_appeal_decided(struct api_call *c)
{
	api_appeal_read(c);
}
