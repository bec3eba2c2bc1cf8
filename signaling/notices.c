/* See notices.h. */
#include "media/base/hash.h"
#include "signaling/notices.h"

#include <errno.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/server.h"
#include "signaling/socket.h"
#include "signaling/wire.h"

struct kept {
	struct org_notice notice;
	struct kept *prev, *next;       /* of all, the oldest first */
	struct kept *org_prev, *org_next;       /* of the same organisation */
};

struct box {                            /* of one organisation */
	int64_t org;
	struct kept *list;
	UT_hash_handle hh;
};

struct cursor {                         /* of one account */
	int64_t account, upto;
	UT_hash_handle hh;
};

struct notice_watch {
	struct socket *socket;          /* given: owns us */
	struct notice_watch *prev, *next;       /* the notices' */
};

struct notices {
	struct kept *all;               /* owned */
	size_t n;
	struct box *boxes;              /* owned, by organisation */
	struct cursor *cursors;         /* owned, by account */
	struct notice_watch *watches;   /* the sockets' */
	int64_t last_id;
};

/* ---- what is kept ---- */

static struct box *find_box(const struct notices *t, int64_t org)
{
	struct box *b;

	HASH_FIND(hh, t->boxes, &org, sizeof(org), b);
	return b;
}

static struct box *need_box(struct notices *t, int64_t org)
{
	struct box *b = find_box(t, org);

	if (b)
		return b;
	b = mem_zalloc(sizeof(*b));
	if (!b)
		return NULL;
	b->org = org;
	HASH_ADD(hh, t->boxes, org, sizeof(b->org), b);
	return HASH_ADDED(hh, b) ? b : mem_free(b);
}

static void drop_oldest(struct notices *t)
{
	struct kept *k = t->all;
	struct box *b = find_box(t, k->notice.org);

	DL_DELETE2(b->list, k, org_prev, org_next);
	DL_DELETE(t->all, k);
	t->n--;
	mem_free(k);
}

static int keep(struct notices *t, const struct org_notice *n)
{
	struct box *b = need_box(t, n->org);
	struct kept *k = b ? mem_zalloc(sizeof(*k)) : NULL;

	if (!k)
		return -ENOMEM;
	k->notice = *n;
	DL_APPEND(t->all, k);
	DL_APPEND2(b->list, k, org_prev, org_next);
	t->last_id = MAX(t->last_id, n->id);
	if (++t->n > ORG_NOTICES_MAX)
		drop_oldest(t);
	return 0;
}

static int on_loaded(void *user, const struct org_notice *n)
{
	return keep(user, n);
}

static int set_cursor(struct notices *t, int64_t account, int64_t upto)
{
	struct cursor *c;

	HASH_FIND(hh, t->cursors, &account, sizeof(account), c);
	if (!c) {
		c = mem_zalloc(sizeof(*c));
		if (!c)
			return -ENOMEM;
		c->account = account;
		HASH_ADD(hh, t->cursors, account, sizeof(c->account), c);
		if (!HASH_ADDED(hh, c)) {
			mem_free(c);
			return -ENOMEM;
		}
	}
	c->upto = MAX(c->upto, upto);
	return 0;
}

static int on_cursor(void *user, int64_t account, int64_t upto)
{
	struct notices *t = user;

	t->last_id = MAX(t->last_id, upto);     /* what was read is not given out again, be it deleted */
	return set_cursor(t, account, upto);
}

int notices_create(struct server *s)
{
	int r;

	s->notices = mem_zalloc(sizeof(*s->notices));
	if (!s->notices)
		return -ENOMEM;
	r = org_notices_load(s->store, clock_wall_us(), on_loaded, s->notices);
	return r < 0 ? r : org_notices_load_read(s->store, on_cursor, s->notices);
}

