/* See class_index.h. */
#include "attendance/class_index.h"

#include "attendance/db.h"
#include "attendance/writes.h"

_Static_assert(EVENT_SEAT_JOINED == 20, "as the statement below says");

int class_index_replay(struct store *s, journal_row_fn on_row, void *user)
{
	static const char where[] =
		"j.room IN (SELECT room FROM class WHERE state IN ('planned', 'open', 'closed') OR (state = 'cancelled' AND end_us > (unixepoch() - 2592000) * 1000000)) AND (j.kind BETWEEN ?1 AND ?2 OR j.kind = 20) ORDER BY j.room, j.sequence";

	return journal_select(store_db(s), where, EVENT_CLASS_PLANNED, EVENT_MINUTES_SEALED, on_row, user);
}

int class_index_roomless(struct store *s, void (*on_room)(void *user, const char *room), void *user)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_db(s), &st, "SELECT c.room FROM class c LEFT JOIN room r ON r.id = c.room WHERE c.state = 'planned' AND r.id IS NULL");
	int code = SQLITE_DONE;

	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		on_room(user, db_text(st, 0));
	return r < 0 ? r : db_errno(code);
}

int class_index_last(struct store *s, int64_t *ret)
{
	return db_get_int(store_db(s), "SELECT coalesce(max(CAST(substr(room, 7) AS INTEGER)), 0) FROM class", ret);
}

int class_index_sealed_until(struct store *s, int64_t *ret_us)
{
	return db_get_int(store_db(s), "SELECT coalesce(max(end_us), 0) FROM class WHERE state = 'sealed'", ret_us);
}
