/* The floor, and the room's clock. See room_floor.h. */
#include "classroom/room_floor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "classroom/room_state.h"
#include "media/base/utf8.h"

#define SECOND_US 1000000LL

static const char *const reasons[] = { "time", "taken_back", "returned" };

enum floor_end { FLOOR_TIME, FLOOR_TAKEN_BACK, FLOOR_RETURNED };

struct room_floor room_floor(const struct room *r)
{
	const struct floor *f = &r->floor;

	if (!f->holder || !seat_present(&f->holder->seat))
		return (struct room_floor){ .speaker = "" };
	return (struct room_floor){ &f->holder->seat, f->speaker, f->began_wall_us, f->until_wall_us };
}

static void set_until(struct room *r, int64_t until_wall_us, int64_t now_wall_us)
{
	r->floor.until_wall_us = until_wall_us;
	r->floor.until_us = r->now_us + (until_wall_us - now_wall_us);
}

void effect_floor_end(struct room *r)
{
	struct entry *e = r->floor.holder;

	if (!e)
		return;
	r->floor = (struct floor){ 0 };
	e->seat.has_floor = false;
	e->seat.on &= (uint8_t)~SEAT_BIT(SEAT_MIC);
	if (seat_present(&e->seat))
		gates_settle(r, e);
	room_tell_room(r);
}

void effect_floor(struct room *r, struct entry *e, const char *speaker, int64_t span_s, int64_t wall_us)
{
	char kept[SEAT_SPEAKER_BYTES];

	snprintf(kept, sizeof(kept), "%s", speaker); /* it may be the hand's own */
	effect_floor_end(r);
	r->floor.holder = e;
	memcpy(r->floor.speaker, kept, sizeof(kept));
	r->floor.began_wall_us = wall_us;
	set_until(r, wall_us + span_s * SECOND_US, wall_us);
	e->seat.has_floor = true;
	effect_hand_down(r, e);
	if (seat_present(&e->seat))
		gates_settle(r, e);
	room_tell_room(r);
}

void floor_settle(struct room *r, struct instant now)
{
	if (r->floor.holder)
		set_until(r, r->floor.until_wall_us, now.wall_us);
}

static bool span_is_good(int64_t span_s)
{
	return span_s >= FLOOR_SPAN_MIN_S && span_s <= FLOOR_SPAN_MAX_S;
}

/* Anybody here, in reach of the actor's acts or not: having the floor takes nothing from who has it. */
static enum verdict find_speaker(struct room *r, struct instant now, const char *actor, const char *target, struct entry **ret_by, struct entry **ret)
{
	enum verdict v = room_find_actor(r, now, actor, ACTION_GIVE_FLOOR, ret_by);
	struct entry *e = seats_find(r, target);

	if (v != VERDICT_OK)
		return v;
	if (!e || !seat_present(&e->seat))
		return VERDICT_NO_SEAT;
	*ret = e;
	return VERDICT_OK;
}

enum verdict room_give_floor(struct room *r, struct instant now, const char *actor, const char *target, int64_t span_s)
{
	struct entry *by, *e, *before = r->floor.holder;
	enum verdict v = span_is_good(span_s) ? find_speaker(r, now, actor, target, &by, &e) : VERDICT_BAD;
	const char *speaker;
	json_t *payload;

	if (v != VERDICT_OK || r->floor.holder == e)
		return v;
	if (e->seat.kind != SEAT_BROWSER || !permission_allows(e->seat.role, ACTION_PUBLISH_MIC, room_state(r)))
		return VERDICT_FORBIDDEN;
	speaker = e->seat.hand && e->seat.speaker ? e->seat.speaker : "";
	payload = payload_write_speaker(&e->seat, speaker);
	if (payload && json_object_set_new(payload, "span_s", json_integer((json_int_t)span_s)) != 0) {
		json_decref(payload);
		payload = NULL;
	}
	v = room_record(r, now, EVENT_FLOOR_GIVEN, e->seat.id, by->seat.id, payload);
	if (v != VERDICT_OK)
		return v;
	if (before)
		before->was_on = before->seat.on;
	effect_floor(r, e, speaker, span_s, now.wall_us);
	if (before)
		room_note_off(r, now, before, by);
	if (before && before != by)
		room_tell_notice(r, before, NOTICE_FLOOR_ENDED, by);
	if (by != e)
		room_tell_notice(r, e, NOTICE_FLOOR_GIVEN, by);
	return VERDICT_OK;
}

