/* GET /api/v1/rooms: the rooms in which the signed-in account has a role, and the standing room of its organisation; classes have their own list. */
#include "media/base/hash.h"

#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"
#include "signaling/sitting.h"

static json_t *write_room(struct server *s, const char *id, enum role role)
{
	const struct room_record *r = directory_room(s->directory, id);
	const struct meeting *m = server_find_meeting(s, id);
	size_t here = m ? room_here(m->room) : 0;
	bool standing = room_right_org(s, id) != 0;
	const char *state = r && r->ended_us && !standing ? "ended" : here ? "running" : "waiting";
	struct room_place place;
	char org[SEAT_ORG_BYTES];

	room_place(s, id, &place);
	directory_org_path(s->directory, place.org, org, sizeof(org));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:b, s:I, s:b}", "id", id, "title", place.title, "org", org, "role", role_name(role), "state", state,
	                 "here", (json_int_t)here, "locked", m && room_state(m->room) == ROOM_LOCKED, "started_ms", (json_int_t)(r ? r->opened_us / 1000 : 0),
	                 "standing", standing);
}

static void add_room(struct server *s, json_t *list, const char *id, int64_t account)
{
	enum role role;

	if (room_right(s, id, account, &role))
		json_array_append_new(list, write_room(s, id, role));
}

/* The standing room of the organisation where the account belongs. */
static void add_standing(struct server *s, json_t *list, int64_t account)
{
	const struct account *a = directory_account(s->directory, account);
	const struct org *o = a ? directory_org(s->directory, a->org) : NULL;
	char id[ROOM_ID_BYTES];

	if (!o)
		return;
	room_right_write(id, o->id);
	add_room(s, list, id, account);
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
	if (sign_in_refuse_first(q, account))
		return;
	list = json_array();
	rooms = directory_rooms(s->directory, &n);
	for (size_t i = 0; i < n; i++)
		if (!class_number_of(rooms[i]->id) && !room_right_org(s, rooms[i]->id))
			add_room(s, list, rooms[i]->id, account);
	add_standing(s, list, account);
	http_reply_json(q, 200, json_pack("{s:o}", "rooms", list));
}
