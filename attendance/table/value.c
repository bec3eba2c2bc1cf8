/* See value.h. */
#include "attendance/table/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/utf8.h"

#define WORDS_MAX 40
#define YEAR_LEAST 1900
#define YEAR_MOST 2100

static bool is_unseen(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff || c == 0xad;
}

static bool is_space(uint32_t c)
{
	return c <= ' ' || c == 0xa0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029;
}

static int text_of(char *ret, size_t size, const char *text, size_t len)
{
	char *out = ret;
	uint32_t c = 0;
	bool space = false;

	for (size_t at = 0, n; at < len; at += n) {
		n = utf8_next(&c, text + at, len - at);
		if (n == 0)
			return -EINVAL;
		if (is_unseen(c))
			continue;
		if (is_space(c)) {
			space = out > ret;
			continue;
		}
		if ((size_t)(out - ret) + space + n >= size)
			return -E2BIG;
		if (space)
			*out++ = ' ';
		space = false;
		memcpy(out, text + at, n);
		out += n;
	}
	*out = 0;
	return out > ret ? 0 : -ENODATA;
}

/* A copy that is only taken when all is well. */
static int take(char *ret, size_t size, const char *text, size_t len)
{
	char value[1024];
	int r = text_of(value, MIN(size, sizeof(value)), text, len);

	if (r == 0)
		strcpy(ret, value);
	return r;
}

int value_text(char *ret, size_t size, const char *text)
{
	return take(ret, size, text, strlen(text));
}

/* ---- names of people ---- */

static bool is_han(uint32_t c)
{
	return (c >= 0x3400 && c <= 0x9fff) || c == 0x3007 || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

/* What parts a name of several (买买提·吐尔逊), in whichever form a keyboard gives it. */
static bool is_name_dot(uint32_t c)
{
	static const uint32_t dots[] = { '.', 0xb7, 0x2022, 0x2027, 0x2219, 0x22c5, 0x30fb, 0x3002, 0xfe52, 0xff65 };

	for (size_t i = 0; i < ARRAY_LEN(dots); i++)
		if (c == dots[i])
			return true;
	return false;
}

static uint32_t character_at(const char *text, const char *end)
{
	uint32_t c = 0;

	return text < end && utf8_next(&c, text, (size_t)(end - text)) ? c : 0;
}

/* The bytes of spaces and dots that begin here. */
static size_t joint(const char *text, const char *end, bool *ret_dot)
{
	size_t len = 0, n;
	uint32_t c = 0;

	for (*ret_dot = false; text + len < end; len += n) {
		n = utf8_next(&c, text + len, (size_t)(end - text) - len);
		if (!is_space(c) && !is_name_dot(utf8_narrow(c)))
			break;
		*ret_dot |= !is_space(c);
	}
	return len;
}

int value_person_name(char *ret, size_t size, const char *text)
{
	char value[512], name[2 * sizeof(value)];
	int r = take(value, sizeof(value), text, strlen(text));
	const char *at = value, *end = value + (r == 0 ? strlen(value) : 0);
	uint32_t before = 0;
	size_t n = 0;

	while (at < end) {
		bool dot, inside;
		size_t len = joint(at, end, &dot);

		inside = len > 0 && is_han(before) && is_han(character_at(at + len, end));
		if (inside) {
			n += dot ? utf8_put(name + n, 0xb7) : 0;
			at += len;
			continue;
		}
		len = len ? len : utf8_next(&before, at, (size_t)(end - at));
		memcpy(name + n, at, len);
		n += len;
		at += len;
	}
	return r < 0 ? r : take(ret, size, name, n);
}

/* Narrow, without spaces and without the characters of `dropped`. */
static int squeeze(char *ret, size_t size, const char *text, const char *dropped)
{
	size_t len = strlen(text), n = 0;
	uint32_t c = 0;

	for (size_t at = 0, step; at < len; at += step) {
		step = utf8_next(&c, text + at, len - at);
		if (step == 0)
			return -EINVAL;
		c = utf8_narrow(c);
		if (is_space(c) || is_unseen(c) || (c < 0x80 && strchr(dropped, (int)c)))
			continue;
		if (n + 4 >= size)
			return -E2BIG;
		n += utf8_put(ret + n, c);
	}
	ret[n] = 0;
	return n > 0 ? 0 : -ENODATA;
}

int value_code(char ret[VALUE_CODE_BYTES], const char *text)
{
	char value[VALUE_CODE_BYTES + 4];
	int r = squeeze(value, sizeof(value), text, "");

	if (r == 0 && strlen(value) >= VALUE_CODE_BYTES)
		return -E2BIG;
	if (r == 0)
		strcpy(ret, value);
	return r;
}

bool value_is_nothing(const char *text)
{
	static const char *const words[] = { "无", "暂无", "没有", "不详", "未知", "空", "无。" };
	char value[32];

	if (squeeze(value, sizeof(value), text, "-/\\_.") == -ENODATA)
		return true;
	if (squeeze(value, sizeof(value), text, "") < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], value) == 0)
			return true;
	return strspn(value, "\xe2\x80\x94\x93\x95") == strlen(value);   /* — – ― */
}

