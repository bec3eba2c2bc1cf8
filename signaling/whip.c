/*
 * WHIP (RFC 9725) and WHEP: POST an offer, get the answer; DELETE the resource ends it. One request is one connection of
 * an encoder or player, and one seat of the room. Trickling is not taken: our answer has all candidates, and an
 * ICE-lite server learns the peer's from its checks.
 */
#include "media/base/hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/client.h"
#include "signaling/expert.h"
#include "signaling/ice_servers.h"
#include "signaling/meeting.h"
#include "signaling/random.h"
#include "signaling/routes.h"
#include "signaling/server.h"

/* One POST or DELETE under way. */
struct whip {
	struct request *q;
	struct server *server;
	enum whip_direction direction;
	char room[ROOM_ID_BYTES];
	const char *resource;           /* "" for the room's own address */
	struct token token;
	struct meeting *meeting;
	struct client *client;
	char key[SEAT_KEY_BYTES];
};

static void refuse_token(struct request *q, const char *detail)
{
	server_add(q->server, COUNT_TOKENS_REFUSED, 1);
	http_add_header(q, "www-authenticate:", "Bearer");
	http_problem(q, 401, "token_invalid", detail, 0);
}

/* Signature, room and epoch. A token of another room tells nothing of this one, and makes none. */
static bool admit(struct whip *w)
{
	const char *bearer = http_bearer(w->q);
	int r = bearer ? token_read(&w->token, bearer, w->server->token_key, clock_wall_us() / 1000000) : -EINVAL;

	if (!bearer)
		refuse_token(w->q, "Send Authorization: Bearer with a token of `huitang token`.");
	else if (r == -EKEYEXPIRED)
		refuse_token(w->q, "The token has expired.");
	else if (r < 0)
		refuse_token(w->q, "The token is not one of this server.");
	else if (strcmp(w->token.room, w->room) == 0)
		w->meeting = server_meeting(w->server, w->room);
	if (w->q->replied)
		return false;
	if (!w->meeting && strcmp(w->token.room, w->room) == 0)
		http_problem(w->q, 404, "not_found", "There is no such room.", 0);
	else if (!w->meeting || strcmp(w->token.room, w->room) != 0 || strcmp(w->token.epoch, room_epoch(w->meeting->room)) != 0)
		http_problem(w->q, 403, "token_invalid", "The token is for another room, or the room was opened anew since.", 0);
	return !w->q->replied;
}

static bool permit(struct whip *w)
{
	enum action action = w->direction == WHIP_PUBLISH ? ACTION_PUBLISH_CAMERA : ACTION_WATCH;
	enum room_state state = room_state(w->meeting->room);
	enum class_fault invited = expert_token_fault(w->server, &w->token, clock_wall_us());
	enum role role = ROLE_VIEWER;

	role_parse(&role, w->token.role);
	if (invited != CLASS_FINE)
		http_problem(w->q, 403, class_fault_code(invited), class_fault_text(invited), 0);
	else if (state == ROOM_CLOSED)
		http_problem(w->q, 409, "room_ended", "The host has ended the room.", 0);
	else if (!permission_allows(role, action, state))
		http_problem(w->q, 403, "forbidden", "The token's role does not allow this.", 0);
	return !w->q->replied;
}

static void refuse_verdict(struct request *q, enum verdict v)
{
	static const struct { enum verdict verdict; int status; const char *detail; } answers[] = {
		{ VERDICT_ENDED, 409, "The host has ended the room." },
		{ VERDICT_LOCKED, 403, "The host has locked the room." },
		{ VERDICT_REMOVED, 403, "The host has removed this seat." },
		{ VERDICT_FORBIDDEN, 403, "The token's role does not allow this." },
		{ VERDICT_FULL, 503, "No seat is left." },
		{ VERDICT_NOT_RECORDED, 503, "The server cannot write its records just now." },
	};

	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (answers[i].verdict == v)
			http_problem(q, answers[i].status, verdict_code(v), answers[i].detail, answers[i].status == 503 ? 5000 : 0);
	if (!q->replied)
		http_problem(q, 503, "overloaded", "Try again in a moment.", 2000);
}

