/* Sign-ins, devices and links: the own ones, those of a person, those of an organisation's site. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/utf8.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

#define SESSION_ID_CHARACTERS 16
#define PAIRING_US (15LL * 60 * 1000000)        /* a device is paired at once or not at all */
#define LINK_DAYS_MAX 30

static void write_id(const struct session *s, char ret[SESSION_ID_CHARACTERS + 1])
{
	sodium_bin2hex(ret, SESSION_ID_CHARACTERS + 1, s->hash, SESSION_ID_CHARACTERS / 2);
}

static json_t *session_json(const struct session *s, const uint8_t own[SESSION_HASH_BYTES])
{
	char id[SESSION_ID_CHARACTERS + 1];

	write_id(s, id);
	return json_pack("{s:s, s:s, s:I, s:I, s:b}", "id", id, "device", s->device, "created_ms", (json_int_t)(s->created_us / 1000),
	                 "expires_ms", (json_int_t)(s->expires_us / 1000), "here", memcmp(s->hash, own, SESSION_HASH_BYTES) == 0);
}

static void reply_sessions(struct api_call *c, int64_t account)
{
	uint8_t own[SESSION_HASH_BYTES] = { 0 };
	const struct session *s = NULL;
	json_t *list = json_array();

	sign_in_session(c->server, c->request, own);
	while (account && (s = session_next(c->directory, account, s)))
		if (s->expires_us > c->now_us)
			json_array_append_new(list, session_json(s, own));
	api_reply(c, 200, json_pack("{s:o}", "items", list));
}

static int64_t site_account(const struct api_call *c, int64_t org)
{
	const struct account *a = NULL;

	while ((a = directory_next_account(c->directory, a)))
		if (!a->person && a->org == org)
			return a->id;
	return 0;
}

/* ---- reading ---- */

void api_own_sessions(struct api_call *c)
{
	reply_sessions(c, c->who.account);
}

void api_person_sessions(struct api_call *c)
{
	int64_t grant;

	if (!api_may(c, ACT_SESSION_VIEW, target_person(c->ids[0]), &grant))
		return;
	api_looked(c, ACT_SESSION_VIEW, target_person(c->ids[0]), "sessions", 0);
	reply_sessions(c, directory_person(c->directory, c->ids[0])->account);
}

void api_devices(struct api_call *c)
{
	int64_t grant;

	if (api_may(c, ACT_SESSION_VIEW, target_org(c->ids[0]), &grant))
		reply_sessions(c, site_account(c, c->ids[0]));
}

/* ---- ending ---- */

static const struct session *find_session(const struct api_call *c, int64_t account, const char *id)
{
	const struct session *s = NULL;
	char other[SESSION_ID_CHARACTERS + 1] = "";

	while (account && (s = session_next(c->directory, account, s))) {
		write_id(s, other);
		if (strcmp(id, other) == 0)
			break;
	}
	return s;
}

/* But the one that asks, where it is of that account. */
static void end_all(struct api_call *c, int64_t account)
{
	uint8_t own[SESSION_HASH_BYTES] = { 0 };
	const struct session *s = NULL;

	sign_in_session(c->server, c->request, own);
	while (account && (s = session_next(c->directory, account, s)))
		if (memcmp(s->hash, own, SESSION_HASH_BYTES) != 0)
			changes_session_ends(c->changes, s);
}

