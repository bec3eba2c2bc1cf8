/* See field.h. */
#include "attendance/table/field.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

#define HEADERS_MAX 64

static const char *const names[FIELDS] = {
	[FIELD_NAME] = "name", [FIELD_KIND] = "kind", [FIELD_PHONE] = "phone", [FIELD_CODE] = "code", [FIELD_PARENT] = "parent",
	[FIELD_ORG] = "org", [FIELD_ORG_CODE] = "org_code", [FIELD_CARD] = "card", [FIELD_JOINED] = "joined", [FIELD_POST] = "post",
	[FIELD_SECONDARY] = "secondary", [FIELD_CATEGORY] = "category", [FIELD_LOGIN] = "login",
	[FIELD_TAIL] = "card_tail",
};

/* The field's name is a header, too. A header belongs to one field of a kind of table. */
static const struct {
	bool required;
	const char *headers[HEADERS_MAX];
} known[TABLE_KINDS][FIELDS] = {
	[TABLE_PEOPLE] = {
		[FIELD_NAME] = { true, {
			"姓名", "党员姓名", "人员姓名", "名字", "人员名称", "干部姓名", "村干部姓名", "网格员姓名", "人才姓名", "专家姓名", "教师姓名", "员工姓名",
			"中文姓名", "fullname"
		} },
		[FIELD_ORG] = { false, {
			"所在党组织", "所在支部", "所属支部", "所属党组织", "所在党支部", "所属党支部", "组织关系所在党组织", "党组织", "党支部", "支部", "支部名称",
			"党支部名称", "党组织名称", "所在组织", "所属组织", "组织名称", "组织关系所在支部", "组织关系所在党支部", "所在党支部名称", "所在党组织名称",
			"所在支部名称", "所属党支部名称", "所属党组织名称", "所属支部名称", "所在党组织全称", "所在党支部全称", "党组织全称", "党支部全称", "支部全称",
			"所在村支部", "所在村党支部", "所属村支部", "所属村党支部", "村支部", "村党支部", "所在基层党组织", "所在基层党支部", "所属基层党组织",
			"所属基层党支部", "流出党组织", "流出党支部", "流出地党组织", "流出地党支部", "organisation", "organization", "branch", "组织关系所在单位",
			"组织关系所在地", "所在单位", "所属单位", "单位"
		} },
		[FIELD_ORG_CODE] = { false, {
			"组织编码", "党组织编码", "组织代码", "党组织代码", "支部编码", "所在党组织编码", "所属组织编码", "所在组织编码", "支部代码", "党支部编码",
			"党支部代码", "所在党支部编码", "所在党支部代码", "所在党组织代码", "所属党组织编码", "所属党组织代码", "所在支部编码", "所在支部代码",
			"单位编码", "单位代码"
		} },
		[FIELD_KIND] = { false, {
			"人员类别", "类别", "人员类型", "身份", "身份类别", "人员身份", "类型", "党员类别", "人员分类", "人员性质", "党员类型", "党员身份", "type"
		} },
		[FIELD_CARD] = { false, {
			"公民身份号码", "身份证号", "身份证号码", "身份证", "证件号码", "证件号", "卡号", "公民身份证号码", "公民身份证号", "身份号码", "会员卡号",
			"公民身份证", "居民身份证", "居民身份证号", "居民身份证号码", "居民身份号码", "身份证件号", "身份证件号码", "有效身份证件号码", "有效证件号码",
			"有效证件号", "身份证编号", "身份证明号码", "idnumber", "cardnumber"
		} },
		[FIELD_PHONE] = { false, {
			"手机", "手机号", "手机号码", "联系电话", "联系方式", "电话", "电话号码", "移动电话", "本人手机号", "手机电话", "本人手机", "本人手机号码",
			"本人电话", "本人联系电话", "本人联系方式", "联系手机", "联系号码", "移动电话号码", "通讯方式", "通信方式", "mobile"
		} },
		[FIELD_JOINED] = { false, {
			"入党日期", "入党时间", "加入党组织日期", "加入中共组织日期", "加入党组织时间", "入党年月", "入党年月日", "加入党组织年月", "加入中国共产党日期",
			"加入中国共产党时间", "加入中共日期", "加入中共时间", "加入中共组织时间", "何时入党", "参加党组织日期", "参加党组织时间"
		} },
		[FIELD_POST] = { false, {
			"职务", "党内职务", "党组织职务", "岗位", "担任职务", "现任职务", "支部职务", "党内职务名称", "党支部职务", "党务职务", "党内任职", "职务名称",
			"现职务", "村职务", "村内职务", "岗位名称", "position"
		} },
		[FIELD_SECONDARY] = { false, {
			"兼任支部", "党小组", "兼属组织", "其他党组织", "所在党小组", "兼任组织", "次要组织", "所属党小组", "兼任党支部", "兼任党组织", "兼属党支部",
			"兼属党组织", "兼属支部", "其他党支部", "流入党组织", "流入党支部", "流入地党组织", "流入地党支部", "流动党员党支部", "流动党支部", "联合党支部",
			"联合支部", "功能型党支部"
		} },
		[FIELD_CATEGORY] = { false, {
			"类别标签", "人才类别", "标签", "人才类型", "人员标签", "人才分类", "人才层次", "人才级别", "所属人才类别"
		} },
		[FIELD_PARENT] = { false, {
			"上级党组织", "所属党委", "所在党委", "所属乡镇党委", "所属基层党委", "所属党总支", "所在党总支", "上级组织", "上级党委", "上级党组织名称",
			"上级组织名称", "上级党委名称", "隶属党组织", "主管党委", "所属乡镇", "所在乡镇", "乡镇", "乡镇街道", "所属街道", "superior"
		} },
		[FIELD_TAIL] = { false, { "证件尾号", "身份证尾号", "证件号尾号" } },
		[FIELD_LOGIN] = { false, {
			"登录名", "账号", "帐号", "用户名", "登录账号", "登录帐号", "username"
		} },
	},
	[TABLE_ORGANISATIONS] = {
		[FIELD_NAME] = { true, {
			"组织名称", "党组织名称", "党组织", "支部名称", "党支部名称", "单位名称", "名称", "党组织全称", "组织全称", "党支部", "支部", "支部全称",
			"党支部全称", "单位全称", "机构名称", "机构全称", "基层党组织名称", "基层党组织", "党小组名称", "网格名称", "站点名称", "单位", "组织", "全称"
		} },
		[FIELD_CODE] = { false, {
			"组织编码", "党组织编码", "组织代码", "党组织代码", "编码", "代码", "支部编码", "支部代码", "党支部编码", "党支部代码", "单位编码", "单位代码",
			"机构编码", "机构代码", "组织编号", "党组织编号", "网格编码"
		} },
		[FIELD_PARENT] = { true, {
			"上级党组织", "上级组织", "上级", "上级党组织名称", "上级组织名称", "隶属党组织", "上级组织编码", "上级党组织编码", "上级党组织代码",
			"上级组织代码", "所属上级", "上级单位", "隶属组织", "所属上级组织", "所属上级党组织", "上级党委", "上级党组织全称", "上级组织全称",
			"上级单位名称", "上级单位全称", "上级单位编码", "上级单位代码", "上级机构", "上级机构名称", "上级名称", "上级编码", "上级代码", "直接上级",
			"直接上级党组织", "直属上级", "直属上级党组织", "主管党组织", "主管党委", "主管单位", "所属党委", "所属党组织", "所属党总支", "所属组织",
			"上级党委名称", "上级党支部", "上级支部", "上级党总支", "父级", "父级组织", "父组织", "superior"
		} },
		[FIELD_KIND] = { false, {
			"组织类别", "类别", "党组织类别", "组织类型", "类型", "党组织类型", "层级", "组织层级", "党组织层级", "单位类别", "单位类型", "机构类别",
			"机构类型", "组织形式", "组织性质", "级别", "type"
		} },
		[FIELD_PHONE] = { false, {
			"联系电话", "电话", "联系方式", "电话号码", "党组织联系电话", "办公电话", "固定电话", "手机", "手机号", "手机号码"
		} },
	},
};

