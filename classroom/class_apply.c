/* What each event does to a class: the same for one just written and for a journal that is read again. */
#include "classroom/class_state.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

struct application {
	struct class *c;
	const struct event *ev;
	const json_t *payload;
};

static const char *text_of(const struct application *a, const char *name)
{
	return json_string_value(json_object_get(a->payload, name));
}

static int64_t number_of(const struct application *a, const char *name)
{
	return json_integer_value(json_object_get(a->payload, name));
}

static bool has(const struct application *a, const char *name)
{
	return json_is_true(json_object_get(a->payload, name));
}

/* ---- sites and persons ---- */

static struct class_site *find_site(const struct application *a)
{
	return class_find_site(a->c, number_of(a, "site"));
}

static int add_site(struct class *c, int64_t id)
{
	struct class_site *s;

	if (class_site(c, id))
		return 0;
	if (id <= 0 || class_n_sites(c) >= CLASS_SITES_MAX)
		return -EBADMSG;
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return -ENOMEM;
	s->id = id;
	s->why = mem_strdup("");
	if (s->why)
		HASH_ADD(hh, c->sites, id, sizeof(s->id), s);
	if (s->why && HASH_ADDED(hh, s))
		return 0;
	mem_free(s->why);
	mem_free(s);
	return -ENOMEM;
}

/* The person of that id, made where it is not known yet. */
static int need_person(struct class *c, const char *id, struct class_person **ret)
{
	struct class_person *p = (struct class_person *)(uintptr_t)(person_id_is_good(id) ? class_person(c, id) : NULL);

	if (!p) {
		if (!person_id_is_good(id) || class_n_persons(c) >= CLASS_PERSONS_MAX)
			return -EBADMSG;
		p = mem_zalloc(sizeof(*p));
		if (!p)
			return -ENOMEM;
		snprintf(p->id, sizeof(p->id), "%s", id);
		p->leave_why = mem_strdup("");
		if (p->leave_why)
			HASH_ADD_STR(c->persons, id, p);
		if (!p->leave_why || !HASH_ADDED(hh, p)) {
			mem_free(p->leave_why);
			mem_free(p);
			return -ENOMEM;
		}
	}
	*ret = p;
	return 0;
}

static int set_text(char **text, const char *value)
{
	char *copy = mem_strdup(value ? value : "");

	if (!copy)
		return -ENOMEM;
	mem_free(*text);
	*text = copy;
	return 0;
}

/* ---- before ---- */

static void revise(const struct application *a)
{
	a->c->revision++;
	a->c->planned_us = a->ev->wall_us;
}

static int apply_planned(const struct application *a)
{
	json_t *copy = json_deep_copy(a->payload);
	struct class_plan plan;

	if (!copy)
		return -ENOMEM;
	if (class_plan_parse(&plan, copy) < 0 || plan.number != a->c->number) {
		json_decref(copy);
		return -EBADMSG;
	}
	json_decref(a->c->planned);
	a->c->planned = copy;
	a->c->plan = plan;
	revise(a);
	return 0;
}

static int apply_cancelled(const struct application *a)
{
	if (a->c->state != CLASS_PLANNED)
		return 0;
	a->c->state = CLASS_CANCELLED;
	revise(a);
	return 0;
}

static bool is_site(const json_t *one)
{
	return json_integer_value(one) > 0;
}

static bool is_person(const json_t *one)
{
	return person_id_is_good(json_string_value(one));
}

/* A list is looked through before its first is taken: a line is refused as a whole. */
static bool all_are(bool (*good)(const json_t *one), const json_t *list)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one)
		if (!good(one))
			return false;
	return true;
}

static int apply_invited(const struct application *a)
{
	const json_t *sites = json_object_get(a->payload, "sites"), *site;
	size_t i;
	int r = 0;

	if (!all_are(is_site, sites))
		return -EBADMSG;
	json_array_foreach(sites, i, site) {
		int one = add_site(a->c, json_integer_value(site));

		r = r < 0 ? r : one;
	}
	return r;
}

static int apply_answered(const struct application *a)
{
	struct class_site *s = find_site(a);
	enum site_answer answer;

	if (!s || site_answer_parse(&answer, text_of(a, "answer")) < 0)
		return -EBADMSG;
	if (set_text(&s->why, text_of(a, "why")) < 0)
		return -ENOMEM;
	s->answer = answer;
	return 0;
}

static int apply_leave_asked(const struct application *a)
{
	struct class_person *p;
	int r = need_person(a->c, text_of(a, "person"), &p);

	if (r == 0)
		r = set_text(&p->leave_why, text_of(a, "why"));
	if (r < 0)
		return r;
	p->leave = CLASS_LEAVE_ASKED;
	p->leave_site = number_of(a, "site");
	return 0;
}

static int apply_leave_decided(const struct application *a)
{
	struct class_person *p;
	int r = need_person(a->c, text_of(a, "person"), &p);

	if (r < 0)
		return r;
	p->leave = has(a, "granted") ? CLASS_LEAVE_GRANTED : CLASS_LEAVE_REFUSED;
	return 0;
}

