/* See journal.h. */
#include "attendance/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/writes.h"
#include "media/base/clock.h"
#include "media/base/mem.h"

#define TEXTS 4
#define SELECT_BYTES 1024

static char *copy_texts(char *to, const char *const texts[TEXTS], const size_t lens[TEXTS])
{
	for (int i = 0; i < TEXTS; i++) {
		memcpy(to, texts[i], lens[i]);
		to += lens[i] + 1;
	}
	return to;
}

int journal_append(struct store *s, const struct event *ev, uint64_t ticket)
{
	const char *texts[TEXTS] = { ev->room, ev->seat, ev->actor, ev->payload };
	const size_t max[TEXTS] = { ROOM_ID_BYTES - 1, SEAT_ID_BYTES - 1, SEAT_ID_BYTES - 1, JOURNAL_PAYLOAD_MAX };
	CLEANUP(mem_freep) struct write_event *we = NULL;
	size_t lens[TEXTS], total = sizeof(*we);

	for (int i = 0; i < TEXTS; i++) {
		texts[i] = texts[i] ? texts[i] : "";
		lens[i] = strlen(texts[i]);
		if (lens[i] > max[i])
			return i == TEXTS - 1 ? -EMSGSIZE : -EINVAL;
		total += lens[i] + 1;
	}
	we = mem_zalloc(total);
	if (!we)
		return -ENOMEM;
	we->head.ticket = ticket;
	we->wall_us = ev->wall_us;
	we->boot_us = ev->boot_us;
	we->kind = ev->kind;
	copy_texts(we->texts, texts, lens);
	return store_post(s, WRITE_EVENT, we, total);
}

#define ROW "j.sequence, j.kind, j.wall_us, j.boot_us, j.boot_id, j.room, j.seat, j.actor, p.payload"

static int give_row(sqlite3_stmt *st, journal_row_fn on_row, void *user)
{
	struct journal_row row = {
		.sequence = sqlite3_column_int64(st, 0),
		.event = {
			.kind = (enum event_kind)sqlite3_column_int(st, 1),
			.wall_us = sqlite3_column_int64(st, 2),
			.boot_us = sqlite3_column_int64(st, 3),
			.room = db_text(st, 5),
			.seat = db_text(st, 6),
			.actor = db_text(st, 7),
			.payload = db_text(st, 8),
		},
		.boot_id = db_text(st, 4),
	};

	return on_row(user, &row);
}

static int give_rows(sqlite3_stmt *st, journal_row_fn on_row, void *user)
{
	int code, r;

	while ((code = sqlite3_step(st)) == SQLITE_ROW) {
		r = give_row(st, on_row, user);
		if (r != 0)
			return r;
	}
	return db_errno(code);
}

int journal_replay(struct store *s, journal_row_fn on_row, void *user)
{
	/* CROSS JOIN keeps the journal outside: rows then come in order without a sort. */
	static const char sql[] =
		"SELECT " ROW " FROM journal j CROSS JOIN room r ON r.id = j.room LEFT JOIN journal_payload p ON p.sequence = j.sequence"
		" WHERE j.sequence >= (SELECT min(opened_sequence) FROM room WHERE ended_us IS NULL) AND j.kind <> ?"
		" AND r.ended_us IS NULL AND j.sequence >= r.opened_sequence ORDER BY j.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_db(s), &st, sql);

	if (r == 0)
		r = db_bind(st, "i", (int64_t)EVENT_SEATS_ALIVE);
	return r < 0 ? r : give_rows(st, on_row, user);
}

int journal_select(sqlite3 *db, const char *where, int64_t first, int64_t second, journal_row_fn on_row, void *user)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	char sql[SELECT_BYTES];
	int n = snprintf(sql, sizeof(sql), "SELECT " ROW " FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence WHERE %s", where);
	int r = n < (int)sizeof(sql) ? db_prepare(db, &st, sql) : -EMSGSIZE;

	if (r == 0)
		r = db_bind(st, "ii", first, second);
	return r < 0 ? r : give_rows(st, on_row, user);
}

