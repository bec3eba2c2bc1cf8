/* The store and its journal: acknowledged means on disk, whatever happens then; one server a folder; readers beside it. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "attendance/schema.h"

static void an_event_is_acknowledged_and_read_back(void **state)
{
	struct fixture f;
	struct store_reader *r;
	struct stat st;
	char path[128];

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	assert_int_equal(fixture_append(&f, EVENT_CHAT, "room", "seat", "{\"text\":\"你好\"}", 7), 0);
	fixture_wait(&f, 7);
	assert_int_equal(f.last_error, 0);
	assert_int_equal(f.last_sequence, 2);           /* the server's start is the first */
	r = fixture_reader(&f);
	store_reader_close(r);
	snprintf(path, sizeof(path), "%s/huitang.db", f.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), 3);        /* and its stop the last */
	fixture_done(&f);
}

struct seen {
	int64_t sequences[64];
	enum event_kind kinds[64];
	char last_payload[64];
	size_t n;
};

static int on_row(void *user, const struct journal_row *row)
{
	struct seen *s = user;

	assert_true(s->n < ARRAY_LEN(s->sequences));
	s->sequences[s->n] = row->sequence;
	s->kinds[s->n++] = row->event.kind;
	snprintf(s->last_payload, sizeof(s->last_payload), "%s", row->event.payload);
	assert_int_equal(strlen(row->boot_id), 36);
	return 0;
}

static void replay_gives_rooms_that_have_not_ended(void **state)
{
	struct fixture f;
	struct seen seen = { 0 };
	const struct room_record *room;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	fixture_append(&f, EVENT_ROOM_OPENED, "over", "", "{\"title\":\"完\",\"epoch\":\"a1\"}", 0);
	fixture_append(&f, EVENT_SEAT_JOINED, "over", "s1", "{}", 0);
	fixture_append(&f, EVENT_ROOM_OPENED, "twice", "", "{\"title\":\"再\",\"epoch\":\"b1\"}", 0);
	fixture_append(&f, EVENT_SEAT_JOINED, "twice", "s2", "{}", 0);
	fixture_append(&f, EVENT_ROOM_ENDED, "over", "", "{}", 0);
	fixture_append(&f, EVENT_ROOM_ENDED, "twice", "", "{}", 0);
	fixture_append(&f, EVENT_ROOM_OPENED, "twice", "", "{\"title\":\"再\",\"epoch\":\"b2\"}", 0);        /* row 8 */
	fixture_append(&f, EVENT_SEATS_ALIVE, "twice", "", "{\"seats\":[]}", 0);
	fixture_append(&f, EVENT_SEAT_JOINED, "twice", "s3", "{\"name\":\"甲\"}", 0);
	fixture_append(&f, EVENT_ROOM_OPENED, "twice", "", "{\"title\":\"再\",\"epoch\":\"b2\"}", 0);        /* still the same */
	f.store = store_close(f.store);
	fixture_open(&f, false);
	assert_int_equal(journal_replay(f.store, on_row, &seen), 0);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.sequences[0], 8);
	assert_int_equal(seen.kinds[1], EVENT_SEAT_JOINED);
	assert_int_equal(seen.sequences[2], 11);
	room = directory_room(store_directory(f.store), "twice");
	assert_non_null(room);
	assert_string_equal(room->epoch, "b2");
	assert_string_equal(room->title, "再");
	assert_true(room->opened_us > 0);
	assert_true(room->ended_us == 0);
	assert_true(directory_room(store_directory(f.store), "over")->ended_us > 0);
	fixture_done(&f);
}

static int stop_at_first(void *user, const struct journal_row *row)
{
	(void)row;
	++*(int *)user;
	return -ECANCELED;
}

static void a_reader_works_beside_the_server_and_never_writes(void **state)
{
	struct fixture f;
	struct store_reader *r;
	struct seen seen = { 0 };
	uint8_t key[STORE_KEY_BYTES], key_read[STORE_KEY_BYTES];
	int rows = 0;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	fixture_append(&f, EVENT_CHAT, "one", "s", "{\"text\":\"1\"}", 0);
	fixture_append(&f, EVENT_CHAT, "two", "s", "{\"text\":\"2\"}", 0);
	fixture_append(&f, EVENT_CHAT, "one", "s", "{\"text\":\"3\"}", 1);
	fixture_wait(&f, 1);
	r = fixture_reader(&f);
	assert_int_equal(journal_read(r, "one", 1, INT64_MAX, on_row, &seen), 0);
	assert_int_equal(seen.n, 2);
	assert_string_equal(seen.last_payload, "{\"text\":\"3\"}");
	assert_int_equal(journal_read(r, NULL, 1, 3, stop_at_first, &rows), -ECANCELED);
	assert_int_equal(rows, 1);
	assert_int_equal(store_reader_token_key(r, key_read), 0);
	store_token_key(f.store, key);
	assert_memory_equal(key, key_read, sizeof(key));
	/* The server goes on writing under an open reader, and the reader sees it. */
	fixture_append(&f, EVENT_CHAT, "one", "s", "{\"text\":\"4\"}", 2);
	fixture_wait(&f, 2);
	assert_int_equal(journal_read(r, "one", 5, INT64_MAX, on_row, &seen), 0);
	assert_string_equal(seen.last_payload, "{\"text\":\"4\"}");
	store_reader_close(r);
	fixture_append(&f, EVENT_CHAT, "one", "s", "{}", 3);
	fixture_wait(&f, 3);
	assert_int_equal(f.errors, 0);
	fixture_done(&f);
}

