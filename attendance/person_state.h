/*
 * How far a person's record has gone on its way out (records.md, Policy). It follows from the facts and the policy of the last organisation;
 * nothing is written for it but the erasure at the end.
 *
 *   active ── belongs nowhere for keep_former_days ──► restricted ── the longest retention that the law wants is over ──► erased
 *      ▲                                                   │
 *      └────────────── belongs somewhere again ────────────┘
 *
 * A restricted record is out of sight for all but the person and who may erase persons there; it serves nothing but the records that must be kept.
 */
#ifndef HUITANG_ATTENDANCE_PERSON_STATE_H
#define HUITANG_ATTENDANCE_PERSON_STATE_H

#include "attendance/directory.h"

enum person_state { PERSON_ACTIVE, PERSON_RESTRICTED, PERSON_ERASED };

/** Twins that were merged count as active: they go with the record that they are part of. */
enum person_state person_state(const struct directory *d, const struct person *p, int64_t now_us);

/** "active", "restricted", "erased". */
const char *person_state_name(enum person_state state);

/** When a former person's record is to be erased, wall; 0 for who belongs somewhere, or is erased. */
int64_t person_erase_us(const struct directory *d, const struct person *p, int64_t now_us);

#endif
