/*
 * A seat in a room as a browser has it: a WebSocket that speaks the protocol of signaling/protocol/schema.json, and an
 * endpoint that answers the one offer. It keeps what the events tell. A wall is opened instead of joining a room. One thread: the scenario's.
 */
#ifndef ENDPOINT_SEAT_H
#define ENDPOINT_SEAT_H

#include <jansson.h>

#include "endpoint.h"
#include "socket.h"

#define SEAT_SLOTS 32

struct seat_cfg {
	struct loop *loop;
	const char *host;
	uint16_t port;
	const char *token;              /* NULL none */
	const char *companion;          /* claim of a phone's page; NULL none */
	const char *room, *name;
	const char *profile;            /* "desktop" when NULL */
	const char *line;               /* line profile; NULL says none */
	const char *origin, *cookie;    /* NULL none */
	bool mic, camera;               /* wanted on, and sent */
	bool no_media;                  /* the offer is not answered */
	uint32_t number;                /* in the marks: mic is number, camera number + 1 */
	enum payload_codec codec;       /* of the camera; PAYLOAD_OPUS is taken as VP8 */
	unsigned frame_us;              /* of the camera; 0 takes 66,666 */
	bool simulcast;                 /* the camera sends layers q, h, f, in the marks number + 1 to number + 3; `camera` is f */
	bool red;                       /* the microphone sends RED */
	struct endpoint_cfg endpoint;
};

struct slot_state {
	uint32_t binding, switched, quiet, suspended; /* last numbers of slot.bound, slot.switched, slot.quiet, slot.suspended */
	uint32_t rtp;                   /* of the last slot.switched */
	char room[65], seat[33], source[16]; /* "" empty; room only on a wall */
	char shown[33];                 /* seat of the last switch, as bound then */
};

struct seat {
	struct seat_cfg cfg;            /* its strings are given */
	struct socket *socket;          /* owned; NULL when refused or killed */
	struct endpoint *endpoint;      /* owned; NULL before the join and with no_media */
	struct source *mic, *camera;    /* the endpoint's */
	int status;                     /* of the upgrade */
	uint32_t next_id;
	char id[33], role[16], resume[160], epoch[40];
	json_t *hello, *joined;         /* owned: the replies */
	json_t *events;                 /* owned: array of all events */
	json_t *roster;                 /* owned: object of rows by id */
	json_t *room;                   /* owned: the last `room` */
	json_t *replies;                /* owned: replies not yet taken, by id as text */
	uint32_t last_seq, wrong_seqs;  /* events whose seq was not last_seq + 1 */
	struct slot_state slots[SEAT_SLOTS];
};

/** Connects and says hello. seat->socket is NULL when refused; seat->hello is the reply. Owns: the caller's; cfg copied. */
struct seat *seat_open(const struct seat_cfg *cfg);
struct seat *seat_free(struct seat *s);

/** Joins and answers the offer. Returns "" or the error's code ("timeout" when nothing came). */
const char *seat_join(struct seat *s);

/** Opens a wall (or new media for it) and answers its offer. Returns "" or the error's code. */
const char *seat_open_wall(struct seat *s);

/** Takes the offer of ice.restart and answers it. Returns "" or the error's code. */
const char *seat_restart(struct seat *s);

/** seat_open() and seat_join(); fails softly: look at seat->id. */
struct seat *seat_enter(const struct seat_cfg *cfg);

/** Drops the socket without close and comes back with the resume token. Returns "" or the error's code. */
const char *seat_resume(struct seat *s);

/** Drops the TCP connection; media go on. */
void seat_cut(struct seat *s);

/**
 * Sends a request and waits for its reply. `format` and what follows is for json_pack(), an object of the fields.
 *
 * Owns:   the reply is the caller's; NULL when none came.
 */
json_t *seat_ask(struct seat *s, const char *type, const char *format, ...);

/** The same; returns "" or the error's code, "timeout" without reply. The text lives until the next call of the thread. */
const char *seat_do(struct seat *s, const char *type, const char *format, ...);

/** Sends a request without waiting, so that many can be under way; the number for seat_reply(). 0: there is no socket. */
uint32_t seat_begin(struct seat *s, const char *type, const char *format, ...);

/** The reply to seat_begin(). Owns: the caller's; NULL when none came in `timeout_ms` or the socket is gone. */
json_t *seat_reply(struct seat *s, uint32_t id, int timeout_ms);

/** Error code of a reply: "" for success, "timeout" for NULL. Borrowed from it. */
const char *seat_error(const json_t *reply);

/** Takes what has come. */
void seat_pump(struct seat *s);

/** Number of events so far, to wait for later ones. */
size_t seat_mark(struct seat *s);

/** The first event of `type` from `mark` on, borrowed; NULL when wait_until() gave it up. */
json_t *seat_event(struct seat *s, size_t mark, const char *type, int timeout_ms);

/** True when no event of `type` is there from `mark` on and none comes for `ms`. */
bool seat_no_event(struct seat *s, size_t mark, const char *type, int ms);

/** Takes what comes for `ms`. */
void seat_stay(struct seat *s, int ms);

/** A row's text field in the roster as known ("" when absent), borrowed. */
const char *seat_row(struct seat *s, const char *id, const char *field);

/** True when a row's list ("on", "blocked") has the word. */
bool seat_row_has(struct seat *s, const char *id, const char *list, const char *word);

/** Index of the slot that is bound to a seat's source, -1 for none. */
int seat_slot_of(struct seat *s, const char *id, const char *source);

/** The simulcast camera goes on in another codec: as VP9 by its first source alone, whose stream has all layers. */
void seat_recode(struct seat *s, enum payload_codec codec);

/** The sink of a slot; NULL while nothing came. Hold the loop's lock. */
struct sink *seat_sink(struct seat *s, int slot);

#endif
