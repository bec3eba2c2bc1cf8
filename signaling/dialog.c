/* See dialog.h. */
#include "signaling/dialog.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/client.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/socket.h"
#include "signaling/wall.h"
#include "signaling/wire.h"

int dialog_init(struct dialog *d, struct server *s, const uint8_t *identity)
{
	d->server = s;
	event_ring_init(&d->ring);
	resume_init(&d->resume);
	if (identity)
		memcpy(d->identity, identity, sizeof(d->identity));
	else
		randombytes_buf(d->identity, sizeof(d->identity));
	HASH_ADD(hh, s->dialogs, identity, sizeof(d->identity), d);
	return HASH_ADDED(hh, d) ? 0 : -ENOMEM;
}

void dialog_done(struct dialog *d)
{
	struct socket *k = d->socket;

	dialog_detach(d);
	if (k)
		socket_close(k);
	HASH_DELETE(hh, d->server->dialogs, d);
	answered_done(&d->answered);
	event_ring_done(&d->ring);
}

void dialog_send(struct dialog *d, struct text *t)
{
	uint32_t seq = event_ring_push(&d->ring, t);

	if (d->socket)
		socket_send(d->socket, seq, t);
}

void dialog_detach(struct dialog *d)
{
	if (d->socket)
		d->socket->dialog = NULL;
	d->socket = NULL;
}

/* Not kept in the ring: it concerns this socket, and the dialog may live on. */
void dialog_dismiss(struct dialog *d, enum leave_reason reason)
{
	struct socket *k = d->socket;
	struct text *t;

	dialog_detach(d);
	if (!k)
		return;
	t = wire_event("ended", json_pack("{s:s}", "reason", leave_reason_name(reason)));
	socket_send(k, d->ring.last + 1, t);
	socket_close(k);
	text_unref(t);
}

void dialog_attach(struct dialog *d, struct socket *k)
{
	if (d->socket != k)
		dialog_dismiss(d, LEAVE_TAKEN_OVER);
	d->socket = k;
	d->away_us = 0;
	memcpy(d->session, k->session, sizeof(d->session));
	k->dialog = d;
}

void dialog_on_socket_gone(struct dialog *d)
{
	dialog_detach(d);
	d->away_us = clock_boot_us();
	if (d->client)
		client_on_socket_gone(d->client);
}

/* Within a queue's bound, with room for what comes meanwhile. */
static bool fits(const struct event_ring *ring, uint32_t last_seq)
{
	size_t bytes = 0;

	for (uint32_t seq = last_seq + 1; seq <= ring->last; seq++)
		bytes += event_ring_get(ring, seq)->len;
	return bytes <= SOCKET_QUEUE_BYTES / 2;
}

bool dialog_replay(struct dialog *d, uint32_t last_seq)
{
	if (!event_ring_covers(&d->ring, last_seq) || !fits(&d->ring, last_seq))
		return false;
	for (uint32_t seq = last_seq + 1; seq <= d->ring.last; seq++)
		socket_send(d->socket, seq, event_ring_get(&d->ring, seq));
	return true;
}

/* Where a token of it is good: the room in its epoch; for a wall the server in its own, for no room is named "". */
static void write_place(const struct dialog *d, uint8_t ret[RESUME_PART_BYTES])
{
	const struct room *r = d->client ? d->client->meeting->room : NULL;

	resume_place(ret, r ? room_id(r) : "", r ? room_epoch(r) : d->server->epoch);
}

void dialog_write_resume(const struct dialog *d, char ret[RESUME_TOKEN_BYTES])
{
	struct resume_claim claim;

	memcpy(claim.identity, d->identity, sizeof(claim.identity));
	memcpy(claim.nonce, d->resume.current, sizeof(claim.nonce));
	write_place(d, claim.place);
	resume_write(ret, &claim, d->server->resume_key);
}

bool dialog_accepts(const struct dialog *d, const struct resume_claim *claim, int64_t account)
{
	uint8_t place[RESUME_PART_BYTES];

	write_place(d, place);
	return memcmp(place, claim->place, sizeof(place)) == 0 && resume_accepts(&d->resume, claim->nonce) && d->account == account;
}

bool dialog_expects_answer(const struct dialog *d)
{
	return d->client ? d->client->transport.expects_answer : d->wall->transport.expects_answer;
}

struct dialog *dialog_by_identity(const struct server *s, const uint8_t identity[RESUME_PART_BYTES])
{
	struct dialog *d;

	HASH_FIND(hh, s->dialogs, identity, RESUME_PART_BYTES, d);
	return d;
}
