/* See mention.h. */
#include "attendance/mention.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/event_form.h"
#include "attendance/journal_org.h"
#include "attendance/writes.h"
#include "media/base/clock.h"

#define PAGE_US 500000
#define NEEDLE_BYTES (2 * PERSON_NAME_BYTES + 2)        /* escaped, and in quotes while it is written */

static_assert(EVENT_SEAT_JOINED == 20 && EVENT_CHAT == 30 && EVENT_HAND_RAISED == 31 && EVENT_FLOOR_GIVEN == 33 && EVENT_LEAVE_ASKED == 54 && EVENT_LEAVE_DECIDED == 55 &&
                      EVENT_ROSTER_FROZEN == 56 && EVENT_APPEAL_WRITTEN == 92 && EVENT_APPEAL_DECIDED == 93,
              "the kinds in the statements below");

struct search {
	const struct mention_query *query;      /* given */
	int64_t ends_us;
	char needles[MENTION_RECORDS_MAX][NEEDLE_BYTES];        /* as payloads have the names; "" none */
	char *persons, *pseudonyms, *names;     /* owned: JSON arrays, of all records */
	sqlite3_stmt *payloads, *place, *joined;        /* owned */
	json_t *seats;                  /* owned: "room seat": whether it was the person's own */
	json_t *rows;                   /* owned */
};

static const char payloads_sql[] = "SELECT sequence, payload FROM journal_payload WHERE sequence < ? ORDER BY sequence DESC";

/* Nothing of what the erasure takes along: acts about the person, leave, appeals, speakers whom it can only be. Of the rows of a roster's version, which all have its reason, the last. */
static const char place_sql[] =
	"SELECT j.kind, j.wall_us, j.room, " JOURNAL_ORG ", coalesce(a.act, ''), j.seat"
	" FROM journal j JOIN journal_payload p USING (sequence)" JOURNAL_ORG_JOINS
	"WHERE j.sequence = ?1 AND coalesce(a.subject, 0) NOT IN (SELECT value FROM json_each(?2))"
	" AND NOT (j.kind IN (54, 55, 92) AND json_extract(p.payload, '$.person') IN (SELECT value FROM json_each(?3)))"
	" AND NOT (j.kind = 56 AND NOT json_extract(p.payload, '$.last'))"
	" AND NOT (j.kind = 93 AND EXISTS (SELECT 1 FROM appeal WHERE decided = ?1 AND person IN (SELECT value FROM json_each(?3))))"
	" AND NOT (j.kind IN (31, 33) AND json_extract(p.payload, '$.speaker') IN (SELECT value FROM json_each(?4)) AND NOT EXISTS"
	"  (SELECT 1 FROM person_identity i WHERE i.name = json_extract(p.payload, '$.speaker') AND i.person NOT IN (SELECT value FROM json_each(?2))))";

/* Who sat there when it was written. */
static const char joined_sql[] =
	"SELECT json_extract(p.payload, '$.person') IN (SELECT value FROM json_each(?4))"
	" OR json_extract(p.payload, '$.key') IN (SELECT 'account:' || id FROM account WHERE person IN (SELECT value FROM json_each(?5)))"
	" FROM journal j JOIN journal_payload p USING (sequence) WHERE j.room = ?1 AND j.sequence <= ?3 AND j.seat = ?2 AND j.kind = 20 ORDER BY j.sequence DESC LIMIT 1";

/* ---- beginning and end ---- */

static void write_needle(char ret[NEEDLE_BYTES], const char *name)
{
	json_t *text = json_string(name);
	size_t len = json_dumpb(text, ret, NEEDLE_BYTES - 1, JSON_ENCODE_ANY);

	json_decref(text);
	if (!*name || len < 2 || len >= NEEDLE_BYTES) {
		*ret = 0;
		return;
	}
	memmove(ret, ret + 1, len - 2);
	ret[len - 2] = 0;
}

static char *dump(json_t *list)
{
	char *text = json_dumps(list, JSON_COMPACT);

	json_decref(list);
	return text;
}

static void write_records(struct search *s)
{
	json_t *persons = json_array(), *pseudonyms = json_array(), *names = json_array();

	for (uint32_t i = 0; i < MIN(s->query->n, MENTION_RECORDS_MAX); i++) {
		const struct mention_record *m = &s->query->records[i];

		write_needle(s->needles[i], m->name);
		json_array_append_new(persons, json_integer(m->person));
		json_array_append_new(pseudonyms, json_string(m->pseudonym));
		json_array_append_new(names, json_string(m->name));
	}
	s->persons = dump(persons);
	s->pseudonyms = dump(pseudonyms);
	s->names = dump(names);
}

