/* See findings.h. */
#include "media/base/hash.h"
#include "signaling/findings.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/class.h"
#include "media/base/log.h"
#include "signaling/server.h"

struct kept {
	struct finding finding;
	struct kept *prev, *next;               /* of all, the oldest first */
	struct kept *class_prev, *class_next;   /* of the same class */
};

struct shelf {                                  /* of one class */
	int64_t class;
	size_t n;
	struct kept *list;
	UT_hash_handle hh;
};

struct findings {
	struct kept *all;               /* owned */
	struct shelf *shelves;          /* owned, by class */
};

static struct shelf *find_shelf(const struct findings *t, int64_t class)
{
	struct shelf *f;

	HASH_FIND(hh, t->shelves, &class, sizeof(class), f);
	return f;
}

static struct shelf *need_shelf(struct findings *t, int64_t class)
{
	struct shelf *f = find_shelf(t, class);

	if (f)
		return f;
	f = mem_zalloc(sizeof(*f));
	if (!f)
		return NULL;
	f->class = class;
	HASH_ADD(hh, t->shelves, class, sizeof(f->class), f);
	return HASH_ADDED(hh, f) ? f : mem_free(f);
}

static int keep(struct findings *t, const struct finding *finding)
{
	struct shelf *f = need_shelf(t, finding->class);
	struct kept *k = f ? mem_zalloc(sizeof(*k)) : NULL;

	if (!k)
		return -ENOMEM;
	k->finding = *finding;
	DL_APPEND(t->all, k);
	DL_APPEND2(f->list, k, class_prev, class_next);
	f->n++;
	return 0;
}

static int on_loaded(void *user, const struct finding *f)
{
	return keep(user, f);
}

int findings_create(struct server *s)
{
	s->findings = mem_zalloc(sizeof(*s->findings));
	return s->findings ? findings_load(s->store, on_loaded, s->findings) : -ENOMEM;
}

void findings_destroy(struct server *s)
{
	struct kept *k, *next;
	struct shelf *f, *next_shelf;

	if (!s->findings)
		return;
	HASH_ITER(hh, s->findings->shelves, f, next_shelf) {
		HASH_DEL(s->findings->shelves, f);
		mem_free(f);
	}
	DL_FOREACH_SAFE(s->findings->all, k, next)
		mem_free(k);
	s->findings = mem_free(s->findings);
}

static struct kept *find(const struct server *s, int64_t class, int64_t number)
{
	const struct shelf *f = find_shelf(s->findings, class);
	struct kept *k;

	if (!f)
		return NULL;
	DL_FOREACH2(f->list, k, class_next)
		if (k->finding.number == number)
			return k;
	return NULL;
}

const struct finding *finding_find(const struct server *s, int64_t class, int64_t number)
{
	const struct kept *k = find(s, class, number);

	return k ? &k->finding : NULL;
}

const struct finding *finding_by_id(const struct server *s, int64_t id)
{
	const struct finding *f = NULL;

	while ((f = finding_before(s, f)))
		if (f->id <= id)
			return f->id == id ? f : NULL;
	return NULL;
}

const struct finding *finding_before(const struct server *s, const struct finding *after)
{
	const struct kept *first = s->findings->all, *k = (const struct kept *)(const void *)after;     /* the finding comes first in it */

	if (!after)
		return first ? &first->prev->finding : NULL;
	return k == first ? NULL : &k->prev->finding;
}

const struct finding *finding_of_class_before(const struct server *s, int64_t class, const struct finding *after)
{
	const struct shelf *f = find_shelf(s->findings, class);
	const struct kept *k = (const struct kept *)(const void *)after;

	if (!after)
		return f && f->list ? &f->list->class_prev->finding : NULL;
	return !f || k == f->list ? NULL : &k->class_prev->finding;
}

size_t findings_of_class(const struct server *s, int64_t class)
{
	const struct shelf *f = find_shelf(s->findings, class);

	return f ? f->n : 0;
}

int64_t finding_next(const struct server *s, int64_t class)
{
	const struct shelf *f = find_shelf(s->findings, class);
	int64_t last = 0;

	if (!f || !f->list)
		return 1;
	last = f->list->class_prev->finding.number;
	return f->n < FINDINGS_A_CLASS ? last + 1 : 0;
}

/* ---- what is on disk ---- */

static int64_t number_of(const json_t *payload, const char *name)
{
	return json_integer_value(json_object_get(payload, name));
}

static int take_written(struct server *s, const struct event *ev, const json_t *payload, int64_t sequence)
{
	struct finding f = {
		.id = sequence, .class = class_number_of(ev->room), .number = number_of(payload, "finding"), .site = number_of(payload, "site"), .org = number_of(payload, "org"),
		.look_us = number_of(payload, "look_ms") * 1000, .written_us = ev->wall_us,
	};

	snprintf(f.author, sizeof(f.author), "%s", ev->actor);
	return keep(s->findings, &f);
}

static int take_answered(struct server *s, const struct event *ev, const json_t *payload)
{
	struct kept *k = find(s, class_number_of(ev->room), number_of(payload, "finding"));

	if (!k)
		return -ENOENT;
	k->finding.answered_us = ev->wall_us;
	snprintf(k->finding.answerer, sizeof(k->finding.answerer), "%s", ev->actor);
	return 0;
}

/* A finding that memory cannot take is there again after the next start. */
static void take(struct server *s, const struct event *ev, int64_t sequence)
{
	json_t *payload = json_loads(ev->payload, 0, NULL);
	int r = ev->kind == EVENT_FINDING_WRITTEN ? take_written(s, ev, payload, sequence) : take_answered(s, ev, payload);

	json_decref(payload);
	if (r < 0)
		log_event(LOG_WARNING, "finding.not_kept room=%s err=%d", ev->room, r);
}

void findings_apply(struct server *s, const struct changes *c, int64_t sequence)
{
	for (size_t i = 0; i < changes_n(c); i++) {
		const struct change *change = changes_at(c, i);

		if (change->type != CHANGE_EVENT)
			continue;
		sequence++;     /* an act's further rows stand behind its own, in their order */
		if (change->event->kind == EVENT_FINDING_WRITTEN || change->event->kind == EVENT_FINDING_ANSWERED)
			take(s, change->event, sequence);
	}
}
