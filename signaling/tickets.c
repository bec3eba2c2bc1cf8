/* Continuations by number. */
#include "signaling/tickets.h"

#include <errno.h>
#include <string.h>

#include "media/base/hash.h"

struct ticket {
	uint64_t id;
	ticket_fn fn;
	UT_hash_handle hh;
	char data[TICKET_DATA_BYTES] __attribute__((aligned(16)));
};

struct tickets {
	uint64_t last;
	struct ticket *waiting; /* owned */
};

int tickets_create(struct tickets **ret)
{
	struct tickets *t = mem_zalloc(sizeof(*t));

	if (!t)
		return -ENOMEM;
	*ret = t;
	return 0;
}

struct tickets *tickets_destroy(struct tickets *t)
{
	struct ticket *w, *next;

	if (!t)
		return NULL;
	HASH_ITER(hh, t->waiting, w, next) {
		HASH_DEL(t->waiting, w);
		mem_free(w);
	}
	return mem_free(t);
}

uint64_t tickets_add(struct tickets *t, ticket_fn fn, const void *data, size_t len)
{
	struct ticket *w = len <= TICKET_DATA_BYTES ? mem_zalloc(sizeof(*w)) : NULL;

	if (!w)
		return 0;
	w->id = ++t->last;
	w->fn = fn;
	if (len)
		memcpy(w->data, data, len);
	HASH_ADD(hh, t->waiting, id, sizeof(w->id), w);
	if (w->hh.tbl)
		return w->id;
	mem_free(w);
	return 0;
}

static struct ticket *take(struct tickets *t, uint64_t id)
{
	struct ticket *w;

	HASH_FIND(hh, t->waiting, &id, sizeof(id), w);
	if (w)
		HASH_DEL(t->waiting, w);
	return w;
}

void tickets_done(struct tickets *t, struct server *s, uint64_t ticket, int64_t sequence, int error)
{
	struct ticket *w = take(t, ticket);

	if (w)
		w->fn(s, w->data, sequence, error);
	mem_free(w);
}

void tickets_cancel(struct tickets *t, uint64_t ticket)
{
	mem_free(take(t, ticket));
}
