/* Erasing by days: what goes and what stays, by whose policy; the chain holds; a killed server goes on and counts nothing twice. */
#include "fixture.h"

#include <signal.h>
#include <sys/wait.h>

#include "attendance/changes.h"
#include "attendance/directory_state.h"
#include "attendance/person_state.h"
#include "attendance/retention.h"
#include "attendance/retention_history.h"
#include "attendance/writes.h"

#define DAY_US (24LL * 3600 * 1000000)
#define COUNTY 1

static void act(struct fixture *f, struct changes *c, const char *name, int64_t org)
{
	static uint64_t ticket = 5000;
	struct act a = { .org = org, .detail = "{\"why\":\"so\"}" };

	snprintf(a.name, sizeof(a.name), "%s", name);
	assert_int_equal(changes_set_act(c, &a), 0);
	assert_int_equal(changes_post(f->store, c, ++ticket), 0);
	fixture_wait(f, ticket);
	assert_int_equal(f->last_error, 0);
	directory_apply(store_directory(f->store), c, clock_wall_us());
	changes_destroy(c);
}

static struct fact new_fact(struct fixture *f, struct fact fact)
{
	fact.id = directory_next_fact_id(store_directory(f->store), fact.type);
	fact.valid_from_us = 1;
	fact.text = fact.text ? fact.text : "";
	fact.note = fact.note ? fact.note : "";
	return fact;
}

static void set_policy(struct fixture *f, int64_t org, const char *key, const char *value)
{
	struct changes *c = changes_new();
	struct fact fact = new_fact(f, (struct fact){ .type = FACT_POLICY, .org = org, .text = key, .note = value });

	changes_fact(c, &fact);
	act(f, c, "policy.set", org);
}

/* As if so many days had gone by: the clock is the plan's. */
static void retain(struct fixture *f, int days, uint64_t ticket)
{
	struct retention_plan *plan;
	size_t bytes;

	assert_int_equal(retention_plan_make(&plan, &bytes, store_directory(f->store), clock_wall_us() + days * DAY_US), 0);
	assert_int_equal(store_retain(f->store, plan, ticket), 0);
	mem_free(plan);
	if (ticket)
		fixture_wait(f, ticket);
	assert_int_equal(f->last_error, 0);
}

static int64_t count(const struct fixture *f, const char *sql)
{
	struct store_reader *r = fixture_reader(f);
	int64_t n = -1;

	assert_int_equal(db_get_int(store_reader_db(r), sql, &n), 0);
	store_reader_close(r);
	return n;
}

#define PAYLOADS(kind) "SELECT count(*) FROM journal JOIN journal_payload USING (sequence) WHERE kind = " #kind

static void each_kind_goes_when_its_own_days_are_over(void **state)
{
	struct fixture f;
	int64_t rows;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fixture_append(&f, EVENT_ROOM_OPENED, "demo-class", "", "{\"title\":\"x\",\"org\":\"\",\"epoch\":\"e\"}", 0);
	fixture_append(&f, EVENT_SEAT_JOINED, "demo-class", "s", "{\"name\":\"SEENNAME\"}", 0);
	fixture_append(&f, EVENT_CHAT, "demo-class", "s", "{\"text\":\"SAIDTEXT\"}", 1);
	fixture_wait(&f, 1);
	set_policy(&f, COUNTY, "ranking", "off");
	retain(&f, 179, 2);
	assert_int_equal(count(&f, PAYLOADS(30)), 1);
	retain(&f, 181, 3);
	assert_int_equal(count(&f, PAYLOADS(30)), 0);
	assert_int_equal(count(&f, PAYLOADS(20)), 1);
	retain(&f, 1094, 4);
	assert_int_equal(count(&f, PAYLOADS(20)), 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM audit"), 2);    /* the policy, and the run that removed the chat line */
	retain(&f, 1097, 5);
	assert_int_equal(count(&f, PAYLOADS(20)), 0);
	assert_int_equal(count(&f, PAYLOADS(10)), 1);
	rows = count(&f, "SELECT count(*) FROM journal");
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), rows + 1);
	fixture_done(&f);
}

