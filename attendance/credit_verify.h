/*
 * Whether results and ledger are what the events say: each row of class_result and credit_entry is one of RESULT or CREDIT_POSTED and none is missing, each
 * result is what its class gives when it is computed anew, each posting is what a result asked for, an appeal granted, or a reversal, appeals and their
 * decisions are those of the events (appeal_verify.h), and no account is below zero.
 * For `huitang verify`, behind the chain (journal_verify()).
 */
#ifndef HUITANG_ATTENDANCE_CREDIT_VERIFY_H
#define HUITANG_ATTENDANCE_CREDIT_VERIFY_H

#include <stdint.h>

#include "attendance/store.h"

#define CREDIT_WHY_BYTES 160

struct credit_check {
	int64_t classes, results, postings;     /* looked at: classes with a result, rows of persons, entries */
	int64_t erased;                         /* results that could not be computed anew, since payloads of theirs, or of others that they count with, were erased */
	int64_t bad_sequence;                   /* of the first row of the journal that is wrong, or whose index is; 0: none */
	char why[CREDIT_WHY_BYTES];             /* what is wrong with it: "is not what the class's events give: person 0011…, present_s" */
};

/** Errors: -EBADMSG, -EIO, -ENOMEM. *ret is untouched then. */
int credit_verify(struct store_reader *r, struct credit_check *ret);

#endif
