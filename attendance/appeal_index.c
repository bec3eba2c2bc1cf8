/* See appeal_index.h. */
#include "attendance/appeal_index.h"

#include <errno.h>
#include <string.h>

#include "attendance/credit_index.h"
#include "attendance/db.h"
#include "media/base/mem.h"

enum statement { WRITE, DECIDE, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[WRITE] = "INSERT INTO appeal (appeal, class, person, entry, written) VALUES (?, ?, ?, nullif(?, 0), ?)",
	[DECIDE] = "UPDATE appeal SET decided = ?, granted = ? WHERE appeal = ? AND class = ? AND decided IS NULL",
};

struct appeal_index {
	sqlite3 *db;                    /* given */
	sqlite3_stmt *st[N_STATEMENTS]; /* owned */
};

int appeal_index_create(struct appeal_index **ret, sqlite3 *db)
{
	CLEANUP(appeal_index_destroyp) struct appeal_index *x = mem_zalloc(sizeof(*x));
	int r = 0;

	if (!x)
		return -ENOMEM;
	x->db = db;
	for (int i = 0; i < N_STATEMENTS && r == 0; i++)
		r = db_prepare(db, &x->st[i], statements[i]);
	if (r < 0)
		return r;
	*ret = STEAL(x);
	return 0;
}

struct appeal_index *appeal_index_destroy(struct appeal_index *x)
{
	if (!x)
		return NULL;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(x->st[i]);
	return mem_free(x);
}

static int write_appeal(struct appeal_index *x, int64_t class, const json_t *payload, int64_t sequence)
{
	const char *person = json_string_value(json_object_get(payload, "person"));
	int64_t appeal = json_integer_value(json_object_get(payload, "appeal"));
	int r;

	if (appeal <= 0 || !person || !*person || strlen(person) >= SEAT_ID_BYTES || !json_is_string(json_object_get(payload, "text")))
		return -EINVAL;
	r = db_bind(x->st[WRITE], "iitii", appeal, class, person, (int64_t)json_integer_value(json_object_get(payload, "entry")), sequence);
	return r < 0 ? r : db_run(x->st[WRITE]);
}

static int decide(struct appeal_index *x, int64_t class, const json_t *payload, int64_t sequence)
{
	const json_t *granted = json_object_get(payload, "granted");
	int r;

	if (!json_is_boolean(granted) || !json_is_string(json_object_get(payload, "text")))
		return -EINVAL;
	r = db_bind(x->st[DECIDE], "iiii", sequence, (int64_t)json_is_true(granted), (int64_t)json_integer_value(json_object_get(payload, "appeal")), class);
	if (r == 0)
		r = db_run(x->st[DECIDE]);
	return r == 0 && sqlite3_changes(x->db) != 1 ? -EINVAL : r;
}

int appeal_index_event(struct appeal_index *x, const struct event *ev, const json_t *payload, int64_t sequence)
{
	int64_t class = credit_class_of(ev->room);

	if (ev->kind != EVENT_APPEAL_WRITTEN && ev->kind != EVENT_APPEAL_DECIDED)
		return 0;
	if (!class)
		return -EINVAL;
	return ev->kind == EVENT_APPEAL_WRITTEN ? write_appeal(x, class, payload, sequence) : decide(x, class, payload, sequence);
}
