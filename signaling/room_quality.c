/* See room_quality.h: who has rows, and the counters. */
#include "signaling/room_quality.h"

#include <stdio.h>

#include "media/base/mem.h"
#include "signaling/line_counters.h"
#include "signaling/meeting.h"
#include "signaling/server.h"

static void forget(struct meeting *m, struct seat_quality *q)
{
	HASH_DEL(m->qualities, q);
	quality_destroy(q->quality);
	mem_free(q);
}

/* The hash keeps the order of coming: the first that is not here goes. */
static bool forget_one(struct meeting *m)
{
	struct seat_quality *q, *next;

	HASH_ITER(hh, m->qualities, q, next) {
		if (!q->here) {
			forget(m, q);
			return true;
		}
	}
	return false;
}

static struct seat_quality *add(struct meeting *m, const char *seat)
{
	struct seat_quality *q;

	if (HASH_COUNT(m->qualities) >= QUALITY_SEATS_MAX && !forget_one(m))
		return NULL;
	q = mem_zalloc(sizeof(*q));
	if (!q)
		return NULL;
	snprintf(q->seat, sizeof(q->seat), "%s", seat);
	if (quality_create(&q->quality) < 0)
		return mem_free(q);
	HASH_ADD_STR(m->qualities, seat, q);
	if (HASH_ADDED(hh, q))
		return q;
	quality_destroy(q->quality);
	return mem_free(q);
}

struct seat_quality *room_quality_find(const struct meeting *m, const char *seat)
{
	struct seat_quality *q;

	HASH_FIND_STR(m->qualities, seat, q);
	return q;
}

void room_quality_feed(struct meeting *m, const char *seat, struct instant now, const struct path_stats *s)
{
	struct seat_quality *q = room_quality_find(m, seat);

	line_counters_feed(m->server->line_counters, s);
	if (!q)
		q = add(m, seat);
	if (!q)
		return;
	q->here = true;
	quality_feed(q->quality, (uint32_t)(now.boot_us / 1000000), (uint32_t)(now.wall_us / 1000000), s);
}

void room_quality_report(struct meeting *m, struct seat_quality *q, const struct quality_report *r)
{
	line_counters_report(m->server->line_counters, r);
	q->cpu_limited = r->cpu_limited;
	quality_report(q->quality, r);
}

void room_quality_retire(struct meeting *m, const char *seat)
{
	struct seat_quality *q = room_quality_find(m, seat);

	if (!q)
		return;
	q->here = q->cpu_limited = false;
	quality_retire(q->quality);
}

void room_quality_clear(struct meeting *m)
{
	struct seat_quality *q, *next;

	HASH_ITER(hh, m->qualities, q, next)
		forget(m, q);
}
