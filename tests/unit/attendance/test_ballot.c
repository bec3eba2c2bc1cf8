/*
 * Secret ballots in the store: the last vote of each counts, an acknowledged one is never lost, nothing tells who chose what, and a kill at any step
 * of opening, voting and counting leaves a ballot that is counted exactly once.
 */
#include "fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "attendance/ballot.h"
#include "attendance/ballot_box.h"
#include "attendance/writes.h"

#define ROOM "class-1"
#define ASK 3
#define OPTIONS 14
#define VOTERS 30
#define CROWD 300       /* votes over several pages of the database */
#define OPENED "{\"ask\":3,\"kind\":\"ballot\"}"
#define CLOSED "{\"ask\":3,\"by\":\"server\"}"

struct world {
	struct fixture f;
	char keys[PATH_MAX];
	uint64_t ticket;
	uint8_t public_key[BALLOT_PUBLIC_KEY_BYTES];
	uint8_t sealed[CROWD][BALLOT_SEALED_BYTES];
};

static void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	fixture_init(&w->f);
	snprintf(w->keys, sizeof(w->keys), "%s.ballot-keys", w->f.dir);
}

static void world_done(struct world *w)
{
	fixture_done(&w->f);
	nftw(w->keys, fixture_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static unsigned keys_there(const struct world *w)
{
	DIR *dir = opendir(w->keys);
	unsigned n = 0;

	for (const struct dirent *e; dir && (e = readdir(dir));)
		n += e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

static int64_t number(const struct world *w, const char *sql)
{
	struct store_reader *r = fixture_reader(&w->f);
	int64_t n = -1;

	assert_int_equal(db_get_int(store_reader_db(r), sql, &n), 0);
	store_reader_close(r);
	return n;
}

static int64_t votes_there(const struct world *w)
{
	return number(w, "SELECT count(*) FROM ballot_vote");
}

/* Waits for the answer to what was just posted with the last ticket. */
static int answered(struct world *w)
{
	fixture_wait(&w->f, w->ticket);
	return w->f.last_error;
}

static void append(struct world *w, enum event_kind kind, const char *payload)
{
	assert_int_equal(fixture_append(&w->f, kind, ROOM, "", payload, ++w->ticket), 0);
	assert_int_equal(answered(w), 0);
}

static void open_ballot(struct world *w)
{
	append(w, EVENT_ASK_OPENED, OPENED);
	assert_int_equal(ballot_open(w->f.store, ROOM, ASK, ++w->ticket), 0);
	assert_int_equal(answered(w), 0);
	assert_int_equal(ballot_public_key(w->f.store, ROOM, ASK, w->public_key), 0);
}

static void name_voter(char ret[PERSON_ID_BYTES], unsigned i)
{
	snprintf(ret, PERSON_ID_BYTES, "beefcafe%08x", i * 2654435761u);
}

/* High options, so that a vote's bytes are not among what a database is full of. */
static uint32_t choice_of(unsigned i)
{
	return 1u << (11 + i % 3);
}

static void post_vote(struct world *w, unsigned i, uint32_t choice)
{
	char voter[PERSON_ID_BYTES];

	name_voter(voter, i);
	assert_int_equal(ballot_seal(w->sealed[i % CROWD], w->public_key, choice), 0);
	assert_int_equal(ballot_cast(w->f.store, ROOM, ASK, voter, w->sealed[i % CROWD], ++w->ticket), 0);
}

static int vote(struct world *w, unsigned i, uint32_t choice)
{
	post_vote(w, i, choice);
	return answered(w);
}

static int count(struct world *w, unsigned most)
{
	assert_int_equal(ballot_count(w->f.store, ROOM, ASK, OPTIONS, most, clock_wall_us(), clock_boot_us(), ++w->ticket), 0);
	return answered(w);
}

static void read_about(struct world *w, store_read_fn fn)
{
	struct ballot_result_args args = { .room = ROOM, .ask = ASK };
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	assert_int_equal(store_read(w->f.store, fn, &args, sizeof(args), ++w->ticket), 0);
	while (w->f.last_read != w->ticket && clock_boot_us() < end_us)
		fixture_dispatch(&w->f, 100);
	assert_int_equal(w->f.last_read, w->ticket);
}

static void assert_result(struct world *w, enum event_kind kind, const char *payload)
{
	struct event ev = { .room = "kept" };

	read_about(w, ballot_read_result);
	assert_int_equal(w->f.last_read_error, 0);
	assert_int_equal(ballot_parse_result(&ev, w->f.read_text), 0);
	assert_int_equal(ev.kind, kind);
	assert_string_equal(ev.payload, payload);
	assert_string_equal(ev.room, "kept");
}

static void the_last_vote_of_each_counts_once(void **state)
{
	struct world w;
	int64_t row;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	assert_int_equal(keys_there(&w), 1);
	for (unsigned i = 0; i < VOTERS; i++)
		assert_int_equal(vote(&w, i, 1), 0);
	for (unsigned i = 0; i < VOTERS; i++)
		assert_int_equal(vote(&w, i, choice_of(i)), 0);
	read_about(&w, ballot_read_turnout);
	assert_string_equal(w.f.read_text, "30");
	read_about(&w, ballot_read_result);
	assert_int_equal(w.f.last_read_error, -ENODATA);
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 1), 0);
	row = w.f.last_sequence;
	assert_true(row > 0);
	assert_result(&w, EVENT_BALLOT_COUNTED, "{\"ask\":3,\"votes\":[0,0,0,0,0,0,0,0,0,0,0,10,10,10],\"voters\":30,\"unanimous\":false}");
	assert_int_equal(votes_there(&w), 0);
	assert_int_equal(keys_there(&w), 0);
	/* Again: nothing but the same row. */
	assert_int_equal(count(&w, 1), 0);
	assert_int_equal(w.f.last_sequence, row);
	/* The start, opened, closed, counted. */
	assert_int_equal(number(&w, "SELECT count(*) FROM journal"), 4);
	assert_int_equal(vote(&w, 1, 1), -EINVAL);
	assert_int_equal(ballot_open(w.f.store, ROOM, ASK, ++w.ticket), 0);
	assert_int_equal(answered(&w), -EINVAL);
	assert_int_equal(keys_there(&w), 0);
	world_done(&w);
}

static void a_unanimous_result_is_marked(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	for (unsigned i = 0; i < BALLOT_VOTES_MIN; i++)
		assert_int_equal(vote(&w, i, 5), 0);
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 2), 0);
	assert_result(&w, EVENT_BALLOT_COUNTED, "{\"ask\":3,\"votes\":[5,0,5,0,0,0,0,0,0,0,0,0,0,0],\"voters\":5,\"unanimous\":true}");
	world_done(&w);
}

