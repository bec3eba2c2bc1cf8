/* join: takes a seat, or for who has it already (resumed, media gone) opens its media anew. */
#include "signaling/commands.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/utf8.h"
#include "signaling/expert.h"
#include "signaling/ice_servers.h"
#include "signaling/room_right.h"

/* Who joins: filled from account, token and claim. */
struct joiner {
	struct join join;
	char key[SEAT_KEY_BYTES];
	char org[SEAT_ORG_BYTES];
	const uint8_t *identity;        /* NULL: a new one */
	uint8_t guest[RESUME_PART_BYTES];
	bool claimed;                   /* guest is of the socket's claim */
	bool by_right;                  /* of the account, not of a token */
};

static bool token_fits(const struct call *c, const struct meeting *m)
{
	const struct token *t = &c->socket->token;

	return c->socket->has_token && strcmp(t->room, m->id) == 0 && strcmp(t->epoch, room_epoch(m->room)) == 0;
}

/* Read at hello, when nobody had the seat; meanwhile the token may have been used, and then only who used it goes on. */
static bool claim_holds(const struct call *c, const struct meeting *m)
{
	const struct resume_claim *claim = &c->socket->claim;
	const struct dialog *living = dialog_by_identity(c->server, claim->identity);
	uint8_t place[RESUME_PART_BYTES];

	resume_place(place, m->id, room_epoch(m->room));
	if (!c->socket->has_claim || memcmp(place, claim->place, sizeof(place)) != 0)
		return false;
	return !living || (living->client && living->client->ended) || resume_accepts(&living->resume, claim->nonce);
}

/* A guest who was here before, perhaps before a restart, is the same seat: the claim's identity is the key. */
static void name_guest(struct joiner *j, const struct call *c, const struct meeting *m)
{
	char hex[2 * RESUME_PART_BYTES + 1];

	j->claimed = claim_holds(c, m);
	if (j->claimed)
		memcpy(j->guest, c->socket->claim.identity, sizeof(j->guest));
	else
		randombytes_buf(j->guest, sizeof(j->guest));
	j->identity = j->guest;
	snprintf(j->key, sizeof(j->key), "guest:%s", sodium_bin2hex(hex, sizeof(hex), j->guest, sizeof(j->guest)));
}

static int take_role(struct joiner *j, struct call *c, const struct meeting *m)
{
	int r;

	j->by_right = (!c->socket->has_token || !*c->socket->token.seat) && room_right(c->server, m->id, c->socket->account, &j->join.granted);
	if (j->by_right)
		return 0;
	if (!c->socket->has_token)
		return refuse(&c->why, WIRE_NOT_FOUND, "room");
	if (!token_fits(c, m))
		return refuse(&c->why, WIRE_TOKEN_INVALID, "");
	r = call_class_fault(c, expert_token_fault(c->server, &c->socket->token, c->now.wall_us));
	if (r < 0)
		return r;
	if (*c->socket->token.id)
		j->join.via = c->socket->token.id;
	return role_parse(&j->join.granted, c->socket->token.role) == 0 ? 0 : refuse(&c->why, WIRE_TOKEN_INVALID, "");
}

/* The organisation that it belongs to, and those above. */
static void name_orgs(struct joiner *j, const struct directory *d, int64_t org)
{
	const struct org *o = directory_org(d, org);

	for (; o && j->join.n_orgs < SEAT_ORGS_MAX; o = directory_org(d, o->parent))
		j->join.orgs[j->join.n_orgs++] = o->id;
}

/* Whose presence the seat proves (records.md, Presence): a site's, or that of the person whose own seat it is. */
static void name_place(struct joiner *j, const struct directory *d, const struct account *a)
{
	const struct person *p = a->person ? directory_person(d, a->person) : NULL;

	j->join.site = p ? 0 : a->org;
	j->join.person = p ? p->pseudonym : NULL;
	name_orgs(j, d, p ? p->main_org : a->org);
}

