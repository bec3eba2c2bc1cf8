/* See past_county.h. */
#include "signaling/past_county.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/demo_people.h"
#include "media/base/log.h"
#include "signaling/server.h"

#define FIRST_OF_IMPORT 100000  /* demo_person()'s index: others than the members */
#define PAUSE_US (4 * WORLD_MINUTE_US)

#define WORKSHOP "公共交通集团修理厂党支部"
#define FLOOD "双江乡防汛一线临时党支部"

/* One act after another by the administrator, as one who works through a list. */
struct clerk {
	struct world *world;
	int64_t account;
	int error;                      /* of the first act that was refused; none is done after it */
};

static struct clerk clerk_of(struct world *w)
{
	return (struct clerk){ .world = w, .account = world_account(w, "admin") };
}

int64_t county_org(struct world *w, const char *name)
{
	const struct org *o = NULL;

	while ((o = directory_next_org(world_server(w)->directory, o)))
		if (!o->closed_us && strcmp(o->name, name) == 0)
			return o->id;
	return 0;
}

int64_t county_member_branch(struct world *w)
{
	const struct account *a = directory_login(world_server(w)->directory, "member");

	return a ? a->org : 0;
}

/* *ret_reply (or NULL) is made a new reference. */
static void act(struct clerk *c, json_t *body, json_t **ret_reply, const char *path)
{
	if (c->error < 0) {
		json_decref(body);
		return;
	}
	world_go(c->world, world_now(c->world).wall_us + PAUSE_US);
	c->error = world_ask(c->world, c->account, HTTP_POST, path, body, ret_reply);
}

static int64_t made(struct clerk *c, json_t *body, const char *path)
{
	json_t *reply = NULL;
	int64_t id;

	act(c, body, &reply, path);
	id = json_integer_value(json_object_get(reply, "id"));
	json_decref(reply);
	return id;
}

static int64_t found_org(struct clerk *c, const char *parent, const char *kind, const char *name)
{
	return made(c, json_pack("{s:I, s:s, s:s}", "parent", (json_int_t)county_org(c->world, parent), "name", name, "kind", kind), "orgs");
}

static void move_org(struct clerk *c, const char *name, const char *parent, const char *why)
{
	char path[64];

	snprintf(path, sizeof(path), "orgs/%lld/move", (long long)county_org(c->world, name));
	act(c, json_pack("{s:I, s:s}", "parent", (json_int_t)county_org(c->world, parent), "why", why), NULL, path);
}

int county_move(struct world *w)
{
	static const char general[] = "白沙河镇离退休干部党总支", retired[] = "中国共产党南岭市云岭县白沙河镇委员会离退休干部第三党支部";
	struct clerk c = clerk_of(w);

	move_org(&c, "青河县供电所党支部", "青河县", "按属地管理划转");
	move_org(&c, "云岭县林场党支部", "云岭县", "按属地管理划转");
	move_org(&c, "凤溪县茶叶专业合作社党支部", "凤溪县", "按属地管理划转");
	found_org(&c, "白沙河镇", "general_branch", general);
	move_org(&c, retired, general, "成立党总支");
	return c.error;
}

/* ---- further organisations ---- */

/* The nth member of a branch (from 0) belongs there besides. */
static void add_member(struct clerk *c, const char *branch, unsigned nth, int64_t org)
{
	const struct directory *d = world_server(c->world)->directory;
	const struct fact *m = NULL;
	char path[64];

	while ((m = directory_org_fact(d, county_org(c->world, branch), FACT_MEMBERSHIP, m)) && nth-- > 0)
		;
	if (!m || !org)
		return;
	snprintf(path, sizeof(path), "people/%lld/memberships", (long long)m->person);
	act(c, json_pack("{s:I}", "org", (json_int_t)org), NULL, path);
}

static void add_members(struct clerk *c, const char *branch, unsigned from, unsigned n, int64_t org)
{
	for (unsigned i = 0; i < n; i++)
		add_member(c, branch, from + i, org);
}

int county_found(struct world *w)
{
	static const char xinhua[] = "人民路街道新华社区党支部", bridge[] = "人民路街道解放桥社区党支部", temple[] = "人民路街道文庙社区党支部";
	struct clerk c = clerk_of(w);
	int64_t org;

	org = found_org(&c, xinhua, "group", "新华社区第一党小组");
	add_members(&c, xinhua, 0, 5, org);
	org = found_org(&c, xinhua, "group", "新华社区第二党小组");
	add_members(&c, xinhua, 5, 5, org);
	org = found_org(&c, "人民路街道", "joint", "人民路商圈联合党支部");
	add_members(&c, xinhua, 2, 2, org);
	add_members(&c, bridge, 1, 3, org);
	add_members(&c, temple, 1, 3, org);
	org = found_org(&c, "人民路街道", "network", "人民路街道第一网格");
	add_members(&c, bridge, 4, 3, org);
	add_members(&c, temple, 4, 3, org);
	found_org(&c, "青河镇", "station", "青河镇党群服务中心站点");
	found_org(&c, "青河县", "committee", "中国共产党青河县直属机关工作委员会");
	return c.error;
}

