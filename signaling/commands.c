/* The table and the dispatcher. */
#include "signaling/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/log.h"
#include "signaling/audit_note.h"
#include "signaling/tickets.h"

#define FULL_RETRY_US 500000    /* while so many of a seat's acts wait for the disk that no further reply could be kept */

static const struct command commands[] = { /* sorted by name */
	{ "answer", STAGE_MEDIA, ACTION_WATCH, false, answer_handle },
	{ "ask.answer", STAGE_SEATED, ACTION_WATCH, true, ask_answer_handle },
	{ "ask.close", STAGE_SEATED, ACTION_TEACH, true, ask_close_handle, .audited = true },
	{ "ask.list", STAGE_SEATED, ACTION_WATCH, false, ask_list_handle, .fleeting = true },
	{ "ask.open", STAGE_SEATED, ACTION_TEACH, true, ask_open_handle, .audited = true },
	{ "chat.send", STAGE_SEATED, ACTION_CHAT, true, chat_send_handle },
	{ "class.close", STAGE_SEATED, ACTION_TEACH, true, class_close_handle, .audited = true },
	{ "class.code", STAGE_SEATED, ACTION_WATCH, false, class_code_handle, .fleeting = true },
	{ "class.mark", STAGE_SEATED, ACTION_WATCH, true, class_mark_handle, .audited = true },
	{ "class.open", STAGE_SEATED, ACTION_TEACH, true, class_open_handle, .audited = true },
	{ "class.pause", STAGE_SEATED, ACTION_TEACH, true, class_pause_handle, .audited = true },
	{ "class.resume", STAGE_SEATED, ACTION_TEACH, true, class_resume_handle, .audited = true },
	{ "coding.set", STAGE_SEATED, ACTION_WATCH, false, coding_set_handle },
	{ "companion.answer", STAGE_COMPANION, -1, false, companion_answer_handle },
	{ "companion.leave", STAGE_COMPANION, -1, false, companion_leave_handle },
	{ "companion.open", STAGE_GREETED, -1, false, companion_open_handle },
	{ "floor.end", STAGE_SEATED, ACTION_WATCH, true, floor_end_handle },
	{ "floor.extend", STAGE_SEATED, ACTION_GIVE_FLOOR, true, floor_extend_handle },
	{ "floor.give", STAGE_SEATED, ACTION_GIVE_FLOOR, true, floor_give_handle },
	{ "hand.lower", STAGE_SEATED, ACTION_WATCH, true, hand_lower_handle },
	{ "hand.raise", STAGE_SEATED, ACTION_RAISE_HAND, true, hand_raise_handle },
	{ "hello", STAGE_FRESH, -1, false, hello_handle },
	{ "ice.restart", STAGE_MEDIA, ACTION_WATCH, false, ice_restart_handle },
	{ "join", STAGE_GREETED, -1, false, join_handle },
	{ "leave", STAGE_SEATED, -1, false, leave_handle },
	{ "line.set", STAGE_SEATED, ACTION_WATCH, false, line_set_handle },
	{ "look.check", STAGE_GREETED, -1, false, look_check_handle },
	{ "look.close", STAGE_GREETED, -1, false, look_close_handle, .fleeting = true },
	{ "look.open", STAGE_GREETED, -1, false, look_open_handle, .fleeting = true },
	{ "look.room", STAGE_GREETED, -1, false, look_room_handle, .fleeting = true },
	{ "notices.close", STAGE_GREETED, -1, false, notices_close_handle, .fleeting = true },
	{ "notices.open", STAGE_GREETED, -1, false, notices_open_handle, .fleeting = true },
	{ "room.allow_unmute", STAGE_SEATED, ACTION_MUTE_ALL, true, room_allow_unmute_handle, .audited = true },
	{ "room.end", STAGE_SEATED, ACTION_END, true, room_end_handle, .audited = true },
	{ "room.hand_over", STAGE_SEATED, ACTION_HAND_OVER, true, room_hand_over_handle, .audited = true },
	{ "room.link", STAGE_SEATED, ACTION_LINK, false, room_link_handle, .audited = true },
	{ "room.lock", STAGE_SEATED, ACTION_LOCK, true, room_lock_handle, .audited = true },
	{ "room.mute_all", STAGE_SEATED, ACTION_MUTE_ALL, true, room_mute_all_handle, .audited = true },
	{ "roster.page", STAGE_SEATED, ACTION_SEE_ROSTER, false, roster_page_handle },
	{ "seat.allow", STAGE_SEATED, ACTION_ALLOW, true, seat_allow_handle, .audited = true },
	{ "seat.coding", STAGE_SEATED, ACTION_SET_LINE, false, seat_coding_handle },
	{ "seat.line", STAGE_SEATED, ACTION_SET_LINE, false, seat_line_handle },
	{ "seat.mute", STAGE_SEATED, ACTION_MUTE, true, seat_mute_handle, .audited = true },
	{ "seat.remove", STAGE_SEATED, ACTION_REMOVE, true, seat_remove_handle, .audited = true },
	{ "seat.role", STAGE_SEATED, ACTION_SET_ROLE, true, seat_role_handle, .audited = true },
	{ "source.places", STAGE_SEATED, ACTION_RULE_SOURCES, false, source_places_handle, .fleeting = true },
	{ "source.rule", STAGE_SEATED, ACTION_RULE_SOURCES, true, source_rule_handle, .audited = true },
	{ "source.set", STAGE_SEATED, -1, false, source_set_handle },
	{ "spotlight.set", STAGE_SEATED, ACTION_SPOTLIGHT, true, spotlight_set_handle },
	{ "stage.set", STAGE_SEATED, ACTION_STAGE, true, stage_set_handle },
	{ "stats.report", STAGE_SEATED, ACTION_WATCH, false, stats_report_handle, .fleeting = true },
	{ "stats.room", STAGE_SEATED, ACTION_SEE_QUALITY, false, stats_room_handle, .fleeting = true },
	{ "wall.close", STAGE_WALL, -1, false, wall_close_handle },
	{ "wall.open", STAGE_GREETED, -1, false, wall_open_handle },
	{ "wall.show", STAGE_WALL, -1, false, wall_show_handle },
	{ "watch", STAGE_SEATED, ACTION_WATCH, false, watch_handle },
};