static void a_second_server_is_refused(void **state)
{
	struct fixture f, g;
	char err[STORE_ERROR_BYTES], pid[32];

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	g = f;
	g.store = NULL;
	assert_int_equal(fixture_try_open(&g, false, err), -EBUSY);
	assert_null(g.store);
	snprintf(pid, sizeof(pid), "process %d", (int)getpid());
	assert_non_null(strstr(err, pid));
	/* The refused one took nothing away from the first. */
	fixture_append(&f, EVENT_CHAT, "one", "s", "{}", 3);
	fixture_wait(&f, 3);
	assert_int_equal(f.last_error, 0);
	fixture_done(&f);
}

static void a_folder_that_cannot_be_used_is_refused_with_the_reason(void **state)
{
	struct fixture f;
	struct store_reader *r = NULL;
	struct store *s = NULL;
	char path[128], err[STORE_ERROR_BYTES];
	struct store_cfg cfg = { .dir = path, .wake = fixture_wake };
	FILE *file;

	(void)state;
	fixture_init(&f);
	snprintf(path, sizeof(path), "%s/no/such", f.dir);
	assert_int_equal(store_open(&s, &cfg, err), -ENOENT);
	assert_non_null(strstr(err, path));
	assert_int_equal(store_open_reader(&r, path, err), -ENOENT);
	snprintf(path, sizeof(path), "%s/file", f.dir);
	file = fopen(path, "we");
	fputs("x", file);
	fclose(file);
	assert_int_equal(store_open(&s, &cfg, err), -ENOTDIR);
	cfg.dir = "/proc/huitang";      /* nobody can write there, root neither */
	assert_true(store_open(&s, &cfg, err) < 0);
	assert_non_null(strstr(err, "/proc/huitang"));
	snprintf(path, sizeof(path), "%s/huitang.db", f.dir);
	file = fopen(path, "we");
	for (int i = 0; i < 1000; i++)
		fputs("this is no database ", file);
	fclose(file);
	assert_int_equal(fixture_try_open(&f, false, err), -EBADMSG);
	assert_non_null(strstr(err, "damaged"));
	assert_int_equal(store_open_reader(&r, f.dir, err), -EBADMSG);
	fixture_done(&f);
}

static void a_foreign_or_newer_database_is_left_alone(void **state)
{
	struct fixture f;
	struct store_reader *r = NULL;
	char err[STORE_ERROR_BYTES];

	(void)state;
	fixture_init(&f);
	assert_int_equal(fixture_sql(&f, "CREATE TABLE theirs (x)"), SQLITE_OK);
	assert_int_equal(fixture_try_open(&f, false, err), -EBADMSG);
	assert_int_equal(fixture_sql(&f, "DROP TABLE theirs"), SQLITE_OK);
	fixture_start(&f, false);
	f.store = store_close(f.store);
	assert_int_equal(fixture_sql(&f, "INSERT INTO schema_version VALUES (99, 'future', 0)"), SQLITE_OK);
	assert_int_equal(fixture_try_open(&f, false, err), -EPROTO);
	assert_non_null(strstr(err, "newer"));
	assert_int_equal(store_open_reader(&r, f.dir, err), -EPROTO);
	fixture_done(&f);
}

/* Makes version 1 as the first program did, with a row in it. */
static void make_version_1(const struct fixture *f)
{
	const struct migration *list;
	char path[128];
	sqlite3 *db;
	int version;
	size_t n;

	list = schema_migrations(&n);
	assert_true(n > 1);
	snprintf(path, sizeof(path), "%s/huitang.db", f->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(schema_migrate(db, list, 1, &version), 0);
	assert_int_equal(version, 0);
	assert_int_equal(db_exec(db, "INSERT INTO secret VALUES ('token', zeroblob(32))"), 0);
	sqlite3_close(db);
}

static void an_older_database_is_migrated_and_keeps_its_rows(void **state)
{
	struct fixture f;
	struct store_reader *r = NULL;
	uint8_t key[STORE_KEY_BYTES], zeroes[STORE_KEY_BYTES] = { 0 };
	char err[STORE_ERROR_BYTES];

	(void)state;
	fixture_init(&f);
	make_version_1(&f);
	assert_int_equal(store_open_reader(&r, f.dir, err), -EPROTO);
	assert_non_null(strstr(err, "older"));
	fixture_start(&f, true);
	store_token_key(f.store, key);
	assert_memory_equal(key, zeroes, sizeof(key));
	assert_non_null(directory_login(store_directory(f.store), "host"));
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), 2);
	fixture_done(&f);
}