static void fewer_than_five_votes_are_not_counted(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	for (unsigned i = 0; i < BALLOT_VOTES_MIN - 1; i++)
		assert_int_equal(vote(&w, i, 1), 0);
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 1), 0);
	assert_result(&w, EVENT_BALLOT_VOID, "{\"ask\":3,\"why\":\"too_few\"}");
	assert_int_equal(votes_there(&w), 0);
	assert_int_equal(keys_there(&w), 0);
	world_done(&w);
}

static void votes_that_cannot_be_opened_are_spoiled(void **state)
{
	uint8_t rubbish[BALLOT_SEALED_BYTES];
	char voter[PERSON_ID_BYTES];
	struct world w;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	for (unsigned i = 0; i < 6; i++)
		assert_int_equal(vote(&w, i, 2), 0);
	assert_int_equal(vote(&w, 6, 0), 0);                    /* nothing chosen */
	assert_int_equal(vote(&w, 7, 3), 0);                    /* too much */
	assert_int_equal(vote(&w, 8, 1u << OPTIONS), 0);        /* no option */
	randombytes_buf(rubbish, sizeof(rubbish));
	name_voter(voter, 9);
	assert_int_equal(ballot_cast(w.f.store, ROOM, ASK, voter, rubbish, ++w.ticket), 0);
	assert_int_equal(answered(&w), 0);
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 1), 0);
	assert_result(&w, EVENT_BALLOT_COUNTED, "{\"ask\":3,\"votes\":[0,6,0,0,0,0,0,0,0,0,0,0,0,0],\"voters\":6,\"unanimous\":true,\"spoiled\":4}");
	assert_int_equal(ballot_cast(w.f.store, ROOM, ASK, "short", rubbish, 0), -EINVAL);
	world_done(&w);
}

