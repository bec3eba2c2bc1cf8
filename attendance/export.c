/* See export.h. */
#include "attendance/export.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "attendance/event_form.h"
#include "attendance/journal.h"
#include "attendance/writes.h"

#define PIECE_ROWS 2000
#define PIECE_BYTES (1 << 20)

struct export {
	FILE *piece;                    /* owned: in memory */
	int64_t last;                   /* row that was read */
	int rows;                       /* of this piece */
};

/* Rooms and boot ids are slugs, but a line must be right whatever stands in the row. */
static int put_text(FILE *out, const char *name, const char *value)
{
	json_t *text = json_string(value);
	int r = text ? 0 : -EBADMSG;

	fprintf(out, ",\"%s\":", name);
	if (r == 0 && json_dumpf(text, out, JSON_ENCODE_ANY | JSON_COMPACT) < 0)
		r = -ENOMEM;
	json_decref(text);
	return r;
}

static void put_hex(FILE *out, const char *name, const uint8_t bytes[CHAIN_HASH_BYTES])
{
	char hex[2 * CHAIN_HASH_BYTES + 1];

	fprintf(out, ",\"%s\":\"%s\"", name, sodium_bin2hex(hex, sizeof(hex), bytes, CHAIN_HASH_BYTES));
}

/* Its very bytes, so that the commitment can be computed from the line. */
static int put_payload(FILE *out, const struct chain_stored *s)
{
	const char *text = s->payload;
	json_t *parsed;

	if (!text) {
		fputs(",\"erased\":true,\"key\":null,\"payload\":null}\n", out);
		return 0;
	}
	parsed = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(parsed) || strchr(text, '\n') || strlen(text) != s->payload_len) {
		json_decref(parsed);
		return -EBADMSG;
	}
	json_decref(parsed);
	fputs(",\"erased\":false", out);
	put_hex(out, "key", s->key);
	fprintf(out, ",\"payload\":%s}\n", text);
	return 0;
}

static int write_row(FILE *out, const struct chain_stored *s)
{
	const struct chain_row *row = &s->row;
	const struct event_form *form = event_form((enum event_kind)row->kind);
	int r;

	if (!form)
		return -EBADMSG;
	fprintf(out, "{\"version\":1,\"sequence\":%" PRId64 ",\"kind\":\"%s\",\"number\":%" PRIu32 ",\"wall_us\":%" PRId64 ",\"boot_us\":%" PRId64, row->sequence,
	        form->name, row->kind, row->wall_us, row->boot_us);
	r = put_text(out, "boot_id", row->boot_id);
	if (r == 0)
		r = put_text(out, "room", row->room);
	if (r == 0)
		r = put_text(out, "seat", row->seat);
	if (r == 0)
		r = put_text(out, "actor", row->actor);
	put_hex(out, "previous", row->previous);
	put_hex(out, "commitment", row->commitment);
	put_hex(out, "hash", s->hash);
	return r < 0 ? r : put_payload(out, s);
}

static int on_row(void *user, const struct chain_stored *s)
{
	struct export *e = user;
	int r;

	/* Also tells where it broke. */
	e->last = s->row.sequence;
	r = write_row(e->piece, s);
	if (r < 0)
		return r;
	return ++e->rows >= PIECE_ROWS || ftell(e->piece) >= PIECE_BYTES;
}

/* One transaction, then the writing. 1: there may be more. */
static int write_piece(FILE *out, struct store_reader *reader, const char *room, struct export *e, int64_t head)
{
	char *text = NULL;
	size_t len = 0;
	int r = -ENOMEM;

	e->piece = open_memstream(&text, &len);
	e->rows = 0;
	if (e->piece) {
		r = journal_read_stored(reader, room, e->last + 1, head, on_row, e);
		if (fclose(e->piece) != 0 && r >= 0)
			r = -ENOMEM;
	}
	if (r >= 0 && fwrite(text, 1, len, out) != len)
		r = -EIO;
	free(text);
	return r;
}

static int find_room(struct store_reader *reader, const char *room)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(store_reader_db(reader), &st, "SELECT EXISTS (SELECT 1 FROM journal WHERE room = ?1) OR EXISTS (SELECT 1 FROM room WHERE id = ?1)");

	if (r == 0)
		r = db_bind(st, "t", room);
	if (r < 0)
		return r;
	if (sqlite3_step(st) != SQLITE_ROW)
		return -EIO;
	return *room && sqlite3_column_int(st, 0) ? 0 : -ENOENT;
}

static int say(char err[STORE_ERROR_BYTES], const char *room, int64_t sequence, int error)
{
	if (error == -ENOENT)
		snprintf(err, STORE_ERROR_BYTES, "there is no room %s", room);
	else if (error == -EBADMSG && sequence)
		snprintf(err, STORE_ERROR_BYTES, "row %" PRId64 " of the journal is damaged, or of a newer version of huitang", sequence);
	else
		snprintf(err, STORE_ERROR_BYTES, "the journal could not be exported: %s", strerror(-error));
	return error;
}

int export_write(FILE *out, struct store_reader *reader, const char *room, char err[STORE_ERROR_BYTES])
{
	struct export e = { 0 };
	int64_t head = 0;
	int r = room ? find_room(reader, room) : 0;

	if (r == 0)
		r = db_get_int(store_reader_db(reader), "SELECT coalesce(max(sequence), 0) FROM journal", &head);
	if (r == 0)
		r = 1;
	while (r > 0)
		r = write_piece(out, reader, room, &e, head);
	if (r == 0 && fflush(out) != 0)
		r = -EIO;
	return r < 0 ? say(err, room, e.last, r) : 0;
}
