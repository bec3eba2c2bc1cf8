/* What the rows of a table would change, and that a second run changes nothing. */
#include "fixture.h"

#include "attendance/directory_state.h"
#include "attendance/import/import.h"
#include "attendance/table/csv_read.h"

struct world {
	struct fixture f;
	struct directory *d;
	struct card_key *key;
	char key_path[160];
	struct table *tables[16];       /* owned */
	size_t n_tables;
};

static void open_world(struct world *w)
{
	char err[CARD_KEY_ERROR_BYTES];

	memset(w, 0, sizeof(*w));
	fixture_init(&w->f);
	fixture_start(&w->f, true);
	w->d = store_directory(w->f.store);
	snprintf(w->key_path, sizeof(w->key_path), "%s.card-key", w->f.dir);
	assert_int_equal(card_key_open(&w->key, w->key_path, w->f.dir, true, err), 0);
}

static void close_world(struct world *w)
{
	while (w->n_tables > 0)
		table_destroy(w->tables[--w->n_tables]);
	card_key_close(w->key);
	unlink(w->key_path);
	fixture_done(&w->f);
}

static struct table *table_of(struct world *w, const char *csv)
{
	struct table_problem err = { 0 };
	char *text = strdup(csv);
	struct table *t;

	assert_int_equal(table_create(&t), 0);
	assert_true(w->n_tables < ARRAY_LEN(w->tables));
	w->tables[w->n_tables++] = t;
	assert_int_equal(csv_read(t, text, strlen(text), &err), 0);
	free(text);
	return t;
}

static struct import *begin_table(struct world *w, enum table_kind kind, const struct table *t, const struct principal *who, int64_t org, const char *person_kind)
{
	struct import_cfg cfg = { .directory = w->d, .who = who, .org = org, .card_key = w->key, .person_kind = person_kind, .now_us = clock_wall_us() };
	struct table_problems problems = { 0 };
	struct import *i = NULL;

	assert_int_equal(import_begin(&i, &cfg, kind, t, &problems), 0);
	while (import_step(i, 3) == 0)
		;
	return i;
}

static struct import *begin(struct world *w, enum table_kind kind, const char *csv, const struct principal *who, int64_t org)
{
	return begin_table(w, kind, table_of(w, csv), who, org, NULL);
}

static void apply(struct world *w, struct import *i)
{
	static uint64_t ticket = 5000;
	struct act act = { .name = "import.run", .detail = "{}" };
	struct changes *c = import_take_changes(i);

	assert_int_equal(changes_set_act(c, &act), 0);
	assert_int_equal(changes_post(w->f.store, c, ++ticket), 0);
	fixture_wait(&w->f, ticket);
	assert_int_equal(w->f.last_error, 0);
	directory_apply(w->d, c, clock_wall_us());
	changes_destroy(c);
	import_end(i);
}

static void assert_counts(const struct import *i, size_t added, size_t changed, size_t same, size_t refused)
{
	for (size_t n = 0; n < import_n(i) && import_count(i, IMPORT_REFUSED) != refused; n++)
		if (import_row(i, n).fate == IMPORT_REFUSED)
			print_error("row %u: %s\n", import_row(i, n).number, table_fault_code(import_row(i, n).problem.fault));
	assert_int_equal(import_count(i, IMPORT_ADDED), added);
	assert_int_equal(import_count(i, IMPORT_CHANGED), changed);
	assert_int_equal(import_count(i, IMPORT_SAME), same);
	assert_int_equal(import_count(i, IMPORT_REFUSED), refused);
}

static void assert_no_changes(struct import *i)
{
	struct changes *c = import_take_changes(i);

	assert_int_equal(changes_n(c), 0);
	changes_destroy(c);
	import_end(i);
}

static enum table_fault fault_of(const struct import *i, size_t index)
{
	struct import_row r = import_row(i, index);

	assert_int_equal(r.fate, IMPORT_REFUSED);
	return r.problem.fault;
}