static void a_migration_that_fails_changes_nothing(void **state)
{
	static const struct migration bad[] = {
		{ "good", "CREATE TABLE a (x)" },
		{ "bad", "CREATE TABLE b (x); CREATE TABLE a (x)" },
	};
	sqlite3 *db;
	int version = -1;
	int64_t n;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_int_equal(schema_migrate(db, bad, 2, &version), -EINVAL);
	assert_int_equal(version, 0);
	assert_int_equal(schema_version(db, &version), 0);
	assert_int_equal(version, 1);
	assert_int_equal(db_get_int(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(schema_migrate(db, bad, 1, &version), 0);
	assert_int_equal(schema_migrate(db, bad, 0, &version), -EPROTO);
	sqlite3_close(db);
}

static void tampering_with_the_file_shows(void **state)
{
	static const struct {
		const char *sql;
		enum chain_fault fault;
		int64_t good;
	} cases[] = {
		{ "UPDATE journal SET wall_us = wall_us + 1 WHERE sequence = 5", CHAIN_HASH, 4 },
		{ "DELETE FROM journal WHERE sequence = 5", CHAIN_SEQUENCE, 4 },
		{ "UPDATE journal_payload SET payload = '{\"text\":\"no\"}' WHERE sequence = 7", CHAIN_PAYLOAD, 6 },
		{ "UPDATE journal SET seat = 'other' WHERE sequence = 2", CHAIN_HASH, 1 },
	};
	struct store_reader *r;
	struct chain_check check;
	enum chain_fault fault;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_start(&f, false);
		for (int k = 0; k < 10; k++)
			fixture_append(&f, EVENT_CHAT, "room", "s", "{\"text\":\"yes\"}", 0);
		f.store = store_close(f.store);
		assert_int_not_equal(fixture_sql(&f, cases[0].sql), SQLITE_OK);         /* the triggers */
		assert_int_equal(fixture_sql(&f, "DROP TRIGGER journal_never_updated; DROP TRIGGER journal_never_deleted"), SQLITE_OK);
		assert_int_equal(fixture_sql(&f, cases[i].sql), SQLITE_OK);
		r = fixture_reader(&f);
		assert_int_equal(journal_verify(r, &check, &fault), 0);
		assert_int_equal(fault, cases[i].fault);
		assert_int_equal(check.sequence, cases[i].good);
		store_reader_close(r);
		fixture_done(&f);
	}
}

static void erased_payloads_leave_the_chain_valid(void **state)
{
	struct fixture f;
	struct store_reader *r;
	struct chain_check check;
	enum chain_fault fault;
	struct seen seen = { 0 };

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	fixture_append(&f, EVENT_CHAT, "room", "s", "{\"text\":\"secret\"}", 0);
	f.store = store_close(f.store);
	assert_int_equal(fixture_sql(&f, "DELETE FROM journal_payload WHERE sequence = 2"), SQLITE_OK);
	r = fixture_reader(&f);
	assert_int_equal(journal_verify(r, &check, &fault), 0);
	assert_int_equal(fault, CHAIN_OK);
	assert_int_equal(check.erased, 1);
	assert_int_equal(journal_read(r, "room", 1, 9, on_row, &seen), 0);
	assert_string_equal(seen.last_payload, "");
	store_reader_close(r);
	fixture_done(&f);
}

static void what_is_too_long_is_refused(void **state)
{
	struct fixture f;
	char *payload = malloc(JOURNAL_PAYLOAD_MAX + 2);
	char id[80];

	(void)state;
	assert_non_null(payload);
	memset(payload, 'x', JOURNAL_PAYLOAD_MAX + 1);
	payload[JOURNAL_PAYLOAD_MAX + 1] = 0;
	memset(id, 'a', sizeof(id) - 1);
	id[sizeof(id) - 1] = 0;
	fixture_init(&f);
	fixture_start(&f, false);
	assert_int_equal(fixture_append(&f, EVENT_CHAT, "r", "s", payload, 1), -EMSGSIZE);
	assert_int_equal(fixture_append(&f, EVENT_CHAT, id, "s", "{}", 1), -EINVAL);
	assert_int_equal(fixture_append(&f, EVENT_CHAT, "r", id, "{}", 1), -EINVAL);
	payload[JOURNAL_PAYLOAD_MAX] = 0;
	assert_int_equal(fixture_append(&f, EVENT_CHAT, "r", "s", payload, 1), 0);
	fixture_wait(&f, 1);
	free(payload);
	fixture_done(&f);
}

/* Not started: nothing is taken, so the bound is met. */
static void the_queue_is_bounded(void **state)
{
	struct fixture f;
	char *metrics = NULL;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, false);
	for (int i = 0; i < STORE_QUEUE_MAX; i++)
		assert_int_equal(fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 0), 0);
	assert_int_equal(fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 1), -ENOBUFS);
	assert_int_equal(store_write_metrics(f.store, &metrics), 0);
	assert_non_null(strstr(metrics, "huitang_journal_appended_total 100000"));
	assert_non_null(strstr(metrics, "huitang_journal_refused_total 1"));
	mem_free(metrics);
	fixture_done(&f);
}

