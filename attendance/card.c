/* See card.h. */
#include "attendance/card.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <unicode/uchar.h>

#include "attendance/name_text.h"
#include "media/base/macros.h"

#define RESIDENT_DIGITS 18

static const struct {
	const char *code, *zh, *en;
} faults[CARD_FAULTS] = {
	[CARD_RIGHT] = { "", "", "" },
	[CARD_EMPTY] = { "card.empty", "没有填写证件号码。", "There is no card number." },
	[CARD_SHORT] = { "card.short", "证件号码少于 4 个字符。", "The card number has fewer than 4 characters." },
	[CARD_LONG] = { "card.long", "证件号码超过 32 个字符。", "The card number has more than 32 characters." },
	[CARD_CHARACTERS] = { "card.characters", "证件号码中有不能显示的字符。", "The card number contains characters that cannot be shown." },
	[CARD_ROUNDED] = { "card.rounded", "表格把证件号码当作数字保存，后几位已经丢失。请把该列设为“文本”后重新填写。",
	                   "The spreadsheet kept the card number as a number and lost its last digits. Make the column text and enter it again." },
	[CARD_DATE] = { "card.date", "身份证号码中的出生日期不存在。", "The birth date in the resident number does not exist." },
	[CARD_CHECK] = { "card.check", "身份证号码的最后一位与前面的数字不符，请核对是否输错。",
	                 "The last character of the resident number does not fit the others: a digit is wrong." },
};

const char *card_fault_code(enum card_fault fault)
{
	return (unsigned)fault < CARD_FAULTS ? faults[fault].code : "";
}

const char *card_fault_zh(enum card_fault fault)
{
	return (unsigned)fault < CARD_FAULTS ? faults[fault].zh : "";
}

const char *card_fault_en(enum card_fault fault)
{
	return (unsigned)fault < CARD_FAULTS ? faults[fault].en : "";
}

/* Whether a spreadsheet wrote it: digits, then a point or an exponent. */
static bool is_rounded(const uint32_t *text, size_t n)
{
	size_t digits = 0, point, power;

	while (digits < n && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	point = digits;
	while (point < n && (text[point] == '.' || (point > digits && text[point] >= '0' && text[point] <= '9')))
		point++;
	power = point;
	if (power + 2 < n && text[power] == 'E' && text[power + 1] == '+')
		for (power += 2; power < n && text[power] >= '0' && text[power] <= '9';)
			power++;
	return digits > 0 && power == n && power > digits;
}

static bool is_left_out(uint32_t c)
{
	return c == '-' || c == 0x2010 || c == 0x2011 || u_isUWhiteSpace((UChar32)c);
}

/* Leaves spaces and hyphens out and makes capitals; returns how many are left. */
static size_t tidy(uint32_t *text, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (!is_left_out(text[i]))
			text[kept++] = text[i] < 0x80 ? (uint32_t)toupper((int)text[i]) : text[i];
	return kept;
}

static bool can_be_shown(const uint32_t *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!u_isgraph((UChar32)text[i]))
			return false;
	return true;
}

/* ---- resident numbers ---- */

static bool looks_resident(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return strlen(text) == RESIDENT_DIGITS && (digits == RESIDENT_DIGITS || (digits == RESIDENT_DIGITS - 1 && text[digits] == 'X'));
}

static int digits_at(const char *text, size_t at, size_t n)
{
	int value = 0;

	while (n-- > 0)
		value = value * 10 + (text[at++] - '0');
	return value;
}

static bool date_exists(int year, int month, int day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= 1800 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (leap && month == 2);
}

/* Weights are the powers of 2 modulo 11 from the right; the remainder picks the last character. */
static char check_character(const char *text)
{
	unsigned sum = 0;

	for (size_t i = 0; i < RESIDENT_DIGITS - 1; i++)
		sum = (sum + (unsigned)(text[i] - '0')) * 2 % 11;
	return "10X98765432"[sum];
}

static enum card_fault check_resident(const char *text)
{
	if (check_character(text) != text[RESIDENT_DIGITS - 1])
		return CARD_CHECK;
	return date_exists(digits_at(text, 6, 4), digits_at(text, 10, 2), digits_at(text, 12, 2)) ? CARD_RIGHT : CARD_DATE;
}

/* ---- all ---- */

static enum card_fault check_text(uint32_t *text, int n, size_t max, size_t *ret_kept)
{
	if (n < 0)
		return CARD_CHARACTERS;
	*ret_kept = tidy(text, (size_t)n);
	if (*ret_kept == 0)
		return CARD_EMPTY;
	if (is_rounded(text, *ret_kept))
		return CARD_ROUNDED;
	if (*ret_kept > CARD_CHARACTERS_MAX || (size_t)n == max)
		return CARD_LONG;
	if (!can_be_shown(text, *ret_kept))
		return CARD_CHARACTERS;
	return *ret_kept < CARD_CHARACTERS_MIN ? CARD_SHORT : CARD_RIGHT;
}

enum card_fault card_parse(struct card *ret, const char *text)
{
	uint32_t folded[4 * CARD_CHARACTERS_MAX];
	struct card card = { 0 };
	size_t n = 0;
	enum card_fault fault = check_text(folded, name_text_fold(folded, ARRAY_LEN(folded), text), ARRAY_LEN(folded), &n);

	if (fault == CARD_RIGHT) {
		name_text_write(card.text, sizeof(card.text), folded, n);
		card.resident = looks_resident(card.text);
		fault = card.resident ? check_resident(card.text) : CARD_RIGHT;
	}
	if (fault == CARD_RIGHT)
		*ret = card;
	sodium_memzero(folded, sizeof(folded));
	card_wipe(&card);
	return fault;
}

/* The last two characters of valid UTF-8 of at least two. */
static const char *tail_of(const char *text)
{
	const char *at = text + strlen(text);

	for (int i = 0; i < 2; i++)
		do
			at--;
		while (at > text && ((unsigned char)*at & 0xc0) == 0x80);
	return at;
}

void card_seal(struct card_seal *ret, const struct card_key *key, const struct card *card)
{
	crypto_auth_hmacsha256(ret->hash, (const unsigned char *)card->text, strlen(card->text), card_key_bytes(key));
	memcpy(ret->key_id, card_key_id(key), CARD_KEY_ID_BYTES);
	strcpy(ret->tail, tail_of(card->text));
}

void card_wipe(struct card *card)
{
	sodium_memzero(card, sizeof(*card));
}
