/* Raised hands. See room_floor.h. */
#include "classroom/room_floor.h"
#include "classroom/room_state.h"

#include <errno.h>
#include <string.h>

#include "media/base/utf8.h"

size_t room_hands(const struct room *r, const struct seat **ret, size_t n)
{
	size_t count = 0;

	for (const struct entry *e = r->hands; e && count < n; e = e->hand_next)
		if (seat_present(&e->seat))
			ret[count++] = &e->seat;
	return count;
}

size_t room_hands_up(const struct room *r)
{
	size_t count = 0;

	for (const struct entry *e = r->hands; e; e = e->hand_next)
		count += seat_present(&e->seat);
	return count;
}

size_t room_hand_place(const struct room *r, const struct seat *s)
{
	size_t place = 0;

	for (const struct entry *e = s->hand ? r->hands : NULL; e; e = e->hand_next) {
		place += seat_present(&e->seat);
		if (&e->seat == s)
			break;
	}
	return place;
}

void effect_hand_up(struct room *r, struct entry *e, char *speaker, int64_t wall_us)
{
	mem_free(e->seat.speaker);
	e->seat.speaker = speaker;
	if (!e->seat.hand) {
		e->seat.hand = true;
		e->seat.hand_wall_us = wall_us;
		DL_APPEND2(r->hands, e, hand_prev, hand_next);
	}
	room_tell_hands(r);
}

void effect_hand_down(struct room *r, struct entry *e)
{
	if (!e->seat.hand)
		return;
	e->seat.hand = false;
	e->seat.speaker = mem_free(e->seat.speaker);
	DL_DELETE2(r->hands, e, hand_prev, hand_next);
	room_tell_hands(r);
}

json_t *payload_write_speaker(const struct seat *s, const char *speaker)
{
	json_t *payload = json_pack("{s:s, s:s}", "name", s->name, "org", s->org);
	int r = payload ? 0 : -1;

	if (r == 0 && s->site)
		r = json_object_set_new(payload, "site", json_integer((json_int_t)s->site));
	if (r == 0 && speaker && *speaker)
		r = json_object_set_new(payload, "speaker", json_string(speaker));
	if (r == 0)
		return payload;
	json_decref(payload);
	return NULL;
}

static bool is_speaker(const char *speaker)
{
	return utf8_fits(speaker, SEAT_SPEAKER_BYTES) && utf8_is_name(speaker);
}

static bool says(const struct seat *s, const char *speaker)
{
	return strcmp(s->speaker ? s->speaker : "", speaker) == 0;
}

enum verdict room_raise_hand(struct room *r, struct instant now, const char *actor, const char *speaker)
{
	CLEANUP(mem_freep) char *kept = NULL;
	struct entry *e;
	enum verdict v = room_find_actor(r, now, actor, ACTION_RAISE_HAND, &e);

	if (v != VERDICT_OK)
		return v;
	speaker = speaker ? speaker : "";
	if (*speaker && !is_speaker(speaker))
		return VERDICT_BAD;
	if (e->seat.hand && says(&e->seat, speaker))
		return VERDICT_OK;
	if (*speaker && !(kept = mem_strdup(speaker)))
		return VERDICT_NO_MEMORY;
	v = room_record(r, now, EVENT_HAND_RAISED, e->seat.id, "", payload_write_speaker(&e->seat, speaker));
	if (v == VERDICT_OK)
		effect_hand_up(r, e, STEAL(kept), now.wall_us);
	return v;
}

/* Another's whom the actor's acts reach, or the own one. */
static enum verdict find_hand(struct room *r, struct instant now, const char *actor, const char *target, struct entry **ret_by, struct entry **ret)
{
	enum verdict v;

	if (strcmp(actor, target) != 0)
		return room_find_pair(r, now, actor, target, ACTION_GIVE_FLOOR, ret_by, ret);
	v = room_find_actor(r, now, actor, ACTION_WATCH, ret);
	*ret_by = NULL;
	return v;
}

enum verdict room_lower_hand(struct room *r, struct instant now, const char *actor, const char *target)
{
	struct entry *by, *e;
	enum verdict v = find_hand(r, now, actor, target, &by, &e);

	if (v != VERDICT_OK || !e->seat.hand)
		return v;
	v = room_record(r, now, EVENT_HAND_LOWERED, e->seat.id, by ? by->seat.id : "", json_object());
	if (v == VERDICT_OK)
		effect_hand_down(r, e);
	return v;
}

int apply_hand_raised(const struct application *a)
{
	const char *speaker = json_string_value(json_object_get(a->payload, "speaker"));
	char *kept = NULL;

	if (speaker && !is_speaker(speaker))
		return -EBADMSG;
	if (!a->e)
		return 0;
	if (speaker && !(kept = mem_strdup(speaker)))
		return -ENOMEM;
	effect_hand_up(a->r, a->e, kept, a->ev->wall_us);
	return 0;
}

int apply_hand_lowered(const struct application *a)
{
	if (a->e)
		effect_hand_down(a->r, a->e);
	return 0;
}
