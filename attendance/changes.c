/* See changes.h. Texts lie in blocks that never move, so that the store thread may read them. */
#include "attendance/changes.h"

#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>

#include "attendance/directory_state.h"
#include "attendance/journal.h"
#include "attendance/writes.h"

#define BLOCK_BYTES 16384
#define BLOCK_ALIGN 8

struct block {
	struct block *next;
	size_t used, size;
	alignas(BLOCK_ALIGN) char data[];
};

struct changes {
	struct change *list;    /* owned */
	size_t n;
	struct block *blocks;   /* owned */
	struct act act;
	bool broken;            /* out of memory on the way */
};

struct changes *changes_new(void)
{
	return mem_zalloc(sizeof(struct changes));
}

struct changes *changes_destroy(struct changes *c)
{
	if (!c)
		return NULL;
	while (c->blocks) {
		struct block *next = c->blocks->next;

		mem_free(c->blocks);
		c->blocks = next;
	}
	mem_free(c->list);
	return mem_free(c);
}

static struct block *block_for(struct changes *c, size_t len)
{
	size_t size = MAX(len, (size_t)BLOCK_BYTES);
	struct block *b = c->blocks;

	if (b && b->size - b->used >= len)
		return b;
	b = mem_zalloc(sizeof(*b) + size);
	if (!b)
		return NULL;
	b->size = size;
	b->next = c->blocks;
	c->blocks = b;
	return b;
}

/* A copy at an address that suits any type; NULL without memory. */
static void *keep_bytes(struct changes *c, const void *data, size_t len)
{
	size_t room = (len + BLOCK_ALIGN - 1) / BLOCK_ALIGN * BLOCK_ALIGN;
	struct block *b = block_for(c, room);
	char *at;

	if (!b) {
		c->broken = true;
		return NULL;
	}
	at = b->data + b->used;
	memcpy(at, data, len);
	b->used += room;
	return at;
}

static const char *keep(struct changes *c, const char *text)
{
	const char *copy = text && *text ? keep_bytes(c, text, strlen(text) + 1) : NULL;

	return copy ? copy : "";
}

static struct change *add(struct changes *c, enum change_type type, int64_t id)
{
	static struct change nowhere;   /* what finds no memory is written here and never read */

	if (directory_grow(&c->list, c->n, sizeof(*c->list)) < 0) {
		c->broken = true;
		return &nowhere;
	}
	c->list[c->n] = (struct change){ .type = type, .id = id, .code = "" };
	return &c->list[c->n++];
}

int changes_set_act(struct changes *c, const struct act *act)
{
	if (strlen(act->detail) > JOURNAL_PAYLOAD_MAX - 4096)
		return -EMSGSIZE;
	c->act = *act;
	c->act.detail = keep(c, act->detail);
	return c->broken ? -ENOMEM : 0;
}

struct act act_by(const struct directory *d, const struct account *a, const char *name)
{
	const struct person *p = a ? directory_person(d, a->person) : NULL;
	struct act act = { .account = a ? a->id : 0, .person = a ? a->person : 0, .detail = "{}" };

	snprintf(act.name, sizeof(act.name), "%s", name);
	snprintf(act.actor, sizeof(act.actor), "%s", p ? p->pseudonym : "");
	return act;
}

struct changes *changes_new_act(const struct act *act)
{
	struct changes *c = changes_new();

	return c && changes_set_act(c, act) < 0 ? changes_destroy(c) : c;
}

void changes_org(struct changes *c, int64_t id, const char *code)
{
	add(c, CHANGE_ORG, id)->code = keep(c, code);
}

void changes_org_merged(struct changes *c, int64_t id, int64_t into)
{
	add(c, CHANGE_ORG_MERGED, id)->into = into;
}

void changes_person(struct changes *c, int64_t id, const char *pseudonym)
{
	add(c, CHANGE_PERSON, id)->code = keep(c, pseudonym);
}

void changes_identity(struct changes *c, int64_t person, const struct identity *identity)
{
	struct identity *i = &add(c, CHANGE_IDENTITY, person)->identity;

	*i = *identity;
	i->name = keep(c, identity->name);
	i->reading = keep(c, identity->reading);
	i->phone = keep(c, identity->phone);
	i->card_tail = keep(c, identity->card_tail);
	i->card_key = keep(c, identity->card_key);
}

void changes_person_merged(struct changes *c, int64_t id, int64_t into)
{
	add(c, CHANGE_PERSON_MERGED, id)->into = into;
}