int journal_read(struct store_reader *reader, const char *room, int64_t from, int64_t to, journal_row_fn on_row, void *user)
{
	static const char of_all[] =
		"SELECT " ROW " FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence"
		" WHERE j.sequence BETWEEN ?1 AND ?2 ORDER BY j.sequence";
	static const char of_room[] =
		"SELECT " ROW " FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence"
		" WHERE j.sequence BETWEEN ?1 AND ?2 AND j.room = ?3 ORDER BY j.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_reader_db(reader), &st, room ? of_room : of_all);

	if (r == 0)
		r = db_bind(st, room ? "iit" : "ii", from, to, room);
	return r < 0 ? r : give_rows(st, on_row, user);
}

static int read_blob(sqlite3_stmt *st, int column, uint8_t ret[CHAIN_HASH_BYTES])
{
	if (sqlite3_column_bytes(st, column) != CHAIN_HASH_BYTES)
		return -EBADMSG;
	memcpy(ret, sqlite3_column_blob(st, column), CHAIN_HASH_BYTES);
	return 0;
}

static int read_stored(sqlite3_stmt *st, struct chain_stored *ret)
{
	*ret = (struct chain_stored){
		.row = {
			.sequence = sqlite3_column_int64(st, 0),
			.kind = (uint32_t)sqlite3_column_int64(st, 1),
			.wall_us = sqlite3_column_int64(st, 2),
			.boot_us = sqlite3_column_int64(st, 3),
			.boot_id = db_text(st, 4),
			.room = db_text(st, 5),
			.seat = db_text(st, 6),
			.actor = db_text(st, 7),
		},
	};
	if (sqlite3_column_type(st, 8) != SQLITE_NULL) {
		ret->payload = db_text(st, 8);
		ret->payload_len = (size_t)sqlite3_column_bytes(st, 8);
		if (read_blob(st, 12, ret->key) < 0)
			return -EBADMSG;
	}
	if (read_blob(st, 9, ret->row.previous) < 0 || read_blob(st, 10, ret->row.commitment) < 0)
		return -EBADMSG;
	return read_blob(st, 11, ret->hash);
}

#define STORED_ROW ROW ", j.previous, j.commitment, j.hash, p.key"

int journal_read_stored(struct store_reader *reader, const char *room, int64_t from, int64_t to, journal_stored_fn on_stored, void *user)
{
	static const char of_all[] =
		"SELECT " STORED_ROW " FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence"
		" WHERE j.sequence BETWEEN ?1 AND ?2 ORDER BY j.sequence";
	static const char of_room[] =
		"SELECT " STORED_ROW " FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence"
		" WHERE j.sequence BETWEEN ?1 AND ?2 AND j.room = ?3 ORDER BY j.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	struct chain_stored row;
	int r = db_prepare(store_reader_db(reader), &st, room ? of_room : of_all);
	int code = SQLITE_ROW;

	if (r == 0)
		r = db_bind(st, room ? "iit" : "ii", from, to, room);
	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW) {
		r = read_stored(st, &row);
		if (r == 0)
			r = on_stored(user, &row);
	}
	return r != 0 ? r : db_errno(code);
}

int journal_verify(struct store_reader *reader, struct chain_check *ret, enum chain_fault *ret_fault)
{
	static const char sql[] =
		"SELECT " STORED_ROW " FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence ORDER BY j.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	struct chain_check check = { 0 };
	enum chain_fault fault = CHAIN_OK;
	struct chain_stored row;
	int r = db_prepare(store_reader_db(reader), &st, sql);
	int code = SQLITE_ROW;

	if (r < 0)
		return r;
	while (fault == CHAIN_OK && (code = sqlite3_step(st)) == SQLITE_ROW) {
		r = read_stored(st, &row);
		if (r < 0)
			return r;
		fault = chain_check_row(&check, &row);
	}
	if (fault == CHAIN_OK && code != SQLITE_DONE)
		return db_errno(code);
	*ret = check;
	*ret_fault = fault;
	return 0;
}

int journal_find_head(struct store_reader *r, const uint8_t head[CHAIN_HASH_BYTES], int64_t *ret_sequence)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int code, e = db_prepare(store_reader_db(r), &st, "SELECT sequence FROM journal WHERE hash = ?");

	if (e == 0)
		e = db_bind(st, "b", head, CHAIN_HASH_BYTES);
	if (e < 0)
		return e;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return code == SQLITE_DONE ? -ENODATA : db_errno(code);
	*ret_sequence = sqlite3_column_int64(st, 0);
	return 0;
}