static const char orgs[] =
	"组织名称,组织编码,上级党组织,类别\n"
	"第一党支部,B1,新镇党委,支部\n"        /* its parent comes below */
	"新镇党委,C1,南岭市 / 青河县,党委\n"
	"第二党支部,B2,C1,支部\n"
	"第二党支部,B3,C1,支部\n"
	"孤儿支部,B4,没有的党委,支部\n"
	"坏类别,B5,C1,飞船\n";

static void the_top_of_an_import_is_no_child_of_itself(void **state)
{
	const struct org *city;
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	city = directory_root(w.d);
	assert_string_equal(city->name, "南岭市");
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,上级党组织,类别\n南岭市,,市\n南岭市,,\n甲,,支部\n乙,南岭市,支部\n", NULL, city->id);
	assert_counts(i, 2, 0, 1, 1);
	assert_int_equal(fault_of(i, 1), TABLE_ROW_DOUBLED);
	import_end(i);
	close_world(&w);
}

static void organisations_find_their_place_in_any_order(void **state)
{
	const struct org *first, *committee;
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	i = begin(&w, TABLE_ORGANISATIONS, orgs, NULL, 0);
	assert_counts(i, 3, 0, 0, 3);
	assert_int_equal(fault_of(i, 3), TABLE_NAME_TAKEN);
	assert_int_equal(fault_of(i, 4), TABLE_ORG_UNKNOWN);
	assert_int_equal(fault_of(i, 5), TABLE_VALUE_UNKNOWN);
	apply(&w, i);
	first = directory_org_code(w.d, "B1");
	committee = directory_org_code(w.d, "C1");
	assert_int_equal(first->parent, committee->id);
	assert_string_equal(committee->kind, "committee");
	assert_string_equal(directory_org(w.d, committee->parent)->name, "青河县");
	i = begin(&w, TABLE_ORGANISATIONS, orgs, NULL, 0);
	assert_counts(i, 0, 0, 3, 3);
	assert_no_changes(i);
	close_world(&w);
}

static void organisations_are_renamed_and_moved_but_not_in_circles(void **state)
{
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	apply(&w, begin(&w, TABLE_ORGANISATIONS, orgs, NULL, 0));
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,组织编码,上级党组织,类别\n第一支部（改名）,B1,B2,\n新镇党委,C1,第一支部（改名）,\n", NULL, 0);
	assert_counts(i, 0, 1, 0, 1);
	assert_int_equal(fault_of(i, 1), TABLE_IN_CIRCLE);
	apply(&w, i);
	assert_string_equal(directory_org_code(w.d, "B1")->name, "第一支部（改名）");
	assert_int_equal(directory_org_code(w.d, "B1")->parent, directory_org_code(w.d, "B2")->id);
	close_world(&w);
}

static const char people[] =
	"姓名,所在党组织,人员类别,身份证号,联系电话,职务,入党日期,登录名\n"
	"张伟,青河镇城关村党支部,党员,11010519491231002X,13800000001,书记、组织委员,2019-07-01,zhangwei\n"
	"张伟,青河镇城关村党支部,党员,,13800000002,,,\n"          /* a twin: another phone */
	"张伟,青河镇城关村党支部,党员,,13800000002,,,\n"          /* the same row again */
	"李娜,没有这个支部,党员,,,,,\n"
	"王芳,青河县 / 青河镇城关村党支部,村干部,,13800000003,,2020年5月,\n"
	"赵敏,青河镇城关村党支部,党员,110105194912310021,,,,\n"   /* a wrong check digit */
	"孙丽,青河镇城关村党支部,党员,,,,,zhangwei\n"
	",青河镇城关村党支部,党员,,,,,\n";