static void without_its_key_a_ballot_is_void(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	for (unsigned i = 0; i < VOTERS; i++)
		assert_int_equal(vote(&w, i, 1), 0);
	w.f.store = store_close(w.f.store);
	nftw(w.keys, fixture_unlink, 16, FTW_DEPTH | FTW_PHYS);
	fixture_start(&w.f, false);
	/* No other key opens what is there, so none is made. */
	assert_int_equal(ballot_open(w.f.store, ROOM, ASK, ++w.ticket), 0);
	assert_int_equal(answered(&w), -EINVAL);
	assert_int_equal(ballot_public_key(w.f.store, ROOM, ASK, w.public_key), -ENOENT);
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 1), 0);
	assert_result(&w, EVENT_BALLOT_VOID, "{\"ask\":3,\"why\":\"key_lost\"}");
	assert_int_equal(votes_there(&w), 0);
	world_done(&w);
}

/* A key that others may read, or cannot be made, is refused; the store goes on. */
static void a_key_that_is_no_secret_is_refused(void **state)
{
	char path[PATH_MAX];
	struct world w;
	DIR *dir;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(vote(&w, i, 1), 0);
	dir = opendir(w.keys);
	for (const struct dirent *e; (e = readdir(dir));)
		if (e->d_name[0] != '.') {
			struct stat st;

			snprintf(path, sizeof(path), "%.2000s/%s", w.keys, e->d_name);
			assert_int_equal(stat(path, &st), 0);
			assert_int_equal(st.st_mode & 0777, 0400);
			assert_int_equal(st.st_size, BALLOT_KEY_BYTES);
		}
	closedir(dir);
	assert_int_equal(chmod(path, 0444), 0);
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 1), -EINVAL);
	assert_int_equal(store_state(w.f.store), STORE_OK);
	assert_int_equal(votes_there(&w), 5);
	assert_int_equal(chmod(path, 0400), 0);
	assert_int_equal(count(&w, 1), 0);
	assert_int_equal(ballot_open(w.f.store, "a/b", ASK, ++w.ticket), 0);
	assert_int_equal(answered(&w), -EINVAL);
	world_done(&w);
}

static void keys_inside_the_data_folder_are_refused(void **state)
{
	char inside[128], err[STORE_ERROR_BYTES];
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < 2; i++) {
		struct store_cfg cfg = { .dir = w.f.dir, .wake = fixture_wake, .user = &w.f, .ballot_keys = inside };

		snprintf(inside, sizeof(inside), "%s%s", w.f.dir, i ? "/keys" : "");
		assert_int_equal(store_open(&w.f.store, &cfg, err), -EXDEV);
		assert_non_null(strstr(err, "inside the data folder"));
	}
	world_done(&w);
}

