/*
 * Requests of /ws: one table (commands.c), one file each in handlers/. The dispatcher checks shape, stage and permission once,
 * answers a repeated request from memory, and holds a reply back until what it promises is on disk.
 */
#ifndef HUITANG_SIGNALING_COMMANDS_H
#define HUITANG_SIGNALING_COMMANDS_H

#include "media/base/hash.h"

#include "signaling/client.h"
#include "signaling/meeting.h"
#include "signaling/message.h"
#include "signaling/server.h"
#include "signaling/sitting.h"
#include "signaling/socket.h"
#include "signaling/wall.h"
#include "signaling/wire.h"

/* One request being served. */
struct call {
	struct server *server;
	struct socket *socket;
	struct dialog *dialog;          /* NULL before join; call_set_dialog() changes it */
	struct client *client;          /* the dialog's, else NULL */
	struct wall *wall;              /* likewise */
	struct meeting *meeting;        /* the client's, else NULL */
	struct message message;         /* owned by the dispatcher */
	struct instant now;
	json_t *reply;                  /* a handler adds the reply's fields, */
	char *offer;                    /* and an SDP, or NULL: the dispatcher's from then on */
	struct refusal why;
	bool deferred;                  /* the handler replies later */
	void (*after)(struct call *c);  /* called once the reply is queued; NULL */
	uint32_t last_seq;              /* for hello's `after` */
};

enum stage {
	STAGE_FRESH,                    /* before hello */
	STAGE_GREETED,                  /* after it, in a room or not */
	STAGE_SEATED,                   /* in a room */
	STAGE_WALL,                     /* with an open wall */
	STAGE_COMPANION,                /* with a phone's page open */
	STAGE_MEDIA,                    /* in a room, or with a wall */
};

struct command {
	const char *name;
	enum stage stage;
	int action;                     /* enum action that a seat must have, -1 none (the room still checks what depends on the fields) */
	bool recorded;                  /* the reply waits until the act is on disk */
	int (*handle)(struct call *c);  /* 0, or refuse()'s */
	bool fleeting;                  /* the reply is not kept: to ask again does no harm */
	bool audited;                   /* the audit log has it, too: it gives or takes, or says what counts */
};

/** The row of a request, NULL for none. */
const struct command *command_find(const char *name);

/** Reads, checks and answers one message. */
void command_serve(struct socket *k, const char *text, size_t len);

/** What the request is answered for from now on; NULL for nothing. */
void call_set_dialog(struct call *c, struct dialog *d);

/** Refuses with the room's verdict, or is 0 for VERDICT_OK. */
int call_verdict(struct call *c, enum verdict v);

/** The media of its client or wall. Only after STAGE_MEDIA. */
struct transport *call_transport(struct call *c);

/** The class whose room the call's meeting is, or a refusal. */
int call_class(struct call *c, struct sitting **ret);

/** Refuses with a fault of the class, or is 0 for CLASS_FINE. */
int call_class_fault(struct call *c, enum class_fault fault);

/** Writes an event of the class, for whose row the reply waits; or refuses. `payload` is taken; `actor` a person's pseudonym, "" none. */
int call_class_write(struct call *c, struct sitting *t, enum event_kind kind, const char *actor, json_t *payload);

/** The indexes of `choice` as a mask; false: one that no ask has. */
bool call_choice(const struct call *c, uint32_t *ret);

/** Refuses with what the asks said, or is 0. */
int call_ask_verdict(struct call *c, enum ask_verdict v);

/** Shorthands for a handler. */
static inline const char *call_string(const struct call *c, const char *field)
{
	return message_string(&c->message, field);
}

static inline enum seat_source call_source(const struct call *c)
{
	return (enum seat_source)message_enum(&c->message, "source", &wire_enum_source);
}

int answer_handle(struct call *c);
int ask_answer_handle(struct call *c);
int ask_close_handle(struct call *c);
int ask_list_handle(struct call *c);
int ask_open_handle(struct call *c);
int chat_send_handle(struct call *c);
int companion_answer_handle(struct call *c);
int companion_leave_handle(struct call *c);
int companion_open_handle(struct call *c);
int class_close_handle(struct call *c);
int class_code_handle(struct call *c);
int class_mark_handle(struct call *c);
int class_open_handle(struct call *c);
int class_pause_handle(struct call *c);
int class_resume_handle(struct call *c);
int floor_end_handle(struct call *c);
int floor_extend_handle(struct call *c);
int floor_give_handle(struct call *c);
int hand_lower_handle(struct call *c);
int hand_raise_handle(struct call *c);
int hello_handle(struct call *c);
int ice_restart_handle(struct call *c);
int join_handle(struct call *c);
int leave_handle(struct call *c);
int coding_set_handle(struct call *c);
int line_set_handle(struct call *c);
int room_allow_unmute_handle(struct call *c);
int room_end_handle(struct call *c);
int room_hand_over_handle(struct call *c);
int room_link_handle(struct call *c);
int room_lock_handle(struct call *c);
int room_mute_all_handle(struct call *c);
int notices_close_handle(struct call *c);
int notices_open_handle(struct call *c);
int look_check_handle(struct call *c);
int look_close_handle(struct call *c);
int look_open_handle(struct call *c);
int look_room_handle(struct call *c);
int roster_page_handle(struct call *c);
int seat_allow_handle(struct call *c);
int seat_coding_handle(struct call *c);
int seat_line_handle(struct call *c);
int seat_mute_handle(struct call *c);
int seat_remove_handle(struct call *c);
int seat_role_handle(struct call *c);
int source_set_handle(struct call *c);
int source_places_handle(struct call *c);
int source_rule_handle(struct call *c);
int spotlight_set_handle(struct call *c);
int stage_set_handle(struct call *c);
int wall_close_handle(struct call *c);
int wall_open_handle(struct call *c);
int wall_show_handle(struct call *c);
int stats_report_handle(struct call *c);
int stats_room_handle(struct call *c);
int watch_handle(struct call *c);

#endif