/* A0 below the city, A1 below A0, …; S1, S2 and S3 likewise: 32 levels are the most, also with what a moved one brings along and above what is imported into. */
static void no_tree_becomes_too_deep(void **state)
{
	char csv[4096] = "组织名称,组织编码,上级党组织,类别\n甲0,A0,南岭市,党委\n丙1,S1,南岭市,党委\n丙2,S2,S1,党委\n丙3,S3,S2,党委\n";
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	for (int n = 1; n < 29; n++)
		snprintf(csv + strlen(csv), sizeof(csv) - strlen(csv), "甲%d,A%d,A%d,党委\n", n, n, n - 1);
	i = begin(&w, TABLE_ORGANISATIONS, csv, NULL, 0);
	assert_counts(i, 32, 0, 0, 0);
	apply(&w, i);
	assert_int_equal(directory_org_code(w.d, "A28")->depth, 29);
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,组织编码,上级党组织,类别\n丙1,S1,A28,\n丙2,S2,A28,\n丁,D1,S3,党委\n", NULL, 0);
	assert_counts(i, 0, 1, 0, 2);
	assert_int_equal(fault_of(i, 0), TABLE_TOO_DEEP);
	assert_int_equal(fault_of(i, 2), TABLE_TOO_DEEP);
	apply(&w, i);
	assert_int_equal(directory_org_code(w.d, "S3")->depth, ORG_DEPTH_MAX - 1);
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,组织编码,上级党组织,类别\n丁,D1,S3,党委\n丙2,S2,A28,\n戊,D2,S2,党委\n", NULL, directory_org_code(w.d, "A20")->id);
	assert_counts(i, 1, 0, 1, 1);
	assert_int_equal(fault_of(i, 0), TABLE_TOO_DEEP);
	import_end(i);
	close_world(&w);
}

static void people_are_added_once(void **state)
{
	const struct person *zhang;
	const struct fact *post;
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	i = begin(&w, TABLE_PEOPLE, people, NULL, 0);
	assert_counts(i, 3, 0, 0, 5);
	assert_int_equal(fault_of(i, 2), TABLE_ROW_DOUBLED);
	assert_int_equal(fault_of(i, 3), TABLE_ORG_UNKNOWN);
	assert_int_equal(fault_of(i, 5), TABLE_VALUE_NUMBER);
	assert_int_equal(fault_of(i, 6), TABLE_LOGIN_TAKEN);
	assert_int_equal(fault_of(i, 7), TABLE_VALUE_EMPTY);
	assert_null(strstr(import_row(i, 5).problem.text, "1101"));
	apply(&w, i);
	zhang = directory_person(w.d, directory_login(w.d, "zhangwei")->person);
	assert_string_equal(zhang->identity.name, "张伟");
	assert_string_equal(zhang->identity.card_tail, "2X");
	assert_string_equal(directory_org(w.d, zhang->main_org)->name, "青河镇城关村党支部");
	post = directory_person_fact(w.d, zhang->id, FACT_POST, NULL);
	assert_string_equal(post->text, "书记");
	assert_non_null(directory_person_fact(w.d, zhang->id, FACT_POST, post));
	i = begin(&w, TABLE_PEOPLE, people, NULL, 0);
	assert_counts(i, 0, 0, 3, 5);
	assert_no_changes(i);
	close_world(&w);
}

static void who_is_known_by_the_card_moves_with_it(void **state)
{
	const struct person *zhang;
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	apply(&w, begin(&w, TABLE_PEOPLE, people, NULL, 0));
	i = begin(&w, TABLE_PEOPLE, "姓名,所在党组织,身份证号,联系电话\n张伟,青河镇东郊村党支部,11010519491231002x,13900000009\n"
	                            "张三,青河镇东郊村党支部,11010519491231002X,\n", NULL, 0);
	assert_counts(i, 0, 1, 0, 1);
	assert_int_equal(fault_of(i, 1), TABLE_ROW_DOUBLED);
	apply(&w, i);
	zhang = directory_person(w.d, directory_login(w.d, "zhangwei")->person);
	assert_string_equal(directory_org(w.d, zhang->main_org)->name, "青河镇东郊村党支部");
	assert_string_equal(zhang->identity.phone, "13900000009");
	close_world(&w);
}

