/* Organisations, accounts, rooms and rights in the demo city; sign-in sessions and passwords. */
#include "fixture.h"

#include "attendance/demo.h"
#include "attendance/writes.h"

static const struct account *login(const struct fixture *f, const char *name)
{
	const struct account *a = directory_login(store_directory(f->store), name);

	assert_non_null(a);
	return a;
}

static size_t count_accounts(const struct directory *d)
{
	const struct account *a = NULL;
	size_t n = 0;

	while ((a = directory_next_account(d, a)))
		n++;
	return n;
}

static void the_demo_city_has_200_branches_and_all_kinds_of_users(void **state)
{
	static const char *const people[][2] = {
		{ "host", "leader" }, { "inspector", "inspector" }, { "admin", "administrator" }, { "cohost", NULL }, { "expert", NULL }, { "member", NULL },
	};
	const struct account *a = NULL;
	size_t sites = 0, longest = 0;
	const struct directory *d;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	d = store_directory(f.store);
	while ((a = directory_next_account(d, a))) {
		assert_non_null(directory_org(d, a->org));
		assert_true(*a->name);
		sites += a->person == 0;
		longest = MAX(longest, strlen(a->name));
	}
	assert_int_equal(sites, DEMO_BRANCHES);
	assert_true(longest >= 72);
	for (size_t i = 0; i < ARRAY_LEN(people); i++) {
		const struct person *p = directory_person(d, login(&f, people[i][0])->person);
		const struct fact *grant = directory_person_fact(d, p->id, FACT_GRANT, NULL);

		assert_int_equal(p->account, login(&f, people[i][0])->id);
		assert_int_equal(p->main_org, login(&f, people[i][0])->org);
		assert_int_equal(grant != NULL, people[i][1] != NULL);
		if (grant)
			assert_string_equal(grant->text, people[i][1]);
	}
	assert_int_equal(login(&f, "branch200")->person, 0);
	assert_null(directory_login(d, "branch201"));
	assert_true(password_verify(login(&f, "host")->password_hash, DEMO_PASSWORD));
	fixture_done(&f);
}

static void rights_come_from_the_account_or_the_tree_above_it(void **state)
{
	static const char *const roles[][2] = {
		{ "host", "host" }, { "cohost", "cohost" }, { "expert", "presenter" }, { "inspector", "inspector" },
		{ "member", "participant" }, { "branch001", "participant" }, { "branch200", "participant" }, { "admin", "cohost" },
	};
	const struct room_record *const *rooms;
	struct directory *d;
	struct fixture f;
	size_t n;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	d = store_directory(f.store);
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		int64_t id = login(&f, roles[i][0])->id;

		assert_string_equal(directory_role(d, "demo-meeting", id), roles[i][1]);
		assert_string_equal(directory_role(d, "demo-class", id), roles[i][1]);
		assert_null(directory_role(d, "other", id));
	}
	assert_null(directory_role(d, "demo-class", 999));
	rooms = directory_rooms(d, &n);
	assert_int_equal(n, 2);
	assert_string_equal(rooms[0]->id, "demo-class");
	assert_string_equal(rooms[1]->id, "demo-meeting");
	assert_string_equal(rooms[0]->epoch, "");
	fixture_done(&f);
}

static void a_superior_sees_down_only(void **state)
{
	struct fixture f;
	struct directory *d;
	int64_t city, county, branch, other;
	char path[256], small[12];

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	d = store_directory(f.store);
	city = login(&f, "host")->org;
	county = login(&f, "inspector")->org;
	branch = login(&f, "branch065")->org;           /* the first of 青河县 */
	other = login(&f, "branch001")->org;
	assert_true(directory_is_below(d, branch, county));
	assert_true(directory_is_below(d, county, county));
	assert_true(directory_is_below(d, branch, city));
	assert_false(directory_is_below(d, other, county));
	assert_false(directory_is_below(d, county, branch));
	assert_false(directory_is_below(d, city, county));
	assert_false(directory_is_below(d, branch, 99999));
	assert_false(directory_is_below(d, 99999, city));
	directory_org_path(d, branch, path, sizeof(path));
	assert_string_equal(path, "南岭市 / 青河县 / 青河镇 / 青河镇城关村党支部");
	directory_org_path(d, branch, small, sizeof(small));
	assert_string_equal(small, "南岭市");
	directory_org_path(d, branch, small, 6);        /* no half character */
	assert_string_equal(small, "南");
	directory_org_path(d, 99999, path, sizeof(path));
	assert_string_equal(path, "");
	fixture_done(&f);
}