static int identify(struct joiner *j, struct call *c, const struct meeting *m)
{
	const struct account *a = directory_account(c->server->directory, c->socket->account);
	const char *seat = c->socket->has_token ? c->socket->token.seat : "", *name = call_string(c, "name");
	int r = take_role(j, c, m);

	if (r < 0)
		return r;
	if (*seat) {
		snprintf(j->key, sizeof(j->key), "seat:%s", seat);
		j->join.name = expert_token_name(c->server, &c->socket->token);
		j->join.by_link = j->join.name != NULL;
		if (!j->join.name)
			j->join.name = name && *name ? name : seat;
	} else if (a) {
		client_write_account_key(j->key, a->id);
		directory_account_org(c->server->directory, a, j->org, sizeof(j->org));
		j->join.name = a->name;
		name_place(j, c->server->directory, a);
	} else {
		name_guest(j, c, m);
		j->join.name = name;
	}
	if (!j->join.name || !utf8_is_name(j->join.name))
		return refuse(&c->why, WIRE_BAD_MESSAGE, "name");
	j->join.key = j->key;
	j->join.org = j->org;
	j->join.kind = SEAT_BROWSER;
	j->join.mic = message_bool(&c->message, "mic");
	j->join.camera = message_bool(&c->message, "camera");
	return 0;
}

static uint8_t video_slots(const struct call *c)
{
	bool phone = message_enum(&c->message, "profile", &wire_enum_profile) == WIRE_PROFILE_PHONE;

	return phone ? TRANSPORT_VIDEO_SLOTS_PHONE : TRANSPORT_VIDEO_SLOTS;
}

/* A page that comes back says what was chosen, by itself or for it: after a restart the server does not know. */
static void take_choices(struct call *c, struct client *client)
{
	int line = message_enum(&c->message, "line", &wire_enum_line_profile), coding = message_enum(&c->message, "coding", &wire_enum_picture_coding);
	struct room *r = client->meeting->room;

	if (line >= 0)
		room_set_line(r, c->now, client->seat, client->seat, (enum line_profile)line);
	line_on_seat(client, room_seat(r, client->seat));
	if (coding >= 0)
		room_set_coding(r, c->now, client->seat, client->seat, (enum picture_coding)coding);
}

static int open_media(struct call *c, struct client *client)
{
	struct view_cfg cfg = { .viewer = client->seat, .mode = VIEW_MEETING, .n_audio = TRANSPORT_AUDIO_SLOTS, .n_video = video_slots(c) };
	int r;

	client_close_path(client);
	client->view = view_destroy(client->view);
	take_choices(c, client);
	r = view_create(&client->view, &cfg);
	if (r == 0)
		r = client_open_path(client, cfg.n_audio, cfg.n_video);
	return r < 0 ? r : transport_write_offer(&client->transport, &c->offer);
}

static void describe(struct call *c, struct client *client)
{
	const struct room *r = client->meeting->room;
	const struct seat *seat = room_seat(r, client->seat);
	struct binding b[VIEW_SLOTS_MAX];
	char token[RESUME_TOKEN_BYTES];
	const char *next;

	dialog_write_resume(&client->dialog, token);
	view_update(client->view, r, c->now.boot_us, b);
	json_object_set_new(c->reply, "seat", json_string(seat->id));
	json_object_set_new(c->reply, "role", json_string(role_name(seat->role)));
	json_object_set_new(c->reply, "line", line_write(seat));
	json_object_set_new(c->reply, "resume", json_string(token));
	json_object_set_new(c->reply, "room", meeting_wire(client->meeting));
	json_object_set_new(c->reply, "roster", wire_roster(r, "", &next));
	if (next)
		json_object_set_new(c->reply, "next", json_string(next));
	json_object_set_new(c->reply, "slots", wire_slots(b, view_bindings(client->view, b), &client->transport));
	json_object_set_new(c->reply, "chat", wire_chat(r, seat->id));
	json_object_set_new(c->reply, "hands", wire_hands(r, seat->id));
	ice_servers_add(c->server, client->seat, c->reply);
}