/* ---- numbers ---- */

static bool is_day(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= YEAR_LEAST && year <= YEAR_MOST && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static int number_of(const char *digits, size_t n)
{
	char text[8] = { 0 };

	memcpy(text, digits, MIN(n, sizeof(text) - 1));
	return atoi(text);
}

int value_phone(char ret[VALUE_PHONE_BYTES], const char *text)
{
	char value[VALUE_PHONE_BYTES];
	int r = squeeze(value, sizeof(value), text, "-()'");
	size_t digits;

	if (r < 0)
		return r;
	if (strlen(value) > 2 && strcmp(value + strlen(value) - 2, ".0") == 0)     /* a program took it for a number */
		value[strlen(value) - 2] = 0;
	digits = strspn(value + (value[0] == '+'), "0123456789");
	if (value[digits + (value[0] == '+')] || digits < 5 || digits > 20)
		return -EINVAL;
	strcpy(ret, value);
	return 0;
}

/* ---- dates ---- */

/* A number of at most `most` digits at *at; -1 when there is none. */
static int take_number(const char **at, size_t most)
{
	size_t n = strspn(*at, "0123456789");
	int value = n > 0 && n <= most ? number_of(*at, n) : -1;

	*at += n;
	return value;
}

/* The sign between parts: "-", "/", ".", or the Chinese word. */
static bool take_sign(const char **at, const char *word)
{
	size_t n = strncmp(*at, word, strlen(word)) == 0 ? strlen(word) : **at && strchr("-/.", **at) ? 1 : 0;

	*at += n;
	return n > 0;
}

/* What may stand behind a date: nothing, a day's word, a time. */
static bool is_rest(const char *at)
{
	if (strncmp(at, "日", strlen("日")) == 0)
		at += strlen("日");
	return !*at || ((*at == 'T' || *at == ' ') && at[1 + strspn(at + 1, "0123456789:.Z")] == 0);
}

static int date_of_digits(int ret[3], const char *at, size_t n)
{
	if (n != 8 && n != 6)
		return -EINVAL;
	ret[0] = number_of(at, 4);
	ret[1] = number_of(at + 4, 2);
	ret[2] = n == 8 ? number_of(at + 6, 2) : 0;
	return at[n] ? -EINVAL : 0;
}

static int date_of_parts(int ret[3], const char *at)
{
	const char *month;
	bool dotted;

	ret[0] = take_number(&at, 4);
	dotted = *at == '.';
	if (!take_sign(&at, "年"))
		return -EINVAL;
	month = at;
	ret[1] = take_number(&at, 2);
	if (!*at && dotted && strcmp(month, "1") == 0)
		return -EINVAL;
	ret[2] = 0;
	if (!*at || strcmp(at, "月") == 0)
		return 0;
	if (!take_sign(&at, "月"))
		return -EINVAL;
	ret[2] = take_number(&at, 2);
	return ret[2] > 0 && is_rest(at) ? 0 : -EINVAL;
}

/* The remainders tell the compiler that it fits. */
static void write_day(char ret[VALUE_DATE_BYTES], unsigned year, unsigned month, unsigned day)
{
	if (day)
		snprintf(ret, VALUE_DATE_BYTES, "%04u-%02u-%02u", year % 10000, month % 100, day % 100);
	else
		snprintf(ret, VALUE_DATE_BYTES, "%04u-%02u", year % 10000, month % 100);
}

/* Narrow; spaces are left between a day and a time only. */
static int date_text(char *ret, size_t size, const char *text)
{
	char spaced[80], narrow[80];
	int r = value_text(spaced, sizeof(spaced), text);
	size_t len = r == 0 ? strlen(spaced) : 0, n = 0;
	uint32_t c = 0;

	for (size_t at = 0; at < len;) {
		at += utf8_next(&c, spaced + at, len - at);
		n += utf8_put(narrow + n, utf8_narrow(c));
	}
	narrow[n] = 0;
	if (r < 0 || n >= size)
		return r < 0 ? r : -E2BIG;
	for (const char *at = narrow; *at; at++) {
		bool time = at > narrow && *at == ' ' && isdigit((unsigned char)at[1]) && strchr(at, ':');

		if (*at != ' ' || time)
			*ret++ = *at;
	}
	*ret = 0;
	return 0;
}

int value_date(char ret[VALUE_DATE_BYTES], const char *text)
{
	char value[40] = "";
	int date[3], r = date_text(value, sizeof(value), text);
	size_t digits;

	if (r < 0)
		return r == -E2BIG ? -EINVAL : r;
	digits = strspn(value, "0123456789");
	r = digits > 4 ? date_of_digits(date, value, digits) : date_of_parts(date, value);
	if (r < 0 || !is_day(date[0], date[1], date[2] ? date[2] : 1))
		return -EINVAL;
	write_day(ret, (unsigned)date[0], (unsigned)date[1], (unsigned)date[2]);
	return 0;
}

/* ---- kinds ---- */

struct kind {
	const char *code;
	const char *words[WORDS_MAX];   /* the first is the one that we write */
	const char *endings[WORDS_MAX]; /* of longer words: 流动党员党支部 is a 支部 */
};

static const struct kind person_kinds[] = {
	{ "member", { "党员", "党员干部" }, { "党员" } },
	{ "guest", { "来宾", "嘉宾" }, { "来宾", "嘉宾", "外请专家" } },
	{ "talent", { "人才", "专家", "田秀才", "乡贤", "致富带头人" }, { "人才", "专家" } },
	{ "staff", { "工作人员", "村干部", "其他人员", "群众", "其他", "其它", "非党员", "非中共党员", "村医", "网格长", "入党申请人", "居民", "村民" },
	           { "干部", "人员", "网格员", "网格长", "村官", "工作者", "职工", "员工", "教师", "团员", "积极分子", "发展对象", "申请人", "群众", "人士", "书记", "主任", "主席", "委员",
	             "组长", "队员", "志愿者", "指导员", "辅导员", "协管员", "专干", "文书", "岗位", "岗" } },
};

/* Those of org_kind.h above us. What ends as two of them comes first: 总支部 and 联合支部 before 支部. */
static const struct kind organisation_kinds[] = {
	{ "city", { "市" }, { NULL } },
	{ "county", { "县", "区", "县（市、区）", "县级市", "自治县" }, { NULL } },
	{ "township", { "乡镇", "乡", "镇", "街道", "民族乡", "乡（镇）", "乡镇（街道）" }, { NULL } },
	{ "general_branch", { "党总支" }, { "总支", "总支部", "总支部委员会" } },
	{ "joint", { "联合支部" }, { "联合支部", "联合党支部" } },
	{ "network", { "网格" }, { "网格", "网格支部", "网格党支部" } },
	{ "branch", { "党支部" }, { "支部", "支部委员会" } },
	{ "committee", { "党委", "市委", "县委", "区委", "党组" }, { "党委", "工委", "委员会", "党（工）委", "县委", "市委", "区委", "镇委", "乡委" } },
	{ "group", { "党小组" }, { "小组" } },
	{ "station", { "站点", "会场" }, { "站点", "教学点", "站", "服务中心" } },
	{ "other", { "其他", "其它", "村", "社区", "党组织", "基层党组织", "单位", "两新组织", "企业" }, { NULL } },
};

static bool ends_with(const char *text, const char *ending)
{
	size_t n = strlen(text), m = strlen(ending);

	return n >= m && strcmp(text + n - m, ending) == 0;
}

static bool has_word(const struct kind *k, const char *text)
{
	for (size_t i = 0; i < WORDS_MAX && k->words[i]; i++)
		if (strcmp(k->words[i], text) == 0)
			return true;
	return strcmp(k->code, text) == 0;
}

static bool has_ending(const struct kind *k, const char *text)
{
	for (size_t i = 0; i < WORDS_MAX && k->endings[i]; i++)
		if (ends_with(text, k->endings[i]))
			return true;
	return false;
}

/* Whole words first: 非党员 is none of 党员. */
static const char *kind_of_word(const struct kind *kinds, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (has_word(&kinds[i], word))
			return kinds[i].code;
	for (size_t i = 0; i < n; i++)
		if (has_ending(&kinds[i], word))
			return kinds[i].code;
	return NULL;
}

/* What stands in brackets: 党员（流动）, 村（社区）干部. */
static void drop_brackets(char *text)
{
	static const char *const opening[] = { "（", "(" }, *const closing[] = { "）", ")" };

	for (size_t i = 0; i < ARRAY_LEN(opening); i++) {
		char *begin = strstr(text, opening[i]), *end = begin ? strstr(begin, closing[i]) : NULL;

		if (end)
			memmove(begin, end + strlen(closing[i]), strlen(end + strlen(closing[i])) + 1);
	}
}

static const char *kind_of(const struct kind *kinds, size_t n, const char *text)
{
	char value[128];
	const char *kind;

	if (value_text(value, sizeof(value), text) < 0)
		return NULL;
	kind = kind_of_word(kinds, n, value);
	if (kind)
		return kind;
	drop_brackets(value);
	return kind_of_word(kinds, n, value);
}

static const char *word_of(const struct kind *kinds, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(kinds[i].code, code) == 0)
			return kinds[i].words[0];
	return "";
}