static int apply_frozen(const struct application *a)
{
	uint32_t version = (uint32_t)number_of(a, "version");
	const json_t *persons = json_object_get(a->payload, "persons"), *person;
	struct class_person *p;
	size_t i;
	int r = 0;

	if (version != a->c->roster + 1 || !all_are(is_person, persons))
		return -EBADMSG;
	json_array_foreach(persons, i, person) {
		r = need_person(a->c, json_string_value(person), &p);
		if (r < 0)
			return r;
		p->roster = version;
		p->home = p->home ? p->home : number_of(a, "site");
	}
	if (!has(a, "last"))
		return 0;
	r = set_text(&a->c->roster_why, text_of(a, "why"));
	if (r == 0)
		a->c->roster = version;
	return r;
}

static int apply_rule(const struct application *a)
{
	if (a->c->n_rules >= CLASS_RULES_MAX || !json_is_object(json_object_get(a->payload, "rule")))
		return -EBADMSG;
	a->c->rules[a->c->n_rules] = json_deep_copy(a->payload);
	if (!a->c->rules[a->c->n_rules])
		return -ENOMEM;
	a->c->n_rules++;
	return 0;
}

/* -1: none that can be. */
static int64_t microseconds_of(const struct application *a, const char *name)
{
	int64_t ms = number_of(a, name);

	return ms < 0 || ms > INT64_MAX / 1000 ? -1 : ms * 1000;
}

static int apply_expert(const struct application *a)
{
	struct class_expert e = { .number = number_of(a, "expert"), .from_us = microseconds_of(a, "from_ms"), .until_us = microseconds_of(a, "until_ms") };
	const char *name = text_of(a, "name"), *hash = text_of(a, "hash");
	size_t n;

	if (a->c->n_experts >= CLASS_EXPERTS_MAX || e.number != (int64_t)a->c->n_experts + 1 || !name || !utf8_fits(name, sizeof(e.name)) || e.from_us < 0 || e.until_us < 0)
		return -EBADMSG;
	if (!hash || sodium_hex2bin(e.hash, sizeof(e.hash), hash, strlen(hash), NULL, &n, NULL) != 0 || n != sizeof(e.hash))
		return -EBADMSG;
	snprintf(e.name, sizeof(e.name), "%s", name);
	a->c->experts[a->c->n_experts++] = e;
	return 0;
}

static int apply_expert_revoked(const struct application *a)
{
	struct class_expert *e = (struct class_expert *)(uintptr_t)class_expert(a->c, number_of(a, "expert"));

	if (!e)
		return -EBADMSG;
	e->revoked = true;
	return 0;
}

/* ---- W ---- */

static int apply_opened(const struct application *a)
{
	if (a->c->state != CLASS_PLANNED)
		return -EBADMSG;
	a->c->state = CLASS_OPEN;
	a->c->opened_us = a->ev->wall_us;
	return 0;
}

static int apply_paused(const struct application *a)
{
	if (a->c->state != CLASS_OPEN)
		return -EBADMSG;
	a->c->state = CLASS_PAUSED;
	a->c->paused_us = a->ev->wall_us;
	return 0;
}

static void end_pause(struct class *c, int64_t wall_us)
{
	if (c->state == CLASS_PAUSED)
		c->pauses_us += MAX(wall_us - c->paused_us, 0);
}

static int apply_resumed(const struct application *a)
{
	if (a->c->state != CLASS_PAUSED)
		return -EBADMSG;
	end_pause(a->c, a->ev->wall_us);
	a->c->state = CLASS_OPEN;
	return 0;
}

static int apply_closed(const struct application *a)
{
	if (a->c->state != CLASS_OPEN && a->c->state != CLASS_PAUSED)
		return -EBADMSG;
	end_pause(a->c, a->ev->wall_us);
	a->c->state = CLASS_CLOSED;
	a->c->closed_us = a->ev->wall_us;
	for (struct class_person *p = a->c->persons; p; p = p->hh.next)
		p->site = 0;
	return 0;
}

static int apply_absentees(const struct application *a)
{
	a->c->absentees_noted = true;
	return 0;
}

static int apply_result(const struct application *a)
{
	a->c->has_result = true;
	return 0;
}

static int apply_minutes(const struct application *a)
{
	if (a->c->state != CLASS_CLOSED || number_of(a, "version") != (int64_t)a->c->minutes + 1)
		return -EBADMSG;
	a->c->minutes += has(a, "last");
	return 0;
}

/* Who reads of a sealed class leaves its minutes out: the version is that of the seal. */
static int apply_sealed(const struct application *a)
{
	int64_t version = number_of(a, "version");

	if (a->c->state != CLASS_CLOSED || version < a->c->minutes || version > UINT32_MAX)
		return -EBADMSG;
	a->c->state = CLASS_SEALED;
	a->c->minutes = (uint32_t)version;
	return 0;
}

/* ---- who is there ---- */

/* Of the room's events the class takes this one: since when a site's screen has been there. */
static int apply_joined(const struct application *a)
{
	struct class_site *s = find_site(a);

	if (s && s->arrived_us == 0)
		s->arrived_us = a->ev->wall_us;
	return 0;
}

