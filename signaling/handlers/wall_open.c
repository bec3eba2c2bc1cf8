/* wall.open: a watch transport of no room, or new media for the one that is there. */
#include "signaling/commands.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "media/base/clock.h"
#include "signaling/ice_servers.h"

/* Asked before anything is looked at: what may be watched is searched through all rooms. */
static int check_pace(struct call *c)
{
	char account[24];
	int64_t wait_us;

	snprintf(account, sizeof(account), "%" PRId64, c->socket->account);
	wait_us = limiter_spend(c->server->wall_limit, account, clock_boot_us());
	return wait_us ? refuse_for_now(&c->why, "", wait_us) : 0;
}

static int create(struct call *c, struct wall **ret)
{
	int r = wall_create(ret, c->server, c->socket->account);

	if (r == -EACCES)
		return refuse(&c->why, WIRE_FORBIDDEN, "");
	return r == -EUSERS ? refuse(&c->why, WIRE_OVERLOADED, "wall") : r;
}

static int open_media(struct call *c, struct wall *w)
{
	bool phone = message_enum(&c->message, "profile", &wire_enum_profile) == WIRE_PROFILE_PHONE;
	int r = wall_open_path(w, phone ? TRANSPORT_VIDEO_SLOTS_PHONE : TRANSPORT_VIDEO_SLOTS);

	if (r == 0)
		r = transport_write_offer(&w->transport, &c->offer);
	if (r < 0)
		return r;
	ice_servers_add(c->server, w->name, c->reply);
	return 0;
}

int wall_open_handle(struct call *c)
{
	struct wall *w = c->wall;
	char token[RESUME_TOKEN_BYTES];
	int r;

	if (c->client)
		return refuse(&c->why, WIRE_ALREADY_JOINED, "");
	if (!c->socket->account)
		return refuse(&c->why, WIRE_NOT_SIGNED_IN, "");
	r = check_pace(c);
	if (r == 0 && !w)
		r = create(c, &w);
	if (r < 0)
		return r;
	r = open_media(c, w);
	if (r < 0 && !c->wall)
		wall_destroy(w);
	if (r < 0)
		return r;
	if (!c->wall)
		dialog_attach(&w->dialog, c->socket);
	call_set_dialog(c, &w->dialog);
	dialog_write_resume(&w->dialog, token);
	json_object_set_new(c->reply, "resume", json_string(token));
	return 0;
}
