/* Whether sealed minutes are what was sealed, by the hash in MINUTES_SEALED (minutes_hash.h). For `huitang verify`, beside the chain. */
#ifndef HUITANG_ATTENDANCE_MINUTES_VERIFY_H
#define HUITANG_ATTENDANCE_MINUTES_VERIFY_H

#include <stdint.h>

#include "attendance/store.h"

#define MINUTES_WHY_BYTES 160

struct minutes_check {
	int64_t sealed;                 /* good ones */
	int64_t erased;                 /* that cannot be told any more, since rows of theirs were erased */
	int64_t bad_sequence;           /* of the first MINUTES_SEALED that does not fit its text, or row that changes minutes after it; 0: none */
	char why[MINUTES_WHY_BYTES];
};

/** Errors: -EBADMSG, -EIO, -ENOMEM. *ret is untouched then. */
int minutes_verify(struct store_reader *r, struct minutes_check *ret);

#endif