void notices_destroy(struct server *s)
{
	struct notices *t = s->notices;
	struct cursor *c, *next_cursor;
	struct box *b, *next_box;

	if (!t)
		return;
	while (t->n > 0)
		drop_oldest(t);
	HASH_ITER(hh, t->boxes, b, next_box) {
		HASH_DEL(t->boxes, b);
		mem_free(b);
	}
	HASH_ITER(hh, t->cursors, c, next_cursor) {
		HASH_DEL(t->cursors, c);
		mem_free(c);
	}
	s->notices = mem_free(t);
}

const struct org_notice *notice_before(const struct server *s, const struct org_notice *after)
{
	const struct kept *first = s->notices->all, *k = (const struct kept *)(const void *)after;      /* the notice comes first in it */

	if (!after)
		return first ? &first->prev->notice : NULL;
	return k == first ? NULL : &k->prev->notice;
}

void notice_add(struct server *s, struct changes *c, struct org_notice notice)
{
	notice.id = ++s->notices->last_id;
	changes_notice(c, &notice);
}

/* ---- who reads ---- */

bool notice_reader_has(const struct notice_reader *r, int64_t org)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->orgs[i] == org)
			return true;
	return false;
}

static void add_org(struct notice_reader *r, int64_t org)
{
	if (org > 0 && r->n < NOTICE_ORGS_MAX && !notice_reader_has(r, org))
		r->orgs[r->n++] = org;
}

void notice_reader_init(struct notice_reader *ret, const struct server *s, const struct principal *who, int64_t now_us)
{
	const struct fact *g = NULL;
	int64_t grant;

	*ret = (struct notice_reader){ .account = who->account };
	if (may(s->directory, who, ACT_NOTICE_VIEW, target_org(who->org), now_us, &grant) == 0)
		add_org(ret, who->org);
	while (who->person && (g = directory_person_fact(s->directory, who->person, FACT_GRANT, g)))
		if (fact_holds(g, now_us) && may(s->directory, who, ACT_NOTICE_VIEW, target_org(g->org), now_us, &grant) == 0)
			add_org(ret, g->org);
}

int64_t notices_upto(const struct server *s, int64_t account)
{
	struct cursor *c;

	HASH_FIND(hh, s->notices->cursors, &account, sizeof(account), c);
	return c ? c->upto : 0;
}

static size_t unread_of(const struct notices *t, int64_t org, int64_t upto)
{
	const struct box *b = find_box(t, org);
	const struct kept *k = b && b->list ? b->list->org_prev : NULL;
	size_t n = 0;

	for (; k && k->notice.id > upto && n < NOTICES_UNREAD_MAX; k = k == b->list ? NULL : k->org_prev)
		n++;
	return n;
}

size_t notices_unread(const struct server *s, const struct notice_reader *r)
{
	int64_t upto = notices_upto(s, r->account);
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += unread_of(s->notices, r->orgs[i], upto);
	return MIN(n, (size_t)NOTICES_UNREAD_MAX);
}

/* ---- JSON ---- */

static void put_id(json_t *j, const char *name, int64_t id)
{
	if (id > 0)
		json_object_set_new(j, name, json_integer(id));
}

static const char *title_of(const struct server *s, int64_t class)
{
	char room[ROOM_ID_BYTES];
	const struct room_record *r;

	snprintf(room, sizeof(room), "class-%lld", (long long)class);
	r = directory_room(s->directory, room);
	return r ? r->title : "";
}

static void put_counts(json_t *j, const struct org_notice *n)
{
	if (n->kind != ORG_NOTICE_ABSENTEES && n->kind != ORG_NOTICE_ABSENTEES_BELOW)
		return;
	json_object_set_new(j, "absent", json_integer(n->absent));
	json_object_set_new(j, "unproved", json_integer(n->unproved));
	json_object_set_new(j, "expected", json_integer(n->expected));
	put_id(j, "sites", n->sites);
}

