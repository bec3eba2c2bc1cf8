/* See demo.h. The names are invented; what they share with real places is chance. */
#include "attendance/demo.h"

#include <errno.h>
#include <stdio.h>

#include "attendance/directory.h"
#include "attendance/db.h"

#define CITY "南岭市"

struct township {
	const char *name;
	const char *villages[8];        /* a branch each, up to NULL */
};

struct county {
	const char *name;
	const char *kind;               /* what its parts are: communities or villages */
	struct township townships[6];
};

static const struct county counties[] = {
	{ "城中区", "社区", {
		{ "人民路街道", { "新华", "解放桥", "文庙", "钟楼", "东门", "西门", "桂花巷", "水街" } },
		{ "江滨街道", { "滨江", "渔港", "码头", "临江", "望江", "沿河", "柳岸", "江心" } },
		{ "学府街道", { "书院", "师大", "博雅", "崇文", "明德", "翰林", "芳草", "育才" } },
		{ "工业园街道", { "纺织", "机修", "铁路", "电厂", "机床", "朝阳", "红旗", "先锋" } },
	} },
	{ "江北区", "社区", {
		{ "北站街道", { "站前", "货场", "和平", "建设", "团结", "胜利", "友谊", "新村" } },
		{ "龙湾街道", { "龙湾", "碧湖", "锦绣", "百合", "翠苑", "金沙", "银湾", "海棠" } },
		{ "松林镇", { "松林", "上坪", "下坪", "黄泥岗", "石板桥", "枫树坳", "老屋", "新塘" } },
		{ "大桥镇", { "桥头", "桥尾", "河东", "河西", "竹园", "樟树下", "梅子冲", "白茅洲" } },
	} },
	{ "青河县", "村", {
		{ "青河镇", { "城关", "东郊", "南桥", "西岭", "北塔", "三里亭", "五里牌", "十里铺" } },
		{ "柳树镇", { "大湾", "小湾", "柳溪", "杨梅", "油茶坪", "双井", "花桥", "月塘" } },
		{ "石门乡", { "石门", "岩脚", "鹰嘴", "天堂", "云盘", "猫儿冲", "高寨", "水源" } },
		{ "双江乡", { "双江口", "上游", "下游", "中洲", "沙坝", "筏头", "鱼梁", "古渡" } },
	} },
	{ "云岭县", "村", {
		{ "云岭镇", { "云岭", "凤凰", "牌楼", "南山", "北冲", "茶亭", "仙人桥", "观音岩" } },
		{ "白沙河镇", { "白沙", "河口", "河湾", "甘蔗园", "糖厂", "土桥", "梨园", "荷塘" } },
		{ "雾山瑶族乡", { "雾山", "瑶寨", "木鼓", "竹筒", "火塘", "长鼓", "云雾", "盘王" } },
		{ "高坪苗族乡", { "高坪", "苗圃", "银匠", "芦笙", "花山", "梯田", "吊脚楼", "风雨桥" } },
	} },
	{ "石桥县", "村", {
		{ "石桥镇", { "石桥", "磨坊", "水车", "榨油坊", "铁匠", "染坊", "酒坊", "豆腐" } },
		{ "金盆乡", { "金盆", "银盘", "铜鼓", "锡坪", "稻香", "麦田", "油菜", "荞麦" } },
		{ "梧桐镇", { "梧桐", "凤栖", "百鸟", "鹤岭", "雁塘", "鹭洲", "喜鹊", "布谷" } },
		{ "红岩乡", { "红岩", "赤水", "丹霞", "紫云", "黄土", "青石", "白岩", "黑龙潭" } },
	} },
	{ "凤溪县", "村", {
		{ "凤溪镇", { "凤溪", "龙泉", "麒麟", "玉带", "书堂", "状元", "太平", "安乐" } },
		{ "长岭镇", { "长岭", "短岭", "岭头", "岭背", "大木", "小木", "千家", "万家" } },
		{ "桃花乡", { "桃花", "李树", "杏林", "橘园", "板栗", "核桃", "葡萄沟", "枇杷" } },
		{ "温泉镇", { "温泉", "热水", "冷水", "汤池", "清泉", "甘泉", "玉泉", "涌泉" } },
	} },
};

/* Branches that are no village's, at the end of the list: one has the long name that every list on a screen must bear. */
static const char *const other_branches[] = {
	"中国共产党" CITY "云岭县白沙河镇委员会离退休干部第三党支部",
	CITY "人民医院门诊党支部",
	CITY "第一中学教工党支部",
	CITY "公共交通集团三车队党支部",
	CITY "图书馆党支部",
	"青河县供电所党支部",
	"云岭县林场党支部",
	"凤溪县茶叶专业合作社党支部",
};

