/*
 * How the lines of one meeting's seats were (quality.h), by seat, also of those that have left; what /metrics tells of all; and how
 * it looks in JSON (schema.json; openapi.json).
 */
#ifndef HUITANG_SIGNALING_ROOM_QUALITY_H
#define HUITANG_SIGNALING_ROOM_QUALITY_H

#include "media/base/hash.h"

#include <jansson.h>

#include "classroom/room.h"
#include "signaling/limiter.h"
#include "signaling/quality.h"

#define QUALITY_SEATS_MAX 4000          /* of one meeting; beyond it those that left first are forgotten */

struct meeting;

struct seat_quality {
	char seat[SEAT_ID_BYTES];
	struct quality *quality;        /* owned */
	struct bucket reports;          /* of stats.report */
	bool here;                      /* fed since it was last retired */
	bool cpu_limited;               /* by the last report */
	UT_hash_handle hh;
};

/** A second's figures of a seat, into its rows and into the counters. */
void room_quality_feed(struct meeting *m, const char *seat, struct instant now, const struct path_stats *s);

/** What its page reports. */
void room_quality_report(struct meeting *m, struct seat_quality *q, const struct quality_report *r);

/** NULL: no figures have come yet. */
struct seat_quality *room_quality_find(const struct meeting *m, const char *seat);

/** The seat has gone; unknown ones are ignored. */
void room_quality_retire(struct meeting *m, const char *seat);

/** Forgets all. */
void room_quality_clear(struct meeting *m);

/* New references, NULL without memory. */
json_t *quality_write_seconds(const struct quality *q, size_t n);      /* list of line_second */
json_t *quality_write_slots(const struct quality *q, uint32_t at_s);   /* list of slot_line: those that were fed now */

/** seat_line of the schema; NULL: nothing came in the last seconds. */
json_t *quality_write_now(const struct seat_quality *q, uint32_t at_s);

/** The whole meeting of one seat in one object; with `rows` its minutes and last seconds, too. */
json_t *quality_write_meeting(const struct seat_quality *q, uint32_t at_s, bool rows);

#endif
