/* What flows: gates follow the seats, and the lists of live sources and of voices follow the gates. */
#include "classroom/room_state.h"

#include <string.h>

#include "media/base/macros.h"

static enum live_list list_of(enum seat_source source)
{
	return seat_source_is_audio(source) ? LIVE_AUDIO : LIVE_VIDEO;
}

static size_t find_live(const struct room *r, const struct entry *e, enum seat_source source)
{
	enum live_list list = list_of(source);
	size_t i = 0;

	while (i < r->n_live[list] && (r->live[list][i].seat != &e->seat || r->live[list][i].source != source))
		i++;
	return i;
}

static void settle_live(struct room *r, struct entry *e, enum seat_source source)
{
	enum live_list list = list_of(source);
	struct live *rows = r->live[list];
	size_t i = find_live(r, e, source);
	bool listed = i < r->n_live[list], live = seat_live(&e->seat, source);

	if (listed == live)
		return;
	if (live)
		rows[r->n_live[list]++] = (struct live){ &e->seat, source };
	else
		memmove(&rows[i], &rows[i + 1], (--r->n_live[list] - i) * sizeof(*rows));
	r->version++;
}

static void settle_gate(struct room *r, struct entry *e, enum seat_source source, bool open)
{
	uint8_t bit = (uint8_t)SEAT_BIT(source);

	if (!!(e->seat.gates & bit) == open)
		return;
	e->seat.gates ^= bit;
	if (!r->replaying)
		r->events->on_gate(r->user, &e->seat, source, open);
}

static void end_voice(struct room *r, struct entry *e)
{
	DL_DELETE2(r->voices, e, voice_prev, voice_next);
	e->seat.speaking = false;
	e->seat.spoke_us = r->now_us;
	r->version++;
	if (!r->replaying)
		r->events->on_speakers(r->user);
}

void gates_settle(struct room *r, struct entry *e)
{
	uint8_t gates = seat_gates(&e->seat, room_state(r));

	for (unsigned i = 0; i < SEAT_SOURCES; i++) {
		settle_gate(r, e, (enum seat_source)i, gates & SEAT_BIT(i));
		settle_live(r, e, (enum seat_source)i);
	}
	if (e->seat.speaking && !(gates & SEAT_BIT(SEAT_MIC)))
		end_voice(r, e);
	stage_settle_presenter(r, e);
	room_tell_seat(r, e);
}

void room_sending(struct room *r, const char *seat, enum seat_source source, bool sending)
{
	struct entry *e = seats_find(r, seat);

	if (!e || !seat_present(&e->seat) || (unsigned)source >= SEAT_SOURCES)
		return;
	if (sending)
		e->seat.sending |= (uint8_t)SEAT_BIT(source);
	else
		e->seat.sending &= (uint8_t)~SEAT_BIT(source);
	settle_live(r, e, source);
}

void room_voice(struct room *r, int64_t now_us, const char *seat, bool speaking)
{
	struct entry *e = seats_find(r, seat);

	if (!e || speaking == e->seat.speaking || !(e->seat.gates & SEAT_BIT(SEAT_MIC)))
		return;
	r->now_us = now_us;
	if (!speaking) {
		end_voice(r, e);
		return;
	}
	e->seat.speaking = true;
	e->seat.spoke_us = now_us;
	DL_APPEND2(r->voices, e, voice_prev, voice_next);
	r->version++;
	r->events->on_speakers(r->user);
}

size_t room_live(const struct room *r, bool audio, const struct live **ret)
{
	enum live_list list = audio ? LIVE_AUDIO : LIVE_VIDEO;

	*ret = r->live[list];
	return r->n_live[list];
}

const struct seat *room_next_voice(const struct room *r, const struct seat *after)
{
	const struct entry *e = after ? entry_of(after)->voice_next : r->voices;

	return e ? &e->seat : NULL;
}

size_t room_speakers(const struct room *r, const struct seat *ret[ROOM_SPEAKERS_MAX])
{
	const struct entry *e = r->voices ? r->voices->voice_prev : NULL;   /* the head's prev is the tail */
	size_t n = 0;

	while (e && n < ROOM_SPEAKERS_MAX) {
		ret[n++] = &e->seat;
		e = e == r->voices ? NULL : e->voice_prev;
	}
	return n;
}
