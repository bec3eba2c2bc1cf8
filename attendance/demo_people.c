/* See demo_people.h. */
#include "attendance/demo_people.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"

/* Surnames by how many of 10,000 people bear them; what is read otherwise or written with two characters is there, too. */
static const struct {
	const char *text;
	uint16_t weight;
} surnames[] = {
	{ "王", 725 }, { "李", 719 }, { "张", 683 }, { "刘", 539 }, { "陈", 453 }, { "杨", 308 }, { "黄", 261 }, { "赵", 229 }, { "吴", 205 }, { "周", 200 },
	{ "徐", 145 }, { "孙", 138 }, { "马", 129 }, { "朱", 126 }, { "胡", 116 }, { "郭", 115 }, { "何", 107 }, { "林", 107 }, { "罗", 101 }, { "高", 100 },
	{ "郑", 92 },  { "梁", 86 },  { "谢", 76 },  { "宋", 73 },  { "唐", 69 },  { "许", 66 },  { "韩", 64 },  { "邓", 61 },  { "冯", 61 },  { "曹", 60 },
	{ "彭", 58 },  { "曾", 57 },  { "肖", 56 },  { "田", 52 },  { "董", 51 },  { "潘", 50 },  { "袁", 50 },  { "蔡", 46 },  { "蒋", 46 },  { "余", 45 },
	{ "于", 43 },  { "杜", 42 },  { "叶", 42 },  { "程", 41 },  { "魏", 41 },  { "苏", 41 },  { "吕", 40 },  { "丁", 39 },  { "任", 38 },  { "卢", 37 },
	{ "姚", 36 },  { "沈", 36 },  { "钟", 35 },  { "姜", 34 },  { "崔", 33 },  { "谭", 32 },  { "陆", 31 },  { "范", 31 },  { "汪", 30 },  { "廖", 30 },
	{ "石", 28 },  { "金", 28 },  { "韦", 27 },  { "贾", 26 },  { "夏", 25 },  { "付", 25 },  { "方", 25 },  { "邹", 24 },  { "熊", 23 },  { "白", 23 },
	{ "孟", 22 },  { "秦", 22 },  { "邱", 21 },  { "侯", 21 },  { "江", 20 },  { "尹", 20 },  { "薛", 20 },  { "闫", 19 },  { "段", 19 },  { "雷", 19 },
	{ "龙", 18 },  { "黎", 18 },  { "史", 17 },  { "陶", 17 },  { "贺", 17 },  { "毛", 16 },  { "郝", 16 },  { "顾", 16 },  { "龚", 15 },  { "邵", 15 },
	{ "万", 15 },  { "覃", 15 },  { "武", 14 },  { "钱", 14 },  { "戴", 14 },  { "严", 13 },  { "莫", 13 },  { "孔", 12 },  { "向", 12 },  { "常", 11 },
	{ "汤", 11 },  { "温", 10 },  { "康", 10 },  { "施", 9 },   { "牛", 8 },   { "樊", 8 },   { "葛", 7 },   { "邢", 7 },   { "安", 6 },   { "翟", 6 },
	{ "蓝", 6 },   { "盘", 5 },   { "解", 4 },   { "单", 4 },   { "区", 4 },   { "柏", 3 },   { "查", 2 },   { "仇", 2 },   { "欧阳", 10 }, { "上官", 2 },
	{ "令狐", 1 }, { "尉迟", 1 },
};

