/* Forgetting: nothing of the name is left in any byte, the chain is valid, and a restored backup forgets again. */
#include "fixture.h"

#include <dirent.h>

#include "attendance/changes.h"
#include "attendance/directory_state.h"
#include "attendance/erasure.h"
#include "attendance/writes.h"

#define NAME "欧阳忘却"
#define PHONE "19900001234"

static struct changes *begin(const char *name, int64_t subject, const char *detail)
{
	struct act a = { .account = 1, .subject = subject, .detail = detail };
	struct changes *c = changes_new();

	snprintf(a.name, sizeof(a.name), "%s", name);
	assert_int_equal(changes_set_act(c, &a), 0);
	return c;
}

static void finish(struct fixture *f, struct changes *c)
{
	static uint64_t ticket = 1000;

	assert_int_equal(changes_post(f->store, c, ++ticket), 0);
	fixture_wait(f, ticket);
	assert_int_equal(f->last_error, 0);
	directory_apply(store_directory(f->store), c, clock_wall_us());
	changes_destroy(c);
}

/* A person with an account who has been in a room and said something. Returns the id. */
static int64_t make_person(struct fixture *f)
{
	struct directory *d = store_directory(f->store);
	struct changes *c = begin("person.create", directory_next_person_id(d), "{\"name\":\"" NAME "\",\"phone\":\"" PHONE "\"}");
	int64_t id = changes_act(c)->subject, account = directory_next_account_id(d);
	char payload[256];

	changes_person(c, id, "00112233445566ff");
	changes_identity(c, id, &(struct identity){ .name = NAME, .phone = PHONE });
	changes_fact(c, &(struct fact){ .type = FACT_MEMBERSHIP, .id = directory_next_fact_id(d, FACT_MEMBERSHIP), .person = id, .org = 1, .flag = true, .valid_from_us = 1,
	                                .text = "", .note = "" });
	changes_fact(c, &(struct fact){ .type = FACT_GRANT, .id = directory_next_fact_id(d, FACT_GRANT), .person = id, .org = 1, .text = "leader", .note = "让" NAME "主持",
	                                .valid_from_us = 1 });
	changes_account(c, &(struct account){ .id = account, .login = "forgetme-" PHONE, .person = id, .org = 1, .password_hash = "" });
	finish(f, c);
	fixture_append(f, EVENT_ROOM_OPENED, "demo-class", "", "{\"title\":\"x\",\"epoch\":\"e1\"}", 0);
	snprintf(payload, sizeof(payload), "{\"key\":\"account:%lld\",\"name\":\"" NAME "\",\"org\":\"\",\"role\":\"participant\"}", (long long)account);
	fixture_append(f, EVENT_SEAT_JOINED, "demo-class", "seat1", payload, 0);
	fixture_append(f, EVENT_CHAT, "demo-class", "seat1", "{\"id\":1,\"name\":\"" NAME "\",\"text\":\"我是" NAME "\"}", 0);
	fixture_append(f, EVENT_HAND_RAISED, "demo-class", "seat2", "{\"name\":\"site\",\"org\":\"\",\"speaker\":\"" NAME "\"}", 0);
	fixture_append(f, EVENT_SEAT_JOINED, "demo-class", "seat2", "{\"key\":\"account:1\",\"name\":\"somebody else\",\"org\":\"\",\"role\":\"host\"}", 900);
	fixture_wait(f, 900);
	return id;
}

#define TWIN "欧阳孪生"
#define TWIN_PHONE "19900005678"

