/*
 * The server's own reports of periods, for reports.py: a data folder is filled by the store with what is read, and asked.
 *
 *   in   {"event": {kind, room, payload}} in the journal's order, behind SERVER_STARTED; {"edge": [id, org, parent, from_us, to_us, act, superseded_by]};
 *        {"query": {org, from, to, level, alone, known}}; {"end": true}
 *   out  two lines for each query: the canonical form, and its hash
 */
#include <ftw.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attendance/db.h"
#include "attendance/journal.h"
#include "attendance/period_report.h"
#include "media/base/clock.h"

#define WAIT_MS 10000

static char dir[] = "/tmp/huitang-reported-XXXXXX";
static uint64_t posted, answered;

static int unlink_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "reported: %s\n", what);
	nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
	exit(2);
}

static void on_done(void *user, uint64_t ticket, int64_t sequence, int error)
{
	(void)user;
	(void)sequence;
	must(error == 0, "an event was refused");
	answered = ticket;
}

static void wake(void *user)
{
	(void)user;
}

static void add_event(struct store *s, const json_t *event)
{
	struct event ev = { .seat = "", .actor = "", .wall_us = clock_wall_us(), .boot_us = clock_boot_us() };
	int kind = 0;

	must(json_unpack((json_t *)(uintptr_t)event, "{s:i, s:s, s:s}", "kind", &kind, "room", &ev.room, "payload", &ev.payload) == 0, "no event");
	ev.kind = (enum event_kind)kind;
	must(journal_append(s, &ev, ++posted) == 0, "an event was not taken");
}

static void wait_for_all(struct store *s)
{
	static const struct store_events events = { .on_done = on_done };
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	while (answered != posted) {
		must(clock_boot_us() < end_us, "the store does not answer");
		poll(NULL, 0, 1);
		store_dispatch(s, &events, NULL);
	}
}

static void fill_events(const json_t *lines)
{
	struct store_cfg cfg = { .dir = dir, .wake = wake };
	char err[STORE_ERROR_BYTES] = "";
	struct store *s = NULL;
	const json_t *line;
	size_t i;

	must(store_open(&s, &cfg, err) == 0, err);
	must(store_start(s) == 0, "the store does not start");
	json_array_foreach(lines, i, line)
		if (json_object_get(line, "event"))
			add_event(s, json_object_get(line, "event"));
	wait_for_all(s);
	store_close(s);
}

static void fill_tree(const json_t *lines)
{
	char path[128];
	sqlite3 *db;
	const json_t *line;
	size_t i;

	snprintf(path, sizeof(path), "%s/huitang.db", dir);
	must(sqlite3_open(path, &db) == SQLITE_OK, "the database does not open");
	json_array_foreach(lines, i, line) {
		const json_t *e = json_object_get(line, "edge");
		sqlite3_stmt *st = NULL;
		int64_t n[7];

		if (!e)
			continue;
		for (size_t k = 0; k < 7; k++)
			n[k] = json_integer_value(json_array_get(e, k));
		must(db_prepare(db, &st, "INSERT INTO org_edge (id, org, parent, valid_from, valid_to, recorded_at, act, superseded_by)"
		                         " VALUES (?, ?, nullif(?, 0), ?, nullif(?, 0), 0, nullif(?, 0), nullif(?, 0))") == 0, "no table of edges");
		must(db_bind(st, "iiiiiii", n[0], n[1], n[2], n[3], n[4], n[5], n[6]) == 0 && db_run(st) == 0, "an edge was refused");
		sqlite3_finalize(st);
	}
	sqlite3_close(db);
}

static void answer(struct store_reader *r, const json_t *query)
{
	const json_t *q = query;
	struct period_query query_ = {
		.org = json_integer_value(json_object_get(q, "org")), .from = (int32_t)json_integer_value(json_object_get(q, "from")),
		.to = (int32_t)json_integer_value(json_object_get(q, "to")), .alone = json_is_true(json_object_get(q, "alone")),
		.known = json_integer_value(json_object_get(q, "known")),
	};
	struct period_report *rep = NULL;
	char *text;

	must(period_level_parse(&query_.level, json_string_value(json_object_get(q, "level"))), "no level");
	must(period_report_read(&rep, r, &query_) == 0, "no report");
	text = period_report_canonical(rep);
	must(text != NULL, "memory");
	printf("%s\n%s\n", text, rep->hash);
	free(text);
	period_report_destroy(rep);
}

static void answer_all(const json_t *lines)
{
	struct store_reader *r = NULL;
	char err[STORE_ERROR_BYTES] = "";
	const json_t *line;
	size_t i;

	must(store_open_reader(&r, dir, err) == 0, err);
	json_array_foreach(lines, i, line)
		if (json_object_get(line, "query"))
			answer(r, json_object_get(line, "query"));
	store_reader_close(r);
}

int main(void)
{
	json_t *lines = json_array();
	char *line = NULL;
	size_t size = 0;

	must(mkdtemp(dir) != NULL, "no folder");
	while (getline(&line, &size, stdin) > 0)
		must(json_array_append_new(lines, json_loads(line, 0, NULL)) == 0, "a line that is no JSON");
	fill_events(lines);
	fill_tree(lines);
	answer_all(lines);
	json_decref(lines);
	free(line);
	nftw(dir, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
	return 0;
}
