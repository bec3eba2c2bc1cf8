/* Rules for sources. See room_floor.h, source_rules.h. */
#include "classroom/room_floor.h"

#include <errno.h>

#include "classroom/room_state.h"

const struct source_rules *room_source_rules(const struct room *r)
{
	return &r->rules;
}

/* Blocks that follow from where a seat belongs and what it is; a leader's are none. */
void rules_settle(struct room *r, struct entry *e)
{
	e->seat.denied = source_rules_denied(&r->rules, &e->seat);
}

/* Whether anything of the seat is different. */
static bool rule_one(struct room *r, struct seat *s, const struct source_rule *rule)
{
	uint8_t mask = source_rule_mask(rule->source), was = seat_blocks(s), was_on = s->on;

	s->denied = (uint8_t)((s->denied & ~mask) | (source_rules_denied(&r->rules, s) & mask));
	if (rule->word == RULE_ALLOW && rule->source == SEAT_MIC)
		s->room_muted = false;
	if (s->kind != SEAT_WHIP)
		s->on &= (uint8_t)~(seat_blocks(s) & mask);
	return seat_blocks(s) != was || s->on != was_on;
}

size_t effect_rule(struct room *r, const struct source_rule *rule)
{
	struct entry *e, *tmp;
	size_t changed = 0;

	(void)source_rules_set(&r->rules, rule);
	HASH_ITER(hh_id, r->by_id, e, tmp) {
		if (!source_rule_covers(rule, &e->seat) || !rule_one(r, &e->seat, rule) || !seat_present(&e->seat))
			continue;
		gates_settle(r, e);
		changed++;
	}
	room_tell_room(r);
	return changed;
}

void effect_forget_allowed_mics(struct room *r)
{
	for (size_t i = r->rules.n; i-- > 0;) {
		struct source_rule rule = r->rules.list[i];

		if (rule.source != SEAT_MIC || rule.word != RULE_ALLOW)
			continue;
		rule.word = RULE_CLEAR;
		(void)source_rules_set(&r->rules, &rule);
	}
}

static json_t *write_rule(const struct source_rule *rule)
{
	const char *source = seat_source_name(rule->source), *word = rule_word_name(rule->word);

	if (rule->scope == RULE_ROLE)
		return json_pack("{s:s, s:s, s:s}", "source", source, "rule", word, "role", role_name(rule->role));
	if (rule->scope == RULE_SITE)
		return json_pack("{s:s, s:s, s:I}", "source", source, "rule", word, "org", (json_int_t)rule->org);
	return json_pack("{s:s, s:s, s:I, s:b}", "source", source, "rule", word, "org", (json_int_t)rule->org, "subtree", 1);
}

static enum notice stopped(enum seat_source source)
{
	if (source == SEAT_MIC)
		return NOTICE_MUTED;
	return source == SEAT_CAMERA ? NOTICE_CAMERA_STOPPED : NOTICE_SCREEN_STOPPED;
}

static void note_on(struct room *r)
{
	for (size_t i = 0; i < r->n_present; i++)
		r->present[i]->was_on = r->present[i]->seat.on;
}

static void note_off(struct room *r, struct instant now, const struct entry *by)
{
	for (size_t i = 0; i < r->n_present; i++)
		room_note_off(r, now, r->present[i], by);
}

static void tell_covered(struct room *r, const struct source_rule *rule, const struct entry *by)
{
	bool allowed = rule->word == RULE_ALLOW;

	for (size_t i = 0; i < r->n_present && rule->word != RULE_CLEAR; i++)
		if (source_rule_covers(rule, &r->present[i]->seat) && (!allowed || rule->source == SEAT_MIC))
			room_tell_notice(r, r->present[i], allowed ? NOTICE_UNMUTE_ALLOWED : stopped(rule->source), by);
}

enum verdict room_rule_source(struct room *r, struct instant now, const char *actor, const struct source_rule *rule, size_t *ret_changed)
{
	struct entry *by;
	enum verdict v = source_rule_is_good(rule) ? room_find_actor(r, now, actor, ACTION_RULE_SOURCES, &by) : VERDICT_BAD;
	struct source_rules tried = r->rules;
	size_t changed = 0;

	if (v != VERDICT_OK)
		return v;
	if (source_rules_set(&tried, rule) < 0)
		return VERDICT_BAD;
	if (!source_rules_has(&r->rules, rule)) {
		v = room_record(r, now, EVENT_SOURCE_RULED, "", by->seat.id, write_rule(rule));
		if (v != VERDICT_OK)
			return v;
		note_on(r);
		changed = effect_rule(r, rule);
		note_off(r, now, by);
		tell_covered(r, rule, by);
	}
	if (ret_changed)
		*ret_changed = changed;
	return VERDICT_OK;
}

int apply_ruled(const struct application *a)
{
	struct source_rule rule = { .scope = RULE_SITE, .org = json_integer_value(json_object_get(a->payload, "org")) };
	const char *role = json_string_value(json_object_get(a->payload, "role"));

	if (role)
		rule.scope = RULE_ROLE;
	else if (json_is_true(json_object_get(a->payload, "subtree")))
		rule.scope = RULE_SUBTREE;
	if (payload_parse_source(&rule.source, a->payload) < 0 || rule_word_parse(&rule.word, json_string_value(json_object_get(a->payload, "rule"))) < 0 ||
	    (role && role_parse(&rule.role, role) < 0) || !source_rule_is_good(&rule))
		return -EBADMSG;
	effect_rule(a->r, &rule);
	return 0;
}
