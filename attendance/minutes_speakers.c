/* See minutes_speakers.h. */
#include "attendance/minutes_speakers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/hash.h"
#include "media/base/mem.h"

#define NAME_BYTES 256
#define SPEAKER_BYTES 128
#define WHO_BYTES (NAME_BYTES + SPEAKER_BYTES)

/* Who: seats of one person, of one site or of one name are one speaker; whoever a site named as it raised its hand is another. */
struct speaker {
	char who[WHO_BYTES];            /* "p:00aa…", "s:17", "n:name"; behind a line end who spoke in a turn */
	int64_t first_us, on_us;
	struct speaker *next;           /* the order of the first time */
	UT_hash_handle hh;
};

struct mic_seat {
	char id[SEAT_ID_BYTES];
	char who[NAME_BYTES];
	char speaker[SPEAKER_BYTES];    /* while it has the floor; "" not said */
	bool leads, on;
	int64_t since_us;               /* of on, not before W began */
	UT_hash_handle hh;
};

struct minutes_speakers {
	struct mic_seat *seats;         /* owned: hash by id */
	struct speaker *speakers;       /* owned: hash by who */
	struct speaker *first, *last;   /* theirs */
	struct mic_seat *holder;        /* theirs: who has the floor; NULL nobody */
	bool running;                   /* W, without pauses */
};

