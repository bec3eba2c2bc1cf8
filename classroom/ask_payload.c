/* See ask_payload.h. */
#include "classroom/ask_payload.h"

#include <errno.h>
#include <stdlib.h>

#include "media/base/macros.h"

#define VOTERS_MAX 1000000

/* ---- writing ---- */

/* Adds what may be missing; on failure the object goes. */
static json_t *with(json_t *object, const char *name, json_t *value)
{
	if (object && json_object_set_new(object, name, value) == 0)
		return object;
	if (!object)
		json_decref(value);
	json_decref(object);
	return NULL;
}

static json_t *append(json_t *list, json_t *value)
{
	if (list && json_array_append_new(list, value) == 0)
		return list;
	json_decref(list);
	return NULL;
}

json_t *ask_payload_write_mask(uint32_t mask)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < ASK_OPTIONS_MAX; i++)
		if (mask & 1u << i)
			list = append(list, json_integer(i));
	return list;
}

static json_t *write_options(const struct ask_spec *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < s->n_options; i++)
		list = append(list, json_string(s->options[i]));
	return list;
}

static json_t *write_sites(const struct ask_spec *s)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < s->n_sites; i++)
		list = append(list, json_integer(s->sites[i]));
	return list;
}

json_t *ask_payload_write_opened(const struct asked_payload *p)
{
	const struct ask_spec *s = &p->spec;
	json_t *ret = json_pack("{s:I, s:s, s:s, s:s, s:I}", "ask", (json_int_t)p->id, "kind", ask_kind_name(s->kind), "audience",
	                        ask_audience_name(s->audience), "prompt", s->prompt, "deadline_ms", (json_int_t)p->deadline_ms);

	ret = with(ret, "options", write_options(s));
	if (s->most > 1)
		ret = with(ret, "most", json_integer(s->most));
	if (s->right)
		ret = with(ret, "right", ask_payload_write_mask(s->right));
	if (s->sites)
		ret = with(ret, "sites", write_sites(s));
	return s->hour ? with(ret, "hour", json_integer(s->hour)) : ret;
}

json_t *ask_payload_write_answered(const struct answered_payload *p, enum actor_kind by)
{
	json_t *ret = json_pack("{s:I, s:I, s:s, s:s}", "ask", (json_int_t)p->id, "site", (json_int_t)p->site, "grade", proof_grade_name(p->grade), "by",
	                        actor_name(by));

	ret = with(ret, "choice", ask_payload_write_mask(p->choice));
	return p->person[0] ? with(ret, "person", json_string(p->person)) : ret;
}

json_t *ask_payload_write_refused(uint32_t id, const char *person, int64_t site, const char *why)
{
	json_t *ret = json_pack("{s:I, s:s}", "ask", (json_int_t)id, "why", why);

	if (person[0])
		ret = with(ret, "person", json_string(person));
	return site ? with(ret, "site", json_integer(site)) : ret;
}

json_t *ask_payload_write_closed(const struct closed_payload *p)
{
	json_t *ret = json_pack("{s:I, s:s}", "ask", (json_int_t)p->id, "by", actor_name(p->by));

	return p->refused ? with(ret, "refused", json_integer(p->refused)) : ret;
}

/* ---- reading ---- */

static const char *text_of(json_t *payload, const char *name)
{
	return json_string_value(json_object_get(payload, name));
}

/* An integer within bounds; a missing one is `lo` when it may be missing. */
static int get_int(json_t *payload, const char *name, int64_t lo, int64_t hi, bool needed, int64_t *ret)
{
	json_t *value = json_object_get(payload, name);
	json_int_t n = value ? json_integer_value(value) : lo;

	if (value ? !json_is_integer(value) || n < lo || n > hi : needed)
		return -EBADMSG;
	*ret = n;
	return 0;
}

int ask_payload_parse_id(uint32_t *ret, json_t *payload)
{
	int64_t id;

	if (get_int(payload, "ask", 1, ASKS_MAX, true, &id) < 0)
		return -EBADMSG;
	*ret = (uint32_t)id;
	return 0;
}

static int parse_mask(uint32_t *ret, json_t *list)
{
	uint32_t mask = 0;
	json_t *item;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > ASK_OPTIONS_MAX)
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		json_int_t at = json_integer_value(item);

		if (!json_is_integer(item) || at < 0 || at >= ASK_OPTIONS_MAX)
			return -EBADMSG;
		mask |= 1u << at;
	}
	*ret = mask;
	return 0;
}

static int parse_options(struct ask_spec *s, json_t *list)
{
	json_t *item;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > ASK_OPTIONS_MAX)
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		s->options[i] = json_string_value(item);
		if (!s->options[i])
			return -EBADMSG;
	}
	s->n_options = (unsigned)json_array_size(list);
	return 0;
}

