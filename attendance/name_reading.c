/* See name_reading.h. Rows with the dictionary's own syllable are there for the tone, by which names are sorted. */
#include "attendance/name_reading.h"

#include <stdbool.h>
#include <string.h>

#include "media/base/macros.h"

#define SURNAME NAME_READING_SURNAME
#define FIRST NAME_READING_FIRST
#define ALSO NAME_READING_ALSO

static const struct name_reading rows[] = {
	/* Double surnames stand before single ones. */
	{ SURNAME, "尉迟", "yu chi", "玉池" },   { SURNAME, "万俟", "mo qi", "末其" },    { SURNAME, "单于", "chan yu", "蝉于" },
	{ SURNAME, "澹台", "tan tai", "潭台" },  { SURNAME, "拓跋", "tuo ba", "唾拔" },   { SURNAME, "长孙", "zhang sun", "掌孙" },

	{ SURNAME, "单", "shan", "擅" },         { SURNAME, "仇", "qiu", "球" },          { SURNAME, "区", "ou", "鸥" },
	{ SURNAME, "查", "zha", "渣" },          { SURNAME, "曾", "zeng", "增" },         { SURNAME, "解", "xie", "械" },
	{ SURNAME, "盖", "ge", "舸" },           { SURNAME, "朴", "piao", "瓢" },         { SURNAME, "繁", "po", "婆" },
	{ SURNAME, "种", "chong", "虫" },        { SURNAME, "乐", "yue", "悦" },          { SURNAME, "任", "ren", "仁" },
	{ SURNAME, "缪", "miao", "妙" },         { SURNAME, "翟", "zhai", "宅" },         { SURNAME, "薄", "bo", "博" },
	{ SURNAME, "召", "shao", "哨" },         { SURNAME, "祭", "zhai", "债" },         { SURNAME, "谌", "chen", "晨" },
	{ SURNAME, "覃", "qin", "琴" },          { SURNAME, "员", "yun", "韵" },          { SURNAME, "贠", "yun", "韵" },
	{ SURNAME, "折", "she", "蛇" },          { SURNAME, "秘", "bi", "碧" },           { SURNAME, "能", "nai", "耐" },
	{ SURNAME, "佴", "nai", "耐" },          { SURNAME, "么", "yao", "腰" },          { SURNAME, "句", "gou", "沟" },
	{ SURNAME, "阚", "kan", "瞰" },          { SURNAME, "乜", "nie", "孽" },          { SURNAME, "洗", "xian", "显" },
	{ SURNAME, "卜", "bu", "补" },           { SURNAME, "都", "du", "督" },           { SURNAME, "郇", "xun", "旬" },
	{ SURNAME, "粘", "nian", "黏" },         { SURNAME, "华", "hua", "画" },          { SURNAME, "过", "guo", "锅" },
	{ SURNAME, "重", "chong", "虫" },        { SURNAME, "角", "jue", "决" },          { SURNAME, "藏", "zang", "脏" },

	{ FIRST, "长", "chang", "肠" },          { FIRST, "晟", "sheng", "剩" },          { FIRST, "偲", "si", "丝" },
	{ FIRST, "卜", "bu", "补" },             { FIRST, "翟", "zhai", "宅" },           { FIRST, "阚", "kan", "瞰" },
	{ FIRST, "佛", "fo", "仏" },             { FIRST, "厦", "xia", "夏" },            { FIRST, "圩", "xu", "虚" },

	{ ALSO, "长", "zhang", "涨" },           { ALSO, "晟", "cheng", "城" },           { ALSO, "乐", "yue", "悦" },
	{ ALSO, "重", "chong", "虫" },           { ALSO, "朝", "zhao", "招" },            { ALSO, "行", "hang", "航" },
	{ ALSO, "茜", "xi", "西" },              { ALSO, "莎", "suo", "缩" },             { ALSO, "娜", "nuo", "挪" },
	{ ALSO, "奇", "ji", "基" },              { ALSO, "蔚", "yu", "玉" },              { ALSO, "尉", "yu", "玉" },
	{ ALSO, "参", "shen", "深" },            { ALSO, "藏", "zang", "脏" },            { ALSO, "调", "tiao", "条" },
	{ ALSO, "荥", "ying", "迎" },            { ALSO, "阿", "e", "鹅" },               { ALSO, "纶", "guan", "官" },
	{ ALSO, "还", "huan", "环" },            { ALSO, "降", "xiang", "祥" },           { ALSO, "宿", "xiu", "秀" },
	{ ALSO, "盛", "cheng", "城" },           { ALSO, "省", "xing", "醒" },            { ALSO, "率", "shuai", "帅" },
	{ ALSO, "传", "zhuan", "赚" },           { ALSO, "校", "jiao", "叫" },            { ALSO, "乘", "sheng", "剩" },
	{ ALSO, "都", "du", "督" },              { ALSO, "番", "pan", "攀" },             { ALSO, "虹", "jiang", "匠" },
	{ ALSO, "颉", "xie", "斜" },             { ALSO, "角", "jue", "决" },             { ALSO, "觉", "jiao", "叫" },
	{ ALSO, "禅", "shan", "擅" },            { ALSO, "柏", "bo", "博" },              { ALSO, "车", "ju", "居" },
	{ ALSO, "澄", "deng", "凳" },            { ALSO, "铛", "cheng", "城" },           { ALSO, "仔", "zai", "崽" },
	{ ALSO, "隗", "wei", "伟" },             { ALSO, "牟", "mu", "木" },              { ALSO, "郄", "xi", "细" },
	{ ALSO, "宓", "fu", "福" },              { ALSO, "黑", "he", "贺" },              { ALSO, "适", "kuo", "阔" },
	{ ALSO, "莘", "xin", "新" },             { ALSO, "俞", "shu", "树" },             { ALSO, "强", "jiang", "匠" },
	{ ALSO, "隽", "jun", "俊" },             { ALSO, "六", "lu", "路" },              { ALSO, "堡", "pu", "铺" },
	{ ALSO, "堡", "bu", "补" },              { ALSO, "圩", "wei", "围" },              { ALSO, "埔", "pu", "谱" },
	{ ALSO, "峒", "tong", "同" },            { ALSO, "涌", "chong", "冲" },           { ALSO, "大", "dai", "代" },
	{ ALSO, "石", "dan", "蛋" },             { ALSO, "会", "kuai", "快" },            { ALSO, "谷", "yu", "玉" },
};

