/* What acts change: memory and disk agree after each, all or nothing, with a row in journal and audit log. */
#include "fixture.h"

#include "attendance/changes.h"
#include "attendance/directory_state.h"
#include "attendance/writes.h"


static struct act an_act(const char *name)
{
	struct act a = { .account = 1, .person = 1, .actor = "0123456789abcdef", .grant = 7, .org = 1, .detail = "{\"why\":\"test\"}" };

	snprintf(a.name, sizeof(a.name), "%s", name);
	return a;
}

static struct changes *begin(const char *name)
{
	struct changes *c = changes_new();
	struct act a = an_act(name);

	assert_non_null(c);
	assert_int_equal(changes_set_act(c, &a), 0);
	return c;
}

/* Posts, waits, applies. Returns the error that was told. */
static int finish(struct fixture *f, struct changes *c)
{
	static uint64_t ticket = 1000;

	assert_int_equal(changes_post(f->store, c, ++ticket), 0);
	fixture_wait(f, ticket);
	if (f->last_error == 0)
		directory_apply(store_directory(f->store), c, clock_wall_us());
	changes_destroy(c);
	return f->last_error;
}

static int64_t add_fact(struct directory *d, struct changes *c, struct fact fact)
{
	fact.id = directory_next_fact_id(d, fact.type);
	fact.valid_from_us = fact.valid_from_us ? fact.valid_from_us : clock_wall_us() - 1000;
	fact.text = fact.text ? fact.text : "";
	fact.note = fact.note ? fact.note : "";
	changes_fact(c, &fact);
	return fact.id;
}

static void end_fact(struct directory *d, struct changes *c, const struct fact *f)
{
	assert_non_null(f);
	changes_fact_ends(c, f, clock_wall_us() - 1, directory_next_fact_id(d, f->type));
}

static int64_t add_org(struct directory *d, struct changes *c, int64_t parent, const char *name, const char *code)
{
	int64_t id = directory_next_org_id(d);

	changes_org(c, id, code);
	add_fact(d, c, (struct fact){ .type = FACT_PARENT, .org = id, .other = parent });
	add_fact(d, c, (struct fact){ .type = FACT_NAME, .org = id, .text = name, .note = "branch" });
	return id;
}

static int64_t add_person(struct directory *d, struct changes *c, const char *name, int64_t org)
{
	struct identity i = { .name = name, .reading = "", .phone = "", .card_tail = "1X", .card_key = "k", .card_hash = { 1, 2, 3 } };
	int64_t id = directory_next_person_id(d);
	char pseudonym[PSEUDONYM_BYTES];

	snprintf(pseudonym, sizeof(pseudonym), "%016llx", (unsigned long long)id + 0xabcdef);
	changes_person(c, id, pseudonym);
	changes_identity(c, id, &i);
	add_fact(d, c, (struct fact){ .type = FACT_KIND, .person = id, .text = "member" });
	add_fact(d, c, (struct fact){ .type = FACT_MEMBERSHIP, .person = id, .org = org, .flag = true });
	return id;
}

/* What memory knows, as text. */
static char *dump(const struct directory *d)
{
	const struct org *o = NULL;
	const struct person *p = NULL;
	const struct account *a = NULL;
	size_t size;
	char *ret;
	FILE *out = open_memstream(&ret, &size);

	while ((o = directory_next_org(d, o)))
		fprintf(out, "org %ld %s/%s/%s/%s parent %ld closed %d into %ld at %u-%u depth %u\n", o->id, o->name, o->kind, o->code, o->phone, o->parent,
		        o->closed_us != 0, o->merged_into, o->first, o->last, o->depth);
	while ((p = directory_next_person(d, p))) {
		fprintf(out, "person %ld %s %s %s main %ld last %ld into %ld account %ld\n", p->id, p->identity.name, p->identity.card_tail, p->kind, p->main_org,
		        p->last_org, p->merged_into, p->account);
		for (enum fact_type t = 1; t < FACT_TYPES; t++)
			for (const struct fact *f = NULL; (f = directory_person_fact(d, p->id, t, f));)
				fprintf(out, "  fact %d %ld %ld %ld %s %s %d\n", t, f->id, f->org, f->other, f->text, f->note, f->flag);
	}
	while ((a = directory_next_account(d, a)))
		fprintf(out, "account %ld %s person %ld org %ld %s %s %d\n", a->id, a->login, a->person, a->org, a->name, a->password_hash, a->must_change);
	fclose(out);
	return ret;
}

static void assert_disk_agrees(struct fixture *f)
{
	struct store_reader *r = fixture_reader(f);
	char *memory = dump(store_directory(f->store)), *disk = dump(store_reader_directory(r));

	assert_string_equal(memory, disk);
	free(memory);
	free(disk);
	store_reader_close(r);
}

