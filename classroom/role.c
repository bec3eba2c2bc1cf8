/* See role.h. */
#include "classroom/role.h"

#include <errno.h>
#include <string.h>

static const char *const names[ROLES] = {
	[ROLE_HOST] = "host",
	[ROLE_COHOST] = "cohost",
	[ROLE_PRESENTER] = "presenter",
	[ROLE_PARTICIPANT] = "participant",
	[ROLE_VIEWER] = "viewer",
	[ROLE_INSPECTOR] = "inspector",
};

const char *role_name(enum role role)
{
	return (unsigned)role < ROLES ? names[role] : "";
}

int role_parse(enum role *ret, const char *name)
{
	for (unsigned i = 0; name && i < ROLES; i++)
		if (strcmp(names[i], name) == 0) {
			*ret = (enum role)i;
			return 0;
		}
	return -EINVAL;
}