static int compare_sites(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int parse_sites(struct ask_spec *s, int64_t *sites, json_t *list)
{
	size_t i, n = 0;
	json_t *item;

	if (!list)
		return 0;
	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > ASK_SITES_MAX)
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		if (!json_is_integer(item))
			return -EBADMSG;
		sites[i] = json_integer_value(item);
	}
	qsort(sites, i, sizeof(*sites), compare_sites);
	for (size_t k = 0; k < i; k++)
		if (k == 0 || sites[k] != sites[n - 1])
			sites[n++] = sites[k];
	s->sites = sites;
	s->n_sites = n;
	return 0;
}

static int parse_numbers(struct asked_payload *p, json_t *payload)
{
	int64_t most, hour;

	if (get_int(payload, "most", 0, ASK_OPTIONS_MAX, false, &most) < 0 || get_int(payload, "hour", 0, ASK_HOURS_MAX, false, &hour) < 0 ||
	    get_int(payload, "deadline_ms", 0, INT64_MAX / 1000, true, &p->deadline_ms) < 0)
		return -EBADMSG;
	p->spec.most = (unsigned)most;
	p->spec.hour = (unsigned)hour;
	return 0;
}

int ask_payload_parse_opened(struct asked_payload *ret, int64_t *sites, json_t *payload)
{
	struct asked_payload p = { .spec.prompt = text_of(payload, "prompt") };
	json_t *right = json_object_get(payload, "right");

	if (ask_payload_parse_id(&p.id, payload) < 0 || parse_numbers(&p, payload) < 0 ||
	    ask_kind_parse(&p.spec.kind, text_of(payload, "kind")) < 0 ||
	    ask_audience_parse(&p.spec.audience, text_of(payload, "audience")) < 0 ||
	    parse_options(&p.spec, json_object_get(payload, "options")) < 0 || (right && parse_mask(&p.spec.right, right) < 0) ||
	    parse_sites(&p.spec, sites, json_object_get(payload, "sites")) < 0 || !ask_spec_is_good(&p.spec))
		return -EBADMSG;
	*ret = p;
	return 0;
}

int ask_payload_parse_answered(struct answered_payload *ret, json_t *payload)
{
	struct answered_payload p = { .person = text_of(payload, "person") };
	enum actor_kind by;

	if (ask_payload_parse_id(&p.id, payload) < 0 || get_int(payload, "site", 0, INT64_MAX, true, &p.site) < 0 ||
	    parse_mask(&p.choice, json_object_get(payload, "choice")) < 0 || proof_grade_parse(&p.grade, text_of(payload, "grade")) < 0 ||
	    actor_parse(&by, text_of(payload, "by")) < 0)
		return -EBADMSG;
	if (!p.person)
		p.person = "";
	else if (!person_id_is_good(p.person))
		return -EBADMSG;
	*ret = p;
	return 0;
}

int ask_payload_parse_closed(struct closed_payload *ret, json_t *payload)
{
	struct closed_payload p;
	int64_t refused;

	if (ask_payload_parse_id(&p.id, payload) < 0 || actor_parse(&p.by, text_of(payload, "by")) < 0 ||
	    get_int(payload, "refused", 0, UINT32_MAX, false, &refused) < 0)
		return -EBADMSG;
	p.refused = (uint32_t)refused;
	*ret = p;
	return 0;
}

int ask_payload_parse_counted(struct counted_payload *ret, json_t *payload)
{
	json_t *votes = json_object_get(payload, "votes"), *unanimous = json_object_get(payload, "unanimous"), *item;
	struct counted_payload p = { .unanimous = json_is_true(unanimous) };
	int64_t voters, spoiled;
	size_t i;

	if (ask_payload_parse_id(&p.id, payload) < 0 || !json_is_boolean(unanimous) || !json_is_array(votes) ||
	    json_array_size(votes) > ASK_OPTIONS_MAX || get_int(payload, "voters", 0, VOTERS_MAX, true, &voters) < 0 ||
	    get_int(payload, "spoiled", 0, VOTERS_MAX, false, &spoiled) < 0)
		return -EBADMSG;
	json_array_foreach(votes, i, item) {
		json_int_t n = json_integer_value(item);

		if (!json_is_integer(item) || n < 0 || n > voters)
			return -EBADMSG;
		p.votes[i] = (uint32_t)n;
	}
	p.n = (unsigned)i;
	p.voters = (uint32_t)voters;
	p.spoiled = (uint32_t)spoiled;
	*ret = p;
	return 0;
}

int ask_payload_parse_void(uint32_t *ret_id, enum ask_void *ret_why, json_t *payload)
{
	enum ask_void why;

	if (ask_void_parse(&why, text_of(payload, "why")) < 0)
		return -EBADMSG;
	if (ask_payload_parse_id(ret_id, payload) < 0)
		return -EBADMSG;
	*ret_why = why;
	return 0;
}
