/* Rows of people. */
#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attendance/card.h"
#include "attendance/import/state.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"

#define LIST_MAX 24                     /* posts, categories, further memberships of a row */
#define TEXT_BYTES 121
#define KEY_BYTES 320
#define JOINED_CATEGORY "入党"

struct person_row {
	char name[PERSON_NAME_BYTES], phone[VALUE_PHONE_BYTES], login[VALUE_CODE_BYTES], joined[VALUE_DATE_BYTES];
	const char *kind;               /* NULL: the cell is empty */
	bool no_member;                 /* the cell says so */
	char role[TEXT_BYTES];          /* what the cell says beyond the kind; "" nothing */
	bool has_card;
	char tail[CARD_TAIL_BYTES];     /* of the card, where the row has no more of it; "" none */
	struct card_seal card;
	int64_t org;
	char posts[LIST_MAX][TEXT_BYTES], categories[LIST_MAX][TEXT_BYTES];
	int64_t secondary[LIST_MAX];
	size_t n_posts, n_categories, n_secondary;
};

/* ---- who is known ---- */

static int remember(struct import *i, const char *key, int64_t id, struct known_person **ret)
{
	struct known_person *k;

	HASH_FIND_STR(i->people, key, k);
	if (k) {
		k->id = k->id == id ? id : 0;
		*ret = k;
		return 0;
	}
	k = mem_zalloc(sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->id = id;
	k->key = mem_strdup(key);
	if (k->key)
		HASH_ADD_KEYPTR(hh, i->people, k->key, strlen(k->key), k);
	if (!HASH_ADDED(hh, k)) {
		mem_free(k->key);
		mem_free(k);
		return -ENOMEM;
	}
	*ret = k;
	return 0;
}

static void card_key_of(char ret[KEY_BYTES], const uint8_t hash[CARD_HASH_BYTES])
{
	char hex[2 * CARD_HASH_BYTES + 1];

	snprintf(ret, KEY_BYTES, "card %s", sodium_bin2hex(hex, sizeof(hex), hash, CARD_HASH_BYTES));
}

/* What was entered by hand may be lined up with spaces, too. */
static void name_form(char ret[PERSON_NAME_BYTES], const char *name)
{
	if (value_person_name(ret, PERSON_NAME_BYTES, name) < 0)
		utf8_copy(ret, PERSON_NAME_BYTES, name);
}

static void name_key_of(char ret[KEY_BYTES], int64_t org, const char *name, const char *phone)
{
	char form[PERSON_NAME_BYTES];

	name_form(form, name);
	snprintf(ret, KEY_BYTES, "name %lld %s%s%s", (long long)org, form, *phone ? "\t" : "", phone);
}

/* With the end of the card number, which exports bear. */
static void tail_key_of(char ret[KEY_BYTES], int64_t org, const char *name, const char *tail)
{
	char form[PERSON_NAME_BYTES];

	name_form(form, name);
	snprintf(ret, KEY_BYTES, "tail %lld %s\t%s", (long long)org, form, tail);
}

/* By every key that names this person; `row` 0: from the directory. */
static int remember_all(struct import *i, int64_t id, int64_t org, const char *name, const char *phone, const uint8_t *card, const char *tail, uint32_t row)
{
	char keys[4][KEY_BYTES];
	struct known_person *k;
	size_t n = 0;
	bool fresh;
	int r = 0;

	name_key_of(keys[n++], org, name, "");
	if (*phone)
		name_key_of(keys[n++], org, name, phone);
	if (card)
		card_key_of(keys[n++], card);
	if (*tail)
		tail_key_of(keys[n++], org, name, tail);
	for (size_t a = 0; a < n; a++) {
		HASH_FIND_STR(i->people, keys[a], k);
		fresh = !k;
		r = remember(i, keys[a], id, &k);
		if (r < 0)
			return r;
		k->of_file = (fresh || k->of_file) && row && *phone;
		if (k->id != id)
			continue;
		k->row = row;
		snprintf(k->phone, sizeof(k->phone), "%s", phone);
		k->has_card = card != NULL;
		if (card)
			memcpy(k->card, card, CARD_HASH_BYTES);
	}
	return 0;
}

static int remember_person(struct import *i, const struct person *p)
{
	const struct identity *d = &p->identity;

	return remember_all(i, p->id, p->main_org, d->name, d->phone, *d->card_tail ? d->card_hash : NULL, d->card_tail, 0);
}

int import_people_load(struct import *i, size_t n)
{
	const struct person *p = i->last_loaded;
	int r = 0;

	for (; r == 0 && n > 0 && (p = directory_next_person(i->cfg.directory, p)); n--) {
		if (!p->merged_into && !p->erased)
			r = remember_person(i, p);
		i->last_loaded = p;
	}
	i->loaded = !p;
	return r;
}

void import_people_done(struct import *i)
{
	struct known_person *k, *next;

	HASH_ITER(hh, i->people, k, next) {
		HASH_DELETE(hh, i->people, k);
		mem_free(k->key);
		mem_free(k);
	}
}

/* ---- what a row says ---- */

/* In a column that says so a number of digits alone is a resident's, of 18 or as they once were of 15: else one was left out, or one is too many. */
static bool is_short_of_digits(const struct import *i, const struct card *card)
{
	struct table_cell header = mapping_header(i->table, i->mapping.header, i->mapping.columns[FIELD_CARD]);
	size_t digits = strspn(card->text, "0123456789"), len = strlen(card->text);

	return strstr(header.text, "身份") && digits + (card->text[digits] == 'X') == len && len != 15;
}

static int read_card(const struct import *i, size_t row, struct person_row *ret, struct table_problem *problem)
{
	struct table_cell cell = mapping_cell(&i->mapping, i->table, row, FIELD_CARD);
	enum card_fault fault;
	struct card card;

	if (!i->mapping.columns[FIELD_CARD] || (!cell.notes && value_is_nothing(cell.text)))
		return 0;
	if (mapping_check(&i->mapping, i->table, row, FIELD_CARD, problem) < 0)
		return -EBADMSG;
	if (!i->cfg.card_key)
		return import_refuse(i, row, FIELD_CARD, TABLE_NO_CARD_KEY, NULL, problem);
	fault = card_parse(&card, cell.text);
	if (fault == CARD_EMPTY)
		return 0;
	if (fault != CARD_RIGHT || (!card.resident && is_short_of_digits(i, &card)))
		return import_refuse(i, row, FIELD_CARD, TABLE_VALUE_NUMBER, NULL, problem);
	card_seal(&ret->card, i->cfg.card_key, &card);
	card_wipe(&card);
	ret->has_card = true;
	return 0;
}

/* A value that a function of value.h puts into its form; empty leaves `ret` empty. */
static int read_formed(const struct import *i, size_t row, enum field f, int (*form)(char *, const char *), char *ret, enum table_fault fault,
                       struct table_problem *problem)
{
	char text[256];
	int r = import_text(i, row, f, text, sizeof(text), problem);

	if (r < 0 || !*text)
		return r;
	return form(ret, text) == 0 ? 0 : import_refuse(i, row, f, fault, NULL, problem);
}

/* Whether the one behind `n` stands among them already. */
static bool is_said(char list[LIST_MAX][TEXT_BYTES], size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (strcmp(list[k], list[n]) == 0)
			return true;
	return false;
}

static int read_list(const struct import *i, size_t row, enum field f, char ret[LIST_MAX][TEXT_BYTES], size_t *ret_n, struct table_problem *problem)
{
	struct table_cell cell = mapping_cell(&i->mapping, i->table, row, f);
	const char *at = cell.text;
	int r;

	if (i->mapping.columns[f] && mapping_check(&i->mapping, i->table, row, f, problem) < 0)
		return -EBADMSG;
	if (value_is_nothing(cell.text))
		return 0;
	while (*ret_n < LIST_MAX && (r = value_next(&at, ret[*ret_n], TEXT_BYTES)) != 0) {
		if (r < 0)
			return import_refuse(i, row, f, TABLE_VALUE_TOO_LONG, NULL, problem);
		*ret_n += !is_said(ret, *ret_n);
	}
	return *at && *ret_n == LIST_MAX ? import_refuse(i, row, f, TABLE_VALUE_TOO_LONG, NULL, problem) : 0;
}

static int find_org(const struct import *i, size_t row, enum field f, const char *text, const struct org_hint *hint, int64_t *ret, struct table_problem *problem)
{
	struct named_org *o;

	if (import_org_find(i, text, hint, &o) == -EEXIST)
		return import_refuse(i, row, f, TABLE_ORG_AMBIGUOUS, NULL, problem);
	if (!o)
		return import_refuse(i, row, f, TABLE_ORG_UNKNOWN, NULL, problem);
	if (!import_sees_people(i, o->id))
		return import_refuse(i, row, f, TABLE_PEOPLE_CLOSED, NULL, problem);
	*ret = o->id;
	return 0;
}

/* A spreadsheet program takes the zeros from the beginning of a code: then the name beside it says whether that organisation is meant. */
static bool is_code_without_zeros(const struct import *i, size_t row, const char *code, int64_t *ret)
{
	char name[1024], padded[ORG_CODE_BYTES + 1] = "";
	struct table_problem ignored;
	struct named_org *o = import_org_by_code(i, code);

	if (o || *code == '0' || code[strspn(code, "0123456789")] || import_text(i, row, FIELD_ORG, name, sizeof(name), &ignored) < 0)
		return false;
	for (size_t zeros = 1; !o && zeros + strlen(code) < ORG_CODE_BYTES; zeros++) {
		memset(padded, '0', zeros);
		strcpy(padded + zeros, code);
		o = import_org_by_code(i, padded);
	}
	if (!o || !import_org_is_called(o, name))
		return false;
	*ret = o->id;
	return true;
}

static int read_org(const struct import *i, size_t row, int64_t *ret, struct table_problem *problem)
{
	char code[1024], text[1024], above[1024] = "";
	struct org_hint hint = { .above = above };
	int r = import_text(i, row, FIELD_ORG_CODE, code, sizeof(code), problem);

	if (r < 0 || (*code && !is_code_without_zeros(i, row, code, ret)))
		return r < 0 ? r : find_org(i, row, FIELD_ORG_CODE, code, NULL, ret, problem);
	if (*code)
		return import_sees_people(i, *ret) ? 0 : import_refuse(i, row, FIELD_ORG_CODE, TABLE_PEOPLE_CLOSED, NULL, problem);
	r = import_text(i, row, FIELD_ORG, text, sizeof(text), problem);
	if (r == 0)
		r = import_text(i, row, FIELD_PARENT, above, sizeof(above), problem);
	if (r < 0 || *text)
		return r < 0 ? r : find_org(i, row, FIELD_ORG, text, &hint, ret, problem);
	*ret = i->cfg.org;
	if (!i->mapping.columns[FIELD_ORG] && !i->mapping.columns[FIELD_ORG_CODE])
		return import_sees_people(i, i->cfg.org) ? 0 : import_refuse(i, row, FIELD_NAME, TABLE_PEOPLE_CLOSED, NULL, problem);
	return import_refuse(i, row, FIELD_ORG, TABLE_VALUE_EMPTY, NULL, problem);
}

static int read_secondary(const struct import *i, size_t row, struct person_row *ret, struct table_problem *problem)
{
	struct table_cell cell = mapping_cell(&i->mapping, i->table, row, FIELD_SECONDARY);
	struct org_hint near = { .below = ret->org };
	const char *at = cell.text;
	struct named_org *whole;
	char name[1024];
	int r;

	if (i->mapping.columns[FIELD_SECONDARY] && mapping_check(&i->mapping, i->table, row, FIELD_SECONDARY, problem) < 0)
		return -EBADMSG;
	if (value_is_nothing(cell.text))
		return 0;
	/* A name may hold a sign that parts several. */
	if (import_org_find(i, cell.text, &near, &whole) == 0 && whole)
		return find_org(i, row, FIELD_SECONDARY, cell.text, &near, &ret->secondary[ret->n_secondary++], problem);
	while ((r = value_next(&at, name, sizeof(name))) > 0) {
		if (ret->n_secondary == LIST_MAX)
			return import_refuse(i, row, FIELD_SECONDARY, TABLE_VALUE_TOO_LONG, NULL, problem);
		r = find_org(i, row, FIELD_SECONDARY, name, &near, &ret->secondary[ret->n_secondary++], problem);
		if (r < 0)
			return r;
	}
	return r < 0 ? import_refuse(i, row, FIELD_SECONDARY, TABLE_VALUE_TOO_LONG, NULL, problem) : 0;
}

static int read_kind(const struct import *i, size_t row, struct person_row *ret, struct table_problem *problem)
{
	char text[128];
	int r = import_text(i, row, FIELD_KIND, text, sizeof(text), problem);

	ret->kind = r == 0 && *text ? value_person_kind(text) : NULL;
	ret->no_member = ret->kind && value_kind_is_no_member(text);
	if (ret->kind && value_kind_is_role(text))
		utf8_copy(ret->role, sizeof(ret->role), text);
	return r == 0 && *text && !ret->kind ? import_refuse(i, row, FIELD_KIND, TABLE_VALUE_UNKNOWN, NULL, problem) : r;
}

/* Numbers of rows and of telephones, and what a spreadsheet writes for true, are nobody's name. */
static bool is_name(const char *text)
{
	return text[strspn(text, "0123456789 +-./()")] && strcmp(text, "TRUE") != 0 && strcmp(text, "FALSE") != 0;
}

static int read_name(const struct import *i, size_t row, struct person_row *ret, struct table_problem *problem)
{
	char text[sizeof(ret->name)];
	int r = import_text(i, row, FIELD_NAME, text, sizeof(text), problem);

	if (r == 0 && !*text)
		r = import_refuse(i, row, FIELD_NAME, TABLE_VALUE_EMPTY, NULL, problem);
	if (r == 0 && !is_name(text))
		r = import_refuse(i, row, FIELD_NAME, TABLE_VALUE_UNKNOWN, NULL, problem);
	if (r == 0 && value_person_name(ret->name, sizeof(ret->name), text) < 0)
		r = import_refuse(i, row, FIELD_NAME, TABLE_VALUE_TOO_LONG, NULL, problem);
	return r;
}

static int read_tail(const struct import *i, size_t row, struct person_row *ret, struct table_problem *problem)
{
	char text[sizeof(ret->tail)];
	int r = import_text(i, row, FIELD_TAIL, text, sizeof(text), problem);

	for (size_t at = 0; r == 0 && text[at]; at++)
		text[at] = (char)toupper((unsigned char)text[at]);
	if (r == 0)
		memcpy(ret->tail, text, sizeof(text));
	return r;
}

static int read_row(const struct import *i, size_t row, struct person_row *ret, struct table_problem *problem)
{
	int r = read_name(i, row, ret, problem);

	if (r == 0)
		r = read_org(i, row, &ret->org, problem);
	if (r == 0)
		r = read_kind(i, row, ret, problem);
	if (r == 0)
		r = read_card(i, row, ret, problem);
	if (r == 0)
		r = read_tail(i, row, ret, problem);
	if (r == 0)
		r = read_formed(i, row, FIELD_PHONE, value_phone, ret->phone, TABLE_VALUE_NUMBER, problem);
	if (r == 0)
		r = read_formed(i, row, FIELD_LOGIN, value_code, ret->login, TABLE_VALUE_UNKNOWN, problem);
	if (r == 0)
		r = read_formed(i, row, FIELD_JOINED, value_date, ret->joined, TABLE_VALUE_DATE, problem);
	if (r == 0)
		r = read_list(i, row, FIELD_POST, ret->posts, &ret->n_posts, problem);
	if (r == 0)
		r = read_list(i, row, FIELD_CATEGORY, ret->categories, &ret->n_categories, problem);
	return r < 0 ? r : read_secondary(i, row, ret, problem);
}

/* ---- who that is ---- */

/* By card; else by name and organisation, narrowed by the end of the card number or the phone. NULL in *ret: nobody yet. */
static int find_person(const struct import *i, size_t row, const struct person_row *r, struct known_person **ret, struct table_problem *problem)
{
	char key[KEY_BYTES];

	*ret = NULL;
	if (r->has_card) {
		card_key_of(key, r->card.hash);
		HASH_FIND_STR(i->people, key, *ret);
		if (*ret)
			return 0;
	}
	if (*r->tail && !r->has_card) {
		tail_key_of(key, r->org, r->name, r->tail);
		HASH_FIND_STR(i->people, key, *ret);
		if (*ret && (*ret)->id)
			return 0;
		*ret = NULL;
	}
	if (*r->phone) {
		name_key_of(key, r->org, r->name, r->phone);
		HASH_FIND_STR(i->people, key, *ret);
	}
	if (!*ret) {
		name_key_of(key, r->org, r->name, "");
		HASH_FIND_STR(i->people, key, *ret);
	}
	if (*ret && !(*ret)->id && (*ret)->of_file && *r->phone)
		*ret = NULL;
	return *ret && !(*ret)->id ? import_refuse(i, row, FIELD_NAME, TABLE_PERSON_AMBIGUOUS, NULL, problem) : 0;
}

/*
 * Two of one name in one place: who has another card is somebody else, and so is who has another phone than one of this file. Who is
 * there with another phone has a new one.
 */
static bool is_other(const struct person_row *r, const struct known_person *k)
{
	if (r->has_card && k->has_card)
		return memcmp(k->card, r->card.hash, CARD_HASH_BYTES) != 0;
	return k->row && *r->phone && *k->phone && strcmp(r->phone, k->phone) != 0;
}

/* ---- what it changes ---- */

static int64_t joined_us(const char *date)
{
	struct tm tm = { .tm_mday = 1 };

	tm.tm_year = atoi(date) - 1900;
	tm.tm_mon = atoi(date + 5) - 1;
	if (strlen(date) > 7)
		tm.tm_mday = atoi(date + 8);
	return ((int64_t)timegm(&tm) - 8 * 3600) * 1000000;     /* the day began there (records.md: Asia/Shanghai) */
}

static bool has_fact(const struct import *i, int64_t person, enum fact_type type, int64_t org, const char *text)
{
	const struct fact *f = NULL;

	while ((f = directory_person_fact(i->cfg.directory, person, type, f)))
		if (fact_holds(f, i->cfg.now_us) && (!org || f->org == org) && strcmp(f->text, text) == 0)
			return true;
	return false;
}

static bool is_first(const struct person_row *r, size_t k)
{
	for (size_t before = 0; before < k; before++)
		if (r->secondary[before] == r->secondary[k])
			return false;
	return true;
}

static bool add_category(struct import *i, int64_t person, const char *text)
{
	if (!*text || has_fact(i, person, FACT_CATEGORY, 0, text))
		return false;
	import_add_fact(i, (struct fact){ .type = FACT_CATEGORY, .person = person, .text = text }, i->cfg.now_us);
	return true;
}

/* What a word like 网格员 says of somebody whatever the kind. 人才 says nothing of a talent that the kind does not. */
static bool add_role(struct import *i, const struct person_row *r, int64_t person, const char *kind)
{
	bool said = strcmp(r->role, value_person_word(kind)) == 0;

	for (size_t k = 0; k < r->n_categories; k++)
		said |= strcmp(r->role, r->categories[k]) == 0;
	return !said && add_category(i, person, r->role);
}

/* Posts, categories and further memberships that the row has and the directory has not; what the row lacks stays. */
static bool add_more(struct import *i, const struct person_row *r, int64_t id)
{
	bool any = false;

	for (size_t k = 0; k < r->n_posts; k++)
		if (!has_fact(i, id, FACT_POST, r->org, r->posts[k])) {
			import_add_fact(i, (struct fact){ .type = FACT_POST, .person = id, .org = r->org, .text = r->posts[k] }, i->cfg.now_us);
			any = true;
		}
	for (size_t k = 0; k < r->n_categories; k++)
		any |= add_category(i, id, r->categories[k]);
	for (size_t k = 0; k < r->n_secondary; k++)
		if (r->secondary[k] != r->org && is_first(r, k) && !directory_membership(i->cfg.directory, id, r->secondary[k])) {
			import_add_fact(i, (struct fact){ .type = FACT_MEMBERSHIP, .person = id, .org = r->secondary[k] }, i->cfg.now_us);
			any = true;
		}
	if (*r->joined && !has_fact(i, id, FACT_CATEGORY, 0, JOINED_CATEGORY)) {
		import_add_fact(i, (struct fact){ .type = FACT_CATEGORY, .person = id, .text = JOINED_CATEGORY }, joined_us(r->joined));
		any = true;
	}
	return any;
}

static void set_identity(struct import *i, const struct person_row *r, int64_t id, const struct identity *old)
{
	struct identity new = *old;

	if (!*new.name)
		new.name = r->name;
	if (*r->phone)
		new.phone = r->phone;
	if (r->has_card) {
		new.card_tail = r->card.tail;
		new.card_key = r->card.key_id;
		memcpy(new.card_hash, r->card.hash, CARD_HASH_BYTES);
	}
	changes_identity(i->changes, id, &new);
}

static int remember_row(struct import *i, size_t row, const struct person_row *r, int64_t id)
{
	return remember_all(i, id, r->org, r->name, r->phone, r->has_card ? r->card.hash : NULL, r->has_card ? r->card.tail : "", table_row_number(i->table, row));
}

static void login_key_of(char ret[KEY_BYTES], const char *login)
{
	snprintf(ret, KEY_BYTES, "login %s", login);
}

static int add_account(struct import *i, const struct person_row *r, int64_t id)
{
	struct account account = { .id = directory_next_account_id(i->cfg.directory), .login = r->login, .person = id, .org = r->org, .password_hash = "" };
	struct known_person *k;
	char key[KEY_BYTES];

	changes_account(i->changes, &account);
	login_key_of(key, r->login);
	return remember(i, key, id, &k);
}

static int add(struct import *i, size_t row, const struct person_row *r)
{
	int64_t id = directory_next_person_id(i->cfg.directory);
	char pseudonym[PSEUDONYM_BYTES];
	uint8_t bytes[8];

	randombytes_buf(bytes, sizeof(bytes));
	changes_person(i->changes, id, sodium_bin2hex(pseudonym, sizeof(pseudonym), bytes, sizeof(bytes)));
	set_identity(i, r, id, &(struct identity){ .name = "" });
	import_add_fact(i, (struct fact){ .type = FACT_KIND, .person = id, .text = r->kind ? r->kind : i->person_kind }, i->cfg.now_us);
	import_add_fact(i, (struct fact){ .type = FACT_MEMBERSHIP, .person = id, .org = r->org, .flag = true }, i->cfg.now_us);
	add_more(i, r, id);
	add_role(i, r, id, r->kind ? r->kind : i->person_kind);
	if (*r->login && add_account(i, r, id) < 0)
		return -ENOMEM;
	return remember_row(i, row, r, id);
}

static void transfer(struct import *i, const struct person *p, int64_t org)
{
	const struct fact *old = directory_membership(i->cfg.directory, p->id, p->main_org), *there = directory_membership(i->cfg.directory, p->id, org);

	if (old)
		import_end_fact(i, old);
	if (there)
		import_end_fact(i, there);
	import_add_fact(i, (struct fact){ .type = FACT_MEMBERSHIP, .person = p->id, .org = org, .flag = true }, i->cfg.now_us);
}

static bool identity_differs(const struct person *p, const struct person_row *r)
{
	const struct identity *now = &p->identity;

	return (*r->phone && strcmp(now->phone, r->phone) != 0) ||
	       (r->has_card && (!*now->card_tail || memcmp(now->card_hash, r->card.hash, CARD_HASH_BYTES) != 0));
}

static unsigned kind_rank(const char *kind)
{
	static const char *const kinds[] = { "guest", "talent", "staff", "member" };
	unsigned rank = 0;

	while (rank + 1 < ARRAY_LEN(kinds) && strcmp(kinds[rank], kind) != 0)
		rank++;
	return rank;
}

/*
 * Who is on the list of village staff or of talents may be a member all the same: that list does not end it, nor does the list of members
 * end what the others say. Only a word that says so makes somebody less than he was.
 */
static bool kind_changes(const struct person *p, const struct person_row *r)
{
	if (!r->kind || strcmp(p->kind, r->kind) == 0)
		return false;
	return kind_rank(r->kind) > kind_rank(p->kind) || r->no_member;
}

static int change(struct import *i, size_t row, const struct person_row *r, const struct person *p, enum import_fate *ret)
{
	bool any = add_more(i, r, p->id), other = kind_changes(p, r);

	any |= add_role(i, r, p->id, other ? r->kind : p->kind);

	if (identity_differs(p, r)) {
		set_identity(i, r, p->id, &p->identity);
		any = true;
	}
	if (other) {
		/* Who is a member now is a talent still. */
		if (strcmp(p->kind, "talent") == 0)
			add_category(i, p->id, value_person_word(p->kind));
		import_end_fact(i, directory_person_fact(i->cfg.directory, p->id, FACT_KIND, NULL));
		import_add_fact(i, (struct fact){ .type = FACT_KIND, .person = p->id, .text = r->kind }, i->cfg.now_us);
		any = true;
	}
	if (p->main_org != r->org) {
		transfer(i, p, r->org);
		any = true;
	}
	if (*r->login && !p->account) {
		if (add_account(i, r, p->id) < 0)
			return -ENOMEM;
		any = true;
	}
	*ret = any ? IMPORT_CHANGED : IMPORT_SAME;
	return remember_row(i, row, r, p->id);
}

/* Who is found by the card may belong elsewhere: then the rights must reach that place, too. */
static int check_found(const struct import *i, size_t row, const struct person_row *r, const struct person *p, struct table_problem *problem)
{
	char name[PERSON_NAME_BYTES];

	name_form(name, p->identity.name);
	if (strcmp(name, r->name) != 0)
		return import_refuse(i, row, FIELD_NAME, TABLE_CARD_OTHER_NAME, NULL, problem);
	if (p->main_org != r->org && (!import_may(i, p->last_org) || !import_sees_people(i, p->last_org)))
		return import_refuse(i, row, FIELD_ORG, TABLE_ORG_UNKNOWN, NULL, problem);
	return 0;
}

/* Logins stand in lists and logs. */
static bool is_resident_number(const char *text)
{
	struct card card;
	bool is = card_parse(&card, text) == CARD_RIGHT && card.resident;

	card_wipe(&card);
	return is;
}

/* Of somebody else, or of an earlier row. */
static int check_login(const struct import *i, size_t row, const struct person_row *r, int64_t person, struct table_problem *problem)
{
	const struct account *a = *r->login ? directory_login(i->cfg.directory, r->login) : NULL;
	struct known_person *k;
	char key[KEY_BYTES];

	if (is_resident_number(r->login))
		return import_refuse(i, row, FIELD_LOGIN, TABLE_VALUE_UNKNOWN, NULL, problem);
	login_key_of(key, r->login);
	HASH_FIND_STR(i->people, key, k);
	return (a && a->person != person) || k ? import_refuse(i, row, FIELD_LOGIN, TABLE_LOGIN_TAKEN, NULL, problem) : 0;
}

int import_plan_person(struct import *i, size_t row, enum import_fate *ret, struct table_problem *problem)
{
	const struct person *p;
	struct known_person *k = NULL;
	struct person_row r = { 0 };
	int e = read_row(i, row, &r, problem);

	if (e == 0)
		e = find_person(i, row, &r, &k, problem);
	if (e < 0)
		return e;
	if (k && is_other(&r, k))
		k = NULL;
	if (k && k->row)
		return import_refuse(i, row, FIELD_NAME, TABLE_ROW_DOUBLED, NULL, problem);
	p = k ? directory_person(i->cfg.directory, k->id) : NULL;
	e = check_login(i, row, &r, p ? p->id : 0, problem);
	if (e == 0 && p)
		e = check_found(i, row, &r, p, problem);
	if (e < 0)
		return e;
	*ret = IMPORT_ADDED;
	return p ? change(i, row, &r, p, ret) : add(i, row, &r);
}

/* ---- what a table is of ---- */

static const char *kind_of_title(const char *text)
{
	static const struct {
		const char *word, *kind;
	} words[] = {
		{ "党员", "member" }, { "人才", "talent" }, { "专家", "talent" }, { "网格员", "staff" }, { "村干部", "staff" }, { "干部", "staff" }, { "工作者", "staff" },
		{ "工作人员", "staff" }, { "职工", "staff" },
	};

	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (strstr(text, words[k].word))
			return words[k].kind;
	return NULL;
}

const char *import_kind_of_titles(const struct import *i)
{
	static const enum field fields[] = { FIELD_NAME, FIELD_CATEGORY };
	const char *kind = NULL;

	if (i->mapping.columns[FIELD_KIND] || i->mapping.columns[FIELD_JOINED])
		return "member";
	for (size_t row = 0; !kind && row < i->mapping.header; row++)
		for (uint32_t column = 1; !kind && column <= table_row_columns(i->table, row); column++)
			kind = kind_of_title(table_cell(i->table, row, column).text);
	for (size_t f = 0; !kind && f < ARRAY_LEN(fields); f++)
		if (i->mapping.columns[fields[f]])
			kind = kind_of_title(mapping_header(i->table, i->mapping.header, i->mapping.columns[fields[f]]).text);
	return kind ? kind : "member";
}
