/*
 * Whether the tables beside the journal are what its rows say: the audit log, lists of classes and of the sites that they invited, ends of ballots; and whether
 * the facts that each act wrote are as it wrote them (fact_digest.h). For `huitang verify`, behind the chain. Results, ledger and appeals: credit_verify.h.
 */
#ifndef HUITANG_ATTENDANCE_INDEX_VERIFY_H
#define HUITANG_ATTENDANCE_INDEX_VERIFY_H

#include <stdint.h>

#include "attendance/store.h"

struct index_check {
	int64_t acts, facts;            /* looked at: acts with facts, facts of theirs */
	int64_t bad_sequence;           /* of the first row of the journal that something does not fit; 0: none */
	const char *why;                /* static */
};

/** Errors: -EBADMSG, -EIO, -ENOMEM. *ret is untouched then. */
int index_verify(struct store_reader *r, struct index_check *ret);

#endif
