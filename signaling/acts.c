/* See acts.h. */
#include "signaling/acts.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/hash.h"
#include "signaling/findings.h"
#include "signaling/forgetting.h"
#include "signaling/notices.h"
#include "signaling/server.h"
#include "signaling/sitting.h"
#include "signaling/tickets.h"

struct waiting {
	act_begin_fn begin;
	struct waiting *prev, *next;
	size_t len;
	uint8_t data[];
};

struct acts {
	struct waiting *waiting;        /* owned */
	size_t n;
	bool busy;                      /* an act has its turn */
	struct changes *changes;        /* owned: under way to the disk */
	act_done_fn done;
	uint8_t data[ACT_DATA_BYTES];
};

int acts_create(struct acts **ret)
{
	*ret = mem_zalloc(sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct acts *acts_destroy(struct acts *a)
{
	struct waiting *w, *next;

	if (!a)
		return NULL;
	DL_FOREACH_SAFE(a->waiting, w, next)
		mem_free(w);
	changes_destroy(a->changes);
	return mem_free(a);
}

static void begin_next(struct server *s)
{
	struct acts *a = s->acts;

	while (!a->busy && a->waiting) {
		struct waiting *w = a->waiting;

		DL_DELETE(a->waiting, w);
		a->n--;
		a->busy = true;
		w->begin(s, w->data);
		mem_free(w);
	}
}

int acts_enqueue(struct server *s, act_begin_fn begin, const void *data, size_t len)
{
	struct acts *a = s->acts;
	struct waiting *w;

	assert(len <= ACT_DATA_BYTES);
	if (a->n >= ACTS_WAITING_MAX)
		return -ENOBUFS;
	w = mem_zalloc(sizeof(*w) + len);
	if (!w)
		return -ENOMEM;
	w->begin = begin;
	w->len = len;
	memcpy(w->data, data, len);
	DL_APPEND(a->waiting, w);
	a->n++;
	begin_next(s);
	return 0;
}

void acts_pass(struct server *s)
{
	assert(s->acts->busy && !s->acts->changes);
	s->acts->busy = false;
	begin_next(s);
}

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	struct acts *a = s->acts;
	act_done_fn done = a->done;

	(void)data;
	if (!error && changes_n(a->changes) > 0) {
		forgetting_apply(s, a->changes);
		directory_apply(s->directory, a->changes, clock_wall_us());
		sittings_apply(s, a->changes);
		findings_apply(s, a->changes, sequence);
		notices_apply(s, a->changes);
		server_rights_changed(s);
	}
	a->changes = changes_destroy(a->changes);
	done(s, a->data, sequence, error);
	acts_pass(s);
}

int acts_post(struct server *s, struct changes *changes, act_done_fn done, const void *data, size_t len)
{
	struct acts *a = s->acts;
	uint64_t ticket = tickets_add(s->tickets, on_written, "", 0);
	int r = ticket ? changes_post(s->store, changes, ticket) : -ENOMEM;

	assert(a->busy && !a->changes && len <= ACT_DATA_BYTES);
	if (r < 0) {
		tickets_cancel(s->tickets, ticket);
		changes_destroy(changes);
		return r;
	}
	a->changes = changes;
	a->done = done;
	memcpy(a->data, data, len);
	return 0;
}
