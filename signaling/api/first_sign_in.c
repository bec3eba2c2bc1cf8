/*
 * How people come in for the first time: a first password for one of them, codes for all of an organisation who have no way in yet.
 *
 *   password: handle ─► hashed on a password thread ─► handle again, in a later turn ─► on disk ─► told once
 *   codes:    handle ─► on disk ─► told once
 *
 * A list has codes and no passwords: hashing thousands of them, two at a time, would take minutes in which others wait for their sign-in,
 * while a code of 80 bits needs no slow hash, is good once and runs out. Either leads to a password of one's own, and to nothing else before.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signaling/api_handlers.h"
#include "signaling/password_check.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

#define CODES_MAX 10000

/* ---- a first password ---- */

static void on_hashed(struct request *q, const struct password_verdict *v)
{
	q->password_hash = v->right && *v->new_hash ? mem_strdup(v->new_hash) : NULL;
	if (q->password_hash)
		api_handle(q);  /* rights are asked anew in its turn */
	else
		http_problem(q, 503, "overloaded", "The server is short of memory.", 2000);
}

static void begin_hashing(struct api_call *c)
{
	struct request *q = c->request;
	char password[FIRST_PASSWORD_BYTES];

	first_password_make(password);
	json_decref(q->told);
	q->told = json_pack("{s:s}", "password", password);
	guess_begin_own(q, c->who.account);
	if (q->told)
		sign_in_check(q, &(struct password_ask){ .hash = "", .password = "", .new_password = password }, on_hashed);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
}

static void set_password(struct api_call *c, const struct person *p)
{
	const struct account *a = directory_account(c->directory, p->account);
	char login[LOGIN_BYTES];

	if (a) {
		snprintf(login, sizeof(login), "%s", a->login);
		changes_password(c->changes, a->id, c->request->password_hash, true);
	} else {
		api_add_account(c, (struct account){ .person = p->id, .org = p->main_org, .password_hash = c->request->password_hash, .must_change = true }, login);
	}
	json_object_set_new(c->request->told, "account", json_string(login));
}

/* Not for oneself: whoever finds a signed-in page would not need the old password. */
void api_first_password(struct api_call *c)
{
	const struct person *p;
	int64_t grant;

	if (!api_fields(c, NULL, 0) || !api_may(c, ACT_ACCOUNT_SET, target_person(c->ids[0]), &grant))
		return;
	p = directory_person(c->directory, c->ids[0]);
	if (!api_check_present(c, p) || !api_check_entrant(c, p))
		return;
	if (p->id == c->who.person)
		api_refuse(c, "forbidden", "Change your own password with the old one.", NULL);
	else if (!c->request->password_hash)
		begin_hashing(c);
	else if (api_act(c, ACT_ACCOUNT_SET, grant, p->main_org, p->id, json_pack("{s:b}", "first_password", 1)))
		set_password(c, p);
}

/* ---- codes ---- */

struct listing {
	struct api_call *call;          /* given */
	int64_t org, days;
	bool below;
	int64_t *signed_in;             /* owned: accounts, ascending */
	size_t n_signed_in;
	json_t *items;                  /* owned */
	size_t left_out;                /* who have a way in */
};

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool belongs(const struct listing *l, const struct person *p)
{
	if (p->erased || p->merged_into || !p->main_org)
		return false;
	return l->below ? directory_is_below(l->call->directory, p->main_org, l->org) : p->main_org == l->org;
}

static bool has_way_in(const struct listing *l, const struct person *p)
{
	const struct account *a = directory_account(l->call->directory, p->account);

	return a && (*a->password_hash || (l->n_signed_in && bsearch(&a->id, l->signed_in, l->n_signed_in, sizeof(a->id), compare_ids)));
}

static bool may_let_in(const struct api_call *c, const struct person *p)
{
	int64_t grant;

	return p->id != c->who.person && may(c->directory, &c->who, ACT_LINK_MAKE, target_person(p->id), c->now_us, &grant) == 0 && api_covers_grants(c, p->id);
}

/* Codes of an earlier list end with the password that the account has not. */
static void add_code(struct listing *l, const struct person *p)
{
	struct api_call *c = l->call;
	const struct account *a = directory_account(c->directory, p->account);
	const struct org *o = directory_org(c->directory, p->main_org);
	int64_t account = a ? a->id : 0;
	char login[LOGIN_BYTES], code[LINK_CODE_BYTES];
	struct link link;

	if (a) {
		snprintf(login, sizeof(login), "%s", a->login);
		changes_password(c->changes, account, "", true);
	} else {
		account = api_add_account(c, (struct account){ .person = p->id, .org = p->main_org, .password_hash = "", .must_change = true }, login);
	}
	link_make(&link, code, account, "", c->now_us + l->days * API_DAY_US, SESSION_LIFE_US);
	changes_link(c->changes, &link);
	json_array_append_new(l->items, json_pack("{s:I, s:s, s:I, s:s, s:s, s:s}", "person", (json_int_t)p->id, "name", p->identity.name, "org", (json_int_t)p->main_org,
	                      "org_name", o ? o->name : "", "account", login, "code", code));
}

static size_t count(struct listing *l)
{
	size_t n, wanted = 0;
	const struct person *const *people = directory_people(l->call->directory, &n);

	for (size_t i = 0; i < n; i++) {
		if (!belongs(l, people[i]) || !may_let_in(l->call, people[i]))
			continue;
		if (has_way_in(l, people[i]))
			l->left_out++;
		else
			wanted++;
	}
	return wanted;
}

static void fill(struct listing *l)
{
	size_t n;
	const struct person *const *people = directory_people(l->call->directory, &n);

	for (size_t i = 0; i < n; i++)
		if (belongs(l, people[i]) && may_let_in(l->call, people[i]) && !has_way_in(l, people[i]))
			add_code(l, people[i]);
}

static void make_list(struct listing *l, int64_t grant)
{
	struct api_call *c = l->call;
	size_t wanted = count(l);

	if (wanted > CODES_MAX) {
		api_refuse(c, "too_many", "One list has at most 10,000 people: make lists of parts.", NULL);
		return;
	}
	if (!api_act(c, ACT_LINK_MAKE, grant, l->org, 0, json_pack("{s:I, s:I, s:b}", "people", (json_int_t)wanted, "days", (json_int_t)l->days, "below", l->below)))
		return;
	fill(l);
	c->request->told = json_pack("{s:O, s:I, s:I}", "items", l->items, "expires_ms", (json_int_t)((c->now_us + l->days * API_DAY_US) / 1000), "left_out", (json_int_t)l->left_out);
}

void api_codes_make(struct api_call *c)
{
	struct listing l = { .call = c, .org = c->ids[0], .days = 30, .items = json_array() };
	const struct api_field fields[] = { { "days", FIELD_ID, false, 0, &l.days }, { "below", FIELD_BOOL, false, 0, &l.below } };
	int64_t grant;

	if (api_fields(c, fields, ARRAY_LEN(fields)) && api_may(c, ACT_LINK_MAKE, target_org(l.org), &grant) && api_check_days(c, l.days)) {
		if (session_holders(c->directory, c->now_us, &l.signed_in, &l.n_signed_in) == 0)
			make_list(&l, grant);
		else
			api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	}
	mem_free(l.signed_in);
	json_decref(l.items);
}