/* Path and answer come first: a bad offer leaves no trace in the room. */
static bool negotiate(struct whip *w, char **ret_answer)
{
	struct transport *t = &w->client->transport;
	uint8_t slots = w->direction == WHEP_PLAY;
	struct sdp_error err = { 0 };
	char detail[200];
	int r = transport_open(t, w->server, meeting_worker(w->meeting), random_nonzero_u32(), slots, slots);

	if (r == 0)
		r = transport_answer(t, w->server, w->direction, w->q->body ? w->q->body : "", w->q->body_len, ret_answer, &err);
	if (r == 0)
		return true;
	if (r == -EBADMSG || r == -ENOTSUP) {
		snprintf(detail, sizeof(detail), err.line ? "The offer was not taken: %s, line %u." : "The offer was not taken: %s.",
			 err.reason ? err.reason : "not understood", err.line);
		server_add(w->server, COUNT_BAD_SDP, 1);
		http_problem(w->q, r == -EBADMSG ? 400 : 422, "bad_sdp", detail, 0);
	} else {
		http_problem(w->q, 503, "overloaded", "No media path is free just now.", 5000);
	}
	return false;
}

static enum verdict take_seat(struct whip *w)
{
	char random[33];
	struct join join = { .key = w->key, .kind = w->direction == WHIP_PUBLISH ? SEAT_WHIP : SEAT_WHEP, .org = "", .mic = true, .camera = true };
	struct client *old;
	struct joined joined;
	enum verdict v;

	random_hex(random, 16);
	snprintf(w->key, sizeof(w->key), "%s:%s", *w->token.seat ? "seat" : "guest", *w->token.seat ? w->token.seat : random);
	join.name = expert_token_name(w->server, &w->token);
	if (!join.name)
		join.name = *w->token.seat ? w->token.seat : w->direction == WHIP_PUBLISH ? "WHIP" : "WHEP";
	join.via = *w->token.id ? w->token.id : NULL;
	role_parse(&join.granted, w->token.role);
	v = room_join(w->meeting->room, server_now(), &join, &joined);
	if (v != VERDICT_OK)
		return v;
	old = meeting_client(w->meeting, joined.seat->id);
	if (old)
		client_end(old, LEAVE_TAKEN_OVER);
	memcpy(w->client->seat, joined.seat->id, sizeof(w->client->seat));
	return VERDICT_OK;
}

/* ?seat=NAME plays that seat, else the programme. */
static int open_view(struct whip *w)
{
	char name[TOKEN_SEAT_BYTES], key[SEAT_KEY_BYTES];
	struct view_cfg cfg = { .viewer = w->client->seat, .mode = VIEW_PROGRAMME, .n_audio = 1, .n_video = 1 };

	if (w->direction == WHIP_PUBLISH)
		return 0;
	if (http_query(w->q, "seat", name, sizeof(name))) {
		snprintf(key, sizeof(key), "seat:%s", name);
		cfg.mode = VIEW_SEAT;
		cfg.key = key;
	}
	return view_create(&w->client->view, &cfg);
}

static int settle(struct whip *w)
{
	int r = meeting_add_client(w->meeting, w->client);

	r = r < 0 ? r : client_take_path(w->client);
	r = r < 0 ? r : open_view(w);
	if (r < 0)
		room_leave(w->meeting->room, server_now(), w->client->seat, LEAVE_LOST);
	meeting_touch(w->meeting);
	return r;
}

/* RFC 9725 §4.6. The addresses are of plain characters. */
static void add_ice_servers(struct whip *w)
{
	const struct config_turn *turn = &w->server->config->turn;
	struct turn_credential c = { 0 };
	char link[CONFIG_URL_BYTES + TURN_USERNAME_BYTES + TURN_PASSWORD_BYTES + 100];

	ice_servers_credential(w->server, w->client->seat, &c);
	for (size_t i = 0; i < turn->n; i++) {
		if (turn_needs_credential(turn->urls[i]))
			snprintf(link, sizeof(link), "<%s>; rel=\"ice-server\"; username=\"%s\"; credential=\"%s\"; credential-type=\"password\"",
				 turn->urls[i], c.username, c.password);
		else
			snprintf(link, sizeof(link), "<%s>; rel=\"ice-server\"", turn->urls[i]);
		http_add_header(w->q, "link:", link);
	}
}

