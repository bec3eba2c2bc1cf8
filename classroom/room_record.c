/* Events out of the room: to the journal, and to whoever shows it. */
#include "classroom/room_state.h"

#include <errno.h>

#include "classroom/json_text.h"

enum verdict room_record(struct room *r, struct instant now, enum event_kind kind, const char *seat, const char *actor,
                    json_t *payload)
{
	struct event ev = { .kind = kind, .room = r->id, .seat = seat, .actor = actor, .wall_us = now.wall_us,
		            .boot_us = now.boot_us };
	char *text = json_text(payload, 0);
	int err;

	json_decref(payload);
	if (!text)
		return VERDICT_NO_MEMORY;
	ev.payload = text;
	err = r->events->on_event(r->user, &ev);
	mem_free(text);
	return err < 0 ? VERDICT_NOT_RECORDED : VERDICT_OK;
}

void room_note_off(struct room *r, struct instant now, const struct entry *e, const struct entry *by)
{
	if (!(e->was_on & SEAT_BIT(SEAT_MIC)) || (e->seat.on & SEAT_BIT(SEAT_MIC)) || !seat_present(&e->seat))
		return;
	(void)room_record(r, now, EVENT_SOURCE_CHANGED, e->seat.id, by ? by->seat.id : "",
	                  json_pack("{s:s, s:b, s:b}", "source", seat_source_name(SEAT_MIC), "on", 0, "by_host", 1));
}

int room_alive(struct room *r, struct instant now, const char *const *seats, size_t n)
{
	json_t *list = json_array();
	enum verdict v;

	if (n == 0 || !list) {
		json_decref(list);
		return n == 0 ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(list, json_string(seats[i])) != 0) {
			json_decref(list);
			return -ENOMEM;
		}
	v = room_record(r, now, EVENT_SEATS_ALIVE, "", "", json_pack("{s:o}", "seats", list));
	if (v == VERDICT_OK)
		return 0;
	return v == VERDICT_NO_MEMORY ? -ENOMEM : -EIO;
}

void room_tell_seat(struct room *r, const struct entry *e)
{
	if (!r->replaying)
		r->events->on_seat(r->user, &e->seat);
}

void room_tell_room(struct room *r)
{
	if (!r->replaying)
		r->events->on_room(r->user);
}

void room_tell_notice_by(struct room *r, const struct entry *e, enum notice notice, const char *by)
{
	if (!r->replaying && seat_present(&e->seat))
		r->events->on_notice(r->user, &e->seat, notice, by);
}

void room_tell_notice(struct room *r, const struct entry *e, enum notice notice, const struct entry *by)
{
	room_tell_notice_by(r, e, notice, by->seat.name);
}

void room_tell_hands(struct room *r)
{
	if (!r->replaying)
		r->events->on_hands(r->user);
}

void room_tell_ended(struct room *r, const struct entry *e, enum leave_reason reason)
{
	if (!r->replaying)
		r->events->on_ended(r->user, &e->seat, reason);
}