static int apply_signed_in(const struct application *a)
{
	int64_t site = number_of(a, "site");
	enum proof_grade grade;
	struct class_person *p;
	int r;

	if (!class_site(a->c, site) || proof_grade_parse(&grade, text_of(a, "grade")) < 0)
		return -EBADMSG;
	r = need_person(a->c, text_of(a, "person"), &p);
	if (r < 0)
		return r;
	if (p->site == site && p->grade <= grade)       /* a further proof, no better than the one before */
		return 0;
	if (p->site != site)
		p->since_us = a->ev->wall_us;
	if (!p->ever)
		p->first_us = a->ev->wall_us;
	p->site = site;
	p->grade = grade;
	p->ever = true;
	p->shared = has(a, "shared");
	p->late = has(a, "late");
	p->together = has(a, "together");
	return 0;
}

static int apply_signed_out(const struct application *a)
{
	struct class_person *p;
	int r = need_person(a->c, text_of(a, "person"), &p);

	if (r == 0 && p->site == number_of(a, "site"))
		p->site = 0;
	return r;
}

/* What an event may do to the counts: nothing, to those of the person that it is about, to all. */
enum counted { COUNTS_NOTHING, COUNTS_PERSON, COUNTS_ALL };

static const struct application_row {
	enum event_kind kind;
	int (*apply)(const struct application *a);
	enum counted counts;
} applications[] = {
	{ EVENT_SEAT_JOINED, apply_joined },
	{ EVENT_CLASS_PLANNED, apply_planned },
	{ EVENT_CLASS_CANCELLED, apply_cancelled },
	{ EVENT_SITES_INVITED, apply_invited, COUNTS_ALL },
	{ EVENT_SITE_ANSWERED, apply_answered },
	{ EVENT_LEAVE_ASKED, apply_leave_asked, COUNTS_PERSON },
	{ EVENT_LEAVE_DECIDED, apply_leave_decided, COUNTS_PERSON },
	{ EVENT_ROSTER_FROZEN, apply_frozen, COUNTS_ALL },
	{ EVENT_RULE_CHOSEN, apply_rule },
	{ EVENT_EXPERT_INVITED, apply_expert },
	{ EVENT_EXPERT_REVOKED, apply_expert_revoked },
	{ EVENT_CLASS_OPENED, apply_opened, COUNTS_ALL },
	{ EVENT_CLASS_PAUSED, apply_paused },
	{ EVENT_CLASS_RESUMED, apply_resumed },
	{ EVENT_CLASS_CLOSED, apply_closed, COUNTS_ALL },
	{ EVENT_PERSON_SIGNED_IN, apply_signed_in, COUNTS_PERSON },
	{ EVENT_PERSON_SIGNED_OUT, apply_signed_out, COUNTS_PERSON },
	{ EVENT_ABSENTEES_NOTED, apply_absentees },
	{ EVENT_RESULT, apply_result },
	{ EVENT_MINUTES_WRITTEN, apply_minutes },
	{ EVENT_MINUTES_SEALED, apply_sealed },
};

static const struct application_row *row_of(enum event_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(applications); i++)
		if (applications[i].kind == kind)
			return &applications[i];
	return NULL;
}

static void count_person(const struct application *a, int by)
{
	const char *id = text_of(a, "person");
	const struct class_person *p = id ? class_person(a->c, id) : NULL;

	if (p)
		class_count_person(a->c, p, by);
}

/* A roster counts once it is complete: its rows come one behind the other. */
static bool counts_all(const struct application *a)
{
	return a->ev->kind != EVENT_ROSTER_FROZEN || has(a, "last");
}

static int apply_counted(const struct application_row *row, const struct application *a)
{
	int r;

	if (row->counts == COUNTS_PERSON)
		count_person(a, -1);
	r = row->apply(a);
	if (row->counts == COUNTS_PERSON)
		count_person(a, 1);
	if (row->counts == COUNTS_ALL && counts_all(a))
		class_count_all(a->c);
	return r;
}

int class_apply(struct class *c, const struct event *ev)
{
	const struct application_row *row = row_of(ev->kind);
	json_error_t why;
	json_t *payload;
	int r = -EBADMSG;

	if (!row || strcmp(ev->room, c->room) != 0)
		return 0;
	payload = json_loads(ev->payload, JSON_REJECT_DUPLICATES, &why);
	if (json_is_object(payload))
		r = apply_counted(row, &(struct application){ c, ev, payload });
	else if (!payload && !why.text[0])      /* jansson leaves no text where memory ran out */
		r = -ENOMEM;
	json_decref(payload);
	return r;
}

void class_forget(struct class *c, const char *person)
{
	struct class_person *p = (struct class_person *)(uintptr_t)class_person(c, person);

	if (!p)
		return;
	class_count_person(c, p, -1);
	p->leave = CLASS_LEAVE_NONE;
	p->leave_why[0] = 0;
	p->leave_site = 0;
	class_count_person(c, p, 1);
}
