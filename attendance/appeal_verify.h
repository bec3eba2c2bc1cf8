/*
 * Whether appeals are what the events say: the table has each of them and no other, a decision is of one that was written there and was made once, and each granted one
 * posted in the ledger what it says, of that person and class, in the place of what stood. Inside attendance/ only: a part of credit_verify().
 */
#ifndef HUITANG_ATTENDANCE_APPEAL_VERIFY_H
#define HUITANG_ATTENDANCE_APPEAL_VERIFY_H

#include <sqlite3.h>
#include <stdint.h>

/** Up to the row `last` of the journal. *ret_sequence: the first row that is wrong, *ret_why (static) what is; both untouched where none is. Errors: of db_errno(). */
int appeal_verify(sqlite3 *db, int64_t last, int64_t *ret_sequence, const char **ret_why);

#endif
