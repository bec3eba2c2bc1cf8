/* Rows of the schema's types from the room's own structs. */
#include "signaling/wire.h"

#include <string.h>

#include "media/base/macros.h"

#define HANDS_MAX 200           /* of one event (schema.json) */

_Static_assert(WIRE_ROLES == (int)ROLES && WIRE_SOURCES == (int)SEAT_SOURCES && WIRE_SEAT_KINDS == (int)SEAT_KINDS, "schema.json and classroom/ agree");
_Static_assert(WIRE_RULES == (int)RULE_WORDS, "schema.json and classroom/ agree");
_Static_assert(WIRE_PRESENCES == (int)PRESENCES && WIRE_LEAVE_REASONS == (int)LEAVE_REASONS && WIRE_NOTICES == (int)NOTICES, "schema.json and classroom/ agree");

static json_t *mask(unsigned bits)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < SEAT_SOURCES; i++)
		if (bits & SEAT_BIT(i))
			json_array_append_new(list, json_string(seat_source_name((enum seat_source)i)));
	return list;
}

json_t *wire_seat(const struct seat *s)
{
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id", s->id, "name", s->name, "org", s->org, "kind", seat_kind_name(s->kind),
				"role", role_name(s->role), "presence", presence_name(s->presence), "on", mask(s->on), "blocked", mask(seat_blocks(s)));

	if (seat_line(s) != LINE_FULL)
		json_object_set_new(row, "line", json_string(line_profile_name(seat_line(s))));
	if (s->line != LINE_AUTO)
		json_object_set_new(row, "line_choice", json_string(line_profile_name(s->line)));
	if (s->coding != CODING_USUAL)
		json_object_set_new(row, "coding", json_string(picture_coding_name(s->coding)));
	return row;
}

static json_t *wire_stage(const struct room *r)
{
	const struct seat *stage[ROOM_LED_MAX];
	size_t n = room_on_stage(r, stage);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(stage[i]->id));
	return list;
}

static void add_seat(json_t *to, const char *name, const struct seat *s)
{
	if (s && seat_present(s))
		json_object_set_new(to, name, json_string(s->id));
}

static void add_floor(json_t *to, const struct room *r)
{
	struct room_floor f = room_floor(r);
	json_t *floor;

	if (!f.seat)
		return;
	floor = json_pack("{s:s, s:I, s:I}", "seat", f.seat->id, "began_ms", (json_int_t)(f.began_wall_us / 1000), "until_ms", (json_int_t)(f.until_wall_us / 1000));
	if (*f.speaker)
		json_object_set_new(floor, "speaker", json_string(f.speaker));
	json_object_set_new(to, "floor", floor);
}

json_t *wire_rule(const struct source_rule *rule)
{
	json_t *j = json_pack("{s:s, s:s}", "source", seat_source_name(rule->source), "rule", rule_word_name(rule->word));

	if (rule->scope == RULE_ROLE)
		json_object_set_new(j, "role", json_string(role_name(rule->role)));
	else
		json_object_set_new(j, "org", json_integer((json_int_t)rule->org));
	if (rule->scope == RULE_SUBTREE)
		json_object_set_new(j, "subtree", json_true());
	return j;
}

static json_t *wire_rules(const struct room *r)
{
	const struct source_rules *rules = room_source_rules(r);
	json_t *list = json_array();

	for (size_t i = 0; i < rules->n; i++)
		json_array_append_new(list, wire_rule(&rules->list[i]));
	return list;
}

json_t *wire_room(const struct room *r)
{
	json_t *room = json_pack("{s:s, s:s, s:s, s:b, s:b, s:I, s:I}", "id", room_id(r), "title", room_title(r), "org", room_org(r),
			 "locked", room_state(r) == ROOM_LOCKED, "self_unmute", room_mute_rule(r) != ROOM_MUTE_HARD,
			 "started_ms", (json_int_t)(room_opened_us(r) / 1000), "here", (json_int_t)room_here(r));

	json_object_set_new(room, "stage", wire_stage(r));
	json_object_set_new(room, "rules", wire_rules(r));
	add_seat(room, "host", room_host(r));
	add_seat(room, "spotlight", room_spotlit(r));
	add_seat(room, "cue", room_cue(r));
	add_floor(room, r);
	return room;
}

