/*
 * The lasting half of what goes over a WebSocket: the events sent, the requests answered, and the token by which a later socket
 * goes on with it (media.md, Coming back). A client (one seat in a room) or a wall has one.
 *
 *   attached ◄──────────────────────────► away: grace runs, events are kept
 *              resume / the socket closes
 */
#ifndef HUITANG_SIGNALING_DIALOG_H
#define HUITANG_SIGNALING_DIALOG_H

#include "media/base/hash.h"

#include "attendance/account.h"
#include "classroom/seat.h"
#include "signaling/answered.h"
#include "signaling/event_ring.h"
#include "signaling/resume.h"

struct client;
struct server;
struct socket;
struct wall;

/* Embedded. */
struct dialog {
	struct server *server;          /* given */
	struct client *client;          /* given: whose it is, */
	struct wall *wall;              /* or given: this one's; one of the two */
	int64_t account;                /* 0: none */
	uint8_t session[SESSION_HASH_BYTES]; /* with an account: the sign-in of its last socket */
	struct socket *socket;          /* borrowed; NULL while away */
	int64_t away_us;                /* boot clock: since when; 0 with a socket */
	struct event_ring ring;
	struct answered answered;
	struct resume resume;
	uint8_t identity[RESUME_PART_BYTES];
	UT_hash_handle hh;              /* the server's, by identity */
};

/** A dialog without socket; `identity` NULL: a random one. Errors: -ENOMEM; nothing is to be undone then. */
int dialog_init(struct dialog *d, struct server *s, const uint8_t *identity);

/** Closes the socket that is attached and frees what it owns. */
void dialog_done(struct dialog *d);

/** Sends an event and keeps it for a resume. `t` is borrowed. */
void dialog_send(struct dialog *d, struct text *t);

/** Attaches a socket; one that was there is told `taken_over` and closed. */
void dialog_attach(struct dialog *d, struct socket *k);

/** Lets the socket go: it may begin another dialog. */
void dialog_detach(struct dialog *d);

/** Tells the socket why its dialog is over, and closes it. Without one: nothing. */
void dialog_dismiss(struct dialog *d, enum leave_reason reason);

/** The socket closed by itself. */
void dialog_on_socket_gone(struct dialog *d);

/** Sends what followed `last_seq`; false when that is no longer kept, or too much at once: then nothing is sent. */
bool dialog_replay(struct dialog *d, uint32_t last_seq);

/** The token that goes on with it now. */
void dialog_write_resume(const struct dialog *d, char ret[RESUME_TOKEN_BYTES]);

/** Whether a token read from resume_read(), of an account, goes on with it. */
bool dialog_accepts(const struct dialog *d, const struct resume_claim *claim, int64_t account);

bool dialog_expects_answer(const struct dialog *d);

/** By identity; NULL for none. */
struct dialog *dialog_by_identity(const struct server *s, const uint8_t identity[RESUME_PART_BYTES]);

#endif
