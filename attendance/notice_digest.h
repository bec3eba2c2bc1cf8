/*
 * What an act wrote of notices (org_notice.h), as one hash that stands in the act's row of the journal, as facts do (fact_digest.h). docs/database.md has the
 * byte layout.
 */
#ifndef HUITANG_ATTENDANCE_NOTICE_DIGEST_H
#define HUITANG_ATTENDANCE_NOTICE_DIGEST_H

#include <sodium.h>

#include "attendance/changes.h"
#include "attendance/org_notice.h"

#define NOTICE_DIGEST_BYTES 65          /* hexadecimal, and 0 */

struct notice_digest {
	crypto_generichash_state state;
	size_t n;                       /* notices so far */
};

void notice_digest_begin(struct notice_digest *d);

/** The next of the act's notices, in ascending order of id. `kind`: its name. */
void notice_digest_add(struct notice_digest *d, const struct org_notice *n, const char *kind);
void notice_digest_end(struct notice_digest *d, char ret[NOTICE_DIGEST_BYTES]);

/** Of all notices that the changes write; "" for none. */
void notice_digest_changes(char ret[NOTICE_DIGEST_BYTES], const struct changes *c);

#endif