/* What a start finds that no ballot needs: of one that never began, half made, of another server. */
static void keys_that_nobody_needs_go_at_the_start(void **state)
{
	char path[PATH_MAX];
	struct world w;
	struct ballot_keys keys = { 0 };
	uint8_t secret[STORE_KEY_BYTES];

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	store_token_key(w.f.store, secret);
	assert_int_equal(ballot_keys_init(&keys, "", w.f.dir, secret), 0);
	assert_int_equal(ballot_key_make(&keys, ROOM, ASK + 1), 0);
	snprintf(path, sizeof(path), "%.2000s/%s.class-1.9.Ab3xYz", w.keys, keys.id);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	snprintf(keys.id, sizeof(keys.id), "01234567");
	assert_int_equal(ballot_key_make(&keys, ROOM, ASK), 0);
	assert_int_equal(keys_there(&w), 4);
	w.f.store = store_close(w.f.store);
	fixture_start(&w.f, false);
	assert_int_equal(keys_there(&w), 2);
	assert_int_equal(ballot_public_key(w.f.store, ROOM, ASK, w.public_key), 0);
	assert_int_equal(ballot_key_unlink(&keys, ROOM, ASK), 0);
	assert_int_equal(keys_there(&w), 1);
	world_done(&w);
}

static char *metric(struct world *w, const char *name, char ret[64])
{
	char *text = NULL;

	assert_int_equal(store_write_metrics(w->f.store, &text), 0);
	for (const char *at = text; (at = strstr(at, name)); at++)
		if (at == text || at[-1] == '\n')
			snprintf(ret, 64, "%.*s", (int)strcspn(at, "\n"), at);
	mem_free(text);
	return ret;
}

static void no_metric_counts_votes(void **state)
{
	char before[2][64] = { 0 }, after[2][64] = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	metric(&w, "huitang_journal_appended_total", before[0]);
	metric(&w, "huitang_journal_committed_total", before[1]);
	for (unsigned i = 0; i < VOTERS; i++)
		assert_int_equal(vote(&w, i, 1), 0);
	metric(&w, "huitang_journal_appended_total", after[0]);
	metric(&w, "huitang_journal_committed_total", after[1]);
	assert_true(before[0][0] && before[1][0]);
	assert_string_equal(before[0], after[0]);
	assert_string_equal(before[1], after[1]);
	world_done(&w);
}

/* ---- what stands in the bytes of the data folder ---- */

static bool file_has(const char *path, const void *bytes, size_t n)
{
	FILE *file = fopen(path, "rb");
	static uint8_t all[32u << 20];
	size_t len = file ? fread(all, 1, sizeof(all), file) : 0;

	assert_true(len < sizeof(all));
	if (file)
		fclose(file);
	return memmem(all, len, bytes, n) != NULL;
}

static bool folder_has(const struct world *w, const void *bytes, size_t n)
{
	DIR *dir = opendir(w->f.dir);
	char path[512];
	bool found = false;

	assert_non_null(dir);
	for (const struct dirent *e; (e = readdir(dir));) {
		snprintf(path, sizeof(path), "%s/%s", w->f.dir, e->d_name);
		found = found || file_has(path, bytes, n);
	}
	closedir(dir);
	return found;
}

static bool folder_has_plain_votes(const struct world *w)
{
	bool found = false;

	for (unsigned i = 0; i < 3; i++) {
		uint8_t plain[16] = { 1, 0, 0, (uint8_t)(choice_of(i) >> 8) };

		found = found || folder_has(w, plain, sizeof(plain));
	}
	return found;
}

static bool folder_has_traces(const struct world *w, const uint8_t sealed[][BALLOT_SEALED_BYTES])
{
	char voter[PERSON_ID_BYTES];
	bool found = false;

	for (unsigned i = 0; i < CROWD && !found; i++) {
		name_voter(voter, i);
		found = folder_has(w, voter, strlen(voter)) || folder_has(w, sealed[i], BALLOT_SEALED_BYTES);
	}
	return found;
}

