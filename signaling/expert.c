/* See expert.h. */
#include "signaling/expert.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "signaling/meeting.h"
#include "signaling/server.h"

#define TOKEN_AFTER_S (30LL * 24 * 3600)        /* the class says when it ends; a plan that moves does not make it stale */

static void write_key(const struct class_expert *e, char ret[SEAT_KEY_BYTES])
{
	char seat[EXPERT_SEAT_BYTES];

	class_expert_seat(seat, e->number);
	snprintf(ret, SEAT_KEY_BYTES, "seat:%s", seat);
}

int expert_token(const struct sitting *t, const struct class_expert *e, char ret[TOKEN_MAX_BYTES])
{
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	struct token token = { .role = "presenter", .expires_s = class_expert_until_us(t->class, e) / 1000000 + TOKEN_AFTER_S };

	if (!m || room_state(m->room) == ROOM_CLOSED)
		return -ENOENT;
	snprintf(token.room, sizeof(token.room), "%s", m->id);
	snprintf(token.epoch, sizeof(token.epoch), "%s", room_epoch(m->room));
	class_expert_seat(token.seat, e->number);
	sodium_bin2hex(token.id, sizeof(token.id), e->hash, (TOKEN_ID_BYTES - 1) / 2);
	return token_write(ret, &token, t->server->token_key);
}

/* NULL: it names one of whom nothing is known. False: it names none. */
static bool find(const struct server *s, const struct token *token, const struct sitting **ret_sitting, const struct class_expert **ret)
{
	int64_t number = class_number_of(token->room) ? class_expert_of_seat(token->seat) : 0;

	*ret_sitting = number ? sitting_of(s, token->room) : NULL;
	*ret = *ret_sitting ? class_expert((*ret_sitting)->class, number) : NULL;
	return number != 0;
}

enum class_fault expert_token_fault(const struct server *s, const struct token *token, int64_t wall_us)
{
	const struct sitting *t;
	const struct class_expert *e;

	if (!find(s, token, &t, &e))
		return CLASS_FINE;
	return e ? class_expert_may(t->class, e, wall_us) : CLASS_FAULT_EXPERT_LINK;
}

const char *expert_token_name(const struct server *s, const struct token *token)
{
	const struct sitting *t;
	const struct class_expert *e;

	return find(s, token, &t, &e) && e ? e->name : NULL;
}

static void show_out(struct meeting *m, struct instant now, const char *key, enum seat_kind kind)
{
	struct seat *seat = room_seat_by_key(m->room, key, kind);
	struct client *c = seat && seat_present(seat) ? meeting_client(m, seat->id) : NULL;

	if (!seat || !seat_present(seat))
		return;
	room_leave(m->room, now, seat->id, LEAVE_REMOVED);
	if (c)
		client_end(c, LEAVE_REMOVED);
	meeting_touch(m);
}

void experts_show_out(struct sitting *t, struct instant now)
{
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	char key[SEAT_KEY_BYTES];
	size_t n;
	const struct class_expert *all = class_experts(t->class, &n);

	for (size_t i = 0; m && i < n; i++) {
		if (class_expert_may(t->class, &all[i], now.wall_us) == CLASS_FINE)
			continue;
		write_key(&all[i], key);
		for (int kind = 0; kind < SEAT_KINDS; kind++)
			show_out(m, now, key, (enum seat_kind)kind);
	}
}

bool expert_here(const struct sitting *t, const struct class_expert *e, enum seat_kind kind)
{
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	const struct seat *seat;
	char key[SEAT_KEY_BYTES];

	write_key(e, key);
	seat = m ? room_seat_by_key(m->room, key, kind) : NULL;
	return seat && seat_present(seat);
}