/* The seat is taken; whoever held it on another device goes. */
static int seat_client(struct call *c, struct meeting *m, struct client *client, const struct joined *joined)
{
	struct client *old = meeting_client(m, joined->seat->id);

	if (old)
		client_end(old, LEAVE_TAKEN_OVER);
	memcpy(client->seat, joined->seat->id, sizeof(client->seat));
	client->dialog.account = c->socket->account;
	return meeting_add_client(m, client);
}

/* Its page knows nothing of what began before: who looks, and that records cannot be written. */
static void tell_state(struct call *c)
{
	if (!server_records(c->server))
		client_tell_records(c->client);
	look_tell_anew(c->client);
}

static int join_new(struct call *c, struct meeting *m)
{
	struct joiner j = { 0 };
	struct client *client;
	struct joined joined;
	int r = identify(&j, c, m);

	if (r < 0)
		return r;
	r = client_create(&client, m, SEAT_BROWSER, j.identity);
	if (r < 0)
		return r;
	client->by_right = j.by_right;
	r = call_verdict(c, room_join(m->room, c->now, &j.join, &joined));
	if (r < 0) {
		client_destroy(client);
		return r;
	}
	r = seat_client(c, m, client, &joined);
	if (r == 0)
		r = open_media(c, client);
	if (r < 0) {
		room_leave(m->room, c->now, joined.seat->id, LEAVE_LOST);
		client_destroy(client);
		return r;
	}
	if (j.claimed)
		resume_rotate(&client->dialog.resume, c->socket->claim.nonce);
	dialog_attach(&client->dialog, c->socket);
	call_set_dialog(c, &client->dialog);
	describe(c, client);
	c->after = tell_state;
	return 0;
}

/* The same seat with new media: no second join on record. */
static int join_again(struct call *c)
{
	struct client *client = c->client;
	int r;

	if (strcmp(client->meeting->id, call_string(c, "room")) != 0)
		return refuse(&c->why, WIRE_ALREADY_JOINED, "");
	r = open_media(c, client);
	if (r < 0)
		return r;
	room_source_set(client->meeting->room, c->now, client->seat, SEAT_MIC, message_bool(&c->message, "mic"));
	room_source_set(client->meeting->room, c->now, client->seat, SEAT_CAMERA, message_bool(&c->message, "camera"));
	describe(c, client);
	c->after = tell_state;
	meeting_touch(client->meeting);
	return 0;
}

/* Rooms of classes and organisations are made at their first use: not for who has no business there, who does not learn either which there are. */
static int check_business(struct call *c)
{
	const char *room = call_string(c, "room");
	enum role role;

	if (room_right(c->server, room, c->socket->account, &role))
		return 0;
	if (!c->socket->has_token)
		return refuse(&c->why, WIRE_NOT_FOUND, "room");
	return strcmp(c->socket->token.room, room) == 0 ? 0 : refuse(&c->why, WIRE_TOKEN_INVALID, "");
}

int join_handle(struct call *c)
{
	struct meeting *m;
	int r;

	if (c->client)
		return join_again(c);
	if (c->wall)
		return refuse(&c->why, WIRE_ALREADY_JOINED, "");
	r = check_business(c);
	if (r < 0)
		return r;
	m = server_meeting(c->server, call_string(c, "room"));
	if (!m)
		return refuse(&c->why, WIRE_NOT_FOUND, "room");
	if (room_right_org(c->server, m->id))
		meeting_open(m);        /* a standing room is there when somebody comes */
	if (room_state(m->room) == ROOM_CLOSED)
		return refuse(&c->why, WIRE_ROOM_ENDED, "");
	return join_new(c, m);
}