static void demo_overwrites_nothing(void **state)
{
	struct fixture f;
	struct directory *d;
	size_t n, before;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	before = count_accounts(store_directory(f.store));
	fixture_append(&f, EVENT_ROOM_OPENED, "demo-class", "", "{\"title\":\"x\",\"epoch\":\"e1\"}", 0);
	fixture_append(&f, EVENT_ROOM_ENDED, "demo-class", "", "{}", 0);
	f.store = store_close(f.store);
	assert_int_equal(fixture_sql(&f, "UPDATE person_identity SET name = '新名' WHERE person = (SELECT person FROM account WHERE login = 'host')"), SQLITE_OK);
	fixture_open(&f, true);
	d = store_directory(f.store);
	assert_string_equal(login(&f, "host")->name, "新名");
	assert_true(directory_room(d, "demo-class")->ended_us > 0);
	assert_string_equal(directory_room(d, "demo-class")->title, "远程党课（演示）");
	assert_int_equal(count_accounts(d), before);
	fixture_done(&f);
	/* A folder that a real server began stays as it is, too. */
	fixture_init(&f);
	fixture_open(&f, false);
	directory_rooms(store_directory(f.store), &n);
	assert_int_equal(n, 0);
	fixture_done(&f);
}

static void rooms_change_in_memory(void **state)
{
	struct fixture f;
	struct directory *d;
	const struct room_record *r;
	size_t n;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	d = store_directory(f.store);
	assert_int_equal(directory_room_opened(d, "demo-class", "t", "e1", 100), 0);
	r = directory_room(d, "demo-class");
	assert_string_equal(r->epoch, "e1");
	assert_int_equal(r->opened_us, 100);
	directory_room_ended(d, "demo-class", 200);
	assert_int_equal(r->ended_us, 200);
	assert_int_equal(directory_room_opened(d, "demo-class", "t", "e2", 300), 0);
	assert_int_equal(r->opened_us, 300);
	assert_int_equal(r->ended_us, 0);
	assert_int_equal(directory_room_opened(d, "a-new-one", "新", "e3", 400), 0);
	assert_string_equal(directory_room(d, "a-new-one")->title, "新");
	assert_string_equal(directory_rooms(d, &n)[0]->id, "a-new-one");
	assert_int_equal(n, 3);
	directory_room_ended(d, "unknown", 1);
	fixture_done(&f);
}

static void a_sign_in_survives_a_restart(void **state)
{
	int64_t now_us = clock_wall_us(), host;
	char token[SESSION_TOKEN_BYTES], second[SESSION_TOKEN_BYTES];
	struct directory *d;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	host = login(&f, "host")->id;
	assert_int_equal(session_open(f.store, token, host, now_us, 1), 0);
	assert_int_equal(strlen(token), SESSION_TOKEN_BYTES - 1);
	assert_int_equal(session_open(f.store, second, host, now_us, 2), 0);
	assert_int_equal(session_open(f.store, second, 9999, now_us, 3), -ENOENT);
	fixture_wait(&f, 2);
	assert_int_equal(f.errors, 0);
	f.store = store_close(f.store);
	fixture_start(&f, true);
	d = store_directory(f.store);
	assert_int_equal(session_account(d, token, now_us), host);
	assert_int_equal(session_account(d, token, now_us + SESSION_LIFE_US), 0);
	assert_int_equal(session_account(d, "", now_us), 0);
	assert_int_equal(session_account(d, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", now_us), 0);
	assert_int_equal(session_close(f.store, token), 0);
	assert_int_equal(session_close(f.store, token), 0);
	assert_int_equal(session_account(d, token, now_us), 0);
	f.store = store_close(f.store);
	fixture_open(&f, true);
	assert_int_equal(session_account(store_directory(f.store), token, now_us), 0);
	assert_int_equal(session_account(store_directory(f.store), second, now_us), host);
	fixture_done(&f);
}

static void sessions_are_bounded_and_the_oldest_goes(void **state)
{
	char first[SESSION_TOKEN_BYTES], token[SESSION_TOKEN_BYTES];
	int64_t now_us = clock_wall_us(), host;
	struct directory *d;
	struct fixture f;
	size_t n;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	host = login(&f, "host")->id;
	assert_int_equal(session_open(f.store, first, host, now_us, 0), 0);
	for (int i = 1; i < SESSIONS_PER_ACCOUNT; i++)
		assert_int_equal(session_open(f.store, token, host, now_us + i, 0), 0);
	assert_int_equal(session_account(d, first, now_us), host);
	assert_int_equal(session_open(f.store, token, host, now_us + 1000, 0), 0);
	assert_int_equal(session_account(d, first, now_us), 0);
	assert_int_equal(session_account(d, token, now_us), host);
	directory_oldest_session(d, host, &n);
	assert_int_equal(n, SESSIONS_PER_ACCOUNT);
	f.store = store_close(f.store);
	fixture_open(&f, true);
	directory_oldest_session(store_directory(f.store), host, &n);
	assert_int_equal(n, SESSIONS_PER_ACCOUNT);
	fixture_done(&f);
}

/* A session of nobody breaks a rule of the database; what stands around it in the same commit must not suffer. */
static void a_bad_write_goes_alone(void **state)
{
	struct write_session bad = { .head = { .ticket = 5 }, .session = { .account = 9999, .hash = { 1 } } };
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 4);
	assert_int_equal(store_post(f.store, WRITE_SESSION_OPENED, &bad, sizeof(bad)), 0);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 6);
	assert_int_equal(store_start(f.store), 0);
	fixture_wait(&f, 6);
	assert_int_equal(f.done, 3);
	assert_int_equal(f.errors, 1);
	assert_int_equal(f.last_sequence, 2);
	assert_int_equal(store_state(f.store), STORE_OK);
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), 4);
	fixture_done(&f);
}

