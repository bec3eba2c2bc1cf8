/* See forgetting.h. */
#include "signaling/forgetting.h"

#include "signaling/imports.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/sitting.h"

static void forget_record(struct server *s, const struct person *p)
{
	const struct sitting *t = NULL;
	struct meeting *m, *next;

	HASH_ITER(hh, s->meetings, m, next)
		room_forget(m->room, p->pseudonym);
	while ((t = sitting_next(s, t)))
		class_forget(t->class, p->pseudonym);
	imports_forget(s, p->identity.name);
}

static void forget(struct server *s, int64_t id)
{
	const struct person *p = NULL;

	while ((p = directory_next_person(s->directory, p)))
		if (directory_counts_as(s->directory, p, id))
			forget_record(s, p);
}

void forgetting_apply(struct server *s, const struct changes *c)
{
	for (size_t i = 0; i < changes_n(c); i++)
		if (changes_at(c, i)->type == CHANGE_PERSON_ERASED)
			forget(s, changes_at(c, i)->id);
}
