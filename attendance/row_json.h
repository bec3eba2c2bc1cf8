/* A row of a query as JSON. Inside attendance/ only. */
#ifndef HUITANG_ATTENDANCE_ROW_JSON_H
#define HUITANG_ATTENDANCE_ROW_JSON_H

#include <jansson.h>
#include <sqlite3.h>

/** An object by the columns' names; what is NULL is left out. Owns: the caller's. NULL: no memory. */
json_t *row_json(sqlite3_stmt *st);

#endif
