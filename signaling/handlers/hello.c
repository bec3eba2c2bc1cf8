/* hello: who is at the other end, and whether it takes a seat back (media.md, Coming back). */
#include "signaling/commands.h"

#include <string.h>

#include "media/base/clock.h"

#define MEDIA_ALIVE_US 15000000

/* A token of ours that names a living dialog is checked here; one that does not (the server was restarted, grace ran out) still tells who a guest is. */
static int take_claim(struct call *c, const char *token)
{
	struct dialog *old;

	if (resume_read(&c->socket->claim, token, c->server->resume_key) < 0)
		return refuse(&c->why, WIRE_RESUME_REFUSED, "");
	c->socket->has_claim = true;
	old = dialog_by_identity(c->server, c->socket->claim.identity);
	if (!old || (old->client && old->client->ended))
		return 0;
	if (!dialog_accepts(old, &c->socket->claim, c->socket->account))
		return refuse(&c->why, WIRE_RESUME_REFUSED, "");
	call_set_dialog(c, old);
	return 0;
}

static int take_token(struct call *c, const char *text)
{
	struct socket *k = c->socket;

	if (token_read(&k->token, text, c->server->token_key, clock_wall_us() / 1000000) == 0) {
		k->has_token = true;
		return 0;
	}
	server_add(c->server, COUNT_TOKENS_REFUSED, 1);
	return refuse(&c->why, WIRE_TOKEN_INVALID, "token");
}

/* A phone's page that has no sign-in says by this who it is. */
static int take_visit(struct call *c, const char *text)
{
	if (companion_claim_read(&c->socket->visit, text, c->server->token_key, c->now.wall_us) < 0)
		return refuse(&c->why, WIRE_TOKEN_INVALID, "companion");
	c->socket->has_visit = true;
	return 0;
}

static bool media_alive(struct call *c)
{
	const struct transport *t = call_transport(c);

	return t->state == TRANSPORT_UP && media_path_seen_us(c->server->media, t->path) > clock_boot_us() - MEDIA_ALIVE_US;
}

static void replay(struct call *c)
{
	if (c->client)
		client_replay(c->client, c->last_seq);
	else
		wall_replay(c->wall, c->last_seq);
}

/* A page that was loaded anew counts its requests from 1 again: what was answered before is not its. */
static void take_back(struct call *c)
{
	struct dialog *old = c->dialog;
	char token[RESUME_TOKEN_BYTES];

	if (c->message.id <= old->answered.highest)
		answered_done(&old->answered);
	dialog_attach(old, c->socket);
	resume_rotate(&old->resume, c->socket->claim.nonce);
	if (c->client)
		room_return(c->meeting->room, c->now, c->client->seat);
	dialog_write_resume(old, token);
	json_object_set_new(c->reply, "resume", json_string(token));
	c->last_seq = (uint32_t)message_int(&c->message, "last_seq", 0);
	c->after = replay;
	server_add(c->server, COUNT_RESUMED, 1);
}

static void describe(struct call *c)
{
	const struct account *a = directory_account(c->server->directory, c->socket->account);

	json_object_set_new(c->reply, "epoch", json_string(c->server->epoch));
	json_object_set_new(c->reply, "server_version", json_string(SERVER_VERSION));
	json_object_set_new(c->reply, "time_ms", json_integer(c->now.wall_us / 1000));
	if (a)
		json_object_set_new(c->reply, "account_name", json_string(a->name));
	json_object_set_new(c->reply, "resumed", json_boolean(c->dialog != NULL));
	json_object_set_new(c->reply, "media_alive", json_boolean(c->dialog && media_alive(c)));
}

static bool must_change_password(const struct call *c)
{
	const struct account *a = directory_account(c->server->directory, c->socket->account);

	return a && a->must_change;
}

int hello_handle(struct call *c)
{
	const char *token = call_string(c, "token"), *resume = call_string(c, "resume"), *companion = call_string(c, "companion");
	int r = token ? take_token(c, token) : 0;

	if (r == 0 && companion)
		r = take_visit(c, companion);
	if (r == 0 && resume)
		r = take_claim(c, resume);
	if (r < 0) {
		if (c->why.code == WIRE_RESUME_REFUSED)
			server_add(c->server, COUNT_RESUME_REFUSED, 1);
		call_set_dialog(c, NULL);
		c->socket->has_claim = false;
		return r;
	}
	if (!c->dialog && !c->socket->account && !c->socket->has_token && !c->socket->has_visit)
		return refuse(&c->why, WIRE_NOT_SIGNED_IN, "");
	if (must_change_password(c))
		return refuse(&c->why, WIRE_FORBIDDEN, "password");
	c->socket->greeted = true;
	describe(c);
	if (c->dialog)
		take_back(c);
	return 0;
}