struct demo {
	sqlite3_stmt *org, *edge, *name, *person, *identity, *kind, *membership, *grant, *account, *room, *right;
	int64_t now_us;
	int64_t orgs, people, accounts; /* last id */
	int branches;
	char password_hash[PASSWORD_HASH_BYTES];
};

static int insert(sqlite3_stmt *st, int bound)
{
	return bound < 0 ? bound : db_run(st);
}

static int add_org(struct demo *d, int64_t parent, const char *kind, const char *name, int64_t *ret)
{
	int64_t id = ++d->orgs;
	int r = insert(d->org, db_bind(d->org, "ii", id, d->now_us));

	if (r == 0 && parent)
		r = insert(d->edge, db_bind(d->edge, "iiii", id, parent, d->now_us, d->now_us));
	if (r == 0 && !parent)
		r = insert(d->edge, db_bind(d->edge, "inii", id, d->now_us, d->now_us));
	if (r == 0)
		r = insert(d->name, db_bind(d->name, "ittii", id, name, kind, d->now_us, d->now_us));
	*ret = id;
	return r;
}

/* A site's with `person` 0. */
static int add_account(struct demo *d, const char *login, int64_t person, int64_t org, int64_t *ret)
{
	*ret = ++d->accounts;
	if (person)
		return insert(d->account, db_bind(d->account, "itiiti", *ret, login, person, org, d->password_hash, d->now_us));
	return insert(d->account, db_bind(d->account, "itniti", *ret, login, org, d->password_hash, d->now_us));
}

static int add_person(struct demo *d, const char *name, const char *kind, int64_t org, int64_t *ret)
{
	int64_t id = ++d->people;
	int r = insert(d->person, db_bind(d->person, "ii", id, d->now_us));

	if (r == 0)
		r = insert(d->identity, db_bind(d->identity, "iti", id, name, d->now_us));
	if (r == 0)
		r = insert(d->kind, db_bind(d->kind, "itii", id, kind, d->now_us, d->now_us));
	if (r == 0)
		r = insert(d->membership, db_bind(d->membership, "iiii", id, org, d->now_us, d->now_us));
	*ret = id;
	return r;
}

static int add_branch(struct demo *d, int64_t parent, const char *name)
{
	char login[LOGIN_BYTES];
	int64_t org, account;
	int r;

	if (d->branches >= DEMO_BRANCHES)
		return 0;
	snprintf(login, sizeof(login), "branch%03d", ++d->branches);
	r = add_org(d, parent, "branch", name, &org);
	return r < 0 ? r : add_account(d, login, 0, org, &account);
}

static int add_township(struct demo *d, int64_t county, const struct county *c, const struct township *t)
{
	char name[256];
	int64_t org;
	int r = add_org(d, county, "township", t->name, &org);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(t->villages) && t->villages[i]; i++) {
		snprintf(name, sizeof(name), "%s%s%s党支部", t->name, t->villages[i], c->kind);
		r = add_branch(d, org, name);
	}
	return r;
}

static int add_county(struct demo *d, int64_t city, const struct county *c, int64_t *ret)
{
	int r = add_org(d, city, "county", c->name, ret);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(c->townships) && c->townships[i].name; i++)
		r = add_township(d, *ret, c, &c->townships[i]);
	return r;
}

struct people {
	int64_t host, cohost, expert, inspector, member, admin;
};

/* `county` is the inspector's, `branch` the member's. */
static int add_people(struct demo *d, int64_t city, int64_t county, int64_t branch, struct people *ret)
{
	const struct {
		const char *login, *name, *kind, *role;
		int64_t org;
		int64_t *ret;
	} people[] = {
		{ "host", "王建国（主持人）", "staff", "leader", city, &ret->host },
		{ "cohost", "李秀英（联席主持）", "staff", NULL, city, &ret->cohost },
		{ "expert", "陈明远（讲师）", "talent", NULL, city, &ret->expert },
		{ "inspector", "周卫东（青河县巡查员）", "staff", "inspector", county, &ret->inspector },
		{ "member", "黄小梅（党员）", "member", NULL, branch, &ret->member },
		{ "admin", "系统管理员", "staff", "administrator", city, &ret->admin },
	};
	int64_t person;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(people); i++) {
		r = add_person(d, people[i].name, people[i].kind, people[i].org, &person);
		if (r == 0 && people[i].role)
			r = insert(d->grant, db_bind(d->grant, "iitii", person, people[i].org, people[i].role, d->now_us, d->now_us));
		if (r == 0)
			r = add_account(d, people[i].login, person, people[i].org, people[i].ret);
	}
	return r;
}

