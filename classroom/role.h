/* Who somebody is in a room. The order and the names are those of `role` in signaling/protocol/schema.json. */
#ifndef HUITANG_CLASSROOM_ROLE_H
#define HUITANG_CLASSROOM_ROLE_H

#include <stdbool.h>

enum role {
	ROLE_HOST,              /* one a room, see room.h */
	ROLE_COHOST,
	ROLE_PRESENTER,
	ROLE_PARTICIPANT,
	ROLE_VIEWER,
	ROLE_INSPECTOR,         /* listed like a viewer; neither publishes nor writes */
	ROLES
};

/** The schema's word for a role; "" out of range. */
const char *role_name(enum role role);

/** Errors: -EINVAL unknown word or NULL. */
int role_parse(enum role *ret, const char *name);

/** Hosts and co-hosts: whom mute-all spares. */
static inline bool role_leads(enum role role)
{
	return role == ROLE_HOST || role == ROLE_COHOST;
}

#endif
