/* See account.h and directory.h. Sorted arrays and binary search: it is read often and changed rarely. */
#include "attendance/directory.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/db.h"
#include "media/base/mem.h"

struct right {
	char *room;
	int64_t account, org;   /* one of them is 0 */
	bool subtree;
	char *role;
};

struct room_entry {
	struct room_record record;
	char *id, *title, *epoch;       /* owned: what record points to */
};

struct directory {
	struct org *orgs;               /* by id */
	size_t n_orgs;
	struct account **accounts;      /* by id; owned */
	struct account **logins;        /* the same, by login */
	size_t n_accounts;
	struct room_entry **rooms;      /* by id; record comes first, so that they read as room_record pointers; owned */
	size_t n_rooms;
	struct right *rights;           /* by room */
	size_t n_rights;
	struct session *sessions;       /* by hash */
	size_t n_sessions;
};

static_assert(offsetof(struct room_entry, record) == 0, "rooms are handed out as room_record pointers");

/* ---- reading ---- */

static int compare_id(const void *key, const void *element)
{
	int64_t a = *(const int64_t *)key, b = *(const int64_t *)element;

	return (a > b) - (a < b);
}

static int compare_account_id(const void *key, const void *element)
{
	return compare_id(key, &(*(struct account *const *)element)->id);
}

static int compare_account_login(const void *key, const void *element)
{
	return strcmp(key, (*(struct account *const *)element)->login);
}

static int compare_room_id(const void *key, const void *element)
{
	return strcmp(key, (*(struct room_entry *const *)element)->id);
}

static int compare_session(const void *key, const void *element)
{
	return memcmp(key, ((const struct session *)element)->hash, SESSION_HASH_BYTES);
}

/* bsearch() that takes an empty array's NULL. */
static void *find(const void *key, const void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	return n ? bsearch(key, base, n, size, compare) : NULL;
}

const struct org *directory_org(const struct directory *d, int64_t id)
{
	static_assert(offsetof(struct org, id) == 0, "compare_id reads the id");
	return find(&id, d->orgs, d->n_orgs, sizeof(*d->orgs), compare_id);
}

const struct account *directory_account(const struct directory *d, int64_t id)
{
	struct account **a = find(&id, d->accounts, d->n_accounts, sizeof(*a), compare_account_id);

	return a ? *a : NULL;
}

const struct account *directory_login(const struct directory *d, const char *login)
{
	struct account **a = find(login, d->logins, d->n_accounts, sizeof(*a), compare_account_login);

	return a ? *a : NULL;
}

static struct room_entry *room_entry(const struct directory *d, const char *id)
{
	struct room_entry **e = find(id, d->rooms, d->n_rooms, sizeof(*e), compare_room_id);

	return e ? *e : NULL;
}

const struct room_record *directory_room(const struct directory *d, const char *id)
{
	struct room_entry *e = room_entry(d, id);

	return e ? &e->record : NULL;
}

const struct room_record *const *directory_rooms(const struct directory *d, size_t *ret_n)
{
	*ret_n = d->n_rooms;
	return (const struct room_record *const *)d->rooms;
}

const struct account *const *directory_accounts(const struct directory *d, size_t *ret_n)
{
	*ret_n = d->n_accounts;
	return (const struct account *const *)d->accounts;
}

bool directory_is_below(const struct directory *d, int64_t org, int64_t above)
{
	const struct org *a = directory_org(d, above), *b = directory_org(d, org);

	return a && b && a->first > 0 && a->first <= b->first && b->first <= a->last;
}

/* Text behind `used` bytes; false when it does not fit whole. */
static bool append_text(char *ret, size_t size, size_t *used, const char *text)
{
	size_t len = strlen(text);
	size_t fits = MIN(len, size - 1 - *used);

	while (fits < len && fits > 0 && ((uint8_t)text[fits] & 0xc0) == 0x80)
		fits--;
	memcpy(ret + *used, text, fits);
	*used += fits;
	ret[*used] = 0;
	return fits == len;
}

void directory_org_path(const struct directory *d, int64_t org, char *ret, size_t size)
{
	const struct org *chain[64];
	const struct org *o = directory_org(d, org);
	size_t n = 0, used = 0;

	ret[0] = 0;
	for (; o && n < ARRAY_LEN(chain); o = directory_org(d, o->parent))
		chain[n++] = o;
	while (n-- > 0) {
		if (used > 0 && (used + 4 > size || !append_text(ret, size, &used, " / ")))
			return;
		if (!append_text(ret, size, &used, chain[n]->name))
			return;
	}
}

