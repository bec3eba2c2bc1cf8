/* What seats do to themselves, to each other and to the room. See room.h for the order of the steps. */
#include "classroom/room_state.h"

#include <errno.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

enum verdict room_find_actor(struct room *r, struct instant now, const char *id, enum action action, struct entry **ret)
{
	struct entry *e = seats_find(r, id);

	r->now_us = now.boot_us;
	if (!r->open)
		return VERDICT_ENDED;
	if (!e || !seat_present(&e->seat))
		return VERDICT_NOT_JOINED;
	if (!permission_allows(e->seat.role, action, room_state(r)))
		return VERDICT_FORBIDDEN;
	*ret = e;
	return VERDICT_OK;
}

enum verdict room_find_pair(struct room *r, struct instant now, const char *actor, const char *target, enum action action,
                              struct entry **ret_by, struct entry **ret)
{
	enum verdict v = room_find_actor(r, now, actor, action, ret_by);
	struct entry *e = seats_find(r, target);

	if (v != VERDICT_OK)
		return v;
	if (!e || !seat_present(&e->seat))
		return VERDICT_NO_SEAT;
	if (!permission_reaches((*ret_by)->seat.role, e->seat.role))
		return VERDICT_FORBIDDEN;
	*ret = e;
	return VERDICT_OK;
}

enum verdict room_source_set(struct room *r, struct instant now, const char *actor, enum seat_source source, bool on)
{
	struct entry *e;
	enum verdict v;

	if ((unsigned)source >= SEAT_SOURCES)
		return VERDICT_BAD;
	/* Off is always one's own to choose, so it asks for no more than being here. */
	v = room_find_actor(r, now, actor, on ? seat_publish_action(source) : ACTION_WATCH, &e);
	if (v != VERDICT_OK)
		return v;
	if (e->seat.kind != SEAT_BROWSER)
		return VERDICT_FORBIDDEN;
	if (!!(e->seat.on & SEAT_BIT(source)) == on)
		return VERDICT_OK;
	if (on && (seat_blocks(&e->seat) & SEAT_BIT(source)))
		return VERDICT_BLOCKED;
	v = room_record(r, now, EVENT_SOURCE_CHANGED, e->seat.id, "",
	           json_pack("{s:s, s:b, s:b}", "source", seat_source_name(source), "on", on, "by_host", 0));
	if (v == VERDICT_OK)
		effect_source(r, e, source, on);
	return v;
}

static enum notice stop_notice(enum seat_source source)
{
	if (source == SEAT_MIC)
		return NOTICE_MUTED;
	return source == SEAT_CAMERA ? NOTICE_CAMERA_STOPPED : NOTICE_SCREEN_STOPPED;
}

static enum verdict record_block(struct room *r, struct instant now, const struct entry *by, const struct entry *e,
                                 enum seat_source source, bool blocked)
{
	return room_record(r, now, EVENT_SEAT_BLOCKED, e->seat.id, by->seat.id,
	              json_pack("{s:s, s:b}", "source", seat_source_name(source), "blocked", blocked));
}

static enum verdict switch_off(struct room *r, struct instant now, struct entry *by, struct entry *e, enum seat_source source)
{
	enum verdict v;

	if (!(e->seat.on & SEAT_BIT(source)))
		return VERDICT_OK;
	v = room_record(r, now, EVENT_SOURCE_CHANGED, e->seat.id, by->seat.id,
	           json_pack("{s:s, s:b, s:b}", "source", seat_source_name(source), "on", 0, "by_host", 1));
	if (v != VERDICT_OK)
		return v;
	effect_source(r, e, source, false);
	room_tell_notice(r, e, stop_notice(source), by);
	return VERDICT_OK;
}

enum verdict room_mute(struct room *r, struct instant now, const char *actor, const char *target,
                       enum seat_source source, bool self_unmute)
{
	enum action action = seat_source_is_audio(source) ? ACTION_MUTE : ACTION_STOP_VIDEO;
	struct entry *by, *e;
	enum verdict v;