static int add_room(struct demo *d, const char *id, const char *title, int64_t city, const struct people *p)
{
	const struct {
		int64_t account;
		const char *role;
	} rights[] = {
		{ p->host, "host" },
		{ p->cohost, "cohost" },
		{ p->expert, "presenter" },
		{ p->inspector, "inspector" },
		{ p->admin, "cohost" },
	};
	int r = insert(d->room, db_bind(d->room, "ttii", id, title, city, d->now_us));

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(rights); i++)
		r = insert(d->right, db_bind(d->right, "tinitii", id, rights[i].account, (int64_t)0, rights[i].role, d->now_us, d->now_us));
	/* Everyone below the city may take part. */
	if (r == 0)
		r = insert(d->right, db_bind(d->right, "tniitii", id, city, (int64_t)1, "participant", d->now_us, d->now_us));
	return r;
}

static int add_all(struct demo *d)
{
	struct people people;
	int64_t city, county[ARRAY_LEN(counties)];
	int r = add_org(d, 0, "city", CITY, &city);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(counties); i++)
		r = add_county(d, city, &counties[i], &county[i]);
	for (size_t i = 0; r == 0 && i < ARRAY_LEN(other_branches); i++)
		r = add_branch(d, city, other_branches[i]);
	if (r == 0)
		r = add_people(d, city, county[2], d->orgs, &people);
	if (r == 0)
		r = add_room(d, "demo-meeting", "支部党员大会（演示）", city, &people);
	if (r == 0)
		r = add_room(d, "demo-class", "远程党课（演示）", city, &people);
	return r;
}

static int prepare(struct demo *d, sqlite3 *db)
{
	const struct {
		sqlite3_stmt **st;
		const char *sql;
	} all[] = {
		{ &d->org, "INSERT INTO org (id, recorded_at) VALUES (?, ?)" },
		{ &d->edge, "INSERT INTO org_edge (org, parent, valid_from, recorded_at) VALUES (?, ?, ?, ?)" },
		{ &d->name, "INSERT INTO org_name (org, name, kind, valid_from, recorded_at) VALUES (?, ?, ?, ?, ?)" },
		{ &d->person, "INSERT INTO person (id, pseudonym, recorded_at) VALUES (?, lower(hex(randomblob(8))), ?)" },
		{ &d->identity, "INSERT INTO person_identity (person, name, reading, phone, card_tail, card_key, recorded_at) VALUES (?, ?, '', '', '', '', ?)" },
		{ &d->kind, "INSERT INTO person_kind (person, kind, valid_from, recorded_at) VALUES (?, ?, ?, ?)" },
		{ &d->membership, "INSERT INTO membership (person, org, main, valid_from, recorded_at) VALUES (?, ?, 1, ?, ?)" },
		{ &d->grant, "INSERT INTO right_grant (person, org, role, subtree, purpose, valid_from, recorded_at) VALUES (?, ?, ?, 1, '演示', ?, ?)" },
		{ &d->account, "INSERT INTO account (id, login, person, org, password_hash, recorded_at) VALUES (?, ?, ?, ?, ?, ?)" },
		{ &d->room, "INSERT INTO room (id, title, org, epoch, recorded_at) VALUES (?, ?, ?, '', ?)" },
		{ &d->right, "INSERT INTO room_right (room, account, org, subtree, role, valid_from, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)" },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(all); i++)
		r = db_prepare(db, all[i].st, all[i].sql);
	return r;
}

static void finalize(struct demo *d)
{
	sqlite3_stmt *all[] = { d->org, d->edge, d->name, d->person, d->identity, d->kind, d->membership, d->grant, d->account, d->room, d->right };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		sqlite3_finalize(all[i]);
}

static int fill(struct demo *d, sqlite3 *db)
{
	int r = prepare(d, db);

	if (r == 0)
		r = db_exec(db, "BEGIN IMMEDIATE");
	if (r == 0)
		r = add_all(d);
	if (r == 0)
		r = db_exec(db, "COMMIT");
	if (r < 0 && !sqlite3_get_autocommit(db))
		db_exec(db, "ROLLBACK");
	return r;
}

int demo_fill(sqlite3 *db, int64_t now_wall_us)
{
	struct demo d = { .now_us = now_wall_us };
	int64_t orgs = 0, rooms = 0;
	int r = db_get_int(db, "SELECT count(*) FROM org", &orgs);

	if (r == 0)
		r = db_get_int(db, "SELECT count(*) FROM room", &rooms);
	if (r < 0 || orgs > 0 || rooms > 0)
		return r;
	r = password_hash(d.password_hash, DEMO_PASSWORD);
	if (r == 0)
		r = fill(&d, db);
	finalize(&d);
	return r;
}