const char *value_person_kind(const char *text)
{
	return kind_of(person_kinds, ARRAY_LEN(person_kinds), text);
}

const char *value_organisation_kind(const char *text)
{
	return kind_of(organisation_kinds, ARRAY_LEN(organisation_kinds), text);
}

static bool is_among(const char *const *words, size_t n, const char *text)
{
	char value[128];

	for (size_t i = 0; value_text(value, sizeof(value), text) == 0 && i < n; i++)
		if (strcmp(words[i], value) == 0)
			return true;
	return false;
}

bool value_kind_is_no_member(const char *word)
{
	static const char *const words[] = { "群众", "非党员", "非中共党员", "党外人士", "无党派人士", "居民", "村民" };

	return is_among(words, ARRAY_LEN(words), word);
}

bool value_kind_is_role(const char *word)
{
	static const char *const words[] = { "工作人员", "其他人员", "其他", "其它", "来宾", "嘉宾", "staff", "talent", "guest", "member" };
	const char *kind = value_person_kind(word);

	return kind && strcmp(kind, "member") != 0 && !is_among(words, ARRAY_LEN(words), word) && !value_kind_is_no_member(word);
}

const char *value_person_word(const char *kind)
{
	return word_of(person_kinds, ARRAY_LEN(person_kinds), kind);
}