_Static_assert(ARRAY_LEN(commands) == WIRE_N_REQUESTS, "each request of schema.json has its row");

struct held {                   /* of a ticket: a reply that waits for the disk */
	char room[ROOM_ID_BYTES];
	char seat[SEAT_ID_BYTES];
	uint64_t client;
	int64_t id;
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct command *)row)->name);
}

const struct command *command_find(const char *name)
{
	return bsearch(name, commands, ARRAY_LEN(commands), sizeof(commands[0]), compare);
}

void call_set_dialog(struct call *c, struct dialog *d)
{
	c->dialog = d;
	c->client = d ? d->client : NULL;
	c->wall = d ? d->wall : NULL;
	c->meeting = c->client ? c->client->meeting : NULL;
}

struct transport *call_transport(struct call *c)
{
	return c->client ? &c->client->transport : &c->wall->transport;
}

int call_verdict(struct call *c, enum verdict v)
{
	return v == VERDICT_OK ? 0 : refuse(&c->why, wire_verdict(v), "");
}

static int check_stage(struct call *c, const struct command *row)
{
	if (row->stage == STAGE_FRESH && c->socket->greeted)
		return refuse(&c->why, WIRE_BAD_MESSAGE, "type");
	if (row->stage != STAGE_FRESH && !c->socket->greeted)
		return refuse(&c->why, WIRE_NOT_SIGNED_IN, "");
	if ((row->stage == STAGE_SEATED && !c->client) || (row->stage == STAGE_WALL && !c->wall) || (row->stage == STAGE_MEDIA && !c->dialog))
		return refuse(&c->why, WIRE_NOT_JOINED, "");
	if (row->stage == STAGE_COMPANION && !c->socket->companion)
		return refuse(&c->why, WIRE_NOT_JOINED, "");
	if (row->action >= 0 && c->client && !room_may(c->meeting->room, c->client->seat, (enum action)row->action))
		return refuse(&c->why, WIRE_FORBIDDEN, "");
	if (row->recorded && c->client && answered_is_full(&c->dialog->answered))
		return refuse_for_now(&c->why, "", FULL_RETRY_US);
	return 0;
}

static struct text *write_refusal(int64_t id, enum wire_error code)
{
	return text_new_json(json_pack("{s:I, s:{s:s}}", "reply", (json_int_t)id, "error", "code", wire_error_names[code]));
}

static void on_recorded(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct held *h = data;
	struct meeting *m = server_find_meeting(s, h->room);
	struct client *c = m ? meeting_client(m, h->seat) : NULL;
	struct text *reply;

	(void)sequence;
	if (!c || c->serial != h->client)
		return;
	c->held -= c->held > 0;
	if (error)
		server_add(s, COUNT_NOT_RECORDED, 1);
	reply = answered_release(&c->dialog.answered, h->id, error ? write_refusal(h->id, WIRE_NOT_RECORDED) : NULL);
	if (reply && c->dialog.socket)
		socket_send(c->dialog.socket, 0, reply);
	if (c->ended && !c->held)
		client_end(c, c->ended_reason);
}

