/* Questions that the read thread answers: history, the audit log, and what is refused. */
#include "fixture.h"

#include <jansson.h>
#include <time.h>

#include "attendance/audit.h"
#include "attendance/changes.h"
#include "attendance/history.h"

static void wait_read(struct fixture *f, uint64_t ticket)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	while (f->last_read != ticket && clock_boot_us() < end_us)
		fixture_dispatch(f, 100);
	assert_int_equal(f->last_read, ticket);
}

/* The demo's member is called otherwise kind, by an act on its person and the city. */
static void act(struct fixture *f, uint64_t ticket, int64_t person, const char *kind)
{
	struct directory *d = store_directory(f->store);
	struct changes *c = changes_new();
	struct act a = { .name = "person.update", .account = 1, .person = 1, .grant = 1, .org = 1, .subject = person, .detail = "{\"why\":\"test\"}" };
	const struct fact *old = directory_person_fact(d, person, FACT_KIND, NULL);
	struct fact fresh = *old;

	assert_int_equal(changes_set_act(c, &a), 0);
	changes_fact_ends(c, old, clock_wall_us(), directory_next_fact_id(d, FACT_KIND));
	fresh.id = directory_next_fact_id(d, FACT_KIND);
	fresh.text = kind;
	fresh.valid_from_us = clock_wall_us();
	changes_fact(c, &fresh);
	assert_int_equal(changes_post(f->store, c, ticket), 0);
	fixture_wait(f, ticket);
	assert_int_equal(f->last_error, 0);
	directory_apply(d, c, clock_wall_us());
	changes_destroy(c);
}

static json_t *rows(struct fixture *f, store_read_fn fn, const void *args, size_t len, uint64_t ticket)
{
	json_t *j;

	assert_int_equal(store_read(f->store, fn, args, len, ticket), 0);
	wait_read(f, ticket);
	assert_int_equal(f->last_read_error, 0);
	j = json_loads(f->read_text, 0, NULL);
	assert_true(json_is_array(j));
	return j;
}

static void history_tells_what_was_and_what_was_known(void **state)
{
	struct history_query q = { .person = 5 };
	struct fixture f;
	json_t *j;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	act(&f, 1, 5, "talent");
	j = rows(&f, history_read, &q, sizeof(q), 2);
	/* Two kinds and a membership; with what was corrected one row more. */
	assert_int_equal(json_array_size(j), 3);
	assert_string_equal(json_string_value(json_object_get(json_array_get(j, 0), "text")), "talent");
	assert_true(json_integer_value(json_object_get(json_array_get(j, 1), "to_us")) > 0);
	json_decref(j);
	q.all = true;
	j = rows(&f, history_read, &q, sizeof(q), 3);
	assert_int_equal(json_array_size(j), 4);
	json_decref(j);
	fixture_done(&f);
}

static struct audit_query *query(size_t *ret_len, size_t n_orgs, size_t n_people)
{
	struct audit_query *q;

	*ret_len = sizeof(*q) + (n_orgs + n_people) * sizeof(int64_t);
	q = calloc(1, *ret_len);
	assert_non_null(q);
	q->before = INT64_MAX;
	q->limit = 10;
	q->n_orgs = (uint32_t)n_orgs;
	q->n_people = (uint32_t)n_people;
	return q;
}

static size_t count(struct fixture *f, struct audit_query *q, size_t len, uint64_t ticket)
{
	json_t *j = rows(f, audit_read, q, len, ticket);
	size_t n = json_array_size(j);

	json_decref(j);
	free(q);
	return n;
}

static void the_audit_log_gives_what_is_asked_and_allowed(void **state)
{
	struct audit_query *q;
	struct fixture f;
	size_t len;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	act(&f, 1, 5, "talent");
	act(&f, 2, 4, "guest");
	q = query(&len, 0, 0);
	assert_int_equal(count(&f, q, len, 3), 0);
	q = query(&len, 1, 0);
	q->ids[0] = 1;
	assert_int_equal(count(&f, q, len, 4), 2);
	q = query(&len, 1, 1);
	q->ids[0] = 2;
	q->ids[1] = 5;
	assert_int_equal(count(&f, q, len, 5), 1);
	q = query(&len, 0, 0);
	q->own_account = 1;
	q->limit = 1;
	assert_int_equal(count(&f, q, len, 6), 1);
	q = query(&len, 0, 0);
	q->own_person = 4;
	assert_int_equal(count(&f, q, len, 7), 1);
	q = query(&len, 1, 0);
	q->ids[0] = 1;
	strcpy(q->act, "org.move");
	assert_int_equal(count(&f, q, len, 8), 0);
	fixture_done(&f);
}

static int fail_always(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	(void)r;
	(void)args;
	(void)len;
	*ret_text = NULL;
	return -EIO;
}

static int sleep_long(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	struct timespec ts = { .tv_nsec = 20000000 };

	(void)r;
	(void)args;
	(void)len;
	nanosleep(&ts, NULL);
	*ret_text = strdup("[]");
	return 0;
}

static void too_many_questions_are_refused_and_failures_told(void **state)
{
	struct fixture f;
	uint64_t asked = 0;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	assert_int_equal(store_read(f.store, fail_always, NULL, 0, 900), 0);
	wait_read(&f, 900);
	assert_int_equal(f.last_read_error, -EIO);
	while (store_read(f.store, sleep_long, NULL, 0, asked + 1) == 0)
		asked++;
	assert_true(asked >= STORE_READS_MAX);
	/* It closes with questions open. */
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history_tells_what_was_and_what_was_known),
		cmocka_unit_test(the_audit_log_gives_what_is_asked_and_allowed),
		cmocka_unit_test(too_many_questions_are_refused_and_failures_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