void changes_person_erased(struct changes *c, int64_t id, const char *order)
{
	add(c, CHANGE_PERSON_ERASED, id)->code = keep(c, order);
}

static void keep_fact(struct changes *c, struct fact *to, const struct fact *fact)
{
	*to = *fact;
	to->text = keep(c, fact->text);
	to->note = keep(c, fact->note);
}

void changes_fact(struct changes *c, const struct fact *fact)
{
	keep_fact(c, &add(c, CHANGE_FACT, fact->id)->fact, fact);
}

void changes_fact_ends(struct changes *c, const struct fact *fact, int64_t at_us, int64_t id)
{
	struct change *change = add(c, CHANGE_FACT_ENDS, fact->id);

	keep_fact(c, &change->fact, fact);
	change->fact.valid_to_us = at_us;
	change->into = id;
}

void changes_account(struct changes *c, const struct account *account)
{
	struct account *a = &add(c, CHANGE_ACCOUNT, account->id)->account;

	*a = *account;
	a->login = keep(c, account->login);
	a->password_hash = keep(c, account->password_hash);
	a->name = "";
}

void changes_password(struct changes *c, int64_t account, const char *hash, bool must_change)
{
	struct account *a = &add(c, CHANGE_PASSWORD, account)->account;

	*a = (struct account){ .id = account, .login = "", .name = "", .password_hash = keep(c, hash), .must_change = must_change };
}

void changes_account_closed(struct changes *c, int64_t account)
{
	add(c, CHANGE_ACCOUNT_CLOSED, account);
}

void changes_session(struct changes *c, const struct session *session)
{
	add(c, CHANGE_SESSION, session->account)->session = keep_bytes(c, session, sizeof(*session));
}

void changes_session_ends(struct changes *c, const struct session *session)
{
	add(c, CHANGE_SESSION_ENDS, session->account)->session = keep_bytes(c, session, sizeof(*session));
}

void changes_link(struct changes *c, const struct link *link)
{
	add(c, CHANGE_LINK, link->account)->link = keep_bytes(c, link, sizeof(*link));
}

void changes_link_ends(struct changes *c, const struct link *link)
{
	add(c, CHANGE_LINK_ENDS, link->account)->link = keep_bytes(c, link, sizeof(*link));
}

void changes_event(struct changes *c, enum event_kind kind, const char *room, const char *actor, const char *payload)
{
	struct change *change = add(c, CHANGE_EVENT, 0);
	struct event ev = { .kind = kind, .room = keep(c, room), .seat = "", .actor = keep(c, actor), .payload = keep(c, payload) };

	c->broken = c->broken || !payload || strlen(payload) > JOURNAL_PAYLOAD_MAX;
	change->event = keep_bytes(c, &ev, sizeof(ev));
}

void changes_request(struct changes *c, int64_t account, const char *key, const struct request_done *done)
{
	struct change *change = add(c, CHANGE_REQUEST, account);

	change->code = keep(c, key);
	change->request = *done;
}

void changes_notice(struct changes *c, const struct org_notice *notice)
{
	add(c, CHANGE_NOTICE, notice->id)->notice = *notice;
}

size_t changes_n(const struct changes *c)
{
	return c->n;
}

const struct change *changes_at(const struct changes *c, size_t i)
{
	assert(i < c->n);
	return &c->list[i];
}

const struct act *changes_act(const struct changes *c)
{
	return &c->act;
}

bool changes_broken(const struct changes *c)
{
	return c->broken;
}

static void set_times(struct change *change, int64_t wall_us, int64_t boot_us)
{
	if (change->type == CHANGE_NOTICE)
		change->notice.wall_us = wall_us;
	if (change->type != CHANGE_EVENT)
		return;
	change->event->wall_us = wall_us;
	change->event->boot_us = boot_us;
}

int changes_post(struct store *s, struct changes *c, uint64_t ticket)
{
	struct write_changes w = { .head = { .ticket = ticket }, .changes = c };

	if (c->broken)
		return -ENOMEM;
	if (!c->act.name[0])
		return -EINVAL;
	w.wall_us = clock_wall_us();
	w.boot_us = clock_boot_us();
	for (size_t i = 0; i < c->n; i++)
		set_times(&c->list[i], w.wall_us, w.boot_us);
	return store_post(s, WRITE_CHANGES, &w, sizeof(w));
}