/* Another record of the person, with a life of its own, merged into it. */
static void make_twin(struct fixture *f, int64_t person)
{
	struct directory *d = store_directory(f->store);
	struct changes *c = begin("person.create", directory_next_person_id(d), "{\"name\":\"" TWIN "\"}");
	int64_t id = changes_act(c)->subject, account = directory_next_account_id(d);
	char payload[256];

	changes_person(c, id, "8899aabbccddeeff");
	changes_identity(c, id, &(struct identity){ .name = TWIN, .phone = TWIN_PHONE });
	changes_account(c, &(struct account){ .id = account, .login = "twin-" TWIN_PHONE, .person = id, .org = 1, .password_hash = "" });
	finish(f, c);
	snprintf(payload, sizeof(payload), "{\"key\":\"account:%lld\",\"name\":\"" TWIN "\",\"org\":\"\",\"role\":\"participant\"}", (long long)account);
	fixture_append(f, EVENT_SEAT_JOINED, "demo-class", "seat3", payload, 0);
	fixture_append(f, EVENT_CHAT, "demo-class", "seat3", "{\"id\":2,\"name\":\"" TWIN "\",\"text\":\"我是" TWIN "\"}", 0);
	fixture_append(f, EVENT_LEAVE_ASKED, "class-9", "", "{\"person\":\"8899aabbccddeeff\",\"site\":1,\"why\":\"" TWIN "病了\"}", 901);
	fixture_wait(f, 901);
	c = begin("person.merge", person, "{\"from_name\":\"" TWIN "\",\"why\":\"" TWIN_PHONE "\"}");
	changes_person_merged(c, id, person);
	changes_account_closed(c, account);
	finish(f, c);
}

static bool file_has(const char *path, const char *text)
{
	FILE *in = fopen(path, "rb");
	size_t size = 0, len = strlen(text);
	char *all = NULL;
	bool found = false;

	assert_non_null(in);
	fseek(in, 0, SEEK_END);
	size = (size_t)ftell(in);
	rewind(in);
	all = malloc(size + 1);
	size = fread(all, 1, size, in);         /* the server may just write it anew, and shorter */
	fclose(in);
	found = memmem(all, size, text, len) != NULL;
	free(all);
	return found;
}

/* Any file of the data folder. */
static bool folder_has(const struct fixture *f, const char *text)
{
	DIR *dir = opendir(f->dir);
	bool found = false;
	char path[512];

	for (struct dirent *e; (e = readdir(dir));) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, e->d_name);
		found = found || (e->d_type == DT_REG && file_has(path, text));
	}
	closedir(dir);
	return found;
}

static struct changes *erasing(int64_t person)
{
	struct changes *c = begin("person.erase", person, "{\"order\":\"2026-7\"}");

	changes_person_erased(c, person, "2026-7");
	return c;
}

static void erase(struct fixture *f, int64_t person)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;

	finish(f, erasing(person));
	while (folder_has(f, NAME) && clock_boot_us() < end_us)
		fixture_dispatch(f, 20);
}

static void end_list(const struct fixture *f)
{
	char path[128];

	snprintf(path, sizeof(path), "%s.erasures", f->dir);
	unlink(path);
}

static void nothing_of_a_name_is_left(void **state)
{
	char list[128];
	struct directory *d;
	struct fixture f;
	int64_t person;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	person = make_person(&f);
	assert_true(folder_has(&f, NAME) && folder_has(&f, PHONE));
	erase(&f, person);
	assert_false(folder_has(&f, NAME));
	assert_false(folder_has(&f, PHONE));
	assert_true(folder_has(&f, "somebody else"));
	assert_true(directory_person(d, person)->erased);
	assert_string_equal(directory_person(d, person)->identity.name, "");
	assert_null(directory_login(d, "forgetme-" PHONE));
	snprintf(list, sizeof(list), "%s.erasures", f.dir);
	assert_true(file_has(list, "2026-7") && file_has(list, "00112233445566ff") && !file_has(list, NAME));
	f.store = store_close(f.store);
	assert_true(fixture_verify(&f) > 5);
	fixture_open(&f, true);
	assert_true(directory_person(store_directory(f.store), person)->erased);
	end_list(&f);
	fixture_done(&f);
}

static void copy_database(const struct fixture *f, const char *to)
{
	char sql[256];

	snprintf(sql, sizeof(sql), "VACUUM INTO '%s'", to);
	assert_int_equal(fixture_sql(f, sql), SQLITE_OK);
}

static void a_restored_backup_forgets_again(void **state)
{
	char backup[128], path[128], wal[140];
	struct fixture f;
	int64_t person;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	person = make_person(&f);
	f.store = store_close(f.store);
	snprintf(backup, sizeof(backup), "%s.backup", f.dir);
	copy_database(&f, backup);
	fixture_start(&f, true);
	erase(&f, person);
	f.store = store_close(f.store);
	snprintf(path, sizeof(path), "%s/huitang.db", f.dir);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	unlink(wal);
	assert_int_equal(rename(backup, path), 0);
	assert_true(folder_has(&f, NAME));
	fixture_start(&f, true);
	assert_false(folder_has(&f, NAME));
	assert_true(directory_person(store_directory(f.store), person)->erased);
	f.store = store_close(f.store);
	assert_true(fixture_verify(&f) > 5);
	end_list(&f);
	fixture_done(&f);
}