const char *value_organisation_word(const char *kind)
{
	return word_of(organisation_kinds, ARRAY_LEN(organisation_kinds), kind);
}

/* ---- parts of a cell ---- */

/* Up to the first character that parts, or the end; *ret_next is behind it. */
static size_t part(const char **ret_next, const char *start, bool (*parts)(uint32_t character))
{
	const char *end = start;
	size_t n = 0;
	uint32_t c = 0;

	for (; *end; end += n) {
		n = utf8_next(&c, end, strlen(end));
		if (n == 0 || parts(utf8_narrow(c)))
			break;
	}
	*ret_next = *end ? end + MAX(n, (size_t)1) : end;
	return (size_t)(end - start);
}

static bool is_step(uint32_t c)
{
	return c == '/' || c == '\\' || c == '>' || c == 0x2192;
}

int value_path(char *ret, size_t size, const char *text)
{
	char path[1024];
	size_t n = 0;

	while (*text) {
		const char *start = text;
		size_t len = part(&text, start, is_step), slash = n > 0;
		int r = take(path + n + slash, sizeof(path) - n - slash, start, len);

		if (r < 0 && r != -ENODATA)
			return r;
		if (r < 0)
			continue;
		if (slash)
			path[n] = '/';
		n += strlen(path + n);
	}
	if (n == 0 || n >= size)
		return n ? -E2BIG : -ENODATA;
	memcpy(ret, path, n + 1);
	return 0;
}

static bool is_parting(uint32_t c)
{
	return c == 0x3001 || c == '\n' || c == '\r' || (c < 0x80 && c && strchr(";,|", (int)c));
}

int value_next(const char **at, char *ret, size_t size)
{
	while (**at) {
		const char *start = *at;
		size_t len = part(at, start, is_parting);
		int r = take(ret, size, start, len);

		if (r != -ENODATA)
			return r < 0 ? r : 1;
	}
	return 0;
}