static void acts_stay_for_six_months_at_least_and_a_run_is_an_act(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	set_policy(&f, COUNTY, "keep_audit_days", "180");
	set_policy(&f, COUNTY, "ranking", "off");
	retain(&f, 179, 1);
	assert_int_equal(count(&f, "SELECT count(*) FROM audit WHERE act = 'policy.set'"), 2);
	assert_int_equal(count(&f, "SELECT count(*) FROM audit WHERE act = 'retention.run'"), 0);
	retain(&f, 181, 2);
	assert_int_equal(count(&f, "SELECT count(*) FROM audit WHERE act = 'policy.set'"), 0);
	assert_int_equal(count(&f, "SELECT count(*) FROM audit WHERE act = 'retention.run' AND org = 1"), 1);
	assert_int_equal(count(&f, "SELECT json_extract(payload, '$.detail.removed.keep_audit_days') FROM journal_payload ORDER BY sequence DESC LIMIT 1"), 2);
	assert_int_equal(count(&f, "SELECT sum(removed) FROM retention_count WHERE policy = 'keep_audit_days' AND org = 1"), 2);
	assert_int_equal(store_read(f.store, retention_history_read, "", 0, 77), 0);
	while (f.last_read != 77)
		fixture_dispatch(&f, 100);
	assert_int_equal(f.last_read_error, 0);
	assert_non_null(strstr(f.read_text, "\"policy\":\"keep_audit_days\",\"n\":2"));
	fixture_done(&f);
}

static void nothing_of_it_is_left_in_any_byte(void **state)
{
	struct fixture f;
	char command[160];
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fixture_append(&f, EVENT_CHAT, "demo-class", "s", "{\"text\":\"VERYSECRETWORD\"}", 1);
	fixture_wait(&f, 1);
	snprintf(command, sizeof(command), "grep -rq VERYSECRETWORD %s", f.dir);
	assert_int_equal(system(command), 0);
	retain(&f, 200, 2);
	while (system(command) == 0 && clock_boot_us() < end_us)
		usleep(100000);
	assert_int_not_equal(system(command), 0);
	fixture_done(&f);
}

/* Lets the store thread work until the metric says that some are gone, and is killed there. */
static void be_killed(struct fixture *f)
{
	char *text = NULL;
	long long removed = 0;

	fixture_open(f, true);
	assert_int_equal(store_start(f->store), 0);
	retain(f, 200, 0);
	while (removed < 1000) {
		const char *at;

		mem_free(text);
		assert_int_equal(store_write_metrics(f->store, &text), 0);
		at = strstr(text, "\nhuitang_retention_removed_total ");
		removed = at ? atoll(strchr(at, ' ')) : 0;
		usleep(1000);
	}
	kill(getpid(), SIGKILL);
}

static void a_killed_run_goes_on_and_counts_nothing_twice(void **state)
{
	enum { LINES = 6000 };
	struct fixture f;
	int64_t left, rows;
	pid_t child;
	int status;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	for (int i = 1; i <= LINES; i++)
		assert_int_equal(fixture_append(&f, EVENT_CHAT, "demo-class", "s", "{\"text\":\"x\"}", i == LINES), 0);
	fixture_wait(&f, 1);
	f.store = store_close(f.store);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		be_killed(&f);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	fixture_start(&f, true);
	assert_int_equal(store_retained_us(f.store), 0);
	left = count(&f, PAYLOADS(30));
	assert_true(left > 0 && left < LINES);
	retain(&f, 200, 3);
	assert_int_equal(count(&f, PAYLOADS(30)), 0);
	assert_int_equal(count(&f, "SELECT sum(removed) FROM retention_count"), LINES);
	assert_int_equal(count(&f, "SELECT count(*) FROM retention_run"), 1);
	rows = count(&f, "SELECT count(*) FROM journal");
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), rows + 1);
	fixture_open(&f, true);
	assert_true(store_retained_us(f.store) > 0);
	fixture_done(&f);
}

static void writes_go_first_while_a_run_is_under_way(void **state)
{
	enum { LINES = 5000 };
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	for (int i = 1; i <= LINES; i++)
		assert_int_equal(fixture_append(&f, EVENT_CHAT, "demo-class", "s", "{\"text\":\"x\"}", i == LINES), 0);
	fixture_wait(&f, 1);
	retain(&f, 200, 0);
	for (uint64_t i = 2; i < 30; i++) {
		fixture_append(&f, EVENT_SEAT_AWAY, "demo-class", "s", "{}", i);
		fixture_wait(&f, i);
		assert_int_equal(f.last_error, 0);
	}
	fixture_done(&f);
}

#define ENTRY(entry, milli, more) \
	"{\"entry\":" #entry ",\"person\":\"0011223344556677\",\"home\":1,\"year\":2026,\"subject\":\"s\",\"kind\":\"lecture\",\"milli_hours\":" #milli \
	",\"counted_s\":" #milli ",\"day\":\"2026-09-21\",\"reason\":\"credited\"" more "}"