enum verdict room_extend_floor(struct room *r, struct instant now, const char *actor, const char *target, int64_t span_s)
{
	struct entry *by, *e;
	enum verdict v = span_is_good(span_s) ? find_speaker(r, now, actor, target, &by, &e) : VERDICT_BAD;

	if (v != VERDICT_OK)
		return v;
	if (r->floor.holder != e)
		return VERDICT_NO_FLOOR;
	if (r->floor.until_wall_us + span_s * SECOND_US > now.wall_us + FLOOR_SPAN_MAX_S * SECOND_US)
		return VERDICT_BAD;
	v = room_record(r, now, EVENT_FLOOR_EXTENDED, e->seat.id, by->seat.id, json_pack("{s:I}", "span_s", (json_int_t)span_s));
	if (v != VERDICT_OK)
		return v;
	effect_floor_extend(r, span_s);
	return VERDICT_OK;
}

void effect_floor_extend(struct room *r, int64_t span_s)
{
	r->floor.until_wall_us += span_s * SECOND_US;
	r->floor.until_us += span_s * SECOND_US;
	room_tell_room(r);
}

static enum verdict end_floor(struct room *r, struct instant now, const struct entry *by, enum floor_end why)
{
	struct entry *e = r->floor.holder;
	enum verdict v = room_record(r, now, EVENT_FLOOR_ENDED, e->seat.id, by ? by->seat.id : "", json_pack("{s:s}", "reason", reasons[why]));

	if (v != VERDICT_OK)
		return v;
	e->was_on = e->seat.on;
	effect_floor_end(r);
	room_note_off(r, now, e, by);
	if (by != e)
		room_tell_notice_by(r, e, NOTICE_FLOOR_ENDED, by ? by->seat.name : "");
	return VERDICT_OK;
}

enum verdict room_end_floor(struct room *r, struct instant now, const char *actor, const char *target)
{
	bool own = strcmp(actor, target) == 0;
	struct entry *by = NULL, *e = NULL;
	enum verdict v = own ? room_find_actor(r, now, actor, ACTION_WATCH, &by) : find_speaker(r, now, actor, target, &by, &e);

	if (own)
		e = by;
	if (v != VERDICT_OK || !r->floor.holder || r->floor.holder != e)
		return v;
	return end_floor(r, now, by, own ? FLOOR_RETURNED : FLOOR_TAKEN_BACK);
}

/* Whatever can be recorded: without memory for the event it ends at the next tick. */
void room_tick(struct room *r, struct instant now)
{
	r->now_us = now.boot_us;
	if (!r->open)
		return;
	if (r->floor.holder && now.boot_us >= r->floor.until_us)
		(void)end_floor(r, now, NULL, FLOOR_TIME);
	host_tick(r, now);
}

int64_t room_due_us(const struct room *r)
{
	int64_t floor = r->floor.holder ? r->floor.until_us : INT64_MAX;

	return r->open ? MIN(floor, host_due_us(r)) : INT64_MAX;
}

/* ---- replay ---- */

static bool span_of(const struct application *a, int64_t *ret)
{
	const json_t *span = json_object_get(a->payload, "span_s");

	*ret = json_integer_value(span);
	return json_is_integer(span) && span_is_good(*ret);
}

int apply_floor_given(const struct application *a)
{
	const char *speaker = json_string_value(json_object_get(a->payload, "speaker"));
	int64_t span_s;

	if (!span_of(a, &span_s) || (speaker && !utf8_fits(speaker, SEAT_SPEAKER_BYTES)))
		return -EBADMSG;
	if (a->e)
		effect_floor(a->r, a->e, speaker ? speaker : "", span_s, a->ev->wall_us);
	return 0;
}

int apply_floor_extended(const struct application *a)
{
	int64_t span_s;

	if (!span_of(a, &span_s))
		return -EBADMSG;
	if (a->e && a->r->floor.holder == a->e)
		effect_floor_extend(a->r, span_s);
	return 0;
}

int apply_floor_ended(const struct application *a)
{
	if (a->e && a->r->floor.holder == a->e)
		effect_floor_end(a->r);
	return 0;
}
