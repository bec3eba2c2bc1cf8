/* See report.h. */
#include "attendance/report.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attendance/directory.h"
#include "attendance/db.h"
#include "attendance/interval.h"
#include "attendance/journal.h"
#include "attendance/table/csv_write.h"
#include "attendance/writes.h"
#include "media/base/mem.h"

#define ZONE_SECONDS (8 * 3600)         /* Asia/Shanghai has had no other offset since 1991 */
#define ZONE_TEXT "+08:00"
#define ZONE_NAME "Asia/Shanghai"
#define TIME_BYTES 64
#define EPOCH_BYTES 65
#define LAST_ROW INT64_MAX

struct report {
	const struct report_cfg *cfg;
	FILE *out;
	char title[1024];
	/* The opening that is reported. */
	char epoch[EPOCH_BYTES];
	int64_t from, to;               /* rows, inclusive; from 0: none found */
	bool was_open;                  /* while openings are looked for */
	int64_t head;
	char head_hash[2 * CHAIN_HASH_BYTES + 1];
	struct presence *presence;      /* owned */
	const struct seat_presence *seats;
	size_t n_seats;
	json_t *gaps;                   /* owned */
};

/* ---- times ---- */

static void write_time(char ret[TIME_BYTES], int64_t wall_us)
{
	int64_t s = wall_us / 1000000 - (wall_us % 1000000 < 0);
	time_t local = (time_t)(s + ZONE_SECONDS);
	struct tm tm;

	gmtime_r(&local, &tm);
	snprintf(ret, TIME_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d" ZONE_TEXT, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	         tm.tm_min, tm.tm_sec);
}

static json_t *time_or_null(int64_t wall_us, bool known)
{
	char text[TIME_BYTES];

	write_time(text, wall_us);
	return known ? json_string(text) : json_null();
}

/* ---- reading ---- */

/* Of all openings and ends in order: keeps the rows of the last opening, or of that with the wanted epoch. */
static int on_bound(struct report *rep, const struct journal_row *row)
{
	json_t *payload;
	const char *epoch = "", *title = "";
	bool wanted;

	if (row->event.kind == EVENT_ROOM_ENDED) {
		rep->was_open = false;
		return 0;
	}
	/* An opening of what is open is no new one. */
	if (rep->was_open)
		return 0;
	rep->was_open = true;
	payload = json_loads(row->event.payload, 0, NULL);
	json_unpack(payload, "{s?s, s?s}", "epoch", &epoch, "title", &title);
	wanted = !rep->cfg->epoch || strcmp(rep->cfg->epoch, epoch) == 0;
	if (rep->from && rep->to == LAST_ROW)
		rep->to = row->sequence - 1;
	if (wanted) {
		rep->from = row->sequence;
		rep->to = LAST_ROW;
		snprintf(rep->epoch, sizeof(rep->epoch), "%s", epoch);
		snprintf(rep->title, sizeof(rep->title), "%s", title);
	}
	json_decref(payload);
	return 0;
}

static int find_opening(struct report *rep, sqlite3 *db)
{
	static const char sql[] =
		"SELECT j.sequence, j.kind, p.payload FROM journal j LEFT JOIN journal_payload p ON p.sequence = j.sequence"
		" WHERE j.room = ? AND j.kind IN (?, ?) ORDER BY j.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	int code;

	if (r == 0)
		r = db_bind(st, "tii", rep->cfg->room, (int64_t)EVENT_ROOM_OPENED, (int64_t)EVENT_ROOM_ENDED);
	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW) {
		struct journal_row row = { .sequence = sqlite3_column_int64(st, 0) };

		row.event.kind = (enum event_kind)sqlite3_column_int(st, 1);
		row.event.payload = db_text(st, 2);
		on_bound(rep, &row);
	}
	return db_errno(code);
}

static int read_head(struct report *rep, sqlite3 *db)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, "SELECT sequence, lower(hex(hash)) FROM journal ORDER BY sequence DESC LIMIT 1");
	int code;

	if (r < 0)
		return r;
	code = sqlite3_step(st);
	if (code != SQLITE_ROW)
		return db_errno(code);
	rep->head = sqlite3_column_int64(st, 0);
	snprintf(rep->head_hash, sizeof(rep->head_hash), "%s", db_text(st, 1));
	return 0;
}

/* Times when no server ran while the room was open: from the last row before each start. */
static int read_gaps(struct report *rep, sqlite3 *db)
{
	static const char sql[] =
		"SELECT b.wall_us, s.wall_us FROM journal s JOIN journal b ON b.sequence = s.sequence - 1"
		" WHERE s.sequence BETWEEN ?1 AND min(?2, (SELECT max(sequence) FROM journal WHERE room = ?3)) AND s.room = '' AND s.kind = ?4"
		" ORDER BY s.sequence";
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	int code;

	rep->gaps = json_array();
	if (r == 0)
		r = db_bind(st, "iiti", rep->from + 1, rep->to, rep->cfg->room, (int64_t)EVENT_SERVER_STARTED);
	if (r < 0 || rep->from == 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW)
		json_array_append_new(rep->gaps, json_pack("[o, o]", time_or_null(sqlite3_column_int64(st, 0), true),
		                                           time_or_null(sqlite3_column_int64(st, 1), true)));
	return db_errno(code);
}

static int on_row(void *user, const struct journal_row *row)
{
	return presence_add(user, &row->event, row->boot_id);
}

