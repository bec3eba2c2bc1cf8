/* Seats with usual settings, and looks into their slots. */
#include "attendee.h"

#include <glib.h>
#include <string.h>

#include "stage.h"

#define LATE_TRIES 3

static void end_seat(void *s)
{
	seat_free(s);
}

struct seat *attendee_with(struct server *s, struct loop *l, const char *role, const char *name, const struct seat_cfg *cfg)
{
	struct seat_cfg c = *cfg;

	c.loop = l;
	c.host = "127.0.0.1";
	c.port = s->port;
	c.name = name;
	c.room = c.room ? c.room : ROOM;
	if (role)
		c.token = defer(server_token(s, c.room, role, name, 0), g_free);
	return defer(seat_enter(&c), end_seat);
}

struct seat *attendee(struct server *s, struct loop *l, const char *role, const char *name, uint32_t number)
{
	struct seat *t = attendee_with(s, l, role, name, &(struct seat_cfg){ .mic = true, .camera = true, .number = number });

	CHECK(t->id[0], "%s: %s", name, seat_error(t->joined));
	CHECK(t->endpoint && endpoint_wait_up(t->endpoint, 5000), "%s has no media", name);
	return t;
}

void attendee_speak(struct seat *s, uint8_t level)
{
	loop_lock(s->cfg.loop);
	source_set_level(s->mic, level);
	loop_unlock(s->cfg.loop);
}

struct sink_stats attendee_sees(struct seat *s, const char *id, const char *source)
{
	struct sink_stats t = { 0 };
	int slot = seat_slot_of(s, id, source);
	struct sink *k;

	if (slot < 0)
		return t;
	loop_lock(s->cfg.loop);
	k = seat_sink(s, slot);
	if (k)
		t = *sink_stats(k);
	loop_unlock(s->cfg.loop);
	return t;
}

struct awaited {
	struct seat *seat;
	const char *id, *word, *list;
	uint32_t n;
	bool has;
};

static bool has_frames(void *user)
{
	struct awaited *a = user;

	return attendee_sees(a->seat, a->id, a->word).frames >= a->n;
}

bool attendee_wait(struct seat *s, const char *id, const char *source, uint32_t n, int timeout_ms)
{
	struct awaited a = { .seat = s, .id = id, .word = source, .n = n + attendee_sees(s, id, source).frames };

	return wait_until(timeout_ms, has_frames, &a);
}

static bool has_number(void *user)
{
	struct awaited *a = user;

	return attendee_sees(a->seat, a->id, a->word).last_source == a->n;
}

bool attendee_wait_number(struct seat *s, const char *id, const char *source, uint32_t number, int timeout_ms)
{
	return wait_until(timeout_ms, has_number, &(struct awaited){ .seat = s, .id = id, .word = source, .n = number });
}

/* Packets in all slots whose last mark is of that number: a slot that plays it counts up. */
static uint64_t heard(struct seat *s, uint32_t number)
{
	uint64_t n = 0;

	loop_lock(s->cfg.loop);
	for (unsigned i = 0; i < endpoint_sinks(s->endpoint); i++) {
		const struct sink_stats *t = sink_stats(endpoint_sink(s->endpoint, i));

		if (t->last_source == number)
			n += t->packets;
	}
	loop_unlock(s->cfg.loop);
	return n;
}

struct listening {
	struct seat *seat;
	uint32_t number;
	uint64_t n;
};

static bool hears_more(void *user)
{
	struct listening *a = user;

	seat_pump(a->seat);
	return heard(a->seat, a->number) != a->n;
}

static bool was_held_up(struct seat *s)
{
	bool yes;

	loop_lock(s->cfg.loop);
	yes = loop_was_held_up(s->cfg.loop);
	loop_unlock(s->cfg.loop);
	return yes;
}

static bool is_silent(struct seat *s, uint32_t number, int ms)
{
	struct listening a = { s, number, heard(s, number) };

	return stays_false(ms, hears_more, &a);
}

/* What came before waits for a loop that is held up: then what it hears first was not sent just now. */
bool attendee_hears_nothing(struct seat *s, uint32_t number, int ms)
{
	for (unsigned i = 0; i < LATE_TRIES; i++)
		if (is_silent(s, number, ms))
			return true;
		else if (!was_held_up(s))
			return false;
	return false;
}

static bool row_is(void *user)
{
	struct awaited *a = user;

	return seat_row_has(a->seat, a->id, a->list, a->word) == a->has;
}

bool attendee_wait_row(struct seat *s, const char *id, const char *list, const char *word, bool has, int timeout_ms)
{
	return wait_until(timeout_ms, row_is, &(struct awaited){ .seat = s, .id = id, .list = list, .word = word, .has = has });
}

static bool field_is(void *user)
{
	struct awaited *a = user;

	return !strcmp(seat_row(a->seat, a->id, a->list), a->word);
}

bool attendee_wait_field(struct seat *s, const char *id, const char *field, const char *text, int timeout_ms)
{
	return wait_until(timeout_ms, field_is, &(struct awaited){ .seat = s, .id = id, .list = field, .word = text });
}

void attendee_check(struct seat *s, int skew_ms, const char *who)
{
	bool held_up;

	seat_pump(s);
	CHECK(s->wrong_seqs == 0, "%s: %u events out of order", who, s->wrong_seqs);
	loop_lock(s->cfg.loop);
	held_up = stage_not_judged(loop_was_held_up(s->cfg.loop), who);
	for (unsigned i = 0; i < endpoint_sinks(s->endpoint); i++) {
		struct sink *k = endpoint_sink(s->endpoint, i);
		const struct sink_stats *t = sink_stats(k);
		char why[200];

		CHECK(sink_is_clean(k, why), "%s, SSRC %u: %s", who, sink_cfg(k)->ssrc, why);
		CHECK(held_up || t->skew_max_us - t->skew_min_us <= skew_ms * 1000, "%s, SSRC %u: clock off by %ld to %ld us", who,
		      sink_cfg(k)->ssrc, (long)t->skew_min_us, (long)t->skew_max_us);
	}
	CHECK(endpoint_strays(s->endpoint) == 0, "%s: %u stray packets", who, endpoint_strays(s->endpoint));
	loop_unlock(s->cfg.loop);
}
