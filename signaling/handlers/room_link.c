/* room.link: a guest link. It gives at most what a guest may be: no host, no co-host and no inspector by link. */
#include "signaling/commands.h"

#include <stdio.h>

#define LINK_LIFE_S (7 * 24 * 3600)

int room_link_handle(struct call *c)
{
	enum role role = (enum role)message_enum(&c->message, "role", &wire_enum_role);
	struct token t = { .expires_s = c->now.wall_us / 1000000 + LINK_LIFE_S };
	char text[TOKEN_MAX_BYTES];
	int r;

	if (role_leads(role) || role == ROLE_INSPECTOR)
		return refuse(&c->why, WIRE_FORBIDDEN, "role");
	snprintf(t.room, sizeof(t.room), "%s", c->meeting->id);
	snprintf(t.role, sizeof(t.role), "%s", role_name(role));
	snprintf(t.epoch, sizeof(t.epoch), "%s", room_epoch(c->meeting->room));
	r = token_write(text, &t, c->server->token_key);
	if (r == 0)
		json_object_set_new(c->reply, "path", json_sprintf("/join/%s?t=%s", c->meeting->id, text));
	return r;
}
