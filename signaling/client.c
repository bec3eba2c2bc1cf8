/* See client.h. */
#include "signaling/client.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/socket.h"
#include "signaling/wire.h"

int client_create(struct client **ret, struct meeting *m, enum seat_kind kind, const uint8_t *identity)
{
	struct client *c = mem_zalloc(sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->server = m->server;
	c->meeting = m;
	c->kind = kind;
	c->serial = ++c->server->next_serial;
	c->dialog.client = c;
	line_init(&c->line);
	if (dialog_init(&c->dialog, m->server, identity) < 0) {
		mem_free(c);
		return -ENOMEM;
	}
	server_add(c->server, COUNT_CLIENTS, 1);
	*ret = c;
	return 0;
}

struct client *client_destroy(struct client *c)
{
	if (!c)
		return NULL;
	client_close_path(c);
	dialog_done(&c->dialog);
	meeting_drop_client(c->meeting, c);
	view_destroy(c->view);
	server_add(c->server, COUNT_CLIENTS, -1);
	return mem_free(c);
}

void client_send(struct client *c, struct text *t)
{
	if (t && c->kind == SEAT_BROWSER && !c->ended)
		dialog_send(&c->dialog, t);
}

void client_send_event(struct client *c, const char *name, json_t *fields)
{
	struct text *t = wire_event(name, fields);

	client_send(c, t);
	text_unref(t);
}

void client_on_socket_gone(struct client *c)
{
	room_away(c->meeting->room, server_now(), c->seat);
}

void client_end(struct client *c, enum leave_reason reason)
{
	c->ended = true;
	dialog_dismiss(&c->dialog, reason);
	client_destroy(c);
}

void client_tell_records(struct client *c)
{
	client_send_event(c, "journal.state", json_pack("{s:s}", "state", wire_record_state(server_records(c->server))));
}

static void send_snapshot(struct client *c)
{
	const struct room *r = c->meeting->room;
	struct binding b[VIEW_SLOTS_MAX];
	size_t n = c->view ? view_bindings(c->view, b) : 0;
	const char *next;
	json_t *roster = wire_roster(r, "", &next), *fields;

	fields = json_pack("{s:o, s:o, s:o, s:o}", "room", meeting_wire(c->meeting), "roster", roster, "slots", wire_slots(b, n, &c->transport), "chat", wire_chat(r, c->seat));
	json_object_set_new(fields, "hands", wire_hands(r, c->seat));
	if (next)
		json_object_set_new(fields, "next", json_string(next));
	server_add(c->server, COUNT_SNAPSHOTS, 1);
	client_send_event(c, "snapshot", fields);
	client_tell_records(c);
	look_tell_anew(c);
}

void client_replay(struct client *c, uint32_t last_seq)
{
	if (!dialog_replay(&c->dialog, last_seq))
		send_snapshot(c);
}

void client_close_path(struct client *c)
{
	if (c->transport.state == TRANSPORT_CLOSED)
		return;
	if (HASH_ADDED(hh_path, c))
		HASH_DELETE(hh_path, c->server->paths, c);
	c->hh_path.tbl = NULL;
	transport_close(&c->transport, c->server);
	for (int i = 0; i < (int)SEAT_SOURCES; i++)
		room_sending(c->meeting->room, c->seat, (enum seat_source)i, false);
	if (c->view)
		view_reset(c->view);
}

int client_take_path(struct client *c)
{
	const struct seat *seat = room_seat(c->meeting->room, c->seat);

	HASH_ADD(hh_path, c->server->paths, transport.path, sizeof(c->transport.path), c);
	if (!HASH_ADDED(hh_path, c)) {
		transport_close(&c->transport, c->server);
		return -ENOMEM;
	}
	for (int i = 0; i < SOURCE_KINDS; i++)
		media_source_gate(c->server->media, c->transport.path, (enum source_kind)i, seat->gates & SEAT_BIT(i));
	line_on_path(c);
	c->coding = (struct coding){ 0 };
	return 0;
}

int client_open_path(struct client *c, uint8_t n_audio, uint8_t n_video)
{
	const struct seat *seat = room_seat(c->meeting->room, c->seat);
	int r;

	client_close_path(c);
	r = transport_open(&c->transport, c->server, meeting_worker(c->meeting), seat->number, n_audio, n_video);
	return r < 0 ? r : client_take_path(c);
}

_Static_assert(RANK_STAGE == (int)VIEW_STAGE && SLOT_RANKS == (int)VIEW_RANKS, "media/ and classroom/ agree");

static struct slot_wish wish_of(const struct binding *b)
{
	return (struct slot_wish){ .rank = (enum slot_rank)b->wish.rank, .height = b->wish.height };
}

static void bind_slot(struct client *c, const struct binding *b)
{
	const struct client *source = *b->seat ? meeting_client(c->meeting, b->seat) : NULL;
	enum source_kind kind = (enum source_kind)b->source;
	struct path_id path = { 0 };

	if (source && source->transport.state != TRANSPORT_CLOSED)
		path = source->transport.path;
	if (path.generation && !transport_plays(&c->transport, b->slot, &source->transport, kind)) {
		client_send_event(c, "slot.unplayable", json_pack("{s:s, s:s}", "seat", b->seat, "source", seat_source_name(b->source)));
		path = (struct path_id){ 0 };
	}
	media_slot_bind(c->server->media, c->transport.path, b->slot, path, kind, b->number, wish_of(b));
}

void client_apply(struct client *c, const struct binding *b, size_t n, bool tell)
{
	if (n && tell)
		client_send_event(c, "slot.bound", json_pack("{s:o}", "slots", wire_slots(b, n, &c->transport)));
	if (!transport_bindable(&c->transport))
		return;
	for (size_t i = 0; i < n; i++)
		bind_slot(c, &b[i]);
}

void client_bind_all(struct client *c)
{
	struct binding b[VIEW_SLOTS_MAX];
	size_t n = c->view ? view_bindings(c->view, b) : 0;

	for (size_t i = 0; i < n; i++)
		if (*b[i].seat)
			client_apply(c, &b[i], 1, false);
}

void client_rebind(struct client *c, const char *seat, enum seat_source source)
{
	struct binding b[VIEW_SLOTS_MAX];
	size_t n = c->view ? view_bindings(c->view, b) : 0;

	for (size_t i = 0; i < n; i++)
		if (b[i].source == source && strcmp(b[i].seat, seat) == 0)
			client_apply(c, &b[i], 1, false);
}

/* A path that may not be bound yet learns them with its bindings. */
static void tell_wishes(struct client *c)
{
	struct binding b[VIEW_SLOTS_MAX];
	size_t n = view_wishes(c->view, b);

	if (!transport_bindable(&c->transport))
		return;
	for (size_t i = 0; i < n; i++)
		media_slot_want(c->server->media, c->transport.path, b[i].slot, wish_of(&b[i]));
}

void client_update_view(struct client *c, int64_t now_us)
{
	struct binding b[VIEW_SLOTS_MAX];

	if (!c->view || c->transport.state == TRANSPORT_CLOSED)
		return;
	client_apply(c, b, view_update(c->view, c->meeting->room, now_us, b), true);
	tell_wishes(c);
}

bool client_alive(const struct client *c, int64_t since_us)
{
	if (c->dialog.socket && c->dialog.socket->proof_us >= since_us)
		return true;
	return c->transport.state != TRANSPORT_CLOSED && media_path_seen_us(c->server->media, c->transport.path) >= since_us;
}

void client_write_account_key(char ret[SEAT_KEY_BYTES], int64_t account)
{
	snprintf(ret, SEAT_KEY_BYTES, "account:%lld", (long long)account);
}

struct client *client_by_path(const struct server *s, struct path_id path)
{
	struct client *c;

	HASH_FIND(hh_path, s->paths, &path, sizeof(path), c);
	return c;
}