static void passwords(void **state)
{
	char hash[PASSWORD_HASH_BYTES], again[PASSWORD_HASH_BYTES], longest[PASSWORD_MAX + 2];
	int64_t began_us, known_us, unknown_us;

	(void)state;
	assert_int_equal(password_hash(hash, "正确的 password"), 0);
	assert_int_equal(password_hash(again, "正确的 password"), 0);
	assert_string_not_equal(hash, again);
	assert_non_null(strstr(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
	assert_true(password_verify(hash, "正确的 password"));
	assert_false(password_verify(hash, "正确的 Password"));
	assert_false(password_verify(hash, ""));
	assert_false(password_verify("", "x"));
	assert_false(password_verify("$argon2id$", "x"));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = 0;
	assert_false(password_verify(hash, longest));
	/* Whether a login exists must not be told by time. */
	began_us = clock_boot_us();
	password_verify(hash, "wrong");
	known_us = clock_boot_us() - began_us;
	began_us = clock_boot_us();
	assert_false(password_verify(NULL, "wrong"));
	unknown_us = clock_boot_us() - began_us;
	assert_true(unknown_us > known_us / 4);
}

static void loading_survives_lack_of_memory(void **state)
{
	struct fixture f;
	struct directory *d = NULL;
	int64_t before;
	int r = -ENOMEM;

	(void)state;
	fixture_init(&f);
	fixture_open(&f, true);
	before = mem_live();
	for (uint64_t nth = 1; r == -ENOMEM; nth = nth < 30 ? nth + 1 : nth + nth / 8) {
		mem_fail_at(nth);
		r = directory_load(&d, store_db(f.store), 0);
		mem_fail_at(0);
		if (r < 0)
			assert_int_equal(mem_live(), before);
	}
	assert_int_equal(r, 0);
	directory_destroy(d);
	assert_int_equal(mem_live(), before);
	fixture_done(&f);
}

static void opening_survives_lack_of_memory(void **state)
{
	int64_t before = mem_live();
	char err[STORE_ERROR_BYTES];
	struct fixture f;
	int r = -ENOMEM;

	(void)state;
	fixture_init(&f);
	for (uint64_t nth = 1; r == -ENOMEM; nth++) {
		mem_fail_at(nth);
		r = fixture_try_open(&f, false, err);
		mem_fail_at(0);
		if (r < 0) {
			assert_int_equal(mem_live(), before);
			assert_non_null(strstr(err, "memory"));
		}
	}
	assert_int_equal(r, 0);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_demo_city_has_200_branches_and_all_kinds_of_users),
		cmocka_unit_test(rights_come_from_the_account_or_the_tree_above_it),
		cmocka_unit_test(a_superior_sees_down_only),
		cmocka_unit_test(demo_overwrites_nothing),
		cmocka_unit_test(rooms_change_in_memory),
		cmocka_unit_test(a_sign_in_survives_a_restart),
		cmocka_unit_test(sessions_are_bounded_and_the_oldest_goes),
		cmocka_unit_test(a_bad_write_goes_alone),
		cmocka_unit_test(passwords),
		cmocka_unit_test(loading_survives_lack_of_memory),
		cmocka_unit_test(opening_survives_lack_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
