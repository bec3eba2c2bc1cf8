/* The journal read again: each event's effect, by a table. */
#include "classroom/room_state.h"

#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

static int get_bool(const struct application *a, const char *name, bool *ret)
{
	const json_t *value = json_object_get(a->payload, name);

	if (!json_is_boolean(value))
		return -EBADMSG;
	*ret = json_is_true(value);
	return 0;
}

static int apply_opened(const struct application *a)
{
	const char *epoch = json_string_value(json_object_get(a->payload, "epoch"));

	if (!utf8_fits(epoch, ROOM_EPOCH_BYTES))
		return -EBADMSG;
	effect_open(a->r, epoch, json_is_true(json_object_get(a->payload, "lobby")), a->ev->wall_us);
	return 0;
}

static int apply_ended(const struct application *a)
{
	effect_end(a->r);
	return 0;
}

static int apply_admitted(const struct application *a)
{
	effect_admit(a->r);
	return 0;
}

static int apply_locked(const struct application *a)
{
	bool locked;

	if (get_bool(a, "locked", &locked) < 0)
		return -EBADMSG;
	effect_lock(a->r, locked);
	return 0;
}

static int apply_muted(const struct application *a)
{
	bool self_unmute;

	if (get_bool(a, "self_unmute", &self_unmute) < 0)
		return -EBADMSG;
	effect_mute_all(a->r, self_unmute ? ROOM_MUTE_SOFT : ROOM_MUTE_HARD);
	return 0;
}

static int apply_unmuted(const struct application *a)
{
	effect_mute_all(a->r, ROOM_MUTE_NONE);
	return 0;
}

static bool texts_are_good(const struct application *a, const struct joined_payload *p)
{
	return utf8_fits(p->key, SEAT_KEY_BYTES) && p->key[0] && utf8_fits(p->via, SEAT_KEY_BYTES) &&
	       utf8_fits(p->name, SEAT_NAME_BYTES) && utf8_fits(p->org, SEAT_ORG_BYTES) && utf8_fits(p->person, PERSON_ID_BYTES) && a->ev->seat[0] &&
	       utf8_fits(a->ev->seat, SEAT_ID_BYTES);
}

static int apply_joined(const struct application *a)
{
	struct entry *e = a->e;
	struct joined_payload p;
	struct seat_texts texts;

	if (payload_parse_joined(&p, a->payload) < 0 || !texts_are_good(a, &p) || seats_find_key(a->r, p.key, p.kind) != e)
		return -EBADMSG;
	if (seats_reserve(a->r) < 0 || seat_texts_init(&texts, &p) < 0)
		return -ENOMEM;
	if (!e && seats_add(a->r, &e, a->ev->seat, &p) < 0) {
		seat_texts_done(&texts);
		return -ENOMEM;
	}
	effect_join(a->r, e, &p, &texts);
	return 0;
}

static int apply_away(const struct application *a)
{
	if (a->e && seat_present(&a->e->seat))
		effect_presence(a->r, a->e, PRESENCE_AWAY);
	return 0;
}

static int apply_returned(const struct application *a)
{
	if (a->e && seat_present(&a->e->seat))
		effect_presence(a->r, a->e, PRESENCE_HERE);
	return 0;
}

static int apply_left(const struct application *a)
{
	enum leave_reason reason;

	if (leave_reason_parse(&reason, json_string_value(json_object_get(a->payload, "reason"))) < 0)
		return -EBADMSG;
	if (a->e && seat_present(&a->e->seat))
		effect_leave(a->r, a->e, reason);
	return 0;
}

static int apply_role(const struct application *a)
{
	enum role role;

	if (role_parse(&role, json_string_value(json_object_get(a->payload, "role"))) < 0)
		return -EBADMSG;
	if (a->e)
		effect_role(a->r, a->e, role, json_is_true(json_object_get(a->payload, "acting")));
	return 0;
}

static int apply_blocked(const struct application *a)
{
	enum seat_source source;
	bool blocked;

	if (payload_parse_source(&source, a->payload) < 0 || get_bool(a, "blocked", &blocked) < 0)
		return -EBADMSG;
	if (a->e)
		effect_block(a->r, a->e, source, blocked);
	return 0;
}

static int apply_removed(const struct application *a)
{
	int err;

	if (!a->e)
		return 0;
	err = bar_add(&a->r->bars, a->e->seat.key);
	if (err >= 0 && a->e->seat.via[0])
		err = bar_add(&a->r->bars, a->e->seat.via);
	return MIN(err, 0);
}