static void a_twin_is_the_person(void **state)
{
	char list[128];
	struct fixture f;
	int64_t person;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	person = make_person(&f);
	make_twin(&f, person);
	assert_true(folder_has(&f, TWIN) && folder_has(&f, TWIN_PHONE));
	erase(&f, person);
	assert_false(folder_has(&f, NAME));
	assert_false(folder_has(&f, TWIN));
	assert_false(folder_has(&f, TWIN_PHONE));
	assert_true(directory_pseudonym(store_directory(f.store), "8899aabbccddeeff")->erased);
	assert_string_equal(directory_pseudonym(store_directory(f.store), "8899aabbccddeeff")->identity.name, "");
	snprintf(list, sizeof(list), "%s.erasures", f.dir);
	assert_true(file_has(list, "00112233445566ff") && file_has(list, "8899aabbccddeeff"));
	f.store = store_close(f.store);
	end_list(&f);
	fixture_done(&f);
}

/* Somebody reads in the log just then: what stands there goes as soon as that is over. */
static void a_reader_holds_the_log_only_for_so_long(void **state)
{
	struct store_reader *r;
	struct fixture f;
	int64_t person, n, since_us;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	person = make_person(&f);
	r = fixture_reader(&f);
	assert_int_equal(db_exec(store_reader_db(r), "BEGIN"), 0);
	assert_int_equal(db_get_int(store_reader_db(r), "SELECT count(*) FROM journal", &n), 0);
	finish(&f, erasing(person));
	for (int i = 0; i < 20; i++)
		fixture_dispatch(&f, 20);
	assert_true(folder_has(&f, NAME));
	assert_int_equal(db_exec(store_reader_db(r), "COMMIT"), 0);
	since_us = clock_boot_us();
	while (folder_has(&f, NAME) && clock_boot_us() < since_us + WAIT_MS * 1000LL)
		fixture_dispatch(&f, 20);
	assert_false(folder_has(&f, NAME));
	store_reader_close(r);
	f.store = store_close(f.store);
	end_list(&f);
	fixture_done(&f);
}

/* A crash before the file was written anew: what deleted rows left in it goes at the next start. */
static void traces_go_at_the_next_start(void **state)
{
	int64_t end_us = clock_boot_us() + WAIT_MS * 1000LL;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	f.store = store_close(f.store);
	assert_int_equal(fixture_sql(&f, "PRAGMA secure_delete = OFF; INSERT INTO secret VALUES ('x', CAST('" NAME "' AS BLOB)); DELETE FROM secret WHERE name = 'x'; PRAGMA user_version = 1"),
	                 SQLITE_OK);
	assert_true(folder_has(&f, NAME));
	fixture_start(&f, true);
	while (folder_has(&f, NAME) && clock_boot_us() < end_us)
		fixture_dispatch(&f, 20);
	assert_false(folder_has(&f, NAME));
	f.store = store_close(f.store);
	end_list(&f);
	fixture_done(&f);
}

/* A crash between the commit and the list outside. */
static void a_list_that_lacks_somebody_is_completed(void **state)
{
	char list[128];
	struct fixture f;
	int64_t person;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	person = make_person(&f);
	erase(&f, person);
	f.store = store_close(f.store);
	snprintf(list, sizeof(list), "%s.erasures", f.dir);
	end_list(&f);
	fixture_open(&f, true);
	assert_true(file_has(list, "00112233445566ff"));
	end_list(&f);
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_a_name_is_left),
		cmocka_unit_test(a_restored_backup_forgets_again),
		cmocka_unit_test(a_twin_is_the_person),
		cmocka_unit_test(a_reader_holds_the_log_only_for_so_long),
		cmocka_unit_test(traces_go_at_the_next_start),
		cmocka_unit_test(a_list_that_lacks_somebody_is_completed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