static json_t *wire_hand(const struct seat *s)
{
	json_t *hand = json_pack("{s:s, s:I}", "seat", s->id, "since_ms", (json_int_t)(s->hand_wall_us / 1000));

	if (s->speaker)
		json_object_set_new(hand, "speaker", json_string(s->speaker));
	return hand;
}

json_t *wire_all_hands(const struct room *r)
{
	const struct seat *hands[HANDS_MAX];
	size_t n = room_hands(r, hands, HANDS_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, wire_hand(hands[i]));
	return json_pack("{s:I, s:o}", "up", (json_int_t)room_hands_up(r), "hands", list);
}

static json_t *wire_own_hand(const struct room *r, const struct seat *s)
{
	json_t *list = json_array(), *own;

	if (s && s->hand)
		json_array_append_new(list, wire_hand(s));
	own = json_pack("{s:I, s:o}", "up", (json_int_t)room_hands_up(r), "hands", list);
	if (s && s->hand)
		json_object_set_new(own, "place", json_integer((json_int_t)room_hand_place(r, s)));
	return own;
}

json_t *wire_hands(const struct room *r, const char *seat)
{
	return room_may(r, seat, ACTION_SEE_HANDS) ? wire_all_hands(r) : wire_own_hand(r, room_seat(r, seat));
}

json_t *wire_chat_line(const struct chat_line *l)
{
	json_t *line = json_pack("{s:I, s:s, s:s, s:s, s:I}", "id", (json_int_t)l->id, "seat", l->seat, "name", l->name, "text", l->text,
				 "time_ms", (json_int_t)(l->wall_us / 1000));

	if (l->to_host)
		json_object_set_new(line, "to", json_string("host"));
	return line;
}

json_t *wire_chat(const struct room *r, const char *seat)
{
	const struct chat_line *lines[CHAT_LINES];
	size_t n = room_chat_lines(r, lines, CHAT_LINES);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		if (room_may_read(r, seat, lines[i]))
			json_array_append_new(list, wire_chat_line(lines[i]));
	return list;
}

json_t *wire_slot(const struct binding *b, const struct transport *t)
{
	json_t *slot = json_pack("{s:i, s:I}", "slot", (int)b->slot, "binding", (json_int_t)b->number);

	if (*b->seat) {
		json_object_set_new(slot, "seat", json_string(b->seat));
		json_object_set_new(slot, "source", json_string(seat_source_name(b->source)));
		if (transport_suspends(t, b->slot, b->number))
			json_object_set_new(slot, "suspended", json_true());
	}
	return slot;
}

json_t *wire_slots(const struct binding *b, size_t n, const struct transport *t)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, wire_slot(&b[i], t));
	return list;
}

json_t *wire_roster(const struct room *r, const char *after, const char **ret_next)
{
	const struct seat *seats[WIRE_ROSTER_PAGE + 1];
	size_t n = room_roster(r, after, seats, ARRAY_LEN(seats));
	json_t *list = json_array();

	*ret_next = n > WIRE_ROSTER_PAGE ? seats[WIRE_ROSTER_PAGE - 1]->id : NULL;
	for (size_t i = 0; i < MIN(n, (size_t)WIRE_ROSTER_PAGE); i++)
		json_array_append_new(list, wire_seat(seats[i]));
	return list;
}

struct text *wire_event(const char *name, json_t *fields)
{
	json_t *event = json_pack("{s:s}", "event", name);

	if (fields)
		json_object_update(event, fields);
	json_decref(fields);
	return text_new_json(event);
}

struct text *wire_slot_event(const struct media_event *ev)
{
	json_t *fields = json_pack("{s:i, s:I}", "slot", (int)ev->slot.slot, "binding", (json_int_t)ev->slot.binding);

	if (ev->type == MEDIA_SLOT_QUIET)
		return wire_event("slot.quiet", fields);
	if (ev->type == MEDIA_SLOT_SUSPENDED)
		return wire_event("slot.suspended", fields);
	json_object_set_new(fields, "rtp", json_integer(ev->slot.rtp));
	return wire_event("slot.switched", fields);
}

enum wire_error wire_verdict(enum verdict v)
{
	for (int i = 1; v != VERDICT_OK && i < WIRE_ERRORS; i++)
		if (strcmp(wire_error_names[i], verdict_code(v)) == 0)
			return (enum wire_error)i;
	return v == VERDICT_OK ? WIRE_OK : WIRE_INTERNAL;
}