/* An administrator of one county sees no organisation of another, by name, by path or by code. */
static void rights_end_at_their_organisation(void **state)
{
	int64_t county = 0, grant_org;
	struct principal who;
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	for (const struct org *o = NULL; (o = directory_next_org(w.d, o));)
		if (strcmp(o->name, "青河县") == 0)
			county = o->id;
	grant_org = directory_person_fact(w.d, directory_login(w.d, "inspector")->person, FACT_GRANT, NULL)->org;
	assert_int_equal(grant_org, county);
	assert_int_equal(directory_put_fact(w.d, &(struct fact){ .type = FACT_GRANT, .id = 9999, .person = directory_login(w.d, "inspector")->person, .org = county, .flag = true,
	                                                         .text = "administrator", .note = "" }), 0);
	who = principal_of(w.d, directory_login(w.d, "inspector")->id);
	i = begin(&w, TABLE_PEOPLE, "姓名,所在党组织\n甲,青河镇城关村党支部\n乙,南岭市\n丙,人民路街道新华社区党支部\n", &who, county);
	assert_counts(i, 1, 0, 0, 2);
	assert_int_equal(fault_of(i, 1), TABLE_ORG_UNKNOWN);
	assert_int_equal(fault_of(i, 2), TABLE_ORG_UNKNOWN);
	import_end(i);
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,上级党组织,类别\n新的,南岭市,支部\n另一个,,支部\n", &who, county);
	assert_counts(i, 1, 0, 0, 1);
	import_end(i);
	close_world(&w);
}

static void organisations_have_telephones(void **state)
{
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,上级党组织,类别,联系电话\n有电话支部,南岭市,支部,0771-5551234\n没电话支部,南岭市,支部,\n坏电话支部,南岭市,支部,请打给我\n", NULL, 0);
	assert_counts(i, 2, 0, 0, 1);
	assert_int_equal(fault_of(i, 2), TABLE_VALUE_NUMBER);
	apply(&w, i);
	for (const struct org *o = NULL; (o = directory_next_org(w.d, o));)
		if (strcmp(o->name, "有电话支部") == 0)
			assert_string_equal(o->phone, "07715551234");
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,上级党组织,类别,联系电话\n有电话支部,南岭市,支部,0771 5551234\n没电话支部,南岭市,支部,0771-5559999\n", NULL, 0);
	assert_counts(i, 0, 1, 1, 0);
	apply(&w, i);
	i = begin(&w, TABLE_ORGANISATIONS, "组织名称,上级党组织,类别,联系电话\n有电话支部,南岭市,支部,\n没电话支部,南岭市,支部,0771-5559999\n", NULL, 0);
	assert_counts(i, 0, 0, 2, 0);
	assert_no_changes(i);
	close_world(&w);
}

/* Rows of an organisation whose persons those above do not see are refused alike, whether the person is there or not. */
static void closed_organisations_tell_nothing_of_their_people(void **state)
{
	struct principal who;
	struct import *i;
	struct world w;
	const struct org *city;
	int64_t branch = 0;

	(void)state;
	open_world(&w);
	city = directory_root(w.d);
	who = principal_of(w.d, directory_login(w.d, "admin")->id);
	i = begin(&w, TABLE_PEOPLE, "姓名,所在党组织,身份证号\n在册者,青河镇城关村党支部,11010519491231002X\n", &who, city->id);
	assert_counts(i, 1, 0, 0, 0);
	apply(&w, i);
	for (const struct org *o = NULL; (o = directory_next_org(w.d, o));)
		branch = strcmp(o->name, "青河镇城关村党支部") == 0 ? o->id : branch;
	assert_int_equal(directory_put_fact(w.d, &(struct fact){ .type = FACT_POLICY, .id = 9999, .org = branch, .text = "person_level_upward", .note = "off" }), 0);
	i = begin(&w, TABLE_PEOPLE, "姓名,所在党组织,兼任支部,身份证号\n在册者,青河镇城关村党支部,,\n没有者,青河镇城关村党支部,,\n别人,南岭市,青河镇城关村党支部,\n在册者,南岭市,,11010519491231002X\n", &who,
	          city->id);
	assert_counts(i, 0, 0, 0, 4);
	for (size_t n = 0; n < 3; n++)
		assert_int_equal(fault_of(i, n), TABLE_PEOPLE_CLOSED);
	assert_int_equal(fault_of(i, 3), TABLE_ORG_UNKNOWN);
	import_end(i);
	/* The machine's administrator reads the file anyway. */
	i = begin(&w, TABLE_PEOPLE, "姓名,所在党组织\n在册者,青河镇城关村党支部\n", NULL, 0);
	assert_counts(i, 0, 0, 1, 0);
	assert_no_changes(i);
	close_world(&w);
}

