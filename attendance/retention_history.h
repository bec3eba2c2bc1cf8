/* What the erasing by days has removed, for store_read(). */
#ifndef HUITANG_ATTENDANCE_RETENTION_HISTORY_H
#define HUITANG_ATTENDANCE_RETENTION_HISTORY_H

#include "attendance/store.h"

#define RETENTION_RUNS_MAX 14

/**
 * No arguments. Text: a JSON array of the last runs, newest first, of {started_us, finished_us (0: under way), removed: [{org (0: none), policy, n}…]}.
 */
int retention_history_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
