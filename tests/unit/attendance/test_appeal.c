/* Appeals in the database: what is refused as it is written, what one may ask before, and what granting comes to. */
#include "fixture.h"

#include <jansson.h>

#include "attendance/appeal_read.h"

#define P1 "00000000000000a1"
#define P2 "00000000000000a2"
#define MINE "{\"appeal\":1,\"person\":\"" P1 "\",\"text\":\"I was there\"}"

struct world {
	struct fixture f;
	uint64_t ticket;
};

static int post(struct world *w, const char *room, enum event_kind kind, const char *payload)
{
	struct event ev = { .kind = kind, .room = room, .seat = "", .actor = P1, .payload = payload, .wall_us = clock_wall_us(), .boot_us = clock_boot_us() };

	assert_int_equal(journal_append(w->f.store, &ev, ++w->ticket), 0);
	fixture_wait(&w->f, w->ticket);
	return w->f.last_error;
}

/* Two hours, of which P1 was not credited and P2 has one. */
static void init(struct world *w, const char *rule)
{
	memset(w, 0, sizeof(*w));
	fixture_init(&w->f);
	fixture_start(&w->f, false);
	assert_int_equal(post(w, "class-7", EVENT_CLASS_PLANNED, "{\"class\":7,\"org\":4,\"title\":\"t\",\"kind\":\"lecture\",\"subject\":\"s\",\"start_ms\":1,\"end_ms\":2}"), 0);
	if (rule)
		assert_int_equal(post(w, "class-7", EVENT_RULE_CHOSEN, rule), 0);
	assert_int_equal(post(w, "class-7", EVENT_CLASS_OPENED, "{}"), 0);
	assert_int_equal(post(w, "class-7", EVENT_RESULT,
		"{\"rule_version\":0,\"began_us\":1000,\"day\":\"2026-09-21\",\"window_s\":7200,\"day_cap\":8000,\"year_cap\":0,\"last\":true,\"rows\":["
		"{\"person\":\"" P1 "\",\"home\":0,\"site\":4,\"present_s\":10,\"unproved_s\":0,\"gap_s\":0,\"met\":0,\"sent\":3,\"counted_s\":0,\"milli_hours\":0,\"reason\":\"presence_short\"},"
		"{\"person\":\"" P2 "\",\"home\":4,\"site\":4,\"present_s\":2700,\"unproved_s\":0,\"gap_s\":0,\"met\":3,\"sent\":3,\"counted_s\":2700,\"milli_hours\":1000,\"reason\":\"credited\","
		"\"hour_s\":2700,\"claim\":[[0,2700000000]]}]}"), 0);
	assert_int_equal(post(w, "class-7", EVENT_CREDIT_POSTED, "{\"entry\":1,\"person\":\"" P2 "\",\"home\":4,\"year\":2026,\"subject\":\"s\",\"kind\":\"lecture\",\"milli_hours\":1000,"
	                      "\"counted_s\":2700,\"day\":\"2026-09-21\",\"reason\":\"credited\"}"), 0);
}

static json_t *ask(struct world *w, store_read_fn fn, const void *args, size_t len)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;
	uint64_t ticket = ++w->ticket;

	assert_int_equal(store_read(w->f.store, fn, args, len, ticket), 0);
	while (w->f.last_read != ticket && clock_boot_us() < end_us)
		fixture_dispatch(&w->f, 100);
	assert_int_equal(w->f.last_read, ticket);
	assert_int_equal(w->f.last_read_error, 0);
	return json_loads(w->f.read_text, 0, NULL);
}

static json_int_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

static void what_cannot_be_is_refused(void **state)
{
	static const char *const wrong[] = { "{}", "{\"appeal\":0,\"person\":\"" P1 "\",\"text\":\"\"}", "{\"appeal\":2,\"person\":\"\",\"text\":\"\"}", "{\"appeal\":2,\"person\":\"" P1 "\"}",
	                                     MINE, "{\"appeal\":2,\"person\":\"" P1 "\",\"text\":\"again\"}" };
	static const char *const decisions[] = { "{}", "{\"appeal\":2,\"granted\":true,\"text\":\"\"}", "{\"appeal\":1,\"granted\":1,\"text\":\"\"}", "{\"appeal\":1,\"granted\":true}" };
	struct world w;

	(void)state;
	init(&w, NULL);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, MINE), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, wrong[i]), -EINVAL);
	assert_int_equal(post(&w, "org-7", EVENT_APPEAL_WRITTEN, "{\"appeal\":2,\"person\":\"" P2 "\",\"text\":\"\"}"), -EINVAL);
	for (size_t i = 0; i < ARRAY_LEN(decisions); i++)
		assert_int_equal(post(&w, "class-7", EVENT_APPEAL_DECIDED, decisions[i]), -EINVAL);
	assert_int_equal(post(&w, "class-8", EVENT_APPEAL_DECIDED, "{\"appeal\":1,\"granted\":false,\"text\":\"no\"}"), -EINVAL);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_DECIDED, "{\"appeal\":1,\"granted\":false,\"text\":\"no\"}"), 0);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_DECIDED, "{\"appeal\":1,\"granted\":true,\"text\":\"yes\"}"), -EINVAL);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, "{\"appeal\":2,\"person\":\"" P1 "\",\"text\":\"again\"}"), 0);
	fixture_done(&w.f);
}