static const struct org *org_named(const struct world *w, const char *name)
{
	const struct org *o = NULL;

	while ((o = directory_next_org(w->d, o)) && strcmp(o->name, name) != 0)
		;
	assert_non_null(o);
	return o;
}

static const struct person *person_named(const struct world *w, const char *name)
{
	const struct person *p = NULL;

	while ((p = directory_next_person(w->d, p)) && strcmp(p->identity.name, name) != 0)
		;
	assert_non_null(p);
	return p;
}

static bool has_category(const struct world *w, const struct person *p, const char *text)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(w->d, p->id, FACT_CATEGORY, f)) && strcmp(f->text, text) != 0)
		;
	return f;
}

/* Lists of several offices write the same names in several ways. */
static void one_name_has_several_spellings(void **state)
{
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	apply(&w, begin(&w, TABLE_ORGANISATIONS, "党组织名称,上级党组织\n中国共产党南岭市机关委员会,南岭市\n第一党支部（机关）,中共南岭市机关委员会\n甲/乙联合支部,南岭市\n", NULL, 0));
	assert_string_equal(org_named(&w, "中国共产党南岭市机关委员会")->kind, "committee");
	assert_string_equal(org_named(&w, "第一党支部（机关）")->kind, "branch");
	assert_string_equal(org_named(&w, "甲/乙联合支部")->kind, "joint");
	apply(&w, begin(&w, TABLE_PEOPLE, "姓名,所在支部,手机,兼任支部\n张　三,第一党支部(机关),无,甲/乙联合支部\n买买提•吐尔逊,中共南岭市机关委员会 / 第一党支部 (机关),/,\n", NULL, 0));
	assert_int_equal(person_named(&w, "张三")->main_org, org_named(&w, "第一党支部（机关）")->id);
	person_named(&w, "买买提·吐尔逊");
	i = begin(&w, TABLE_PEOPLE, "姓名,所在支部,手机,兼任支部\n张三,第一党支部（机关）,,甲/乙联合支部\n买买提·吐尔逊,第１党支部（机关）,,\n买买提 · 吐尔逊,第一党支部（机关）,—,\n", NULL, 0);
	assert_counts(i, 0, 0, 2, 1);
	assert_int_equal(fault_of(i, 1), TABLE_ORG_UNKNOWN);
	assert_no_changes(i);
	i = begin(&w, TABLE_ORGANISATIONS, "党组织名称,上级党组织\n第一党支部(机关),中共南岭市机关委员会\n", NULL, 0);
	assert_counts(i, 0, 1, 0, 0);
	import_end(i);
	close_world(&w);
}