static int read_room(struct report *rep, struct store_reader *reader)
{
	const struct directory *d = store_reader_directory(reader);
	const struct room_record *room = d ? directory_room(d, rep->cfg->room) : NULL;
	int r;

	if (!d)
		return -ENOMEM;
	r = find_opening(rep, store_reader_db(reader));
	if (r < 0)
		return r;
	if (rep->from == 0 && (!room || rep->cfg->epoch))
		return -ENOENT;
	if (room && !rep->title[0])
		snprintf(rep->title, sizeof(rep->title), "%s", room->title);
	r = presence_create(&rep->presence);
	if (r == 0 && rep->from)
		r = journal_read(reader, rep->cfg->room, rep->from, rep->to, on_row, rep->presence);
	if (r == 0)
		r = presence_seats(rep->presence, &rep->seats, &rep->n_seats);
	if (r == 0)
		r = read_gaps(rep, store_reader_db(reader));
	return r < 0 ? r : read_head(rep, store_reader_db(reader));
}

/* ---- writing ---- */

static void write_csv_seat(FILE *out, const struct seat_presence *s)
{
	const char *texts[] = { s->seat, s->name, s->org, s->kind, s->role };
	char first[TIME_BYTES], last[TIME_BYTES];

	write_time(first, s->first_join_us);
	write_time(last, s->last_proof_us);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		csv_write_cell(out, texts[i]);
		fputc(',', out);
	}
	fprintf(out, "%s,%s,%s,%" PRId64 ",%" PRIu32 ",%s\r\n", first, s->open ? "" : last, last, s->seconds, s->reconnects,
	        s->open ? "open" : "left");
}

static void write_csv(const struct report *rep)
{
	fputs(CSV_BYTE_ORDER_MARK "seat,name,org,kind,role,first_join,last_leave,last_seen,seconds_present,reconnects,state" CSV_LINE_END, rep->out);
	for (size_t i = 0; i < rep->n_seats; i++)
		write_csv_seat(rep->out, &rep->seats[i]);
}

static json_t *json_seat(const struct seat_presence *s)
{
	json_t *spans = json_array();

	for (size_t i = 0; i < s->n_spans; i++)
		json_array_append_new(spans, json_pack("[o, o]", time_or_null(s->spans[i].from_us, true), time_or_null(s->spans[i].to_us, true)));
	return json_pack("{ss, ss, ss, ss, ss, so, so, so, sI, si, ss, so}", "seat", s->seat, "name", s->name, "org", s->org, "kind", s->kind,
	                 "role", s->role, "first_join", time_or_null(s->first_join_us, true), "last_leave",
	                 time_or_null(s->last_proof_us, !s->open), "last_seen", time_or_null(s->last_proof_us, true), "seconds_present",
	                 (json_int_t)s->seconds, "reconnects", (int)s->reconnects, "state", s->open ? "open" : "left", "spans", spans);
}

static int write_json(const struct report *rep)
{
	struct span w = presence_window(rep->presence);
	json_t *seats = json_array();
	json_t *all;
	int r = 0;

	for (size_t i = 0; i < rep->n_seats && r == 0; i++)
		r = json_array_append_new(seats, json_seat(&rep->seats[i]));
	all = json_pack("{ss, ss, ss, ss, so, so, so, si, s{sI, ss}, sO, so}", "room", rep->cfg->room, "title", rep->title, "epoch", rep->epoch,
	                "zone", ZONE_NAME, "opened", time_or_null(w.from_us, w.from_us), "ended", time_or_null(w.to_us, w.to_us), "as_of",
	                time_or_null(rep->cfg->now_wall_us, true), "rule_version", INTERVAL_RULE_VERSION, "head", "sequence",
	                (json_int_t)rep->head, "hash", rep->head_hash, "gaps", rep->gaps, "seats", seats);
	if (!all || r < 0 || json_dumpf(all, rep->out, JSON_INDENT(2)) < 0)
		r = -ENOMEM;
	fputc('\n', rep->out);
	json_decref(all);
	return r;
}

static int say(char err[STORE_ERROR_BYTES], const struct report_cfg *cfg, int error)
{
	if (error == -ENOENT && cfg->epoch)
		snprintf(err, STORE_ERROR_BYTES, "room %s has no opening with epoch %s", cfg->room, cfg->epoch);
	else if (error == -ENOENT)
		snprintf(err, STORE_ERROR_BYTES, "there is no room %s", cfg->room);
	else
		snprintf(err, STORE_ERROR_BYTES, "the report of room %s could not be made: %s", cfg->room, strerror(-error));
	return error;
}

int report_write(FILE *out, struct store_reader *reader, const struct report_cfg *cfg, char err[STORE_ERROR_BYTES])
{
	struct report rep = { .cfg = cfg, .out = out };
	sqlite3 *db = store_reader_db(reader);
	int r = db_exec(db, "BEGIN");

	if (r == 0)
		r = read_room(&rep, reader);
	db_exec(db, "ROLLBACK");
	if (r == 0 && cfg->format == REPORT_JSON)
		r = write_json(&rep);
	else if (r == 0)
		write_csv(&rep);
	if (r == 0 && (fflush(out) != 0 || ferror(out)))
		r = -EIO;
	presence_destroy(rep.presence);
	json_decref(rep.gaps);
	return r < 0 ? say(err, cfg, r) : 0;
}
