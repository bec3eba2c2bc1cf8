/* The disk fills up while the server runs: it is said, nothing acknowledged is lost, and it goes on when there is room. */
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

#define PAYLOAD_BYTES 4000

static void big_payload(char ret[PAYLOAD_BYTES])
{
	memset(ret, 'x', PAYLOAD_BYTES - 1);
	ret[PAYLOAD_BYTES - 1] = 0;
}

/* Appends one after another until one is not written; returns its ticket. */
static uint64_t append_until_full(struct fixture *f, const char *payload)
{
	uint64_t ticket = 0;

	while (f->errors == 0 && ticket < 20000) {
		assert_int_equal(fixture_append(f, EVENT_CHAT, "r", "s", payload, ++ticket), 0);
		fixture_wait(f, ticket);
	}
	assert_int_equal(f->errors, 1);
	return ticket;
}

static void wait_for_state(struct fixture *f, enum store_state state)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	while (store_state(f->store) != state && clock_boot_us() < end_us)
		fixture_dispatch(f, 100);
	assert_int_equal(store_state(f->store), state);
}

/* From full to free again, and the journal has everything, once and in order. */
static void check_recovery(struct fixture *f, uint64_t failed, void (*make_room)(struct fixture *f))
{
	char *metrics = NULL;
	unsigned done = f->done;

	assert_int_equal(store_state(f->store), STORE_FAILING);
	assert_int_equal(f->states[STORE_FAILING], 1);
	/* A fact that happens meanwhile is kept; a request is answered, with the error. */
	assert_int_equal(fixture_append(f, EVENT_SEAT_LEFT, "r", "s", "{\"reason\":\"left\"}", 0), 0);
	assert_int_equal(fixture_append(f, EVENT_CHAT, "r", "s", "{}", failed + 1), 0);
	fixture_wait(f, failed + 1);
	assert_true(f->last_error < 0);
	assert_int_equal(f->done, done + 1);
	assert_int_equal(store_write_metrics(f->store, &metrics), 0);
	assert_non_null(strstr(metrics, "huitang_journal_failing 1"));
	assert_null(strstr(metrics, "huitang_journal_failed_total 0"));
	mem_free(metrics);
	make_room(f);
	wait_for_state(f, STORE_OK);
	/* Those that failed are not answered twice. */
	assert_int_equal(f->done, done + 1);
	assert_int_equal(fixture_append(f, EVENT_CHAT, "r", "s", "{}", failed + 2), 0);
	fixture_wait(f, failed + 2);
	assert_int_equal(f->last_error, 0);
	/* The start, those before, the failed one, the fact, the request. */
	assert_int_equal(f->last_sequence, 1 + failed + 3);
	f->store = store_close(f->store);
	assert_int_equal(fixture_verify(f), 1 + failed + 4);
}

static void remove_ballast(struct fixture *f)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/ballast", f->dir);
	assert_int_equal(unlink(path), 0);
}

static void add_ballast(struct fixture *f, size_t bytes)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/ballast", f->dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(posix_fallocate(fd, 0, (off_t)bytes), 0);
	close(fd);
}

static void a_full_disk_is_survived(void **state)
{
	char payload[PAYLOAD_BYTES];
	struct fixture f;

	(void)state;
	big_payload(payload);
	fixture_init(&f);
	if (mount("none", f.dir, "tmpfs", MS_NOSUID | MS_NODEV, "size=16m") < 0) {
		fixture_done(&f);
		print_message("no right to mount: skipped\n");
		skip();
	}
	add_ballast(&f, 8u << 20);
	fixture_start(&f, false);
	check_recovery(&f, append_until_full(&f, payload), remove_ballast);
	umount2(f.dir, MNT_DETACH);
	fixture_done(&f);
}

static void set_file_limit(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void lift_file_limit(struct fixture *f)
{
	(void)f;
	set_file_limit(RLIM_INFINITY);
}

/* Every write beyond the limit gives EFBIG: to SQLite an I/O error. */
static void an_io_error_is_survived(void **state)
{
	char payload[PAYLOAD_BYTES];
	struct fixture f;
	uint64_t failed;

	(void)state;
	big_payload(payload);
	signal(SIGXFSZ, SIG_IGN);
	fixture_init(&f);
	fixture_start(&f, false);
	set_file_limit(1u << 20);
	failed = append_until_full(&f, payload);
	assert_int_equal(f.last_error, -EIO);
	check_recovery(&f, failed, lift_file_limit);
	fixture_done(&f);
}

static void a_server_that_ends_while_the_disk_is_full_comes_back_with_all_that_it_acknowledged(void **state)
{
	char payload[PAYLOAD_BYTES];
	struct fixture f;
	uint64_t failed;

	(void)state;
	big_payload(payload);
	signal(SIGXFSZ, SIG_IGN);
	fixture_init(&f);
	fixture_start(&f, false);
	set_file_limit(1u << 20);
	failed = append_until_full(&f, payload);
	f.store = store_close(f.store);
	set_file_limit(RLIM_INFINITY);
	fixture_start(&f, false);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", failed + 1);
	fixture_wait(&f, failed + 1);
	assert_true((uint64_t)f.last_sequence >= failed + 2);
	f.store = store_close(f.store);
	assert_true((uint64_t)fixture_verify(&f) >= failed + 3);
	fixture_done(&f);
}

static void a_full_disk_at_the_start_is_refused_with_the_reason(void **state)
{
	char err[STORE_ERROR_BYTES];
	struct fixture f;
	int r;

	(void)state;
	fixture_init(&f);
	if (mount("none", f.dir, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k") < 0) {
		fixture_done(&f);
		skip();
	}
	r = fixture_try_open(&f, true, err);
	assert_int_equal(r, -ENOSPC);
	assert_non_null(strstr(err, "full"));
	umount2(f.dir, MNT_DETACH);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_disk_is_survived),
		cmocka_unit_test(an_io_error_is_survived),
		cmocka_unit_test(a_server_that_ends_while_the_disk_is_full_comes_back_with_all_that_it_acknowledged),
		cmocka_unit_test(a_full_disk_at_the_start_is_refused_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