static void branches_of_one_name_are_told_apart_by_what_is_above(void **state)
{
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	apply(&w, begin(&w, TABLE_ORGANISATIONS, "党组织名称,上级党组织\n中共甲镇委员会,南岭市\n中共乙镇委员会,南岭市\n第一党支部,中共甲镇委员会\n第一党支部,中共乙镇委员会\n"
	                                         "第一党小组,中共甲镇委员会/第一党支部\n第一党小组,中共乙镇委员会/第一党支部\n", NULL, 0));
	i = begin(&w, TABLE_PEOPLE, "姓名,所属乡镇,所在党支部,党小组\n甲甲,甲镇,第一党支部,第一党小组\n乙乙,乙镇,第一党支部,第一党小组\n丙丙,,第一党支部,\n丁丁,丙镇,第一党支部,\n", NULL, 0);
	assert_counts(i, 2, 0, 0, 2);
	assert_int_equal(fault_of(i, 2), TABLE_ORG_AMBIGUOUS);
	assert_int_equal(fault_of(i, 3), TABLE_ORG_AMBIGUOUS);
	apply(&w, i);
	for (unsigned n = 0; n < 2; n++) {
		const struct person *p = person_named(&w, n ? "乙乙" : "甲甲");
		const struct fact *group = NULL;

		assert_string_equal(directory_org(w.d, directory_org(w.d, p->main_org)->parent)->name, n ? "中共乙镇委员会" : "中共甲镇委员会");
		while ((group = directory_person_fact(w.d, p->id, FACT_MEMBERSHIP, group)) && group->flag)
			;
		assert_non_null(group);
		assert_int_equal(directory_org(w.d, group->org)->parent, p->main_org);
	}
	close_world(&w);
}

/* Members, village staff and talents come in lists of their own, and many are in several. */
static void lists_of_one_kind_leave_those_of_another(void **state)
{
	static const char members[] = "姓名,所在支部,人员类别,身份证号\n张三,青河镇城关村党支部,正式党员,11010519491231002X\n";
	static const char staff[] = "姓名,所在支部,人员类别,身份证号\n张三,青河镇城关村党支部,网格员,11010519491231002X\n李四,青河镇城关村党支部,村（社区）干部,\n";
	static const char talents[] = "农村实用人才名册\n姓名,所在支部,人才类别\n李四,青河镇城关村党支部,种植能手\n王五,青河镇城关村党支部,养殖能手\n";
	const char *const lists[] = { members, staff, talents };
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	for (unsigned n = 0; n < ARRAY_LEN(lists); n++)
		apply(&w, begin(&w, TABLE_PEOPLE, lists[n], NULL, 0));
	assert_string_equal(person_named(&w, "张三")->kind, "member");
	assert_true(has_category(&w, person_named(&w, "张三"), "网格员"));
	assert_string_equal(person_named(&w, "李四")->kind, "staff");
	assert_true(has_category(&w, person_named(&w, "李四"), "村（社区）干部") && has_category(&w, person_named(&w, "李四"), "种植能手"));
	assert_string_equal(person_named(&w, "王五")->kind, "talent");
	for (unsigned n = 0; n < ARRAY_LEN(lists); n++)
		assert_no_changes(begin(&w, TABLE_PEOPLE, lists[n], NULL, 0));
	apply(&w, begin(&w, TABLE_PEOPLE, "姓名,所在支部,人员类别,身份证号\n张三,青河镇城关村党支部,群众,11010519491231002X\n李四,青河镇城关村党支部,预备党员,\n", NULL, 0));
	assert_string_equal(person_named(&w, "张三")->kind, "staff");
	assert_string_equal(person_named(&w, "李四")->kind, "member");
	/* 人才 says of a talent nothing that the kind does not, but of a member. */
	apply(&w, begin(&w, TABLE_PEOPLE, "姓名,所在支部,人员类别\n钱七,青河镇城关村党支部,人才\n李四,青河镇城关村党支部,人才\n", NULL, 0));
	assert_true(has_category(&w, person_named(&w, "李四"), "人才") && !has_category(&w, person_named(&w, "钱七"), "人才"));
	apply(&w, begin(&w, TABLE_PEOPLE, "姓名,所在支部,人员类别\n钱七,青河镇城关村党支部,党员\n", NULL, 0));
	assert_true(strcmp(person_named(&w, "钱七")->kind, "member") == 0 && has_category(&w, person_named(&w, "钱七"), "人才"));
	assert_no_changes(begin(&w, TABLE_PEOPLE, "姓名,所在支部,人员类别\n钱七,青河镇城关村党支部,人才\n", NULL, 0));
	i = begin_table(&w, TABLE_PEOPLE, table_of(&w, "姓名,所在支部\n赵六,青河镇城关村党支部\n"), NULL, 0, "guest");
	assert_string_equal(import_person_kind(i), "guest");
	apply(&w, i);
	assert_string_equal(person_named(&w, "赵六")->kind, "guest");
	close_world(&w);
}