static void end_sessions(struct api_call *c, enum act_kind act, int64_t grant, int64_t org, int64_t subject, int64_t account)
{
	const char *id = NULL;
	bool all = false;
	const struct api_field fields[] = { { "id", FIELD_TEXT, false, SESSION_ID_CHARACTERS, &id }, { "all", FIELD_BOOL, false, 0, &all } };
	const struct session *s;

	if (!api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	s = id ? find_session(c, account, id) : NULL;
	if (all == (id != NULL))
		api_refuse(c, "bad_message", "Name one of them by its id, or all.", "id");
	else if (!all && !s)
		api_not_there(c);
	else if (!api_act(c, act, grant, org, subject, all ? json_pack("{s:b}", "all", 1) : json_pack("{s:s}", "device", s->device)))
		return;
	else if (all)
		end_all(c, account);
	else
		changes_session_ends(c->changes, s);
}

void api_own_session_end(struct api_call *c)
{
	end_sessions(c, ACT_SESSION_END, 0, 0, c->who.person, c->who.account);
}

void api_person_session_end(struct api_call *c)
{
	int64_t grant;

	if (api_may(c, ACT_SESSION_END, target_person(c->ids[0]), &grant))
		end_sessions(c, ACT_SESSION_END, grant, 0, c->ids[0], directory_person(c->directory, c->ids[0])->account);
}

void api_device_end(struct api_call *c)
{
	int64_t grant;

	if (api_may(c, ACT_DEVICE_END, target_org(c->ids[0]), &grant))
		end_sessions(c, ACT_DEVICE_END, grant, c->ids[0], 0, site_account(c, c->ids[0]));
}

void api_session_ended(struct api_call *c)
{
	http_reply(c->request, 204, NULL, NULL);
}

/* ---- links ---- */

static bool check_device(struct api_call *c, const char *name)
{
	if (utf8_is_name(name) && strlen(name) < DEVICE_NAME_BYTES)
		return true;
	api_refuse(c, "bad_message", "This cannot be a device's name.", "name");
	return false;
}

/* The code is in the reply only: the server keeps its hash. */
static void add_link(struct api_call *c, int64_t account, const char *device, int64_t expires_us, int64_t life_us)
{
	char code[LINK_CODE_BYTES];
	struct link link;

	link_make(&link, code, account, device, expires_us, life_us);
	changes_link(c->changes, &link);
	c->request->told = json_pack("{s:s, s:I}", "code", code, "expires_ms", (json_int_t)(expires_us / 1000));
}

/* Another device of the own account: a member's phone. A site gives itself no further PCs: that is for those who lead it. */
void api_own_device_pair(struct api_call *c)
{
	const char *name = "";
	const struct api_field fields[] = { { "name", FIELD_TEXT, true, DEVICE_NAME_BYTES, &name } };

	if (!c->who.person)
		api_refuse(c, "forbidden", "A site's devices are paired by those who lead it.", NULL);
	else if (api_fields(c, fields, ARRAY_LEN(fields)) && check_device(c, name) &&
	         api_act(c, ACT_DEVICE_PAIR, 0, 0, c->who.person, json_pack("{s:s}", "device", name)))
		add_link(c, c->who.account, name, c->now_us + PAIRING_US, DEVICE_LIFE_US);
}

int64_t api_add_account(struct api_call *c, struct account account, char ret_login[LOGIN_BYTES])
{
	account.id = directory_next_account_id(c->directory);
	account.login = ret_login;
	directory_fresh_login(c->directory, account.id, !account.person, ret_login);
	changes_account(c->changes, &account);
	return account.id;
}

static int64_t add_account(struct api_call *c, int64_t person, int64_t org)
{
	char login[LOGIN_BYTES];

	return api_add_account(c, (struct account){ .person = person, .org = org, .password_hash = "" }, login);
}

/* A PC in the hall takes the branch's seat for as long as the device is paired. */
void api_device_pair(struct api_call *c)
{
	const char *name = "";
	const struct api_field fields[] = { { "name", FIELD_TEXT, true, DEVICE_NAME_BYTES, &name } };
	int64_t grant, org = c->ids[0], account = site_account(c, org);

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_DEVICE_PAIR, target_org(org), &grant) || !check_device(c, name))
		return;
	if (directory_org(c->directory, org)->closed_us) {
		api_refuse(c, "closed", "This organisation has been closed.", NULL);
		return;
	}
	if (api_act(c, ACT_DEVICE_PAIR, grant, org, 0, json_pack("{s:s}", "device", name)))
		add_link(c, account ? account : add_account(c, 0, org), name, c->now_us + PAIRING_US, DEVICE_LIFE_US);
}

bool api_check_days(struct api_call *c, int64_t days)
{
	if (days > LINK_DAYS_MAX)
		api_refuse(c, "bad_message", "A link is good for 30 days at most.", "days");
	return days <= LINK_DAYS_MAX;
}

bool api_check_entrant(struct api_call *c, const struct person *p)
{
	if (!p->main_org)
		api_refuse(c, "has_left", "This person belongs to no organisation now.", NULL);
	else if (!api_covers_grants(c, p->id))
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	return !c->request->replied;
}

/* The first sign-in of a person, or of one who has lost the password; an expert's way in. */
void api_link_make(struct api_call *c)
{
	const struct person *p;
	int64_t grant, days = 7;
	const struct api_field fields[] = { { "days", FIELD_ID, false, 0, &days } };

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_LINK_MAKE, target_person(c->ids[0]), &grant))
		return;
	p = directory_person(c->directory, c->ids[0]);
	if (api_check_days(c, days) && api_check_entrant(c, p) && api_act(c, ACT_LINK_MAKE, grant, p->main_org, p->id, json_pack("{s:I}", "days", (json_int_t)days)))
		add_link(c, p->account ? p->account : add_account(c, p->id, p->main_org), "", c->now_us + days * API_DAY_US, SESSION_LIFE_US);
}
