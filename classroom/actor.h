/* Who did something in a class: a person, a site through one of its seats, or the server. In payloads the word is `by`, in the row it is the actor. */
#ifndef HUITANG_CLASSROOM_ACTOR_H
#define HUITANG_CLASSROOM_ACTOR_H

#include <stdbool.h>

enum actor_kind { ACTOR_PERSON, ACTOR_SEAT, ACTOR_SERVER, ACTOR_KINDS };

struct actor {
	enum actor_kind by;
	const char *id;         /* borrowed: a pseudonym, a seat's id, "" */
};

/** "person", "seat", "server"; "" out of range. */
const char *actor_name(enum actor_kind by);

/** Errors: -EINVAL unknown word or NULL. */
int actor_parse(enum actor_kind *ret, const char *name);

/** Whether the id fits the kind. */
bool actor_is_good(const struct actor *actor);

#endif