static void no_byte_of_the_folder_tells_who_chose_what(void **state)
{
	static uint8_t first[CROWD][BALLOT_SEALED_BYTES];
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;
	struct ballot_keys keys;
	struct ballot_pair pair;
	uint8_t secret[STORE_KEY_BYTES];
	struct world w;

	(void)state;
	world_init(&w);
	fixture_start(&w.f, false);
	open_ballot(&w);
	for (unsigned i = 0; i < CROWD; i++)
		post_vote(&w, i, choice_of(i + 1));
	memcpy(first, w.sealed, sizeof(first));
	assert_int_equal(answered(&w), 0);
	for (unsigned i = 0; i < CROWD; i++)
		post_vote(&w, i, choice_of(i));
	assert_int_equal(answered(&w), 0);
	/* Equal choices are sealed to different bytes. */
	for (unsigned i = 3; i < CROWD; i += 3)
		assert_memory_not_equal(w.sealed[0], w.sealed[i], BALLOT_SEALED_BYTES);
	store_token_key(w.f.store, secret);
	assert_int_equal(ballot_keys_init(&keys, "", w.f.dir, secret), 0);
	assert_int_equal(ballot_key_read(&keys, ROOM, ASK, &pair), 0);
	assert_true(folder_has_traces(&w, w.sealed));
	assert_false(folder_has(&w, pair.secret, sizeof(pair.secret)));
	assert_false(folder_has_plain_votes(&w));
	append(&w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(&w, 1), 0);
	/* What deleted rows leave is overwritten soon after. */
	while ((folder_has_traces(&w, w.sealed) || folder_has_traces(&w, first)) && clock_boot_us() < end_us)
		fixture_dispatch(&w.f, 20);
	assert_false(folder_has_traces(&w, w.sealed));
	assert_false(folder_has_traces(&w, first));
	assert_false(folder_has_plain_votes(&w));
	assert_int_equal(number(&w, "SELECT count(*) FROM audit"), 0);
	w.f.store = store_close(w.f.store);
	assert_false(folder_has_traces(&w, w.sealed));
	world_done(&w);
}

/* ---- kills ---- */

static struct {
	enum ballot_step step;
	unsigned nth;           /* time that the step is reached, from 1 */
} kill_at;

static void kill_here(enum ballot_step step)
{
	if (step == kill_at.step && --kill_at.nth == 0)
		kill(getpid(), SIGKILL);
}

/* In a process of its own: a ballot from its opening to its count, as far as it gets. */
static void play(struct world *w)
{
	ballot_box_fault = kill_here;
	fixture_start(&w->f, false);
	open_ballot(w);
	for (unsigned i = 0; i < VOTERS; i++)
		assert_int_equal(vote(w, i, choice_of(i)), 0);
	append(w, EVENT_ASK_CLOSED, CLOSED);
	assert_int_equal(count(w, 1), 0);
	_exit(0);
}

static bool has_row(const struct world *w, enum event_kind kind)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "SELECT count(*) FROM journal WHERE kind = %d", kind);
	return number(w, sql) > 0;
}

/* What the server does with what it finds. */
static void finish(struct world *w)
{
	fixture_start(&w->f, false);
	w->ticket = 1000;
	if (!has_row(w, EVENT_ASK_OPENED)) {
		/* It never began: the key of what nobody knows of is gone. */
		assert_int_equal(keys_there(w), 0);
		open_ballot(w);
	}
	if (!has_row(w, EVENT_ASK_CLOSED)) {
		assert_int_equal(ballot_open(w->f.store, ROOM, ASK, ++w->ticket), 0);
		assert_int_equal(answered(w), 0);
		assert_int_equal(ballot_public_key(w->f.store, ROOM, ASK, w->public_key), 0);
		for (unsigned i = 0; i < VOTERS; i++)
			assert_int_equal(vote(w, i, choice_of(i)), 0);
		append(w, EVENT_ASK_CLOSED, CLOSED);
	}
	if (has_row(w, EVENT_BALLOT_COUNTED))
		assert_int_equal(keys_there(w), 0);
	assert_int_equal(count(w, 1), 0);
}

