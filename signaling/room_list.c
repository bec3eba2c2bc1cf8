/* GET /api/v1/rooms: the rooms in which the signed-in account has a role. */
#include "media/base/hash.h"

#include "signaling/meeting.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

static json_t *write_room(struct server *s, const struct room_record *r, const char *role)
{
	const struct meeting *m = server_find_meeting(s, r->id);
	size_t here = m ? room_here(m->room) : 0;
	const char *state = r->ended_us ? "ended" : here ? "running" : "waiting";
	char org[SEAT_ORG_BYTES];

	directory_org_path(s->directory, r->org, org, sizeof(org));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:I}", "id", r->id, "title", r->title, "org", org, "role", role, "state", state,
			 "here", (json_int_t)here, "locked", m && room_state(m->room) == ROOM_LOCKED,
			 "started_ms", (json_int_t)(r->opened_us / 1000));
}

void room_list_handle(struct request *q)
{
	struct server *s = q->server;
	int64_t account = sign_in_account(s, q);
	json_t *list;
	size_t n;
	const struct room_record *const *rooms;

	if (!account) {
		http_problem(q, 401, "not_signed_in", "Sign in first.", 0);
		return;
	}
	list = json_array();
	rooms = directory_rooms(s->directory, &n);
	for (size_t i = 0; i < n; i++) {
		const char *role = directory_role(s->directory, rooms[i]->id, account);

		if (role)
			json_array_append_new(list, write_room(s, rooms[i], role));
	}
	http_reply_json(q, 200, json_pack("{s:o}", "rooms", list));
}
