/*
 * What an act wrote of facts (fact.h), as one hash that stands in the act's row of the journal: so a fact that is edited, deleted or moved to another act
 * does not fit the chain any more. The purpose of a grant is left out, since erasing a person empties it. docs/database.md has the byte layout.
 */
#ifndef HUITANG_ATTENDANCE_FACT_DIGEST_H
#define HUITANG_ATTENDANCE_FACT_DIGEST_H

#include <sodium.h>

#include "attendance/changes.h"
#include "attendance/fact.h"

#define FACT_DIGEST_BYTES 65            /* hexadecimal, and 0 */

struct fact_digest {
	crypto_generichash_state state;
	size_t n;                       /* facts so far */
};

void fact_digest_begin(struct fact_digest *d);

/** The next of the act's facts, in ascending order of type and id. `supersedes`: the row of the same table in whose place it stands, 0 none. */
void fact_digest_add(struct fact_digest *d, const struct fact *f, int64_t supersedes, int64_t recorded_us);
void fact_digest_end(struct fact_digest *d, char ret[FACT_DIGEST_BYTES]);

/** Of all facts that the changes write; "" for none. Errors: -ENOMEM. */
int fact_digest_changes(char ret[FACT_DIGEST_BYTES], const struct changes *c, int64_t recorded_us);

#endif