static void a_branch_and_its_people_come_and_go(void **state)
{
	int64_t org, person, host;
	struct directory *d;
	struct changes *c;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	c = begin("org.create");
	org = add_org(d, c, directory_root(d)->id, "新建党支部", "N1");
	person = add_person(d, c, "张伟", org);
	assert_null(directory_org(d, org));
	assert_int_equal(finish(&f, c), 0);
	assert_disk_agrees(&f);
	assert_string_equal(directory_org(d, org)->name, "新建党支部");
	assert_ptr_equal(directory_org_code(d, "N1"), directory_org(d, org));
	assert_true(directory_is_below(d, org, directory_root(d)->id));
	assert_ptr_equal(directory_card(d, (uint8_t[CARD_HASH_BYTES]){ 1, 2, 3 }), directory_person(d, person));
	c = begin("person.transfer");
	end_fact(d, c, directory_membership(d, person, org));
	add_fact(d, c, (struct fact){ .type = FACT_MEMBERSHIP, .person = person, .org = directory_root(d)->id, .flag = true });
	add_fact(d, c, (struct fact){ .type = FACT_POST, .person = person, .org = directory_root(d)->id, .text = "书记" });
	assert_int_equal(finish(&f, c), 0);
	assert_disk_agrees(&f);
	assert_int_equal(directory_person(d, person)->main_org, directory_root(d)->id);
	assert_null(directory_membership(d, person, org));
	c = begin("person.transfer");
	end_fact(d, c, directory_membership(d, person, directory_root(d)->id));
	assert_int_equal(finish(&f, c), 0);
	assert_disk_agrees(&f);
	assert_int_equal(directory_person(d, person)->main_org, 0);
	assert_int_equal(directory_person(d, person)->last_org, directory_root(d)->id);
	c = begin("org.close");
	end_fact(d, c, directory_org_fact(d, org, FACT_PARENT, NULL));
	changes_org_merged(c, org, directory_root(d)->id);
	assert_int_equal(finish(&f, c), 0);
	assert_disk_agrees(&f);
	assert_true(directory_org(d, org)->closed_us != 0);
	assert_int_equal(directory_org(d, org)->parent, directory_root(d)->id);
	host = directory_login(d, "host")->id;
	c = begin("session.end");
	changes_password(c, host, "hash", true);
	changes_account(c, &(struct account){ .id = directory_next_account_id(d), .login = "zhang", .person = person, .org = org, .password_hash = "" });
	changes_account_closed(c, directory_login(d, "cohost")->id);
	assert_int_equal(finish(&f, c), 0);
	assert_disk_agrees(&f);
	assert_true(directory_account(d, host)->must_change);
	assert_null(directory_login(d, "cohost"));
	assert_string_equal(directory_login(d, "zhang")->name, "张伟");
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), 2 + 5);
	fixture_done(&f);
}

static const struct identity numbered = { .name = "张伟", .reading = "", .phone = "", .card_tail = "2X", .card_key = "k", .card_hash = { 9 } };

/* Two records of one number: the older is found, and the other once that has another number. */
static void a_number_is_found_while_anybody_has_it(void **state)
{
	int64_t first, second;
	struct directory *d;
	struct changes *c;
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	c = begin("person.create");
	first = add_person(d, c, "张伟", directory_root(d)->id);
	changes_identity(c, first, &numbered);
	second = add_person(d, c, "张伟", directory_root(d)->id);
	changes_identity(c, second, &numbered);
	assert_int_equal(finish(&f, c), 0);
	assert_ptr_equal(directory_card(d, numbered.card_hash), directory_person(d, first));
	c = begin("person.update");
	changes_identity(c, first, &(struct identity){ .name = "张伟", .reading = "", .phone = "", .card_tail = "", .card_key = "" });
	assert_int_equal(finish(&f, c), 0);
	assert_ptr_equal(directory_card(d, numbered.card_hash), directory_person(d, second));
	assert_true(directory_has_cards(d));
	f.store = store_close(f.store);
	fixture_done(&f);
}

/* The second of two that break a rule of the database takes nothing of itself to disk, and nothing from the others. */
static void what_breaks_a_rule_changes_nothing(void **state)
{
	struct directory *d;
	struct changes *c;
	struct fixture f;
	char *before, *after;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	before = dump(d);
	c = begin("org.create");
	add_org(d, c, directory_root(d)->id, "甲", "");
	add_org(d, c, 99999, "乙", "");
	assert_int_equal(finish(&f, c), -EINVAL);
	after = dump(d);
	assert_string_equal(before, after);
	assert_disk_agrees(&f);
	assert_int_equal(store_state(f.store), STORE_OK);
	free(before);
	free(after);
	/* An end of what has ended already. */
	c = begin("person.transfer");
	end_fact(d, c, directory_person_fact(d, 1, FACT_MEMBERSHIP, NULL));
	end_fact(d, c, directory_person_fact(d, 1, FACT_MEMBERSHIP, NULL));
	assert_int_equal(finish(&f, c), -EINVAL);
	assert_disk_agrees(&f);
	fixture_done(&f);
}

