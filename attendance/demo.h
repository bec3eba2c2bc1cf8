/*
 * The demo city: 南岭市 with districts, counties, townships and 200 branches, an account for each kind of user, the rooms
 * demo-meeting and demo-class. All accounts have one password, DEMO_PASSWORD. Inside attendance/ only.
 */
#ifndef HUITANG_ATTENDANCE_DEMO_H
#define HUITANG_ATTENDANCE_DEMO_H

#include <sqlite3.h>
#include <stdint.h>

#define DEMO_PASSWORD "huitang-demo"
#define DEMO_BRANCHES 200

/** Fills a database without organisations, in one transaction; changes nothing in any other. Errors: of db_errno(). */
int demo_fill(sqlite3 *db, int64_t now_wall_us);

#endif
