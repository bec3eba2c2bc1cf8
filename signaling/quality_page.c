/* GET /api/v1/rooms/{room}/quality[?seat=ID]: how the lines of a room's seats were, for who leads it. */
#include "media/base/hash.h"

#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/room_right.h"
#include "signaling/meeting.h"
#include "signaling/room_quality.h"
#include "signaling/routes.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

#define SUFFIX "/quality"

/* The room of the path; false: there is nothing at this address. */
static bool read_room(const struct request *q, char ret[ROOM_ID_BYTES])
{
	const char *rest = http_rest(q);
	size_t len = strlen(rest), suffix = strlen(SUFFIX);

	if (len <= suffix || strcmp(rest + len - suffix, SUFFIX) != 0 || len - suffix >= ROOM_ID_BYTES)
		return false;
	snprintf(ret, ROOM_ID_BYTES, "%.*s", (int)(len - suffix), rest);
	return true;
}

/* What the room decided of the own seat goes before the right that was given; `key` "": of no certain seat. */
static bool leads_now(const struct meeting *m, const char *key, const char *granted)
{
	const struct seat *own = m && *key ? room_seat_by_key(m->room, key, SEAT_BROWSER) : NULL;
	enum role role;

	if (role_parse(&role, granted) < 0 || (m && room_bars(m->room, key)))
		return false;
	/* Who left comes back as what they were, unless given something else since. */
	return role_leads(own && (seat_present(own) || own->granted == role) ? own->role : role);
}

/* `key`: the account's, "" without one. */
static bool token_leads(struct server *s, const struct request *q, const struct meeting *m, const char *key)
{
	const char *bearer = http_bearer(q);
	char seat[SEAT_KEY_BYTES];
	struct token token;

	if (!m || !bearer || token_read(&token, bearer, s->token_key, clock_wall_us() / 1000000) < 0)
		return false;
	if (strcmp(token.room, m->id) != 0 || strcmp(token.epoch, room_epoch(m->room)) != 0 || (*token.id && room_bars(m->room, token.id)))
		return false;
	snprintf(seat, sizeof(seat), "seat:%s", token.seat);
	return leads_now(m, *token.seat ? seat : key, token.role);
}

/* An account that leads the room, or a bearer token of a leader. */
static bool may_see(struct server *s, const struct request *q, const char *room)
{
	const struct meeting *m = server_find_meeting(s, room);
	int64_t account = sign_in_account(s, q);
	char key[SEAT_KEY_BYTES] = "";
	enum role role;

	if (account)
		client_write_account_key(key, account);
	return (room_right(s, room, account, &role) && leads_now(m, key, role_name(role))) || token_leads(s, q, m, key);
}

static json_t *write_seat(const struct meeting *m, const struct seat_quality *q, bool rows)
{
	const struct seat *seat = room_seat(m->room, q->seat);
	json_t *o = quality_write_meeting(q, (uint32_t)(clock_boot_us() / 1000000), rows);

	if (seat) {
		json_object_set_new(o, "name", json_string(seat->name));
		json_object_set_new(o, "org", json_string(seat->org));
		json_object_set_new(o, "line", json_string(line_profile_name(seat_line(seat))));
	}
	return o;
}

static json_t *write_seats(const struct meeting *m)
{
	json_t *list = json_array();

	for (const struct seat_quality *q = m ? m->qualities : NULL; q; q = q->hh.next)
		json_array_append_new(list, write_seat(m, q, false));
	return list;
}

void quality_page_handle(struct request *q)
{
	struct server *s = q->server;
	const struct meeting *m;
	const struct seat_quality *one;
	char room[ROOM_ID_BYTES], seat[SEAT_ID_BYTES];

	if (!read_room(q, room)) {
		nothing_handle(q);
		return;
	}
	if (sign_in_refuse_first(q, sign_in_account(s, q)))
		return;
	if (!may_see(s, q, room)) {
		bool known = sign_in_account(s, q) || http_bearer(q);

		http_problem(q, known ? 403 : 401, known ? "forbidden" : "not_signed_in", "Only who leads this room may see its lines.", 0);
		return;
	}
	m = server_find_meeting(s, room);
	if (!http_query(q, "seat", seat, sizeof(seat))) {
		http_reply_json(q, 200, json_pack("{s:s, s:o}", "room", room, "seats", write_seats(m)));
		return;
	}
	one = m ? room_quality_find(m, seat) : NULL;
	if (one)
		http_reply_json(q, 200, write_seat(m, one, true));
	else
		http_problem(q, 404, "no_such_seat", "There are no figures of that seat.", 0);
}