static int apply_source(const struct application *a)
{
	enum seat_source source;
	bool on;

	if (payload_parse_source(&source, a->payload) < 0 || get_bool(a, "on", &on) < 0)
		return -EBADMSG;
	if (a->e)
		effect_source(a->r, a->e, source, on);
	return 0;
}

static int apply_chat(const struct application *a)
{
	json_int_t id = json_integer_value(json_object_get(a->payload, "id"));
	const char *name = json_string_value(json_object_get(a->payload, "name"));
	const char *text = json_string_value(json_object_get(a->payload, "text"));
	struct chat_line line;

	if (id < 1 || !utf8_fits(name, SEAT_NAME_BYTES) || !utf8_fits(text, ROOM_CHAT_BYTES))
		return -EBADMSG;
	if (chat_line_init(&line, (uint64_t)id, a->ev->seat, name, text, a->ev->wall_us) < 0)
		return -ENOMEM;
	line.to_host = json_object_get(a->payload, "to") != NULL;
	chat_add(&a->r->chat, &line);
	return 0;
}

static const struct {
	enum event_kind kind;
	int (*apply)(const struct application *a);
} applications[] = {
	{ EVENT_ROOM_OPENED, apply_opened },
	{ EVENT_ROOM_ENDED, apply_ended },
	{ EVENT_ROOM_LOCKED, apply_locked },
	{ EVENT_ROOM_MUTED, apply_muted },
	{ EVENT_ROOM_UNMUTED, apply_unmuted },
	{ EVENT_SEAT_JOINED, apply_joined },
	{ EVENT_SEAT_AWAY, apply_away },
	{ EVENT_SEAT_RETURNED, apply_returned },
	{ EVENT_SEAT_LEFT, apply_left },
	{ EVENT_SEAT_ROLE, apply_role },
	{ EVENT_SEAT_BLOCKED, apply_blocked },
	{ EVENT_SEAT_REMOVED, apply_removed },
	{ EVENT_SOURCE_CHANGED, apply_source },
	{ EVENT_CHAT, apply_chat },
	{ EVENT_SOURCE_RULED, apply_ruled },
	{ EVENT_HAND_RAISED, apply_hand_raised },
	{ EVENT_HAND_LOWERED, apply_hand_lowered },
	{ EVENT_FLOOR_GIVEN, apply_floor_given },
	{ EVENT_FLOOR_EXTENDED, apply_floor_extended },
	{ EVENT_FLOOR_ENDED, apply_floor_ended },
	{ EVENT_STAGE_CHANGED, apply_stage },
	{ EVENT_SPOTLIGHT_CHANGED, apply_spotlight },
	{ EVENT_CLASS_OPENED, apply_admitted },
};

static int apply_parsed(struct room *r, const struct event *ev, json_t *payload)
{
	struct application a = { r, ev, seats_find(r, ev->seat), payload };
	int err = 0;

	r->replaying = true;
	r->now_us = ev->boot_us;
	for (size_t i = 0; i < ARRAY_LEN(applications); i++)
		if (applications[i].kind == ev->kind)
			err = applications[i].apply(&a);
	r->replaying = false;
	return err;
}

int room_apply(struct room *r, const struct event *ev)
{
	json_error_t why;
	json_t *payload;
	int err;

	if (strcmp(ev->room, r->id) != 0 || ev->kind == EVENT_SEATS_ALIVE)
		return 0;
	payload = json_loads(ev->payload, JSON_REJECT_DUPLICATES, &why);
	if (!json_is_object(payload)) {
		json_decref(payload);
		/* jansson leaves no text where memory ran out. */
		return !payload && !why.text[0] ? -ENOMEM : -EBADMSG;
	}
	err = apply_parsed(r, ev, payload);
	json_decref(payload);
	return err;
}

void room_settle(struct room *r, struct instant now)
{
	struct entry *e;

	/* Those whom a crash cut off have no SEAT_LEFT, and were present until now. */
	r->replaying = true;
	r->now_us = now.boot_us;
	while (r->n_present > 0)
		effect_leave(r, r->present[r->n_present - 1], LEAVE_SERVER);
	/* The journal's times may be of another boot: who went before counts as gone from now. */
	DL_FOREACH(r->gone, e)
		e->seat.gone_us = e->seat.lost_us = now.boot_us;
	floor_settle(r, now);
	effect_forget(r);
	r->replaying = false;
}
