/* Writing the queue of webhooks. Inside attendance/ only. Thread: the store's. */
#ifndef HUITANG_ATTENDANCE_WEBHOOK_WRITE_H
#define HUITANG_ATTENDANCE_WEBHOOK_WRITE_H

#include <sqlite3.h>

#include "attendance/webhook.h"

/** In the transaction under way. Errors: of db_errno(). */
int webhook_write(sqlite3 *db, const struct webhook_write *w, int64_t now_us);

#endif