static void a_branch_lists_its_own_people_without_naming_itself(void **state)
{
	struct table_problems problems = { 0 };
	struct import_cfg cfg = { 0 };
	struct import *i = NULL;
	struct table *t;
	struct world w;

	(void)state;
	open_world(&w);
	t = table_of(&w, "姓名,手机\n张三,13800000001\n");
	apply(&w, begin_table(&w, TABLE_PEOPLE, t, NULL, org_named(&w, "青河镇城关村党支部")->id, NULL));
	assert_int_equal(person_named(&w, "张三")->main_org, org_named(&w, "青河镇城关村党支部")->id);
	cfg = (struct import_cfg){ .directory = w.d, .org = org_named(&w, "青河县")->id, .now_us = clock_wall_us() };
	assert_int_equal(import_begin(&i, &cfg, TABLE_PEOPLE, t, &problems), -EBADMSG);
	assert_int_equal(problems.all[0].fault, TABLE_HEADER_MISSING);
	close_world(&w);
}

/* The last line of many a form is merged; that keeps nobody out. */
static void rows_of_merged_cells_are_refused_alone(void **state)
{
	static const struct table_range merges[] = { { 1, 1, 1, 3 }, { 3, 2, 5, 2 }, { 7, 1, 7, 3 }, { 6, 3, 6, 4 } };
	struct table_problem err;
	struct import *i;
	struct table *t;
	struct world w;
	char sentence[PROBLEM_SENTENCE_BYTES];

	(void)state;
	open_world(&w);
	t = table_of(&w, "花名册\n姓名,所在支部,备注\n甲,青河镇城关村党支部,\n乙,,\n丙,,\n丁,青河镇城关村党支部,好\n填表人：戊\n");
	for (size_t n = 0; n < ARRAY_LEN(merges); n++)
		assert_int_equal(table_add_merge(t, &merges[n], &err), 0);
	i = begin_table(&w, TABLE_PEOPLE, t, NULL, 0, NULL);
	assert_counts(i, 1, 0, 0, 4);
	for (size_t n = 0; n < 5; n++)
		if (n != 3)
			assert_int_equal(fault_of(i, n), TABLE_MERGED);
	err = import_row(i, 2).problem;
	table_problem_say(sentence, &err, TABLE_CHINESE);
	assert_non_null(strstr(sentence, "B3:B5"));
	import_end(i);
	close_world(&w);
}

static void what_cannot_be_a_name_or_number_is_refused(void **state)
{
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	i = begin(&w, TABLE_PEOPLE, "姓名,所在支部,身份证号\n12,青河镇城关村党支部,\nTRUE,青河镇城关村党支部,\n13800000001,青河镇城关村党支部,\n甲,青河镇城关村党支部,1101051949123100\n"
	                            "乙,青河镇城关村党支部,110105194912310022X\n丙,青河镇城关村党支部,110105491231002\n丁,青河镇城关村党支部,E12345678\n", NULL, 0);
	assert_counts(i, 2, 0, 0, 5);
	for (size_t n = 0; n < 5; n++)
		assert_int_equal(fault_of(i, n), n < 3 ? TABLE_VALUE_UNKNOWN : TABLE_VALUE_NUMBER);
	import_end(i);
	/* Elsewhere a number of any length may be a card's. */
	i = begin(&w, TABLE_PEOPLE, "姓名,所在支部,卡号\n甲,青河镇城关村党支部,1101051949123100\n", NULL, 0);
	assert_counts(i, 1, 0, 0, 0);
	import_end(i);
	close_world(&w);
}