static void an_act_is_on_record_without_names_in_the_chain(void **state)
{
	struct store_reader *r;
	struct directory *d;
	struct changes *c;
	struct fixture f;
	int64_t n;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	c = begin("org.create");
	add_org(d, c, directory_root(d)->id, "丙", "");
	assert_int_equal(finish(&f, c), 0);
	r = fixture_reader(&f);
	assert_int_equal(db_get_int(store_reader_db(r), "SELECT count(*) FROM audit a JOIN journal j USING (sequence)"
	                                                " WHERE a.act = 'org.create' AND a.right_grant = 7 AND j.kind = 40 AND j.actor = '0123456789abcdef'", &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(db_get_int(store_reader_db(r), "SELECT count(*) FROM org_name WHERE act = (SELECT sequence FROM audit)", &n), 0);
	assert_int_equal(n, 1);
	store_reader_close(r);
	fixture_done(&f);
}

/* Memory that fails while an act is prepared is told before anything is written. */
static void preparing_survives_lack_of_memory(void **state)
{
	struct fixture f;
	bool done = false;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	for (uint64_t n = 1; !done; n++) {
		struct directory *d = store_directory(f.store);
		struct act a = an_act("org.create");
		struct changes *c;
		int r = -ENOMEM;

		mem_fail_at(n);
		c = changes_new();
		if (c && changes_set_act(c, &a) == 0) {
			for (int i = 0; i < 300; i++)
				add_org(d, c, directory_root(d)->id, "一个名字很长很长很长很长的党支部", "");
			r = changes_broken(c) ? -ENOMEM : 0;
		}
		mem_fail_at(0);
		done = r == 0;
		changes_destroy(c);
	}
	fixture_done(&f);
}

/* The tree of random moves, closings and foundings: what memory derives is what loading derives. */
static void three_hundred_random_acts_agree_with_the_disk(void **state)
{
	struct directory *d;
	struct fixture f;
	unsigned seed = 7;

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	for (int i = 0; i < 300; i++) {
		int64_t any = 1 + rand_r(&seed) % (int64_t)directory_n_orgs(d), other = 1 + rand_r(&seed) % (int64_t)directory_n_orgs(d);
		const struct fact *parent = directory_org_fact(d, any, FACT_PARENT, NULL), *name = directory_org_fact(d, any, FACT_NAME, NULL);
		bool open = directory_org(d, any)->closed_us == 0 && directory_org(d, other)->closed_us == 0;
		struct changes *c = begin("org.move");

		switch (rand_r(&seed) % 4) {
		case 0:
			add_org(d, c, open ? other : 1, "某支部", "");
			break;
		case 1:
			if (open && any != 1 && !directory_is_below(d, other, any)) {
				end_fact(d, c, parent);
				add_fact(d, c, (struct fact){ .type = FACT_PARENT, .org = any, .other = other });
			}
			break;
		case 2:
			if (open && any != 1 && !directory_org(d, any)->child)
				end_fact(d, c, parent);
			break;
		default:
			end_fact(d, c, name);
			add_fact(d, c, (struct fact){ .type = FACT_NAME, .org = any, .text = "改名后的支部", .note = "branch" });
		}
		assert_int_equal(finish(&f, c), 0);
		if (i % 50 == 0)
			assert_disk_agrees(&f);
	}
	assert_disk_agrees(&f);
	fixture_done(&f);
}

/* A full disk: the act is refused once, and does not come true later. */
static void changes_that_failed_do_not_come_true_later(void **state)
{
	struct directory *d;
	struct changes *c;
	struct fixture f;
	sqlite3 *other;
	char path[128];

	(void)state;
	fixture_init(&f);
	fixture_start(&f, true);
	d = store_directory(f.store);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 3);
	fixture_wait(&f, 3);
	snprintf(path, sizeof(path), "%s/huitang.db", f.dir);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 4);
	c = begin("org.create");
	add_org(d, c, directory_root(d)->id, "丁", "");
	assert_int_not_equal(finish(&f, c), 0);
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	fixture_append(&f, EVENT_CHAT, "r", "s", "{}", 5);
	fixture_wait(&f, 5);
	assert_int_equal(f.last_error, 0);
	assert_disk_agrees(&f);
	f.store = store_close(f.store);
	assert_int_equal(fixture_verify(&f), 5);        /* started, three events, stopped */
	fixture_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_branch_and_its_people_come_and_go),
		cmocka_unit_test(a_number_is_found_while_anybody_has_it),
		cmocka_unit_test(what_breaks_a_rule_changes_nothing),
		cmocka_unit_test(an_act_is_on_record_without_names_in_the_chain),
		cmocka_unit_test(preparing_survives_lack_of_memory),
		cmocka_unit_test(three_hundred_random_acts_agree_with_the_disk),
		cmocka_unit_test(changes_that_failed_do_not_come_true_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
