/* See webhook_write.h. */
#include "attendance/webhook_write.h"

#include "attendance/db.h"

static int run(sqlite3 *db, const char *sql, int64_t a, int64_t b, int64_t c)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	const int64_t values[] = { a, b, c };

	for (int i = 0, n = sqlite3_bind_parameter_count(st); r == 0 && i < 3 && i < n; i++)
		r = db_errno(sqlite3_bind_int64(st, i + 1, values[i]));
	return r < 0 ? r : db_run(st);
}

static int queue(sqlite3 *db, const struct webhook_write *w, int64_t now_us)
{
	int r = run(db, "INSERT INTO webhook_cursor VALUES (?1, ?2) ON CONFLICT (webhook) DO UPDATE SET reached = max(reached, excluded.reached)", w->webhook, w->sequence, 0);

	for (uint32_t i = 0; r == 0 && i < w->n; i++)
		r = run(db, "INSERT OR IGNORE INTO webhook_delivery (webhook, sequence, attempts, next_us, status, error) VALUES (?1, ?2, 0, ?3, 0, '')", w->webhook,
		        w->sequences[i], now_us);
	return r;
}

static int failed(sqlite3 *db, const struct webhook_write *w, int64_t now_us)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "UPDATE webhook_delivery SET attempts = ?, next_us = ?, dead_us = nullif(?, 0), status = ?, error = ? WHERE webhook = ? AND sequence = ?");

	if (r == 0)
		r = db_bind(st, "iiiitii", (int64_t)w->attempts, w->next_us, w->dead ? now_us : 0, (int64_t)w->status, w->error, w->webhook, w->sequence);
	return r < 0 ? r : db_run(st);
}

static int drop(sqlite3 *db, const struct webhook_write *w)
{
	int r = run(db, "DELETE FROM webhook_delivery WHERE webhook = ?1", w->webhook, 0, 0);

	return r < 0 ? r : run(db, "DELETE FROM webhook_cursor WHERE webhook = ?1", w->webhook, 0, 0);
}

int webhook_write(sqlite3 *db, const struct webhook_write *w, int64_t now_us)
{
	switch (w->op) {
	case WEBHOOK_QUEUE:
		return queue(db, w, now_us);
	case WEBHOOK_SENT:
		return run(db, "DELETE FROM webhook_delivery WHERE webhook = ?1 AND sequence = ?2", w->webhook, w->sequence, 0);
	case WEBHOOK_FAILED:
		return failed(db, w, now_us);
	case WEBHOOK_REPLAY:
		return run(db, "UPDATE webhook_delivery SET attempts = 0, dead_us = NULL, next_us = ?3 WHERE webhook = ?1 AND dead_us IS NOT NULL AND (?2 = 0 OR sequence = ?2)",
		           w->webhook, w->sequence, now_us);
	case WEBHOOK_DROP:
		return drop(db, w);
	}
	return 0;
}