/* ---- people ---- */


static void write_row(FILE *f, unsigned index, const char *branch, const char *kind, const char *post, const char *category)
{
	struct demo_person p;

	demo_person(&p, FIRST_OF_IMPORT + index);
	fprintf(f, "%s,%s,%s,%s,%s,%s\r\n", p.name, branch, kind, p.phone, post, category);
}

/* Ten of the staff and two or three talents for each branch. */
static char *write_table(struct world *w, size_t *ret_len)
{
	static const char *const posts[] = { "村（居）委会主任", "文书", "网格员", "妇联主席", "护林员", "水管员", "乡村医生", "农技员", "治保主任", "会计" };
	static const char *const talents[] = { "种植能手", "养殖能手", "电商带头人", "非遗传承人", "返乡创业人才", "乡村教师", "农机手" };
	char *text = NULL;
	FILE *f = open_memstream(&text, ret_len);
	const struct org *o = NULL;
	unsigned index = 0, branch = 0;

	if (!f)
		return NULL;
	fputs("姓名,所在党组织,人员类别,手机号,职务,人才类别\r\n", f);
	while ((o = directory_next_org(world_server(w)->directory, o))) {
		if (o->closed_us || strcmp(o->kind, "branch") != 0)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(posts); i++)
			write_row(f, index++, o->name, "工作人员", posts[i], "");
		for (size_t i = 0; i < 2 + (branch % 5 < 3); i++, index++)
			write_row(f, index, o->name, "人才", "", talents[(index + branch) % ARRAY_LEN(talents)]);
		branch++;
	}
	return fclose(f) == 0 ? text : NULL;
}

int county_import(struct world *w)
{
	size_t len = 0;
	char *text = write_table(w, &len);
	int r = text ? world_import(w, world_account(w, "admin"), county_org(w, "南岭市"), text, len) : -ENOMEM;

	free(text);
	return r;
}

static int64_t add_person(struct clerk *c, const char *name, const char *org, const char *phone, const char *post)
{
	return made(c, json_pack("{s:s, s:s, s:I, s:s, s:s}", "name", name, "kind", "member", "org", (json_int_t)county_org(c->world, org), "phone", phone, "post", post), "people");
}

int county_begin(struct world *w)
{
	struct clerk c = clerk_of(w);

	found_org(&c, "南岭市", "branch", WORKSHOP);
	add_person(&c, "覃建业", WORKSHOP, "14200000011", "书记");
	add_person(&c, "罗春燕", WORKSHOP, "14200000012", "");
	add_person(&c, "石广平", WORKSHOP, "14200000013", "");
	found_org(&c, "双江乡", "branch", FLOOD);
	return c.error;
}

int county_merge(struct world *w)
{
	struct clerk c = clerk_of(w);
	char path[64];

	snprintf(path, sizeof(path), "orgs/%lld/merge", (long long)county_org(w, WORKSHOP));
	act(&c, json_pack("{s:I, s:s}", "into", (json_int_t)county_org(w, "南岭市公共交通集团三车队党支部"), "why", "修理厂并入三车队，支部合并"), NULL, path);
	return c.error;
}

int county_close(struct world *w)
{
	struct clerk c = clerk_of(w);
	char path[64];

	snprintf(path, sizeof(path), "orgs/%lld/close", (long long)county_org(w, FLOOD));
	act(&c, json_pack("{s:s}", "why", "汛期结束，临时党支部撤销"), NULL, path);
	return c.error;
}

int county_people(struct world *w)
{
	static const char here[] = "人民路街道新华社区党支部", there[] = "人民路街道水街社区党支部";
	struct clerk c = clerk_of(w);
	int64_t first = add_person(&c, "韦丽萍", here, "14200000021", ""), second = add_person(&c, "韦丽萍", there, "14200000021", "");
	int64_t moved = add_person(&c, "区志强", there, "14200000022", "");
	char path[64];

	snprintf(path, sizeof(path), "people/%lld/merge", (long long)second);
	act(&c, json_pack("{s:I, s:s}", "into", (json_int_t)first, "why", "组织关系转接时重复建档"), NULL, path);
	snprintf(path, sizeof(path), "people/%lld/transfer", (long long)moved);
	act(&c, json_pack("{s:I, s:s}", "org", (json_int_t)county_org(w, here), "why", "随迁居住地"), NULL, path);
	add_person(&c, "单雪梅", here, "14200000023", "");
	add_person(&c, "单雪梅", there, "14200000023", "");
	return c.error;
}

int county_rule(struct world *w)
{
	struct clerk c = clerk_of(w);
	char path[64];

	snprintf(path, sizeof(path), "orgs/%lld/rule", (long long)county_org(w, "南岭市"));
	act(&c, json_pack("{s:{s:i, s:i}, s:s}", "rule", "presence_percent", 80, "year_target_milli", 32000, "why", "全市统一：每年集中学习不少于 32 学时"), NULL, path);
	return c.error;
}