	if ((unsigned)source >= SEAT_SOURCES)
		return VERDICT_BAD;
	v = room_find_pair(r, now, actor, target, action, &by, &e);
	if (v != VERDICT_OK)
		return v;
	if (self_unmute && e->seat.kind != SEAT_WHIP)
		return switch_off(r, now, by, e, source);
	if (e->seat.blocked & SEAT_BIT(source))
		return VERDICT_OK;
	v = record_block(r, now, by, e, source, true);
	if (v != VERDICT_OK)
		return v;
	effect_block(r, e, source, true);
	room_tell_notice(r, e, stop_notice(source), by);
	return VERDICT_OK;
}

enum verdict room_allow(struct room *r, struct instant now, const char *actor, const char *target,
                        enum seat_source source)
{
	struct entry *by, *e;
	enum verdict v;

	if ((unsigned)source >= SEAT_SOURCES)
		return VERDICT_BAD;
	v = room_find_pair(r, now, actor, target, ACTION_ALLOW, &by, &e);
	if (v != VERDICT_OK || !(seat_blocks(&e->seat) & SEAT_BIT(source)))
		return v;
	v = record_block(r, now, by, e, source, false);
	if (v != VERDICT_OK)
		return v;
	effect_block(r, e, source, false);
	room_tell_notice(r, e, NOTICE_UNMUTE_ALLOWED, by);
	return VERDICT_OK;
}

/* To everybody present whom mute-all concerns. */
static void tell_all(struct room *r, enum notice notice, const struct entry *by)
{
	for (size_t i = 0; i < r->n_present; i++)
		if (!role_leads(r->present[i]->seat.role))
			room_tell_notice(r, r->present[i], notice, by);
}

enum verdict room_mute_all(struct room *r, struct instant now, const char *actor, bool self_unmute, size_t *ret_muted)
{
	struct entry *by;
	enum verdict v = room_find_actor(r, now, actor, ACTION_MUTE_ALL, &by);
	size_t muted;

	if (v != VERDICT_OK)
		return v;
	v = room_record(r, now, EVENT_ROOM_MUTED, "", by->seat.id, json_pack("{s:b}", "self_unmute", self_unmute));
	if (v != VERDICT_OK)
		return v;
	muted = effect_mute_all(r, self_unmute ? ROOM_MUTE_SOFT : ROOM_MUTE_HARD);
	tell_all(r, NOTICE_MUTED, by);
	if (ret_muted)
		*ret_muted = muted;
	return VERDICT_OK;
}

enum verdict room_unmute_all(struct room *r, struct instant now, const char *actor)
{
	struct entry *by;
	enum verdict v = room_find_actor(r, now, actor, ACTION_MUTE_ALL, &by);

	if (v != VERDICT_OK || r->mute == ROOM_MUTE_NONE)
		return v;
	v = room_record(r, now, EVENT_ROOM_UNMUTED, "", by->seat.id, json_object());
	if (v != VERDICT_OK)
		return v;
	effect_mute_all(r, ROOM_MUTE_NONE);
	tell_all(r, NOTICE_UNMUTE_ALLOWED, by);
	return VERDICT_OK;
}

enum verdict room_lock(struct room *r, struct instant now, const char *actor, bool locked)
{
	struct entry *by;
	enum verdict v = room_find_actor(r, now, actor, ACTION_LOCK, &by);

	if (v != VERDICT_OK || r->locked == locked)
		return v;
	v = room_record(r, now, EVENT_ROOM_LOCKED, "", by->seat.id, json_pack("{s:b}", "locked", locked));
	if (v == VERDICT_OK)
		effect_lock(r, locked);
	return v;
}

static enum verdict bar_verdict(int err)
{
	if (err >= 0)
		return VERDICT_OK;
	return err == -ENOMEM ? VERDICT_NO_MEMORY : VERDICT_FULL;
}

/* Bars key and via, and says which were new, so that a refused act can be taken back. */
static enum verdict bar_seat(struct room *r, const struct seat *s, bool ret_new[2])
{
	int key = bar_add(&r->bars, s->key);
	int via = key >= 0 && s->via[0] ? bar_add(&r->bars, s->via) : 0;

