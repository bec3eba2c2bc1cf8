/* See room_right.h. */
#include "signaling/room_right.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/authority.h"
#include "media/base/clock.h"
#include "signaling/server.h"
#include "signaling/sitting.h"

#define STANDING "org-"

void room_right_write(char ret[ROOM_ID_BYTES], int64_t org)
{
	snprintf(ret, ROOM_ID_BYTES, STANDING "%" PRId64, org);
}

int64_t room_right_org(const struct server *s, const char *room)
{
	const char *digits = room + strlen(STANDING);
	const struct org *o;
	int64_t id;
	char *end;

	if (strncmp(room, STANDING, strlen(STANDING)) != 0 || *digits < '1' || *digits > '9')
		return 0;
	errno = 0;
	id = strtoll(digits, &end, 10);
	o = *end || errno ? NULL : directory_org(s->directory, id);
	return o && !o->closed_us ? id : 0;
}

static bool standing_role(const struct server *s, int64_t org, int64_t account, enum role *ret)
{
	const struct account *a = directory_account(s->directory, account);
	struct principal who = principal_of(s->directory, account);
	int64_t grant;

	if (!a)
		return false;
	if (may(s->directory, &who, ACT_ROOM_PLAN, target_org(org), clock_wall_us(), &grant) == 0) {
		*ret = ROLE_HOST;
		return true;
	}
	if (!a->org || !directory_is_below(s->directory, a->org, org))
		return false;
	*ret = ROLE_PARTICIPANT;
	return true;
}

bool room_place(const struct server *s, const char *room, struct room_place *ret)
{
	const struct room_record *record = directory_room(s->directory, room);
	const struct sitting *t = sitting_of(s, room);
	int64_t org = room_right_org(s, room);

	if (t)
		*ret = (struct room_place){ class_plan(t->class)->title, class_plan(t->class)->org, true };
	else if (org)
		*ret = (struct room_place){ directory_org(s->directory, org)->name, org };
	else if (record)
		*ret = (struct room_place){ record->title, record->org };
	return t || org || record;
}

bool room_right(const struct server *s, const char *room, int64_t account, enum role *ret)
{
	const struct sitting *t = sitting_of(s, room);
	int64_t org = room_right_org(s, room);
	const char *name;

	if (t)
		return sitting_role(t, account, ret);
	if (org)
		return standing_role(s, org, account, ret);
	name = directory_role(s->directory, room, account);
	return name && role_parse(ret, name) == 0;
}
