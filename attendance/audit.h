/* Rows of the audit log with what the journal says of them. For store_read(). */
#ifndef HUITANG_ATTENDANCE_AUDIT_H
#define HUITANG_ATTENDANCE_AUDIT_H

#include "attendance/changes.h"
#include "attendance/store.h"

/*
 * What is wanted, and what the asker may see: rows about one of the organisations or persons whose ids follow, or about or by the asker.
 * Whoever shows them asks the gates again: rights may have changed meanwhile.
 */
struct audit_query {
	int64_t before;                 /* sequence; INT64_MAX: from the newest on */
	int64_t from_us, to_us;         /* to_us 0: no end */
	int64_t person;                 /* about or by this one; 0: any */
	int64_t own_account, own_person;        /* the asker; 0: not asked for */
	char act[ACT_NAME_BYTES];       /* "" any */
	uint32_t limit, n_orgs, n_people;
	int64_t ids[];                  /* n_orgs ids of organisations, then n_people of persons, each in ascending order */
};

/**
 * Arguments: struct audit_query. Text: a JSON array, newest first, of {sequence, wall_us, act, account, person, role (of the grant used, ""
 * none), org, subject, detail (object; null where it was erased)}.
 */
int audit_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