const char *field_name(enum field f)
{
	return f < FIELDS ? names[f] : "";
}

enum field field_by_name(enum table_kind kind, const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(names[i], name) == 0)
			return field_is_of(kind, (enum field)i) ? (enum field)i : FIELDS;
	return FIELDS;
}

bool field_is_of(enum table_kind kind, enum field f)
{
	return f < FIELDS && known[kind][f].headers[0];
}

bool field_is_required(enum table_kind kind, enum field f)
{
	return f < FIELDS && known[kind][f].required;
}

const char *field_header(enum table_kind kind, enum field f)
{
	return field_is_of(kind, f) ? known[kind][f].headers[0] : "";
}

/* What does not count in a header: spaces, marks for "must be filled in", colons. */
static bool is_decoration(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || c == 0x3000 || (c >= 0x200b && c <= 0x200f) || c == 0xfeff || c == '*' || c == 0x2605 || c == ':' || c == 0x203b;
}

bool field_key(char ret[FIELD_KEY_BYTES], const char *header)
{
	size_t len = strlen(header), n = 0;
	unsigned brackets = 0;
	uint32_t c = 0;

	for (size_t at = 0, step; at < len; at += step) {
		step = utf8_next(&c, header + at, len - at);
		if (step == 0 || n + 5 > FIELD_KEY_BYTES)
			return false;
		c = utf8_narrow(c);
		brackets += c == '(' || c == '[' || c == 0x3010;
		if (!brackets && !is_decoration(c))
			n += utf8_put(ret + n, c < 0x80 ? (uint32_t)tolower((int)c) : c);
		brackets -= brackets && (c == ')' || c == ']' || c == 0x3011);
	}
	ret[n] = 0;
	return n > 0;
}

/* The place in the list of the field's headers; the field's own name comes last. -1: it is none of them. */
static int rank_of(enum table_kind kind, enum field f, const char *key)
{
	if (!field_is_of(kind, f))
		return -1;
	for (int i = 0; i < HEADERS_MAX && known[kind][f].headers[i]; i++)
		if (strcmp(known[kind][f].headers[i], key) == 0)
			return i;
	return strcmp(names[f], key) == 0 ? HEADERS_MAX : -1;
}

enum field field_of_header(enum table_kind kind, const char *header, unsigned *ret_rank)
{
	char key[FIELD_KEY_BYTES];

	if (!field_key(key, header))
		return FIELDS;
	for (size_t f = 0; f < FIELDS; f++) {
		int rank = rank_of(kind, (enum field)f, key);

		if (rank >= 0) {
			*ret_rank = (unsigned)rank;
			return (enum field)f;
		}
	}
	return FIELDS;
}