static void order_and_count_hold_over_a_burst(void **state)
{
	struct fixture f;
	char payload[64];

	(void)state;
	fixture_init(&f);
	fixture_start(&f, false);
	for (uint64_t i = 1; i <= 5000; i++) {
		snprintf(payload, sizeof(payload), "{\"n\":%d}", (int)i);
		assert_int_equal(fixture_append(&f, EVENT_CHAT, "r", "s", payload, i), 0);
	}
	fixture_wait(&f, 5000);
	assert_int_equal(f.done, 5000);
	assert_int_equal(f.errors, 0);
	assert_int_equal(f.last_sequence, 5001);
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), 5002);
	fixture_done(&f);
}

/* ---- kill -9 ---- */

/* Appends for ever and writes each acknowledged number to the pipe. */
static void child(struct fixture *f, int out)
{
	uint64_t n = 0;

	fixture_start(f, false);
	for (;;) {
		char payload[64];
		unsigned group = 1 + (unsigned)(n % 7);

		for (unsigned i = 0; i < group; i++) {
			snprintf(payload, sizeof(payload), "%llu", (unsigned long long)++n);
			fixture_append(f, EVENT_CHAT, "r", "s", payload, n);
		}
		while (f->last_ticket < n)
			fixture_dispatch(f, 100);
		if (write(out, &n, sizeof(n)) != sizeof(n))
			_exit(1);
	}
}

/* Seen numbers must be 1, 2, 3, … without a hole in this run. */
struct run {
	uint64_t next;
	int64_t from;
};

static int on_number(void *user, const struct journal_row *row)
{
	struct run *run = user;

	if (row->event.kind != EVENT_CHAT)
		return 0;
	assert_int_equal(strtoull(row->event.payload, NULL, 10), run->next);
	run->next++;
	return 0;
}

static uint64_t last_acknowledged(int in)
{
	uint64_t n, last = 0;

	while (read(in, &n, sizeof(n)) == sizeof(n))
		last = n;
	return last;
}

static void killed_once(struct fixture *f, useconds_t after_us)
{
	struct store_reader *r;
	struct run run = { .next = 1, .from = fixture_verify(f) + 1 };
	int fds[2], status;
	uint64_t acknowledged;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		child(f, fds[1]);
	close(fds[1]);
	usleep(after_us);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	acknowledged = last_acknowledged(fds[0]);
	close(fds[0]);
	fixture_verify(f);
	r = fixture_reader(f);
	assert_int_equal(journal_read(r, NULL, run.from, INT64_MAX, on_number, &run), 0);
	store_reader_close(r);
	assert_true(run.next > acknowledged);
}

static void nothing_acknowledged_is_lost_by_kill_9(void **state)
{
	struct fixture f;

	(void)state;
	srand(7);
	fixture_init(&f);
	fixture_start(&f, false);
	f.store = store_close(f.store);
	for (int i = 0; i < 12; i++)
		killed_once(&f, 20000 + (useconds_t)(rand() % 120000));
	/* And the folder is free for the next server. */
	fixture_start(&f, false);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 1);
	fixture_wait(&f, 1);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event_is_acknowledged_and_read_back),
		cmocka_unit_test(replay_gives_rooms_that_have_not_ended),
		cmocka_unit_test(a_reader_works_beside_the_server_and_never_writes),
		cmocka_unit_test(a_second_server_is_refused),
		cmocka_unit_test(a_folder_that_cannot_be_used_is_refused_with_the_reason),
		cmocka_unit_test(a_foreign_or_newer_database_is_left_alone),
		cmocka_unit_test(an_older_database_is_migrated_and_keeps_its_rows),
		cmocka_unit_test(a_migration_that_fails_changes_nothing),
		cmocka_unit_test(tampering_with_the_file_shows),
		cmocka_unit_test(erased_payloads_leave_the_chain_valid),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(the_queue_is_bounded),
		cmocka_unit_test(order_and_count_hold_over_a_burst),
		cmocka_unit_test(nothing_acknowledged_is_lost_by_kill_9),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