	ret_new[0] = key == 1;
	ret_new[1] = via == 1;
	if (via < 0 && ret_new[0])
		bar_remove(&r->bars, s->key);
	return bar_verdict(key < 0 ? key : via);
}

enum verdict room_remove(struct room *r, struct instant now, const char *actor, const char *target)
{
	struct entry *by, *e;
	enum verdict v = room_find_pair(r, now, actor, target, ACTION_REMOVE, &by, &e);
	bool fresh[2];

	if (v == VERDICT_OK && by == e)
		v = VERDICT_FORBIDDEN;
	if (v == VERDICT_OK)
		v = bar_seat(r, &e->seat, fresh);
	if (v != VERDICT_OK)
		return v;
	v = room_record(r, now, EVENT_SEAT_REMOVED, e->seat.id, by->seat.id, json_object());
	if (v != VERDICT_OK) {
		if (fresh[0])
			bar_remove(&r->bars, e->seat.key);
		if (fresh[1])
			bar_remove(&r->bars, e->seat.via);
		return v;
	}
	room_leave(r, now, e->seat.id, LEAVE_REMOVED);
	return VERDICT_OK;
}

static bool may_become(const struct entry *by, const struct entry *e, enum role role)
{
	if (by == e || e->seat.kind != SEAT_BROWSER || e->seat.role == ROLE_HOST || e->seat.role == ROLE_INSPECTOR)
		return false;
	if (role == ROLE_COHOST)
		return by->seat.role == ROLE_HOST;
	return role == ROLE_PRESENTER || role == ROLE_PARTICIPANT || role == ROLE_VIEWER;
}

json_t *payload_write_role(enum role role, bool acting)
{
	return acting ? json_pack("{s:s, s:b}", "role", role_name(role), "acting", 1) : json_pack("{s:s}", "role", role_name(role));
}

static enum verdict record_role(struct room *r, struct instant now, const struct entry *by, const struct entry *e, enum role role)
{
	return room_record(r, now, EVENT_SEAT_ROLE, e->seat.id, by->seat.id, payload_write_role(role, role == ROLE_HOST && r->rightful));
}

enum verdict room_set_role(struct room *r, struct instant now, const char *actor, const char *target, enum role role)
{
	struct entry *by, *e;
	enum verdict v = room_find_pair(r, now, actor, target, ACTION_SET_ROLE, &by, &e);

	if (v != VERDICT_OK)
		return v;
	if (!may_become(by, e, role) || (e->seat.by_link && role_leads(role)))
		return VERDICT_FORBIDDEN;
	if (e->seat.role == role)
		return VERDICT_OK;
	v = record_role(r, now, by, e, role);
	if (v != VERDICT_OK)
		return v;
	effect_role(r, e, role, false);
	room_tell_notice(r, e, NOTICE_ROLE_CHANGED, by);
	return VERDICT_OK;
}

/* Everybody for itself; for others who may choose their lines. */
static enum verdict find_for_line(struct room *r, struct instant now, const char *actor, const char *target, struct entry **ret_by, struct entry **ret)
{
	if (strcmp(actor, target) != 0)
		return room_find_pair(r, now, actor, target, ACTION_SET_LINE, ret_by, ret);
	return room_find_actor(r, now, actor, ACTION_WATCH, ret);
}

enum verdict room_set_coding(struct room *r, struct instant now, const char *actor, const char *target, enum picture_coding coding)
{
	struct entry *by, *e;
	enum verdict v = find_for_line(r, now, actor, target, &by, &e);

	if (v != VERDICT_OK)
		return v;
	if ((unsigned)coding >= PICTURE_CODINGS)
		return VERDICT_BAD;
	if (e->seat.coding == coding)
		return VERDICT_OK;
	e->seat.coding = coding;
	room_tell_seat(r, e);
	return VERDICT_OK;
}

enum verdict room_set_line(struct room *r, struct instant now, const char *actor, const char *target, enum line_profile line)
{
	bool own = strcmp(actor, target) == 0;
	struct entry *by, *e;
	enum verdict v = find_for_line(r, now, actor, target, &by, &e);