int minutes_speakers_create(struct minutes_speakers **ret)
{
	*ret = mem_zalloc(sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct minutes_speakers *minutes_speakers_destroy(struct minutes_speakers *s)
{
	struct mic_seat *seat, *next_seat;
	struct speaker *one, *next;

	if (!s)
		return NULL;
	HASH_ITER(hh, s->seats, seat, next_seat) {
		HASH_DEL(s->seats, seat);
		mem_free(seat);
	}
	HASH_ITER(hh, s->speakers, one, next) {
		HASH_DEL(s->speakers, one);
		mem_free(one);
	}
	return mem_free(s);
}

/* NULL: enough are known, or no memory: *r then. */
static struct speaker *need_speaker(struct minutes_speakers *s, const char *who, int64_t wall_us, int *r)
{
	struct speaker *one;

	HASH_FIND_STR(s->speakers, who, one);
	if (one || HASH_COUNT(s->speakers) >= MINUTES_SPEAKERS_MAX)
		return one;
	one = mem_zalloc(sizeof(*one));
	if (one) {
		snprintf(one->who, sizeof(one->who), "%s", who);
		one->first_us = wall_us;
		HASH_ADD_STR(s->speakers, who, one);
	}
	if (!one || !HASH_ADDED(hh, one)) {
		mem_free(one);
		*r = -ENOMEM;
		return NULL;
	}
	if (s->last)
		s->last->next = one;
	else
		s->first = one;
	s->last = one;
	return one;
}

/* The speaker that a seat is now. */
static struct speaker *speaker_of(struct minutes_speakers *s, const struct mic_seat *seat, int64_t wall_us, int *r)
{
	char who[WHO_BYTES];

	snprintf(who, sizeof(who), *seat->speaker ? "%s\n%s" : "%s", seat->who, seat->speaker);
	return need_speaker(s, who, wall_us, r);
}

static int settle(struct minutes_speakers *s, struct mic_seat *seat, int64_t wall_us)
{
	int r = 0;
	struct speaker *one = seat->on && s->running ? speaker_of(s, seat, seat->since_us, &r) : NULL;

	if (one)
		one->on_us += MAX(wall_us - seat->since_us, 0);
	seat->since_us = wall_us;
	return r;
}

static int set_on(struct minutes_speakers *s, struct mic_seat *seat, bool on, int64_t wall_us)
{
	int r = settle(s, seat, wall_us);

	seat->on = on;
	if (r == 0 && on && s->running)
		speaker_of(s, seat, wall_us, &r);
	return r;
}

static struct mic_seat *find(const struct minutes_speakers *s, const char *id)
{
	struct mic_seat *seat;

	HASH_FIND_STR(s->seats, id, seat);
	return seat;
}

static const char *text_of(const json_t *payload, const char *name)
{
	const char *text = json_string_value(json_object_get(payload, name));

	return text ? text : "";
}

static bool leads(const char *role)
{
	return strcmp(role, "host") == 0 || strcmp(role, "cohost") == 0;
}

static void name_seat(struct mic_seat *seat, const json_t *payload)
{
	int64_t site = json_integer_value(json_object_get(payload, "site"));

	if (*text_of(payload, "person"))
		snprintf(seat->who, sizeof(seat->who), "p:%s", text_of(payload, "person"));
	else if (site)
		snprintf(seat->who, sizeof(seat->who), "s:%lld", (long long)site);
	else
		snprintf(seat->who, sizeof(seat->who), "n:%s", text_of(payload, "name"));
}

static bool lists_mic(const json_t *on)
{
	const json_t *source;
	size_t i;

	json_array_foreach(on, i, source)
		if (json_is_string(source) && strcmp(json_string_value(source), "mic") == 0)
			return true;
	return false;
}

static int on_joined(struct minutes_speakers *s, const struct event *ev, const json_t *payload)
{
	struct mic_seat *seat = find(s, ev->seat);

	if (!seat) {
		seat = mem_zalloc(sizeof(*seat));
		if (!seat)
			return -ENOMEM;
		snprintf(seat->id, sizeof(seat->id), "%s", ev->seat);
		HASH_ADD_STR(s->seats, id, seat);
		if (!HASH_ADDED(hh, seat)) {
			mem_free(seat);
			return -ENOMEM;
		}
		name_seat(seat, payload);
	}
	seat->leads = leads(text_of(payload, "role"));
	return set_on(s, seat, lists_mic(json_object_get(payload, "on")), ev->wall_us);
}

static int each(struct minutes_speakers *s, int64_t wall_us, bool keep_on, bool all)
{
	struct mic_seat *seat, *next;
	int r = 0;

	HASH_ITER(hh, s->seats, seat, next)
		if (r == 0 && (all || !seat->leads))
			r = set_on(s, seat, keep_on && seat->on, wall_us);
	return r;
}

/* W begins, pauses, goes on or ends: who is on stays on. */
static int run(struct minutes_speakers *s, const struct event *ev, bool running)
{
	int r = each(s, ev->wall_us, true, true);

	s->running = running;
	return r < 0 || !running ? r : each(s, ev->wall_us, true, true);
}

/* Its microphone goes off with it. */
static int end_turn(struct minutes_speakers *s, int64_t wall_us)
{
	struct mic_seat *seat = s->holder;
	int r = seat ? set_on(s, seat, false, wall_us) : 0;

	s->holder = NULL;
	if (seat)
		seat->speaker[0] = '\0';
	return r;
}

static int begin_turn(struct minutes_speakers *s, const struct event *ev, const json_t *payload)
{
	struct mic_seat *seat = find(s, ev->seat);
	int r = end_turn(s, ev->wall_us);

	if (r < 0 || !seat)
		return r;
	r = settle(s, seat, ev->wall_us);
	snprintf(seat->speaker, sizeof(seat->speaker), "%s", text_of(payload, "speaker"));
	s->holder = seat;
	return r < 0 ? r : set_on(s, seat, seat->on, ev->wall_us);
}

static int on_floor(struct minutes_speakers *s, const struct event *ev)
{
	json_t *payload;
	int r;

	if (ev->kind == EVENT_FLOOR_ENDED)
		return s->holder && s->holder == find(s, ev->seat) ? end_turn(s, ev->wall_us) : 0;
	payload = json_loads(ev->payload, 0, NULL);
	r = begin_turn(s, ev, payload);
	json_decref(payload);
	return r;
}

static int on_seat(struct minutes_speakers *s, const struct event *ev, const json_t *payload)
{
	struct mic_seat *seat = find(s, ev->seat);
	bool mic = strcmp(text_of(payload, "source"), "mic") == 0;

	if (!seat)
		return 0;
	switch (ev->kind) {
	case EVENT_SEAT_LEFT:
		return set_on(s, seat, false, ev->wall_us);
	case EVENT_SEAT_ROLE:
		seat->leads = leads(text_of(payload, "role"));
		return 0;
	case EVENT_SEAT_BLOCKED:
		return mic && json_is_true(json_object_get(payload, "blocked")) ? set_on(s, seat, false, ev->wall_us) : 0;
	case EVENT_SOURCE_CHANGED:
		return mic ? set_on(s, seat, json_is_true(json_object_get(payload, "on")), ev->wall_us) : 0;
	default:
		return 0;
	}
}

int minutes_speakers_add(struct minutes_speakers *s, const struct event *ev)
{
	json_t *payload;
	int r;

	switch (ev->kind) {
	case EVENT_CLASS_OPENED:
	case EVENT_CLASS_RESUMED:
		return run(s, ev, true);
	case EVENT_CLASS_PAUSED:
	case EVENT_CLASS_CLOSED:
		return run(s, ev, false);
	case EVENT_ROOM_MUTED:
		return each(s, ev->wall_us, false, false);
	case EVENT_ROOM_OPENED:
	case EVENT_ROOM_ENDED:
		return each(s, ev->wall_us, false, true);
	case EVENT_FLOOR_GIVEN:
	case EVENT_FLOOR_ENDED:
		return on_floor(s, ev);
	default:
		break;
	}
	if (ev->kind < EVENT_SEAT_JOINED || ev->kind > EVENT_SOURCE_CHANGED || ev->kind == EVENT_SEATS_ALIVE)
		return 0;
	payload = json_loads(ev->payload, 0, NULL);
	r = ev->kind == EVENT_SEAT_JOINED ? on_joined(s, ev, payload) : on_seat(s, ev, payload);
	json_decref(payload);
	return r;
}

static json_t *speaker_json(const struct speaker *one)
{
	json_t *j = json_pack("{s:I, s:I}", "from_ms", (json_int_t)(one->first_us / 1000), "on_s", (json_int_t)(one->on_us / 1000000));
	const char *end = strchr(one->who, '\n');
	char id[WHO_BYTES];

	if (!j)
		return NULL;
	snprintf(id, sizeof(id), "%.*s", (int)(end ? end - one->who : (long)strlen(one->who)) - 2, one->who + 2);
	if (end)
		json_object_set_new(j, "speaker", json_string(end + 1));
	if (one->who[0] == 's')
		json_object_set_new(j, "site", json_integer(strtoll(id, NULL, 10)));
	else
		json_object_set_new(j, one->who[0] == 'p' ? "person" : "name", json_string(id));
	return j;
}

json_t *minutes_speakers_json(const struct minutes_speakers *s)
{
	json_t *list = json_array();

	for (const struct speaker *one = s->first; list && one; one = one->next)
		json_array_append_new(list, speaker_json(one));
	return list;
}
