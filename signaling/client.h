/*
 * The remote end of one present seat: a browser (with a socket, or without one while its grace runs), a WHIP publisher or
 * a WHEP player. The meeting owns it; rooms know seats, clients know sockets and paths.
 */
#ifndef HUITANG_SIGNALING_CLIENT_H
#define HUITANG_SIGNALING_CLIENT_H

#include "media/base/hash.h"

#include <jansson.h>

#include "classroom/view.h"
#include "signaling/coding.h"
#include "signaling/dialog.h"
#include "signaling/line.h"
#include "signaling/look_tell.h"
#include "signaling/transport.h"
#include "signaling/turn.h"

#define RESOURCE_BYTES 33       /* of a WHIP or WHEP resource: 32 hex digits and 0 */

struct meeting;
struct message;
struct refusal;
struct server;

struct client {
	struct server *server;          /* given */
	struct meeting *meeting;        /* given: owns us */
	char seat[SEAT_ID_BYTES];
	enum seat_kind kind;
	struct dialog dialog;

	bool by_right;                  /* its account has a right in the room (room_right.h); else it came by a token or as a guest */
	bool ended;                     /* its seat is over: told and destroyed when the room's act is done and no reply is held */
	enum leave_reason ended_reason;
	unsigned held;                  /* replies that wait for the disk */
	uint64_t serial;                /* names it for them: a seat may have had another client before */
	char resource[RESOURCE_BYTES];  /* WHIP and WHEP, else "" */
	struct transport transport;
	struct line line;
	struct coding coding;
	bool hand_told;                 /* its page shows a hand that is up */
	struct looked_at looks;
	struct view *view;              /* owned; NULL: shows nothing */
	UT_hash_handle hh_seat, hh_path;
};

/** Owns: *ret is the caller's until meeting_add_client(). `identity` NULL: a random one. Errors: -ENOMEM. */
int client_create(struct client **ret, struct meeting *m, enum seat_kind kind, const uint8_t *identity);

/** Closes path and socket; the seat is the room's business. */
struct client *client_destroy(struct client *c);

/** Sends an event and keeps it for a resume. `t` is borrowed; NULL (no memory) sends nothing. Browsers whose seat is not over only, others ignore it. */
void client_send(struct client *c, struct text *t);

/** As client_send(), of wire_event(). */
void client_send_event(struct client *c, const char *name, json_t *fields);

/** The dialog's socket closed by itself: the seat is away, grace runs. */
void client_on_socket_gone(struct client *c);

/** Tells whether records can be written. */
void client_tell_records(struct client *c);

/** Sends what followed `last_seq`, or a snapshot when that is no longer kept. */
void client_replay(struct client *c, uint32_t last_seq);

/** Ends the remote end for good: tells why, closes the socket, destroys. Not inside an act of the room. The seat is the room's business. */
void client_end(struct client *c, enum leave_reason reason);

/** Opens (anew) the path of a browser with the slots of its profile, and its gates. Errors: transport_open()'s. */
int client_open_path(struct client *c, uint8_t n_audio, uint8_t n_video);
void client_close_path(struct client *c);

/** Makes an opened transport known by its path and sets its gates by the seat's. Errors: -ENOMEM; it is closed then. */
int client_take_path(struct client *c);

/** Puts slots of the path to what the view says; with `tell` the client learns it first. */
void client_apply(struct client *c, const struct binding *b, size_t n, bool tell);

/** Binds again what shows this source: its codec has changed. */
void client_rebind(struct client *c, const char *seat, enum seat_source source);

/** Binds all slots of the view, as after the path was negotiated. */
void client_bind_all(struct client *c);

/** Brings the view up to date. */
void client_update_view(struct client *c, int64_t now_us);

/** Whether there was a sign of life since `since_us` (boot clock), by media or socket. */
bool client_alive(const struct client *c, int64_t since_us);

/** The key of an account's own seat in any room. */
void client_write_account_key(char ret[SEAT_KEY_BYTES], int64_t account);

/** By path; NULL for none. */
struct client *client_by_path(const struct server *s, struct path_id path);

#endif