	if (v != VERDICT_OK)
		return v;
	if ((unsigned)line >= LINE_PROFILES)
		return VERDICT_BAD;
	if (e->seat.line == line)
		return VERDICT_OK;
	e->seat.line = line;
	e->seat.line_narrow = false; /* the watch begins anew as well */
	room_tell_seat(r, e);
	if (!own)
		room_tell_notice(r, e, NOTICE_LINE_SET, by);
	return VERDICT_OK;
}

void room_line_found(struct room *r, const char *seat, bool narrow)
{
	struct entry *e = seats_find(r, seat);

	if (!e || !seat_present(&e->seat) || e->seat.line != LINE_AUTO || e->seat.line_narrow == narrow)
		return;
	e->seat.line_narrow = narrow;
	room_tell_seat(r, e);
}

enum verdict room_hand_over(struct room *r, struct instant now, const char *actor, const char *target)
{
	struct entry *by, *e;
	enum verdict v = room_find_pair(r, now, actor, target, ACTION_HAND_OVER, &by, &e);

	if (v != VERDICT_OK || by == e)
		return v;
	if (!host_may_be(e))
		return VERDICT_FORBIDDEN;
	if (e->seat.presence != PRESENCE_HERE)
		return VERDICT_NO_SEAT;
	v = record_role(r, now, by, e, ROLE_HOST);
	if (v != VERDICT_OK)
		return v;
	effect_role(r, e, ROLE_HOST, r->rightful != NULL);
	room_tell_notice(r, e, NOTICE_YOU_ARE_HOST, by);
	return VERDICT_OK;
}

static enum verdict end_by(struct room *r, struct instant now, const char *actor)
{
	enum verdict v = room_record(r, now, EVENT_ROOM_ENDED, "", actor, json_object());

	if (v != VERDICT_OK)
		return v;
	while (r->n_present > 0)
		room_leave(r, now, r->present[r->n_present - 1]->seat.id, LEAVE_ENDED);
	effect_end(r);
	return VERDICT_OK;
}

enum verdict room_end(struct room *r, struct instant now, const char *actor)
{
	struct entry *by;
	enum verdict v = room_find_actor(r, now, actor, ACTION_END, &by);

	if (v != VERDICT_OK)
		return v;
	return end_by(r, now, by->seat.id);
}

enum verdict room_close(struct room *r, struct instant now)
{
	r->now_us = now.boot_us;
	return r->open ? end_by(r, now, "") : VERDICT_OK;
}

static json_t *write_chat(const struct chat_line *line)
{
	json_t *payload = json_pack("{s:I, s:s, s:s}", "id", (json_int_t)line->id, "name", line->name, "text", line->text);

	if (!payload || !line->to_host || json_object_set_new(payload, "to", json_string("host")) == 0)
		return payload;
	json_decref(payload);
	return NULL;
}

bool room_may_read(const struct room *r, const char *seat, const struct chat_line *line)
{
	return !line->to_host || strcmp(line->seat, seat) == 0 || room_may(r, seat, ACTION_READ_TO_HOST);
}

enum verdict room_chat(struct room *r, struct instant now, const char *actor, const char *text, bool to_host, uint64_t *ret_id)
{
	struct chat_line line;
	struct entry *e;
	enum verdict v;

	if (!utf8_fits(text, ROOM_CHAT_BYTES) || !text[0])
		return VERDICT_BAD;
	v = room_find_actor(r, now, actor, ACTION_CHAT, &e);
	if (v != VERDICT_OK)
		return v;
	if (chat_line_init(&line, r->chat.last_id + 1, e->seat.id, e->seat.name, text, now.wall_us) < 0)
		return VERDICT_NO_MEMORY;
	line.to_host = to_host;
	v = room_record(r, now, EVENT_CHAT, e->seat.id, "", write_chat(&line));
	if (v != VERDICT_OK) {
		chat_line_done(&line);
		return v;
	}
	if (ret_id)
		*ret_id = line.id;
	r->events->on_chat(r->user, chat_add(&r->chat, &line));
	return VERDICT_OK;
}
