/* See row_json.h. */
#include "attendance/row_json.h"

#include "attendance/db.h"

static json_t *make_value(sqlite3_stmt *st, int column)
{
	if (sqlite3_column_type(st, column) == SQLITE_INTEGER)
		return json_integer(sqlite3_column_int64(st, column));
	return json_string(db_text(st, column));
}

json_t *row_json(sqlite3_stmt *st)
{
	json_t *row = json_object();

	for (int i = 0; row && i < sqlite3_column_count(st); i++)
		if (sqlite3_column_type(st, i) != SQLITE_NULL)
			json_object_set_new(row, sqlite3_column_name(st, i), make_value(st, i));
	return row;
}