void directory_account_org(const struct directory *d, const struct account *a, char *ret, size_t size)
{
	const struct org *o = directory_org(d, a->org);

	directory_org_path(d, o && strcmp(o->name, a->name) == 0 ? o->parent : a->org, ret, size);
}

static const struct right *room_right(const struct directory *d, const char *room, int64_t account, int64_t org, bool above)
{
	for (size_t i = 0; i < d->n_rights; i++) {
		const struct right *r = &d->rights[i];

		if (strcmp(r->room, room) != 0 || (above && !r->subtree))
			continue;
		if ((account && r->account == account) || (org && r->org == org))
			return r;
	}
	return NULL;
}

const char *directory_role(const struct directory *d, const char *room, int64_t account)
{
	const struct account *a = directory_account(d, account);
	const struct right *r;
	const struct org *o;
	size_t depth = 0;

	if (!a)
		return NULL;
	r = room_right(d, room, account, 0, false);
	for (o = directory_org(d, a->org); o && !r && depth < d->n_orgs; o = directory_org(d, o->parent))
		r = room_right(d, room, 0, o->id, depth++ > 0);
	return r ? r->role : NULL;
}

const struct session *directory_session(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES])
{
	return find(hash, d->sessions, d->n_sessions, sizeof(*d->sessions), compare_session);
}

const struct session *directory_oldest_session(const struct directory *d, int64_t account, size_t *ret_n)
{
	const struct session *oldest = NULL;

	*ret_n = 0;
	for (size_t i = 0; i < d->n_sessions; i++) {
		const struct session *s = &d->sessions[i];

		if (s->account != account)
			continue;
		(*ret_n)++;
		if (!oldest || s->created_us < oldest->created_us)
			oldest = s;
	}
	return oldest;
}

/* ---- changing ---- */

static size_t grown(size_t capacity)
{
	return capacity ? capacity + capacity / 2 : 16;
}

/* Makes place for one more element behind n. Capacities are 0, 16, 24, 36, …, so they need not be kept. */
static int grow(void *array, size_t n, size_t size)
{
	void **p = array;
	size_t capacity = 0;
	void *bigger;

	while (capacity < n)
		capacity = grown(capacity);
	if (capacity > n)
		return 0;
	bigger = mem_realloc(*p, grown(capacity) * size);
	if (!bigger)
		return -ENOMEM;
	*p = bigger;
	return 0;
}

int directory_add_session(struct directory *d, const struct session *session)
{
	size_t at = 0;

	if (directory_session(d, session->hash))
		return -EEXIST;
	if (grow(&d->sessions, d->n_sessions, sizeof(*d->sessions)) < 0)
		return -ENOMEM;
	for (size_t lo = 0, hi = d->n_sessions; lo < hi;) {
		at = lo + (hi - lo) / 2;
		if (compare_session(session->hash, &d->sessions[at]) > 0)
			lo = ++at;
		else
			hi = at;
	}
	memmove(&d->sessions[at + 1], &d->sessions[at], (d->n_sessions - at) * sizeof(*d->sessions));
	d->sessions[at] = *session;
	d->n_sessions++;
	return 0;
}

bool directory_remove_session(struct directory *d, const uint8_t hash[SESSION_HASH_BYTES])
{
	struct session *s = find(hash, d->sessions, d->n_sessions, sizeof(*s), compare_session);
	size_t after;

	if (!s)
		return false;
	after = (size_t)(d->sessions + d->n_sessions - s) - 1;
	memmove(s, s + 1, after * sizeof(*s));
	d->n_sessions--;
	return true;
}

static struct room_entry *room_entry_destroy(struct room_entry *e)
{
	if (!e)
		return NULL;
	mem_free(e->id);
	mem_free(e->title);
	mem_free(e->epoch);
	return mem_free(e);
}

DEFINE_CLEANUP(struct room_entry, room_entry_destroy)

static int add_room(struct directory *d, const char *id, const char *title, const char *epoch, struct room_entry **ret)
{
	CLEANUP(room_entry_destroyp) struct room_entry *e = mem_zalloc(sizeof(*e));
	size_t at = 0;

	if (!e)
		return -ENOMEM;
	e->record.id = e->id = mem_strdup(id);
	e->record.title = e->title = mem_strdup(title);
	e->record.epoch = e->epoch = mem_strdup(epoch);
	if (!e->id || !e->title || !e->epoch || grow(&d->rooms, d->n_rooms, sizeof(struct room_entry *)) < 0)
		return -ENOMEM;
	while (at < d->n_rooms && strcmp(d->rooms[at]->id, id) < 0)
		at++;
	memmove(&d->rooms[at + 1], &d->rooms[at], (d->n_rooms - at) * sizeof(struct room_entry *));
	d->n_rooms++;
	*ret = e;
	d->rooms[at] = STEAL(e);
	return 0;
}

