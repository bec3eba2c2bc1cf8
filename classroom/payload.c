/* See payload.h. */
#include "classroom/payload.h"

#include <errno.h>

json_t *payload_write_sources(uint8_t mask)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < SEAT_SOURCES; i++) {
		if (!(mask & SEAT_BIT(i)))
			continue;
		if (json_array_append_new(list, json_string(seat_source_name((enum seat_source)i))) != 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *write_orgs(const struct joined_payload *p)
{
	json_t *list = json_array();

	for (unsigned i = 0; list && i < p->n_orgs; i++)
		if (json_array_append_new(list, json_integer((json_int_t)p->orgs[i])) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

static bool add_optional(json_t *to, const struct joined_payload *p)
{
	return (!p->by_link || json_object_set_new(to, "link", json_true()) == 0) && (!p->acting || json_object_set_new(to, "acting", json_true()) == 0) && (p->n_orgs == 0 || json_object_set_new(to, "orgs", write_orgs(p)) == 0) &&
	       (!p->via[0] || json_object_set_new(to, "via", json_string(p->via)) == 0) &&
	       (p->site == 0 || json_object_set_new(to, "site", json_integer(p->site)) == 0) &&
	       (!p->person[0] || json_object_set_new(to, "person", json_string(p->person)) == 0);
}

json_t *payload_write_joined(const struct joined_payload *p)
{
	json_t *on = payload_write_sources(p->on);
	json_t *ret;

	if (!on)
		return NULL;
	ret = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:O}", "key", p->key, "name", p->name, "org", p->org, "role",
	                role_name(p->role), "granted", role_name(p->granted), "kind", seat_kind_name(p->kind), "on", on);
	json_decref(on);
	if (ret && !add_optional(ret, p)) {
		json_decref(ret);
		return NULL;
	}
	return ret;
}

static int parse_sources(uint8_t *ret, json_t *list)
{
	enum seat_source source;
	uint8_t mask = 0;
	json_t *item;
	size_t i;

	if (!json_is_array(list))
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		if (seat_source_parse(&source, json_string_value(item)) < 0)
			return -EBADMSG;
		mask |= (uint8_t)SEAT_BIT(source);
	}
	*ret = mask;
	return 0;
}

static int parse_orgs(struct joined_payload *p, json_t *list)
{
	json_t *item;
	size_t i;

	if (list && (!json_is_array(list) || json_array_size(list) > SEAT_ORGS_MAX))
		return -EBADMSG;
	json_array_foreach(list, i, item) {
		if (!json_is_integer(item))
			return -EBADMSG;
		p->orgs[p->n_orgs++] = json_integer_value(item);
	}
	return 0;
}

static const char *text_of(json_t *payload, const char *name)
{
	return json_string_value(json_object_get(payload, name));
}

int payload_parse_joined(struct joined_payload *ret, json_t *payload)
{
	struct joined_payload p = { .key = text_of(payload, "key"), .via = text_of(payload, "via"),
		                    .name = text_of(payload, "name"), .org = text_of(payload, "org"),
		                    .site = json_integer_value(json_object_get(payload, "site")), .person = text_of(payload, "person") };

	if (!p.key || !p.name || !p.org || role_parse(&p.role, text_of(payload, "role")) < 0 ||
	    role_parse(&p.granted, text_of(payload, "granted")) < 0 || seat_kind_parse(&p.kind, text_of(payload, "kind")) < 0 ||
	    parse_sources(&p.on, json_object_get(payload, "on")) < 0 || parse_orgs(&p, json_object_get(payload, "orgs")) < 0)
		return -EBADMSG;
	p.by_link = json_is_true(json_object_get(payload, "link"));
	p.acting = json_is_true(json_object_get(payload, "acting"));
	if (!p.via)
		p.via = "";
	if (!p.person)
		p.person = "";
	*ret = p;
	return 0;
}

int payload_parse_source(enum seat_source *ret, json_t *payload)
{
	return seat_source_parse(ret, text_of(payload, "source")) < 0 ? -EBADMSG : 0;
}
