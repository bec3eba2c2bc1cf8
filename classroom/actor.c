/* See actor.h. */
#include "classroom/actor.h"

#include <errno.h>
#include <string.h>

#include "classroom/event.h"
#include "classroom/proof_grade.h"
#include "media/base/utf8.h"

static const char *const names[ACTOR_KINDS] = {
	[ACTOR_PERSON] = "person",
	[ACTOR_SEAT] = "seat",
	[ACTOR_SERVER] = "server",
};

const char *actor_name(enum actor_kind by)
{
	return (unsigned)by < ACTOR_KINDS ? names[by] : "";
}

int actor_parse(enum actor_kind *ret, const char *name)
{
	for (unsigned i = 0; name && i < ACTOR_KINDS; i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum actor_kind)i;
			return 0;
		}
	return -EINVAL;
}

bool actor_is_good(const struct actor *actor)
{
	switch (actor->by) {
	case ACTOR_PERSON:
		return person_id_is_good(actor->id);
	case ACTOR_SEAT:
		return utf8_fits(actor->id, SEAT_ID_BYTES) && actor->id[0];
	case ACTOR_SERVER:
		return actor->id && !actor->id[0];
	default:
		return false;
	}
}
