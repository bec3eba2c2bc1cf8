/* The tables that index classes (database.md), and their events in the journal. */
#ifndef HUITANG_ATTENDANCE_CLASS_INDEX_H
#define HUITANG_ATTENDANCE_CLASS_INDEX_H

#include "attendance/journal.h"

/**
 * Calls back for each class event (docs/class.md), and each join of a seat, of each class that is planned, under way, closed and not sealed, or was called off (until 30 days after its time): class by class, in the journal's order.
 *
 * Thread: control, between store_open() and store_start().
 * Errors: what on_row returned; -EBADMSG, -EIO, -ENOMEM.
 */
int class_index_replay(struct store *s, journal_row_fn on_row, void *user);

/**
 * Calls back for each class that is planned and whose room was never opened: the server was killed between the two. Likewise; `user` as given.
 *
 * Errors: -EIO, -ENOMEM.
 */
int class_index_roomless(struct store *s, void (*on_room)(void *user, const char *room), void *user);

/** The highest number that a class has had; 0 for none. Likewise. */
int class_index_last(struct store *s, int64_t *ret);

/** The latest planned end of a sealed class, wall; 0: none is sealed. Likewise. */
int class_index_sealed_until(struct store *s, int64_t *ret_us);

#endif