static void before_one_is_written(void **state)
{
	struct appeal_of of = { .person = P1, .class = 7 };
	struct world w;
	json_t *j;

	(void)state;
	init(&w, NULL);
	j = ask(&w, appeal_before_read, &of, sizeof(of));
	assert_string_equal(json_string_value(json_object_get(j, "person")), P1);
	assert_true(number(j, "next") == 1 && !number(j, "entry") && !number(j, "written") && json_is_false(json_object_get(j, "open")));
	json_decref(j);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, MINE), 0);
	j = ask(&w, appeal_before_read, &of, sizeof(of));
	assert_true(number(j, "next") == 2 && number(j, "written") == 1 && json_is_true(json_object_get(j, "open")));
	json_decref(j);
	snprintf(of.person, sizeof(of.person), P2);
	j = ask(&w, appeal_before_read, &of, sizeof(of));
	assert_true(number(j, "entry") == 1 && !number(j, "written"));
	json_decref(j);
	of.class = 8;
	j = ask(&w, appeal_before_read, &of, sizeof(of));
	assert_null(json_object_get(j, "person"));
	json_decref(j);
	fixture_done(&w.f);
}

/* What is asked for, and how many postings come of it: none where it is not more than what stands, or more than the class is worth. */
static void check_postings(struct world *w, int64_t appeal, int64_t milli, size_t n)
{
	struct appeal_query q = { .appeal = appeal, .milli_hours = milli };
	json_t *j = ask(w, appeal_read, &q, sizeof(q));

	assert_int_equal(json_array_size(json_object_get(j, "postings")), n);
	json_decref(j);
}

static void what_granting_comes_to(void **state)
{
	static const char rule[] = "{\"rule\":{\"hour_s\":3600,\"day_hours_milli\":1800},\"org\":1,\"version\":1}";
	struct appeal_query q = { .appeal = 1, .milli_hours = 1500 };
	struct world w;
	json_t *j, *p;

	(void)state;
	init(&w, NULL);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, MINE), 0);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, "{\"appeal\":2,\"person\":\"" P2 "\",\"entry\":1,\"text\":\"more\"}"), 0);
	j = ask(&w, appeal_read, &q, sizeof(q));
	assert_true(number(j, "worth") == 2666 && number(j, "stands") == 0 && number(j, "org") == 4 && !json_object_get(j, "granted"));
	assert_string_equal(json_string_value(json_object_get(j, "text")), "I was there");
	p = json_array_get(json_object_get(j, "postings"), 0);
	assert_true(json_array_size(json_object_get(j, "postings")) == 1 && number(p, "entry") == 2 && number(p, "milli_hours") == 1500 && number(p, "counted_s") == 4050);
	assert_true(number(p, "appeal") == 1 && !json_object_get(p, "reverses"));
	assert_string_equal(json_string_value(json_object_get(p, "subject")), "s");
	json_decref(j);
	check_postings(&w, 1, 2667, 0);
	check_postings(&w, 2, 1000, 0);
	check_postings(&w, 2, 2666, 2);
	check_postings(&w, 99, 1000, 0);
	fixture_done(&w.f);
	init(&w, rule);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, MINE), 0);
	check_postings(&w, 1, 1801, 0);
	check_postings(&w, 1, 1800, 1);
	fixture_done(&w.f);
}

static void those_that_wait(void **state)
{
	struct { struct appeals_waiting_query q; int64_t orgs[1]; } args = { .q.n_orgs = 1 };
	struct world w;
	json_t *j;

	(void)state;
	init(&w, NULL);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, MINE), 0);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_WRITTEN, "{\"appeal\":2,\"person\":\"" P2 "\",\"text\":\"more\"}"), 0);
	assert_int_equal(post(&w, "class-7", EVENT_APPEAL_DECIDED, "{\"appeal\":1,\"granted\":false,\"text\":\"no\"}"), 0);
	j = ask(&w, appeals_waiting_read, &args, sizeof(args));
	assert_int_equal(json_array_size(json_object_get(j, "items")), 0);      /* held elsewhere */
	json_decref(j);
	args.orgs[0] = 4;
	j = ask(&w, appeals_waiting_read, &args, sizeof(args));
	assert_int_equal(json_array_size(json_object_get(j, "items")), 1);
	assert_int_equal(number(json_array_get(json_object_get(j, "items"), 0), "appeal"), 2);
	assert_null(json_object_get(j, "next"));
	json_decref(j);
	fixture_done(&w.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(before_one_is_written),
		cmocka_unit_test(what_granting_comes_to),
		cmocka_unit_test(those_that_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
