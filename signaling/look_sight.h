/*
 * What one account may look at from above: each organisation where a grant allows it `watch`, worked out once for many questions, as the lists of a look ask of each
 * of two hundred sites each second. Holds until rights may have changed (server.rights_round). Thread: control.
 */
#ifndef HUITANG_SIGNALING_LOOK_SIGHT_H
#define HUITANG_SIGNALING_LOOK_SIGHT_H

#include <stdbool.h>

#include "attendance/authority.h"

struct server;

struct look_sight {
	const struct server *server;    /* given */
	struct principal who;
	uint64_t round;                 /* server.rights_round of `orgs` */
	bool any;                       /* of anything at all */
	size_t n;
	bool *orgs;                     /* owned, by number in pre-order */
};

/** Without memory it sees nothing. */
void look_sight_init(struct look_sight *ret, const struct server *s, int64_t account);
void look_sight_done(struct look_sight *v);

/** Works it out anew where rights may have changed; whether anything is otherwise. */
bool look_sight_update(struct look_sight *v);

bool look_sight_has(const struct look_sight *v, int64_t org);

/** A seat of that organisation and person (0: none), as look_place() tells them. */
bool look_sight_has_seat(const struct look_sight *v, int64_t org, int64_t person);

#endif