/* Given names by when somebody was born: whole ones that were in fashion, and characters of which one or two make one. */
static const struct fashion {
	int until;
	const char *whole[2][16];       /* men's, women's */
	const char *characters[2];
	unsigned in_ten[2];             /* how many of ten names are a whole one; how many of the others are of one character */
} fashions[] = {
	{ 1959, { { "建国", "国庆", "志明", "德福", "长贵", "福生", "金山", "文彬", "永福", "有才", "广林", "树林", "春生", "水生", "玉山", "光荣" },
	          { "秀英", "桂英", "玉兰", "秀兰", "桂兰", "凤英", "玉珍", "素珍", "兰英", "玉英", "淑珍", "春梅", "金花", "翠花", "月英", "彩云" } },
	  { "德福贵生金宝文永有广树春水玉光荣寿山林庆祥瑞昌发财仁义忠厚才学",
	    "秀桂玉兰凤珍素英淑梅花翠月彩云香菊莲琴芝贞芬巧枝" }, { 6, 1 } },
	{ 1969, { { "卫东", "建军", "援朝", "跃进", "红军", "建华", "建平", "志强", "国强", "爱国", "解放", "建设", "胜利", "长江", "向阳", "国华" },
	          { "爱华", "红梅", "秀珍", "丽华", "建英", "小红", "卫红", "玉梅", "爱民", "秋菊", "桂芳", "素芳", "丽萍", "美玲", "惠珍", "春兰" } },
	  { "建国军平华强东红志明卫跃进爱民胜利长江向阳学兵战海涛波林生",
	    "红梅秀丽华英萍玲芳珍琴惠春兰菊霞云爱敏燕凤" }, { 6, 2 } },
	{ 1984, { { "志刚", "海波", "晓东", "文军", "永强", "建伟", "国平", "少华", "立新", "新华", "志伟", "春雷", "小明", "建民", "海涛", "红兵" },
	          { "晓燕", "丽娟", "海燕", "春燕", "小梅", "艳红", "丽丽", "冬梅", "雪梅", "晓红", "文娟", "小芳", "玉萍", "美华", "秋红", "燕萍" } },
	  { "伟强勇军磊涛杰斌刚辉鹏超波峰明亮建平华志海东文永林飞宁洪",
	    "丽敏静燕艳芳娟霞红梅玲萍英琴慧洁莉娜云春晓雪蓉" }, { 3, 5 } },
	{ 2010, { { "浩然", "俊杰", "子豪", "宇航", "志鹏", "文博", "家豪", "明轩", "嘉乐", "建宇", "天佑", "晨阳", "一鸣", "思远", "景行", "鸿飞" },
	          { "思雨", "欣怡", "雨婷", "梦瑶", "佳怡", "雪婷", "诗涵", "晓雯", "梦婷", "静怡", "嘉欣", "婉婷", "可欣", "语嫣", "若兰", "紫薇" } },
	  { "浩宇鑫杰俊豪轩博凯晨阳航鹏翔锋旭睿哲楠昊帅毅恒泽洋",
	    "婷雪怡欣雨梦佳琪颖瑶萱涵悦璐莹思慧嘉倩蕾晴妍" }, { 4, 4 } },
};

static const struct {
	const char *name;
	int from_age, to_age;
	unsigned in_hundred;
} categories[] = {
	{ "离退休党员", 60, 120, 60 }, { "老党员", 70, 120, 70 },   { "流动党员", 20, 55, 15 },   { "致富带头人", 28, 60, 8 }, { "种养大户", 28, 62, 7 },
	{ "退役军人", 24, 75, 9 },     { "大学生村官", 22, 30, 20 }, { "乡村医生", 26, 62, 3 },   { "教师", 24, 60, 6 },       { "网格员", 22, 55, 6 },
};

/* What is drawn for a person: each question has a stream of its own, so that a further one changes no older answer. */
enum draw { DRAW_SURNAME, DRAW_SEX, DRAW_BORN, DRAW_BORN_DAY, DRAW_WHOLE, DRAW_WHICH, DRAW_SECOND, DRAW_JOINED, DRAW_JOINED_DAY, DRAW_MEMBERS,
            DRAW_CATEGORY };

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static unsigned drawn(unsigned index, unsigned draw, unsigned below)
{
	return (unsigned)(mix(mix(index) + draw) % below);
}

/* ---- names ---- */

static const char *surname_of(unsigned index)
{
	unsigned sum = 0, at;

	for (size_t i = 0; i < ARRAY_LEN(surnames); i++)
		sum += surnames[i].weight;
	at = drawn(index, DRAW_SURNAME, sum);
	for (size_t i = 0;; i++) {
		if (at < surnames[i].weight)
			return surnames[i].text;
		at -= surnames[i].weight;
	}
}

static const struct fashion *fashion_of(int year)
{
	size_t i = 0;

	while (year > fashions[i].until)
		i++;
	return &fashions[i];
}

/* The nth Han character of a text: three bytes each. */
static void add_character(char *name, const char *text, unsigned draw)
{
	strncat(name, text + 3 * (draw % (strlen(text) / 3)), 3);
}

