/*
 * Presence as a pure function of events (records.md, Presence). Rule version 1:
 *
 * - Window W: [EVENT_ROOM_OPENED, EVENT_ROOM_ENDED); without an opening it begins at the first event.
 * - Proofs of life of a seat: JOINED, RETURNED, its id in SEATS_ALIVE; and LEFT, REMOVED or the room's end while it is not
 *   away, unless the reason is "lost". AWAY is no proof: the server may have learned late that the socket is gone.
 * - A seat is in from JOINED, or RETURNED once it had joined, until LEFT, REMOVED or the room's end; it comes in anew: no
 *   time is covered from before. Proofs while it is not in are ignored. LEFT with reason "taken_over" ends a connection,
 *   not the seat: it is ignored. After the room's end only an opening counts.
 * - Two proofs in a row at most 30 s apart cover the time between them; a longer hole covers nothing. A killed server is
 *   such a hole.
 * - Seconds are the whole seconds in the sum of the covered time: overlaps cannot arise, a seat has one line of proofs.
 * - Reconnects: RETURNED and further JOINED after the first JOINED.
 * - Time is boot_us within one boot id. A boot is placed on the wall by its first event, but never before the end of the
 *   boot before it in the journal; within a boot time never runs backwards. Steps of the wall clock change nothing.
 */
#ifndef HUITANG_ATTENDANCE_INTERVAL_H
#define HUITANG_ATTENDANCE_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/spans.h"
#include "classroom/event.h"
#include "media/base/macros.h"

#define INTERVAL_RULE_VERSION 1
#define INTERVAL_HOLE_US 30000000LL     /* a hole longer than this splits */

struct presence;

struct seat_presence {
	const char *seat;
	const char *name, *org, *kind, *role;   /* as of the last JOINED; role also of SEAT_ROLE. "" when erased or absent */
	int64_t first_join_us;                  /* wall */
	int64_t last_proof_us;                  /* wall; the last leave when not open */
	int64_t seconds;
	uint32_t reconnects;
	bool open;                              /* neither has it left nor the room ended */
	const struct span *spans;               /* n_spans, in order, apart from each other, none empty */
	size_t n_spans;
};

/** Owns: *ret is the caller's; end it with presence_destroy(). Errors: -ENOMEM. */
int presence_create(struct presence **ret);
struct presence *presence_destroy(struct presence *p);

/**
 * Takes one event of the one room, in the journal's order. `boot_id` names the boot of ev->boot_us.
 * An opening after an end begins anew: what was before it is dropped.
 *
 * Errors: -ENOMEM; the presence is then fit only to be destroyed.
 */
int presence_add(struct presence *p, const struct event *ev, const char *boot_id);

/**
 * The seats, in order of their first join, then name, then id; *ret_n of them. Valid until the next presence_add().
 *
 * Errors: -ENOMEM.
 */
int presence_seats(struct presence *p, const struct seat_presence **ret, size_t *ret_n);

/** The window, wall time: opened 0 when there was no event, ended 0 when it goes on. */
struct span presence_window(const struct presence *p);

/** Where the last event that was added stands on the wall; 0 when there was none. */
int64_t presence_now_us(const struct presence *p);

DEFINE_CLEANUP(struct presence, presence_destroy)

#endif
