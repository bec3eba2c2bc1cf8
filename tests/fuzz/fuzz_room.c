/*
 * Lines of "KIND SEAT ACTOR PAYLOAD" (a byte each before the payload) as the journal would give them to a room. Whatever they are: bounded, a refused line
 * changes nothing, and the room can be settled and used behind them.
 */
#include <string.h>

#include "classroom/room.h"
#include "classroom/room_floor.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

#define LINES_MAX 64

static int on_event(void *user, const struct event *ev)
{
	(void)user;
	MUST(ev->payload[0] == '{');
	return 0;
}

static void on_seat(void *user, const struct seat *seat)
{
	(void)user;
	MUST(*seat->id);
}

static void on_gate(void *user, const struct seat *seat, enum seat_source source, bool open)
{
	(void)user;
	(void)seat;
	(void)open;
	MUST((unsigned)source < SEAT_SOURCES);
}

static void on_room(void *user)
{
	(void)user;
}

static void on_chat(void *user, const struct chat_line *line)
{
	(void)user;
	(void)line;
}

static void on_notice(void *user, const struct seat *seat, enum notice notice, const char *by)
{
	(void)user;
	(void)seat;
	(void)notice;
	MUST(by);
}

static void on_ended(void *user, const struct seat *seat, enum leave_reason reason)
{
	(void)user;
	(void)seat;
	(void)reason;
}

static void fill(void *user, void *ret, size_t bytes)
{
	uint64_t *state = user;

	for (size_t i = 0; i < bytes; i++) {
		*state = *state * 6364136223846793005u + 1442695040888963407u;
		((uint8_t *)ret)[i] = (uint8_t)(*state >> 33);
	}
}

static const struct room_events events = {
	.on_event = on_event, .on_seat = on_seat, .on_gate = on_gate, .on_room = on_room, .on_chat = on_chat, .on_notice = on_notice,
	.on_ended = on_ended, .on_speakers = on_room, .on_hands = on_room, .on_cue = on_seat,
};

static const enum event_kind kinds[] = {
	EVENT_ROOM_OPENED, EVENT_ROOM_ENDED, EVENT_ROOM_LOCKED, EVENT_ROOM_MUTED, EVENT_ROOM_UNMUTED, EVENT_SEAT_JOINED, EVENT_SEAT_AWAY, EVENT_SEAT_RETURNED, EVENT_SEAT_LEFT,
	EVENT_SEAT_ROLE, EVENT_SEAT_BLOCKED, EVENT_SEAT_REMOVED, EVENT_SOURCE_CHANGED, EVENT_CHAT, EVENT_SOURCE_RULED, EVENT_HAND_RAISED, EVENT_HAND_LOWERED,
	EVENT_FLOOR_GIVEN, EVENT_FLOOR_EXTENDED, EVENT_FLOOR_ENDED, EVENT_STAGE_CHANGED, EVENT_SPOTLIGHT_CHANGED, EVENT_CLASS_OPENED,
};
static const char *const ids[] = { "00000000000000aa", "00000000000000bb", "00000000000000cc", "" };

static void apply_line(struct room *r, const char *line, int64_t us)
{
	struct event ev = { .kind = kinds[(uint8_t)line[0] % ARRAY_LEN(kinds)], .room = "r1", .seat = ids[(uint8_t)line[1] % ARRAY_LEN(ids)],
		            .actor = ids[(uint8_t)line[2] % ARRAY_LEN(ids)], .payload = line + 3, .wall_us = us, .boot_us = us };
	char *before = NULL, *after = NULL;

	MUST(room_write_durable(r, &before) == 0);
	if (room_apply(r, &ev) < 0) {
		MUST(room_write_durable(r, &after) == 0);
		MUST(strcmp(before, after) == 0);
	}
	mem_free(before);
	mem_free(after);
}

static void check(const struct room *r)
{
	size_t here = 0;

	for (const struct seat *s = room_next_seat(r, NULL); s; s = room_next_seat(r, s)) {
		MUST(room_seat(r, s->id) == s && (unsigned)s->role < ROLES && s->n_orgs <= ARRAY_LEN(s->orgs));
		here += s->presence != PRESENCE_GONE;
	}
	MUST(here == room_here(r));
}

static void use(struct room *r, int64_t us)
{
	struct instant now = { us, us };
	struct join join = { .key = "account:1", .name = "名", .org = "支部", .kind = SEAT_BROWSER, .granted = ROLE_HOST };
	struct joined joined;

	room_settle(r, now);
	MUST(room_here(r) == 0);
	MUST((unsigned)room_open(r, now) < VERDICTS && (unsigned)room_join(r, now, &join, &joined) < VERDICTS);
	check(r);
	room_tick(r, (struct instant){ INT64_MAX / 4, INT64_MAX / 4 });
	check(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_zalloc(size + 1), *rest = text, *line;
	int64_t us = 1000000000, live = mem_live();
	uint64_t state = 1;
	struct room_cfg cfg = { .id = "r1", .title = "党课", .org = "城关镇", .random = fill, .events = &events, .user = &state };
	struct room *r = NULL;

	MUST(text && room_create(&r, &cfg) == 0);
	memcpy(text, data, size);
	for (unsigned i = 0; i < LINES_MAX && (line = strsep(&rest, "\n")); i++, us += 1000000) {
		if (strlen(line) >= 3)
			apply_line(r, line, us);
		check(r);
	}
	use(r, us);
	room_destroy(r);
	MUST(mem_live() == live);
	mem_free(text);
	return 0;
}