/* From here the room's next event takes the ticket; 0 without memory only means that the reply will not wait. */
static uint64_t hold(struct call *c)
{
	struct held h = { .client = c->client->serial, .id = c->message.id };

	snprintf(h.room, sizeof(h.room), "%s", c->meeting->id);
	snprintf(h.seat, sizeof(h.seat), "%s", c->client->seat);
	return tickets_add(c->server->tickets, on_recorded, &h, sizeof(h));
}

static struct text *write_reply(struct call *c)
{
	json_t *reply = json_pack("{s:I}", "reply", (json_int_t)c->message.id);

	json_object_update(reply, c->reply);
	return text_new_json_with(reply, "offer", c->offer);
}

/* The reply is kept for a repeat (but for a fleeting one), and goes out now unless it waits for the disk. */
static void answer(struct call *c, const struct command *row, bool held)
{
	struct text *t = write_reply(c);

	if (c->dialog)
		answered_keep(&c->dialog->answered, c->message.id, row->fleeting ? NULL : t, held);
	if (held && c->client)
		c->client->held++;
	else
		socket_send(c->socket, 0, t);
	text_unref(t);
}

/* A role, a source, a switch. */
static const char *set_to(const struct call *c)
{
	static const char *const words[] = { "role", "source" }, *const switches[] = { "locked", "here" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (json_is_string(json_object_get(c->message.body, words[i])))
			return json_string_value(json_object_get(c->message.body, words[i]));
	for (size_t i = 0; i < ARRAY_LEN(switches); i++)
		if (json_is_boolean(json_object_get(c->message.body, switches[i])))
			return json_is_true(json_object_get(c->message.body, switches[i])) ? "on" : "off";
	return "";
}

static void serve(struct call *c, const struct command *row)
{
	uint64_t ticket = 0;
	bool held = false;
	int r;

	c->why.code = WIRE_OK;
	r = check_stage(c, row);
	if (r == 0 && row->recorded && c->client)
		c->meeting->ticket = ticket = hold(c);
	if (r == 0)
		r = row->handle(c);
	if (ticket) {
		held = r == 0 && c->meeting->ticket == 0;
		c->meeting->ticket = 0;
		if (!held)
			tickets_cancel(c->server->tickets, ticket);
	}
	if (r < 0) {
		if (c->why.code == WIRE_OK)
			c->why.code = r == -ENOMEM || r == -ENOSPC ? WIRE_OVERLOADED : WIRE_INTERNAL;
		if (c->why.code == WIRE_INTERNAL)
			log_event(LOG_ERROR, "command.failed type=%s err=%d", row->name, r);
		socket_send_refusal(c->socket, c->message.id, &c->why);
		return;
	}
	if (row->audited && c->client)
		audit_note_room(c->server, row->name, c->client->dialog.account, c->meeting->id, call_string(c, "seat"), set_to(c));
	if (c->deferred)
		return;
	answer(c, row, held);
	if (c->after)
		c->after(c);
}

/* Sent again after a lost socket: answered from memory, or not yet. */
static bool repeated(struct call *c)
{
	struct text *reply = NULL;
	enum answered_state state = c->dialog ? answered_find(&c->dialog->answered, c->message.id, &reply) : ANSWERED_NEW;

	if (state == ANSWERED_NEW)
		return false;
	server_add(c->server, COUNT_REPEATED_REQUESTS, 1);
	if (state == ANSWERED_READY)
		socket_send(c->socket, 0, reply);
	return true;
}

void command_serve(struct socket *k, const char *text, size_t len)
{
	struct call c = { .server = k->server, .socket = k, .now = server_now() };
	const struct command *row;

	if (k->dialog)
		call_set_dialog(&c, k->dialog);
	if (k->server->closing || (c.client && c.client->ended))
		return;         /* told already; who joined now would stay in the journal for ever */
	if (message_parse(&c.message, text, len, &c.why) < 0) {
		server_add(k->server, c.why.code == WIRE_TOO_LARGE ? COUNT_TOO_LARGE : COUNT_BAD_MESSAGES, 1);
		socket_send_refusal(k, c.message.id, &c.why);
		return;
	}
	if (c.dialog)
		resume_confirm(&c.dialog->resume);
	row = command_find(c.message.request->name);
	c.reply = json_object();
	if (!repeated(&c))
		serve(&c, row);
	json_decref(c.reply);
	mem_free(c.offer);
	message_done(&c.message);
}
