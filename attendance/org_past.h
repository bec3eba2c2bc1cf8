/*
 * The tree of then: who lay below whom at a moment and what it was called, as far as it was known by a row of the journal (records.md, Time and
 * the tree). Where no fact holds at the moment, that which ended last before it is taken, else the first to come: what is grouped by it is
 * always somewhere, and at one place only. Inside attendance/ only.
 */
#ifndef HUITANG_ATTENDANCE_ORG_PAST_H
#define HUITANG_ATTENDANCE_ORG_PAST_H

#include <sqlite3.h>
#include <stdint.h>

#include "media/base/macros.h"

struct org_past;

/** Facts of acts up to the row `known` of the journal. Owns: *ret is the caller's; end it with org_past_destroy(). Errors: -ENOMEM; of db_errno(). */
int org_past_read(struct org_past **ret, sqlite3 *db, int64_t known);
struct org_past *org_past_destroy(struct org_past *p);

/** 0: a root, or not known. */
int64_t org_past_parent(const struct org_past *p, int64_t org, int64_t at_us);

/** Its name, and its kind (NULL: not asked). "" not known. Borrowed. */
const char *org_past_name(const struct org_past *p, int64_t org, int64_t at_us, const char **ret_kind);

/**
 * Where `org` lies seen from `above`: the one right below `above` on the way there, `above` itself for itself. 0: it does not lie there.
 */
int64_t org_past_branch(const struct org_past *p, int64_t org, int64_t above, int64_t at_us);

DEFINE_CLEANUP(struct org_past, org_past_destroy)

#endif