static void postings_go_with_their_rows_in_the_index(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	fixture_append(&f, EVENT_CREDIT_POSTED, "class-7", "", ENTRY(1, 5, ""), 0);
	fixture_append(&f, EVENT_CREDIT_POSTED, "class-7", "", ENTRY(2, -5, ",\"reverses\":1"), 0);
	fixture_append(&f, EVENT_CREDIT_POSTED, "class-7", "", ENTRY(3, 4, ""), 1);
	fixture_wait(&f, 1);
	assert_int_equal(f.last_error, 0);
	assert_int_equal(count(&f, "SELECT count(*) FROM credit_entry"), 3);
	retain(&f, 1824, 2);
	assert_int_equal(count(&f, "SELECT count(*) FROM credit_entry"), 3);
	retain(&f, 1826, 3);
	assert_int_equal(count(&f, "SELECT count(*) FROM credit_entry"), 0);
	assert_int_equal(count(&f, PAYLOADS(91)), 0);
	fixture_done(&f);
}

/* ---- persons ---- */

static const struct person *former(struct fixture *f, int64_t *ret_id)
{
	struct directory *d = store_directory(f->store);
	struct changes *c = changes_new();
	int64_t id = directory_next_person_id(d);
	struct fact m = new_fact(f, (struct fact){ .type = FACT_MEMBERSHIP, .person = id, .org = COUNTY, .flag = true });

	changes_person(c, id, "0011223344556677");
	changes_identity(c, id, &(struct identity){ .name = "离人" });
	changes_fact(c, &m);
	act(f, c, "person.create", COUNTY);
	assert_int_equal(person_state(d, directory_person(d, id), clock_wall_us() + 9999 * DAY_US), PERSON_ACTIVE);
	c = changes_new();
	changes_fact_ends(c, directory_membership(d, id, COUNTY), clock_wall_us(), directory_next_fact_id(d, FACT_MEMBERSHIP));
	act(f, c, "person.transfer", COUNTY);
	*ret_id = id;
	return directory_person(d, id);
}

static void who_left_is_restricted_and_then_due(void **state)
{
	struct fixture f;
	const struct person *p;
	int64_t now_us, id;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	p = former(&f, &id);
	now_us = p->left_us;
	assert_int_equal(person_state(store_directory(f.store), p, now_us + 364 * DAY_US), PERSON_ACTIVE);
	assert_int_equal(person_state(store_directory(f.store), p, now_us + 366 * DAY_US), PERSON_RESTRICTED);
	assert_int_equal(person_erase_us(store_directory(f.store), p, now_us + 366 * DAY_US), now_us + 1825 * DAY_US);
	f.store = store_close(f.store);
	fixture_start(&f, true);
	p = directory_person(store_directory(f.store), id);
	assert_int_equal(p->left_us, now_us);
	assert_int_equal(p->last_org, COUNTY);
	assert_int_equal(person_state(store_directory(f.store), p, now_us + 366 * DAY_US), PERSON_RESTRICTED);
	fixture_done(&f);
}

static void a_rule_is_that_of_the_organisation(void **state)
{
	struct fixture f;
	struct retention_plan *plan;
	size_t bytes;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	set_policy(&f, COUNTY, "keep_chat_days", "90");
	set_policy(&f, 3, "keep_chat_days", "30");
	set_policy(&f, COUNTY, "keep_audit_days", "2000");
	assert_int_equal(retention_plan_make(&plan, &bytes, store_directory(f.store), 10000 * DAY_US), 0);
	assert_int_equal(plan->n, directory_n_orgs(store_directory(f.store)) + 1);
	assert_int_equal(retention_rule_of(plan, 3)->before_us[POLICY_KEEP_CHAT_DAYS], 9970 * DAY_US);
	assert_int_equal(retention_rule_of(plan, 2)->before_us[POLICY_KEEP_CHAT_DAYS], 9910 * DAY_US);
	assert_int_equal(retention_rule_of(plan, 2)->root, COUNTY);
	assert_int_equal(retention_rule_of(plan, 0)->before_us[POLICY_KEEP_CHAT_DAYS], 9820 * DAY_US);
	assert_int_equal(retention_rule_of(plan, 987654)->org, 0);
	assert_int_equal(retention_rule_of(plan, 0)->before_us[POLICY_KEEP_AUDIT_DAYS], 8000 * DAY_US);
	assert_true(retention_rule_of(plan, 3)->before_us[POLICY_RANKING] == INT64_MIN);
	mem_free(plan);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_goes_when_its_own_days_are_over),
		cmocka_unit_test(acts_stay_for_six_months_at_least_and_a_run_is_an_act),
		cmocka_unit_test(nothing_of_it_is_left_in_any_byte),
		cmocka_unit_test(a_killed_run_goes_on_and_counts_nothing_twice),
		cmocka_unit_test(writes_go_first_while_a_run_is_under_way),
		cmocka_unit_test(postings_go_with_their_rows_in_the_index),
		cmocka_unit_test(who_left_is_restricted_and_then_due),
		cmocka_unit_test(a_rule_is_that_of_the_organisation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
