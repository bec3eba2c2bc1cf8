/* See directory_state.h: sessions, sorted by hash. */
#include "attendance/directory_state.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_session(const void *key, const void *element)
{
	return memcmp(key, ((const struct session *)element)->hash, SESSION_HASH_BYTES);
}

static struct session *find(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES])
{
	return d->n_sessions ? bsearch(hash, d->sessions, d->n_sessions, sizeof(*d->sessions), compare_session) : NULL;
}

const struct session *directory_session(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES])
{
	return find(d, hash);
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


int directory_add_session(struct directory *d, const struct session *session)
{
	size_t at = 0;

	if (directory_session(d, session->hash))
		return -EEXIST;
	if (directory_grow(&d->sessions, d->n_sessions, sizeof(*d->sessions)) < 0)
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
	struct session *s = find(d, hash);
	size_t after;

	if (!s)
		return false;
	after = (size_t)(d->sessions + d->n_sessions - s) - 1;
	memmove(s, s + 1, after * sizeof(*s));
	d->n_sessions--;
	return true;
}

static void remove_link(struct directory *d, struct link_entry *l)
{
	struct account_entry *a = directory_find_account(d, l->link.account);

	if (a && l->prev)
		DL_DELETE(a->links, l);
	assert(d->links);
	HASH_DELETE(hh, d->links, l);
	mem_free(l);
}

int directory_add_link(struct directory *d, const struct link *link)
{
	struct account_entry *a = directory_find_account(d, link->account);
	struct link_entry *l;

	HASH_FIND(hh, d->links, link->hash, SESSION_HASH_BYTES, l);
	if (l)
		return -EEXIST;
	l = mem_zalloc(sizeof(*l));
	if (!l)
		return -ENOMEM;
	l->link = *link;
	HASH_ADD(hh, d->links, link.hash, SESSION_HASH_BYTES, l);
	if (!HASH_ADDED(hh, l)) {
		mem_free(l);
		return -ENOMEM;
	}
	if (a)
		DL_APPEND(a->links, l);
	return 0;
}

void directory_remove_link(struct directory *d, const uint8_t hash[SESSION_HASH_BYTES])
{
	struct link_entry *l;

	HASH_FIND(hh, d->links, hash, SESSION_HASH_BYTES, l);
	if (l)
		remove_link(d, l);
}

void directory_drop_links(struct directory *d)
{
	struct link_entry *l, *next;

	HASH_ITER(hh, d->links, l, next)
		remove_link(d, l);
}

void directory_end_sessions(struct directory *d, int64_t account)
{
	struct account_entry *a = directory_find_account(d, account);
	size_t kept = 0;

	for (size_t i = 0; i < d->n_sessions; i++)
		if (d->sessions[i].account != account)
			d->sessions[kept++] = d->sessions[i];
	d->n_sessions = kept;
	while (a && a->links)
		remove_link(d, a->links);
}

void directory_drop_expired_sessions(struct directory *d, int64_t now_wall_us)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->n_sessions; i++)
		if (d->sessions[i].expires_us > now_wall_us)
			d->sessions[kept++] = d->sessions[i];
	d->n_sessions = kept;
}