/* An export has no card numbers; saved by a spreadsheet program its codes have lost zeros. */
static void what_was_exported_finds_everybody(void **state)
{
	static const char *const cards[] = { "11010519491231002X", "440524188001010014" };
	struct import *i;
	struct world w;
	char csv[512];

	(void)state;
	open_world(&w);
	apply(&w, begin(&w, TABLE_ORGANISATIONS, "组织名称,组织编码,上级党组织\n零号支部,0012,南岭市\n", NULL, 0));
	snprintf(csv, sizeof(csv), "姓名,所在支部,身份证号\n张伟,零号支部,%s\n张伟,零号支部,%s\n", cards[0], cards[1]);
	apply(&w, begin(&w, TABLE_PEOPLE, csv, NULL, 0));
	i = begin(&w, TABLE_PEOPLE, "姓名,所在党组织,组织编码,证件尾号\n张伟,南岭市/零号支部,12,2x\n张伟,南岭市/零号支部,0012,14\n张伟,零号支部,0012,\n张伟,零号支部,013,14\n", NULL, 0);
	assert_counts(i, 0, 0, 2, 2);
	assert_int_equal(fault_of(i, 2), TABLE_PERSON_AMBIGUOUS);
	assert_int_equal(fault_of(i, 3), TABLE_ORG_UNKNOWN);
	assert_no_changes(i);
	close_world(&w);
}

static void ten_thousand_rows(void **state)
{
	const struct person *const *list;
	size_t size = 0, n_listed;
	char *csv = NULL;
	FILE *out = open_memstream(&csv, &size);
	struct import *i;
	struct world w;

	(void)state;
	open_world(&w);
	fputs("姓名,所在党组织,联系电话\n", out);
	for (int n = 0; n < 10000; n++)
		fprintf(out, "人%d,青河镇城关村党支部,139%08d\n", n % 4000, n);
	fclose(out);
	i = begin(&w, TABLE_PEOPLE, csv, NULL, 0);
	assert_counts(i, 10000, 0, 0, 0);
	apply(&w, i);
	list = directory_people(w.d, &n_listed);
	assert_true(n_listed > 10000);
	for (size_t n = 1; n < n_listed; n++)
		assert_true(directory_compare_people(list[n - 1], list[n]) < 0);
	i = begin(&w, TABLE_PEOPLE, csv, NULL, 0);
	assert_counts(i, 0, 0, 10000, 0);
	import_end(i);
	free(csv);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_top_of_an_import_is_no_child_of_itself),
		cmocka_unit_test(organisations_find_their_place_in_any_order),
		cmocka_unit_test(organisations_are_renamed_and_moved_but_not_in_circles),
		cmocka_unit_test(no_tree_becomes_too_deep),
		cmocka_unit_test(people_are_added_once),
		cmocka_unit_test(who_is_known_by_the_card_moves_with_it),
		cmocka_unit_test(rights_end_at_their_organisation),
		cmocka_unit_test(organisations_have_telephones),
		cmocka_unit_test(closed_organisations_tell_nothing_of_their_people),
		cmocka_unit_test(one_name_has_several_spellings),
		cmocka_unit_test(branches_of_one_name_are_told_apart_by_what_is_above),
		cmocka_unit_test(lists_of_one_kind_leave_those_of_another),
		cmocka_unit_test(a_branch_lists_its_own_people_without_naming_itself),
		cmocka_unit_test(rows_of_merged_cells_are_refused_alone),
		cmocka_unit_test(what_cannot_be_a_name_or_number_is_refused),
		cmocka_unit_test(what_was_exported_finds_everybody),
		cmocka_unit_test(ten_thousand_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