json_t *notice_json(const struct server *s, const struct principal *who, const struct org_notice *n)
{
	const struct org *o = directory_org(s->directory, n->org), *site = directory_org(s->directory, n->site);
	json_t *j = json_pack("{s:I, s:I, s:s, s:s, s:I, s:b}", "id", (json_int_t)n->id, "org", (json_int_t)n->org, "org_name", o ? o->name : "", "kind", org_notice_kind_name(n->kind),
	                      "at_ms", (json_int_t)(n->wall_us / 1000), "read", n->id <= notices_upto(s, who->account));

	if (!j)
		return NULL;
	put_id(j, "class", n->class);
	if (n->class)
		json_object_set_new(j, "class_title", json_string(title_of(s, n->class)));
	if (site && (n->site == n->org || can_see(s->directory, who, target_org(n->site), clock_wall_us()))) {
		put_id(j, "site", n->site);
		json_object_set_new(j, "site_name", json_string(site->name));
	}
	if (n->kind == ORG_NOTICE_FINDING_WRITTEN || n->kind == ORG_NOTICE_FINDING_ANSWERED)
		put_id(j, "finding", n->about);
	put_counts(j, n);
	return j;
}

/* ---- telling ---- */

int notice_watch_open(struct socket *k)
{
	struct notice_watch *w = k->notices;

	if (w)
		return 0;
	w = mem_zalloc(sizeof(*w));
	if (!w)
		return -ENOMEM;
	w->socket = k;
	k->notices = w;
	DL_APPEND(k->server->notices->watches, w);
	return 0;
}

struct notice_watch *notice_watch_close(struct notice_watch *w)
{
	if (!w)
		return NULL;
	DL_DELETE(w->socket->server->notices->watches, w);
	w->socket->notices = NULL;
	return mem_free(w);
}

static struct principal reader_of(const struct socket *k, struct notice_reader *ret)
{
	struct principal who = principal_of(k->server->directory, k->account);

	notice_reader_init(ret, k->server, &who, clock_wall_us());
	return who;
}

void notice_watch_describe(const struct socket *k, json_t *reply)
{
	struct notice_reader r;
	struct principal who = reader_of(k, &r);
	const struct org_notice *n = NULL;
	json_t *list = json_array();

	while (json_array_size(list) < NOTICES_FIRST && (n = notice_before(k->server, n)))
		if (notice_reader_has(&r, n->org))
			json_array_append_new(list, notice_json(k->server, &who, n));
	json_object_set_new(reply, "notices", list);
	json_object_set_new(reply, "unread", json_integer((json_int_t)notices_unread(k->server, &r)));
	json_object_set_new(reply, "upto", json_integer(notices_upto(k->server, k->account)));
}

static void send_event(struct socket *k, const char *name, json_t *fields)
{
	struct text *t = wire_event(name, fields);

	socket_send(k, 0, t);
	text_unref(t);
}

static void tell_new(struct notice_watch *w, const struct changes *c)
{
	struct notice_reader r;
	struct principal who = reader_of(w->socket, &r);

	for (size_t i = 0; i < changes_n(c); i++) {
		const struct change *change = changes_at(c, i);

		if (change->type == CHANGE_NOTICE && notice_reader_has(&r, change->notice.org))
			send_event(w->socket, "notices.new", json_pack("{s:o, s:I}", "notice", notice_json(w->socket->server, &who, &change->notice), "unread",
			                                         (json_int_t)notices_unread(w->socket->server, &r)));
	}
}

void notices_apply(struct server *s, const struct changes *c)
{
	struct notice_watch *w;
	size_t n = 0;

	for (size_t i = 0; i < changes_n(c); i++) {
		const struct change *change = changes_at(c, i);

		if (change->type == CHANGE_NOTICE && keep(s->notices, &change->notice) == 0)
			n++;
	}
	if (n > 0)
		DL_FOREACH(s->notices->watches, w)
			tell_new(w, c);
}

void notices_on_read(struct server *s, int64_t account, int64_t upto)
{
	struct notice_watch *w;
	struct notice_reader r;

	set_cursor(s->notices, account, upto);
	DL_FOREACH(s->notices->watches, w) {
		if (w->socket->account != account)
			continue;
		reader_of(w->socket, &r);
		send_event(w->socket, "notices.unread", json_pack("{s:I}", "unread", (json_int_t)notices_unread(s, &r)));
	}
}