static int begin(struct search *s, sqlite3 *db, const struct mention_query *q)
{
	int r;

	*s = (struct search){ .query = q, .ends_us = clock_boot_us() + PAGE_US, .seats = json_object(), .rows = json_array() };
	write_records(s);
	if (!s->persons || !s->pseudonyms || !s->names || !s->seats || !s->rows)
		return -ENOMEM;
	r = db_prepare(db, &s->payloads, payloads_sql);
	if (r == 0)
		r = db_prepare(db, &s->place, place_sql);
	if (r == 0)
		r = db_prepare(db, &s->joined, joined_sql);
	return r == 0 ? db_bind(s->payloads, "i", q->before) : r;
}

static void end(struct search *s)
{
	sqlite3_finalize(s->payloads);
	sqlite3_finalize(s->place);
	sqlite3_finalize(s->joined);
	json_decref(s->seats);
	json_decref(s->rows);
	free(s->persons);
	free(s->pseudonyms);
	free(s->names);
}

/* ---- one place ---- */

static int ask_joined(struct search *s, int64_t sequence, const char *room, const char *seat, bool *ret)
{
	int code, r = db_bind(s->joined, "ttitt", room, seat, sequence, s->pseudonyms, s->persons);

	if (r < 0)
		return r;
	code = sqlite3_step(s->joined);
	*ret = code == SQLITE_ROW && sqlite3_column_int(s->joined, 0);
	sqlite3_reset(s->joined);
	return db_errno(code);
}

/* Asked once for each seat: it may read much of the room. */
static int is_own_seat(struct search *s, int64_t sequence, const char *room, const char *seat, bool *ret)
{
	char key[ROOM_ID_BYTES + SEAT_ID_BYTES];
	const json_t *known;
	int r;

	snprintf(key, sizeof(key), "%s %s", room, seat);
	known = json_object_get(s->seats, key);
	if (known) {
		*ret = json_is_true(known);
		return 0;
	}
	r = ask_joined(s, sequence, room, seat, ret);
	if (r == 0 && json_object_set_new(s->seats, key, json_boolean(*ret)) < 0)
		r = -ENOMEM;
	return r;
}

static int tell_place(struct search *s, int64_t sequence)
{
	enum event_kind kind = (enum event_kind)sqlite3_column_int(s->place, 0);
	const struct event_form *form = event_form(kind);
	const char *room = db_text(s->place, 2);
	bool own = false;
	int r = 0;

	if (kind == EVENT_SEAT_JOINED || kind == EVENT_CHAT || kind == EVENT_HAND_RAISED || kind == EVENT_FLOOR_GIVEN)
		r = is_own_seat(s, sequence, room, db_text(s->place, 5), &own);
	if (r < 0 || own)
		return r;
	r = json_array_append_new(s->rows, json_pack("{s:I, s:s, s:I, s:s, s:I, s:s}", "sequence", (json_int_t)sequence, "kind", form ? form->name : "", "wall_us",
	                          (json_int_t)sqlite3_column_int64(s->place, 1), "room", room, "org", (json_int_t)sqlite3_column_int64(s->place, 3), "act", db_text(s->place, 4)));
	return r < 0 ? -ENOMEM : 0;
}

static int look_up(struct search *s, int64_t sequence)
{
	int code, r = db_bind(s->place, "ittt", sequence, s->persons, s->pseudonyms, s->names);

	if (r < 0)
		return r;
	code = sqlite3_step(s->place);
	if (code == SQLITE_ROW)
		r = tell_place(s, sequence);
	sqlite3_reset(s->place);
	return r < 0 ? r : db_errno(code);
}

/* ---- all of them ---- */

static bool has_name(const struct search *s, const char *payload)
{
	for (size_t i = 0; i < MENTION_RECORDS_MAX; i++)
		if (*s->needles[i] && strstr(payload, s->needles[i]))
			return true;
	return false;
}

static int search(struct search *s, int64_t *ret_next)
{
	int64_t sequence = 0;
	int code = SQLITE_ROW, r = 0;

	while (r == 0 && json_array_size(s->rows) < s->query->limit && (!sequence || clock_boot_us() < s->ends_us) && (code = sqlite3_step(s->payloads)) == SQLITE_ROW) {
		sequence = sqlite3_column_int64(s->payloads, 0);
		if (has_name(s, db_text(s->payloads, 1)))
			r = look_up(s, sequence);
	}
	*ret_next = code == SQLITE_ROW ? sequence : 0;
	return r < 0 ? r : db_errno(code);
}

int mentions_read(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	const struct mention_query *q = args;
	struct search s;
	int64_t next = 0;
	int e;

	assert(len == sizeof(*q) && q->limit > 0);
	e = begin(&s, store_reader_db(r), q);
	if (e == 0)
		e = search(&s, &next);
	*ret_text = e == 0 ? dump(json_pack("{s:O, s:I}", "rows", s.rows, "next", (json_int_t)next)) : NULL;
	end(&s);
	return e == 0 && !*ret_text ? -ENOMEM : e;
}
