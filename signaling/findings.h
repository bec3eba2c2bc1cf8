/*
 * Findings (attendance/finding.h) in the server: an index in memory, without texts, of all whose days are not over at the start. Written and answered by
 * acts (api/findings.c); what is on disk is taken over by findings_apply(). Thread: control.
 */
#ifndef HUITANG_SIGNALING_FINDINGS_H
#define HUITANG_SIGNALING_FINDINGS_H

#include "attendance/changes.h"
#include "attendance/finding.h"

#define FINDINGS_A_CLASS 1000

struct findings;
struct server;

/** Before store_start(). Errors: of findings_load(). */
int findings_create(struct server *s);
void findings_destroy(struct server *s);

/** Changes that are on disk: for acts.h. `sequence` is the act's row. */
void findings_apply(struct server *s, const struct changes *c, int64_t sequence);

/** NULL for none. */
const struct finding *finding_find(const struct server *s, int64_t class, int64_t number);

const struct finding *finding_by_id(const struct server *s, int64_t id);

/** One after another behind NULL, the newest first; NULL behind the last. */
const struct finding *finding_before(const struct server *s, const struct finding *after);

/** Those of one class likewise. */
const struct finding *finding_of_class_before(const struct server *s, int64_t class, const struct finding *after);

/** How many there are of a class. */
size_t findings_of_class(const struct server *s, int64_t class);

/** The number of the next one in a class; 0: it has as many as it may have. */
int64_t finding_next(const struct server *s, int64_t class);

#endif
