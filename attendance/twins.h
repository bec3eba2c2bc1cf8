/* Pseudonyms of one person: which was merged into which. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_TWINS_H
#define HUITANG_ATTENDANCE_TWINS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/event.h"
#include "media/base/macros.h"

struct twin {
	char from[SEAT_ID_BYTES], into[SEAT_ID_BYTES];  /* into: whom it counts as in the end */
};

struct twins;

/** Merges before the row `before` of the journal, and those of which no act is known. Owns: *ret is the caller's. Errors: -EBADMSG, -EIO, -ENOMEM. */
int twins_read(struct twins **ret, sqlite3 *db, int64_t before);
struct twins *twins_destroy(struct twins *t);

/** A person_same_fn; `user` is the struct twins. */
const char *twins_same(void *user, const char *id);

/** The next pseudonym that counts as `id` behind the i-th; NULL: none. *i begins at 0. `id` itself is not among them. */
const char *twins_next(const struct twins *t, const char *id, size_t *i);

DEFINE_CLEANUP(struct twins, twins_destroy)

#endif