static void killed_at_any_step_it_is_counted_exactly_once(void **state)
{
	unsigned killed = 0;

	(void)state;
	for (int step = 0; step < BALLOT_STEPS; step++)
		for (unsigned nth = 1; nth <= (step == BALLOT_STEP_CAST ? 3 : 1); nth++) {
			struct world w;
			int status;
			pid_t pid;

			world_init(&w);
			pid = fork();
			assert_true(pid >= 0);
			if (pid == 0) {
				kill_at.step = (enum ballot_step)step;
				kill_at.nth = nth * nth * nth;
				play(&w);
			}
			assert_int_equal(waitpid(pid, &status, 0), pid);
			killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
			finish(&w);
			assert_result(&w, EVENT_BALLOT_COUNTED, "{\"ask\":3,\"votes\":[0,0,0,0,0,0,0,0,0,0,0,10,10,10],\"voters\":30,\"unanimous\":false}");
			assert_int_equal(number(&w, "SELECT count(*) FROM journal WHERE kind IN (77, 78)"), 1);
			assert_int_equal(votes_there(&w), 0);
			assert_int_equal(keys_there(&w), 0);
			w.f.store = store_close(w.f.store);
			fixture_verify(&w.f);
			world_done(&w);
		}
	assert_int_equal(killed, BALLOT_STEPS + 2);
}

/* Votes as fast as they come; the number of each that is acknowledged goes through the pipe. */
static void vote_until_killed(struct world *w, int pipe_fd)
{
	uint64_t first;

	fixture_start(&w->f, false);
	open_ballot(w);
	first = w->ticket + 1;
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t before = w->f.last_ticket;

		post_vote(w, i, choice_of(i));
		fixture_dispatch(&w->f, i % 16 ? 0 : 5);
		if (w->f.last_ticket != before && w->f.last_ticket >= first) {
			uint32_t acknowledged = (uint32_t)(w->f.last_ticket - first + 1);

			if (write(pipe_fd, &acknowledged, sizeof(acknowledged)) != sizeof(acknowledged))
				break;
		}
	}
	_exit(0);
}

static void acknowledged_votes_outlive_kills(void **state)
{
	(void)state;
	for (unsigned run = 0; run < 6; run++) {
		uint32_t acknowledged = 0, votes[OPTIONS] = { 0 }, one;
		const char *at;
		struct world w;
		int fds[2], status;
		pid_t pid;

		world_init(&w);
		assert_int_equal(pipe(fds), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			vote_until_killed(&w, fds[1]);
		close(fds[1]);
		while (acknowledged < 40 + run * 97 && read(fds[0], &one, sizeof(one)) == sizeof(one))
			acknowledged = one;
		kill(pid, SIGKILL);
		waitpid(pid, &status, 0);
		while (read(fds[0], &one, sizeof(one)) == sizeof(one))
			acknowledged = one;
		close(fds[0]);
		fixture_start(&w.f, false);
		w.ticket = 1000000;
		append(&w, EVENT_ASK_CLOSED, CLOSED);
		assert_int_equal(count(&w, 1), 0);
		read_about(&w, ballot_read_result);
		at = strchr(w.f.read_text, '[');
		assert_non_null(at);
		for (unsigned i = 0; i < OPTIONS; i++)
			votes[i] = (uint32_t)strtoul(at + 1, (char **)&at, 10);
		for (unsigned i = 0; i < 3; i++)
			assert_true(votes[11 + i] >= (acknowledged + 2 - i) / 3);
		world_done(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_vote_of_each_counts_once),
		cmocka_unit_test(a_unanimous_result_is_marked),
		cmocka_unit_test(fewer_than_five_votes_are_not_counted),
		cmocka_unit_test(votes_that_cannot_be_opened_are_spoiled),
		cmocka_unit_test(without_its_key_a_ballot_is_void),
		cmocka_unit_test(a_key_that_is_no_secret_is_refused),
		cmocka_unit_test(keys_inside_the_data_folder_are_refused),
		cmocka_unit_test(keys_that_nobody_needs_go_at_the_start),
		cmocka_unit_test(no_metric_counts_votes),
		cmocka_unit_test(no_byte_of_the_folder_tells_who_chose_what),
		cmocka_unit_test(killed_at_any_step_it_is_counted_exactly_once),
		cmocka_unit_test(acknowledged_votes_outlive_kills),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
