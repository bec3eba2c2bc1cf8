/* The members of the demo's branches: who they are (demo_people.h), with posts, categories and grants. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_DEMO_MEMBERS_H
#define HUITANG_ATTENDANCE_DEMO_MEMBERS_H

#include <sqlite3.h>
#include <stdint.h>

#define DEMO_SECRETARY "secretary"      /* login of the first branch's secretary, with the password of all */

/**
 * Gives each branch of the demo city its members, some 6,000 in all, and each secretary the branch to lead, in one transaction. Does nothing
 * where anybody but the demo's first few persons is there. Takes some 0.2 s. Errors: of db_errno().
 */
int demo_members_fill(sqlite3 *db, int64_t now_wall_us);

#endif