static void write_name(struct demo_person *p, unsigned index, int year)
{
	const struct fashion *f = fashion_of(year);
	const char *characters = f->characters[p->woman];
	unsigned first = drawn(index, DRAW_WHICH, 1u << 16), second = drawn(index, DRAW_SECOND, 1u << 16);
	unsigned kind = drawn(index, DRAW_WHOLE, 100), n = (unsigned)strlen(characters) / 3;

	strcpy(p->name, surname_of(index));
	if (kind < f->in_ten[0] * 10) {
		strcat(p->name, f->whole[p->woman][first % 16]);
		return;
	}
	add_character(p->name, characters, first);
	/* The same character twice is a fashion of the young alone, and chance among n would give it too seldom to matter. */
	if (kind % 10 >= f->in_ten[1])
		add_character(p->name, characters, first % n == second % n ? second + 1 : second);
}

/* ---- dates ---- */

/* A third each of those born until 1965, until 1985 and after, as in a county whose young work elsewhere. */
static int year_born(unsigned index)
{
	unsigned at = drawn(index, DRAW_BORN, 300);

	if (at < 100)
		return 1938 + (int)at * 28 / 100;
	return at < 200 ? 1966 + (int)(at - 100) / 5 : 1986 + (int)(at - 200) / 5;
}

static void write_date(char ret[11], int year, unsigned day_of_year)
{
	unsigned month = day_of_year / 28 % 12 + 1, day = day_of_year % 28 + 1;

	snprintf(ret, 11, "%04u-%02u-%02u", (unsigned)year % 10000, month, day);
}

/* Many join on the first of July. */
static void write_joined(struct demo_person *p, unsigned index, int born)
{
	int latest = MIN(born + 45, DEMO_PEOPLE_YEAR - 1);
	int earliest = MIN(born + 19, latest);
	int year = earliest + (int)drawn(index, DRAW_JOINED, (unsigned)(latest - earliest) + 1);
	unsigned day = drawn(index, DRAW_JOINED_DAY, 28 * 12);

	write_date(p->joined, year, day % 6 == 0 ? 6 * 28 : day);
}

/* ---- numbers ---- */

static char check_character(const char *digits)
{
	unsigned sum = 0;

	for (size_t i = 0; i < 17; i++)
		sum = (sum + (unsigned)(digits[i] - '0')) * 2 % 11;
	return "10X98765432"[sum];
}

/* Region and serial number are the index's, so that nobody has another's. Odd serial numbers are men's. */
static void write_card(struct demo_person *p, unsigned index)
{
	unsigned serial = index / 10000 % 500 * 2 + (p->woman ? 0 : 1);

	snprintf(p->card, sizeof(p->card), "99%04u%.4s%.2s%.2s%03u", index % 10000, p->born, p->born + 5, p->born + 8, serial);
	p->card[17] = check_character(p->card);
	p->card[18] = 0;
}

static void write_categories(struct demo_person *p, unsigned index, int age)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(categories) && n < DEMO_CATEGORIES; i++)
		if (age >= categories[i].from_age && age <= categories[i].to_age && drawn(index, DRAW_CATEGORY + (unsigned)i, 100) < categories[i].in_hundred)
			p->categories[n++] = categories[i].name;
}

void demo_person(struct demo_person *ret, unsigned index)
{
	int year = year_born(index);

	memset(ret, 0, sizeof(*ret));
	ret->woman = drawn(index, DRAW_SEX, 100) < 36;
	write_name(ret, index, year);
	write_date(ret->born, year, drawn(index, DRAW_BORN_DAY, 28 * 12));
	write_joined(ret, index, year);
	snprintf(ret->phone, sizeof(ret->phone), "142%08u", (unsigned)(index * 7919u % 100000000u));
	write_card(ret, index);
	write_categories(ret, index, DEMO_PEOPLE_YEAR - year);
}

/* ---- branches ---- */

unsigned demo_branch_members(unsigned branch)
{
	unsigned at = drawn(branch, DRAW_MEMBERS, 100), more = drawn(branch, DRAW_MEMBERS + 100, 20);

	if (at < 8)
		return 3 + more / 4;
	return at < 30 ? 10 + more / 2 : at < 80 ? 24 + more : 40 + more / 2 + at % 2;
}

const char *demo_post(unsigned nth, unsigned members)
{
	static const char *const posts[] = { "书记", "副书记", "组织委员", "宣传委员", "纪检委员" };
	size_t n = members >= 7 ? ARRAY_LEN(posts) : members >= 5 ? 2 : 1;

	return nth < n && nth < members ? posts[nth] : NULL;
}