int directory_room_opened(struct directory *d, const char *room, const char *title, const char *epoch, int64_t wall_us)
{
	struct room_entry *e = room_entry(d, room);
	CLEANUP(mem_freep) char *copy = NULL;
	int r;

	if (!e) {
		r = add_room(d, room, title, epoch, &e);
		if (r < 0)
			return r;
	} else {
		copy = mem_strdup(epoch);
		if (!copy)
			return -ENOMEM;
		mem_free(e->epoch);
		e->record.epoch = e->epoch = STEAL(copy);
	}
	if (e->record.opened_us == 0 || e->record.ended_us != 0)
		e->record.opened_us = wall_us;
	e->record.ended_us = 0;
	return 0;
}

void directory_room_ended(struct directory *d, const char *room, int64_t wall_us)
{
	struct room_entry *e = room_entry(d, room);

	if (e)
		e->record.ended_us = wall_us;
}

/* ---- loading ---- */

typedef int (*row_fn)(struct directory *d, sqlite3_stmt *st);

static int load_rows(struct directory *d, sqlite3 *db, const char *sql, row_fn on_row)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int r = db_prepare(db, &st, sql);
	int code;

	if (r < 0)
		return r;
	while ((code = sqlite3_step(st)) == SQLITE_ROW) {
		r = on_row(d, st);
		if (r < 0)
			return r;
	}
	return db_errno(code);
}

static int load_org(struct directory *d, sqlite3_stmt *st)
{
	struct org o = { .id = sqlite3_column_int64(st, 0), .parent = sqlite3_column_int64(st, 1) };

	if (grow(&d->orgs, d->n_orgs, sizeof(*d->orgs)) < 0)
		return -ENOMEM;
	o.name = mem_strdup(db_text(st, 2));
	o.kind = mem_strdup(db_text(st, 3));
	d->orgs[d->n_orgs++] = o;
	return o.name && o.kind ? 0 : -ENOMEM;
}

static int load_account(struct directory *d, sqlite3_stmt *st)
{
	struct account *a;

	if (grow(&d->accounts, d->n_accounts, sizeof(struct account *)) < 0)
		return -ENOMEM;
	a = mem_zalloc(sizeof(*a));
	if (!a)
		return -ENOMEM;
	d->accounts[d->n_accounts++] = a;
	a->id = sqlite3_column_int64(st, 0);
	a->login = mem_strdup(db_text(st, 1));
	a->name = mem_strdup(db_text(st, 2));
	a->org = sqlite3_column_int64(st, 3);
	a->kind = mem_strdup(db_text(st, 4));
	a->password_hash = mem_strdup(db_text(st, 5));
	return a->login && a->name && a->kind && a->password_hash ? 0 : -ENOMEM;
}

static int load_room(struct directory *d, sqlite3_stmt *st)
{
	struct room_entry *e;
	int r = add_room(d, db_text(st, 0), db_text(st, 1), db_text(st, 2), &e);

	if (r < 0)
		return r;
	e->record.org = sqlite3_column_int64(st, 3);
	e->record.opened_us = sqlite3_column_int64(st, 4);
	e->record.ended_us = sqlite3_column_int64(st, 5);
	return 0;
}

static int load_right(struct directory *d, sqlite3_stmt *st)
{
	struct right r = {
		.account = sqlite3_column_int64(st, 1),
		.org = sqlite3_column_int64(st, 2),
		.subtree = sqlite3_column_int(st, 3) != 0,
	};

	if (grow(&d->rights, d->n_rights, sizeof(*d->rights)) < 0)
		return -ENOMEM;
	r.room = mem_strdup(db_text(st, 0));
	r.role = mem_strdup(db_text(st, 4));
	d->rights[d->n_rights++] = r;
	return r.room && r.role ? 0 : -ENOMEM;
}

static int load_session(struct directory *d, sqlite3_stmt *st)
{
	struct session s = { .account = sqlite3_column_int64(st, 1) };

	if (sqlite3_column_bytes(st, 0) != SESSION_HASH_BYTES)
		return -EBADMSG;
	memcpy(s.hash, sqlite3_column_blob(st, 0), SESSION_HASH_BYTES);
	s.created_us = sqlite3_column_int64(st, 2);
	s.expires_us = sqlite3_column_int64(st, 3);
	return directory_add_session(d, &s);
}

#define NOW "valid_to IS NULL AND superseded_by IS NULL"