uint32_t name_reading_character(const char *text, const char **ret_next)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned more = s[0] >= 0xf0 ? 3 : s[0] >= 0xe0 ? 2 : s[0] >= 0xc0 ? 1 : 0;
	uint32_t c = more ? s[0] & (0x3fu >> more) : s[0];

	for (unsigned i = 1; i <= more; i++)
		c = c << 6 | (s[i] & 0x3fu);
	*ret_next = text + (s[0] ? more + 1 : 0);
	return c;
}

static bool begins(const uint32_t *characters, size_t n, const char *text)
{
	size_t i = 0;

	for (; *text && i < n; i++)
		if (name_reading_character(text, &text) != characters[i])
			return false;
	return !*text;
}

const struct name_reading *name_reading_surname(const uint32_t *characters, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].place == SURNAME && begins(characters, n, rows[i].text))
			return &rows[i];
	return NULL;
}

const struct name_reading *name_reading_next(enum name_reading_place place, uint32_t character, const struct name_reading *after)
{
	for (const struct name_reading *row = after ? after + 1 : rows; row < rows + ARRAY_LEN(rows); row++)
		if (row->place == place && begins(&character, 1, row->text))
			return row;
	return NULL;
}

const struct name_reading *name_readings(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(rows);
	return rows;
}