static void reply_created(struct whip *w, const char *answer)
{
	char location[256], etag[40];

	random_hex(w->client->resource, 16);
	snprintf(location, sizeof(location), "%s%s/%s", w->q->route->path, w->room, w->client->resource);
	snprintf(etag, sizeof(etag), "\"%s\"", w->client->transport.local.ice.ufrag);
	http_add_header(w->q, "location:", location);
	http_add_header(w->q, "etag:", etag);
	http_add_header(w->q, "cache-control:", "no-store");
	add_ice_servers(w);
	http_reply(w->q, 201, "application/sdp", text_new(answer, strlen(answer)));
}

static void create(struct whip *w)
{
	CLEANUP(mem_freep) char *answer = NULL;
	enum verdict v;

	if (client_create(&w->client, w->meeting, w->direction == WHIP_PUBLISH ? SEAT_WHIP : SEAT_WHEP, NULL) < 0) {
		refuse_verdict(w->q, VERDICT_NO_MEMORY);
		return;
	}
	if (!negotiate(w, &answer)) {
		client_destroy(w->client);
		return;
	}
	v = take_seat(w);
	if (v == VERDICT_OK && settle(w) < 0)
		v = VERDICT_NO_MEMORY;
	if (v != VERDICT_OK) {
		client_destroy(w->client);
		refuse_verdict(w->q, v);
		return;
	}
	reply_created(w, answer);
}

static struct client *find_resource(const struct whip *w)
{
	enum seat_kind kind = w->direction == WHIP_PUBLISH ? SEAT_WHIP : SEAT_WHEP;
	struct client *c, *next;

	HASH_ITER(hh_seat, w->meeting->clients, c, next) {
		if (c->kind == kind && !c->ended && strcmp(c->resource, w->resource) == 0)
			return c;
	}
	return NULL;
}

/* The address is a secret of 128 bits; a token that is sent along must fit all the same. */
static void end(struct whip *w)
{
	struct client *c;

	if (http_bearer(w->q) && !admit(w))
		return;
	w->meeting = server_find_meeting(w->server, w->room);
	c = w->meeting && *w->resource ? find_resource(w) : NULL;
	if (!c) {
		http_problem(w->q, 404, "not_found", "There is no such session; perhaps the server was restarted. POST again.", 0);
		return;
	}
	room_leave(w->meeting->room, server_now(), c->seat, LEAVE_LEFT);
	client_end(c, LEAVE_LEFT);
	meeting_touch(w->meeting);
	http_reply(w->q, 200, NULL, NULL);
}

static void reply_options(struct request *q)
{
	http_add_header(q, "access-control-allow-methods:", "POST, DELETE, OPTIONS");
	http_add_header(q, "access-control-allow-headers:", "Authorization, Content-Type, If-Match");
	http_add_header(q, "access-control-max-age:", "86400");
	http_add_header(q, "accept-post:", "application/sdp");
	http_reply(q, 204, NULL, NULL);
}

static void handle(struct request *q, enum whip_direction direction)
{
	struct whip w = { .q = q, .server = q->server, .direction = direction };
	const char *rest = http_rest(q);
	size_t len = strcspn(rest, "/");

	w.resource = rest[len] ? rest + len + 1 : "";
	snprintf(w.room, sizeof(w.room), "%.*s", len < sizeof(w.room) ? (int)len : 0, rest);
	if (q->method == HTTP_OPTIONS) {
		reply_options(q);
	} else if (q->method == HTTP_DELETE) {
		end(&w);
	} else if (*w.resource) {
		http_add_header(q, "allow:", "DELETE, OPTIONS");
		http_problem(q, 405, "bad_message", "POST to the room's address makes a session; this is one already.", 0);
	} else if (admit(&w) && permit(&w)) {
		create(&w);
	}
}

void whip_handle(struct request *q)
{
	handle(q, WHIP_PUBLISH);
}

void whep_handle(struct request *q)
{
	handle(q, WHEP_PLAY);
}