static const struct {
	const char *sql;
	row_fn on_row;
} loads[] = {
	{ "SELECT o.id, e.parent, n.name, o.kind FROM org o"
	  " JOIN (SELECT * FROM org_edge WHERE " NOW ") e ON e.org = o.id"
	  " JOIN (SELECT * FROM org_name WHERE " NOW ") n ON n.org = o.id ORDER BY o.id", load_org },
	{ "SELECT id, login, name, org, kind, password_hash FROM account WHERE closed_at IS NULL ORDER BY id", load_account },
	{ "SELECT id, title, epoch, org, opened_us, ended_us FROM room", load_room },
	{ "SELECT room, account, org, subtree, role FROM room_right WHERE " NOW " ORDER BY room, id", load_right },
	{ "SELECT hash, account, created_us, expires_us FROM session", load_session },
};

/* Scratch of number_tree(): each node's children as a list. */
struct branch {
	size_t child, sibling;  /* index + 1; 0: none */
};

static void link_children(const struct directory *d, struct branch *b, size_t *ret_root)
{
	for (size_t i = d->n_orgs; i-- > 0;) {
		const struct org *parent = directory_org(d, d->orgs[i].parent);
		size_t *list = parent ? &b[parent - d->orgs].child : ret_root;

		b[i].sibling = *list;
		*list = i + 1;
	}
}

/* Pre-order numbers without recursion: the tree may be deep. What hangs in a circle is not reached and stays 0. */
static int number_tree(struct directory *d)
{
	CLEANUP(mem_freep) struct branch *b = mem_calloc(d->n_orgs + 1, sizeof(*b));
	CLEANUP(mem_freep) size_t *stack = mem_calloc(d->n_orgs + 1, sizeof(*stack));
	size_t depth = 0, at = 0;
	uint32_t next = 1;

	if (!b || !stack)
		return -ENOMEM;
	link_children(d, b, &at);
	while (at || depth > 0) {
		if (at) {
			d->orgs[at - 1].first = next++;
			stack[depth++] = at;
			at = b[at - 1].child;
		} else {
			at = stack[--depth];
			d->orgs[at - 1].last = next - 1;
			at = b[at - 1].sibling;
		}
	}
	return 0;
}

static int order_logins(const void *a, const void *b)
{
	return strcmp((*(struct account *const *)a)->login, (*(struct account *const *)b)->login);
}

static int index_logins(struct directory *d)
{
	if (d->n_accounts == 0)
		return 0;
	d->logins = mem_memdup(d->accounts, d->n_accounts * sizeof(struct account *));
	if (!d->logins)
		return -ENOMEM;
	qsort(d->logins, d->n_accounts, sizeof(struct account *), order_logins);
	return 0;
}

static void drop_expired(struct directory *d, int64_t now_wall_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n_sessions; i++)
		if (d->sessions[i].expires_us > now_wall_us)
			d->sessions[kept++] = d->sessions[i];
	d->n_sessions = kept;
}

int directory_load(struct directory **ret, sqlite3 *db, int64_t now_wall_us)
{
	CLEANUP(directory_destroyp) struct directory *d = mem_zalloc(sizeof(*d));
	int r = d ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(loads); i++)
		r = load_rows(d, db, loads[i].sql, loads[i].on_row);
	if (r == 0)
		r = number_tree(d);
	if (r == 0)
		r = index_logins(d);
	if (r < 0)
		return r;
	drop_expired(d, now_wall_us);
	*ret = STEAL(d);
	return 0;
}

static void free_text(const char *s)
{
	mem_free((void *)s);
}

static void account_free(struct account *a)
{
	free_text(a->login);
	free_text(a->name);
	free_text(a->kind);
	free_text(a->password_hash);
	mem_free(a);
}

struct directory *directory_destroy(struct directory *d)
{
	if (!d)
		return NULL;
	for (size_t i = 0; i < d->n_orgs; i++) {
		free_text(d->orgs[i].name);
		free_text(d->orgs[i].kind);
	}
	for (size_t i = 0; i < d->n_accounts; i++)
		account_free(d->accounts[i]);
	for (size_t i = 0; i < d->n_rooms; i++)
		room_entry_destroy(d->rooms[i]);
	for (size_t i = 0; i < d->n_rights; i++) {
		mem_free(d->rights[i].room);
		mem_free(d->rights[i].role);
	}
	mem_free(d->orgs);
	mem_free(d->accounts);
	mem_free(d->logins);
	mem_free(d->rooms);
	mem_free(d->rights);
	mem_free(d->sessions);
	return mem_free(d);
}
