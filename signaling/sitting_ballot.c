/* See sitting_ballot.h. */
#include "signaling/sitting_ballot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "attendance/ballot.h"
#include "media/base/log.h"
#include "signaling/reads.h"
#include "signaling/server.h"
#include "signaling/tickets.h"

struct sitting_ballot {
	uint32_t ask;
	uint8_t public_key[BALLOT_PUBLIC_KEY_BYTES];
	UT_hash_handle hh;
};

/* Which one a continuation is about. */
struct which {
	int64_t class;
	uint32_t ask;
};

/* ---- its key ---- */

/* No vote could be taken: it ends, and the count says why. */
static void abandon(struct sitting *t, uint32_t ask)
{
	const struct actor server = { ACTOR_SERVER, "" };

	asks_close(t->asks, server_now(), &server, ask);
}

static int keep_key(struct sitting *t, uint32_t ask)
{
	struct sitting_ballot *b = mem_zalloc(sizeof(*b));
	int r = b ? ballot_public_key(t->server->store, class_room(t->class), ask, b->public_key) : -ENOMEM;

	if (r == 0) {
		b->ask = ask;
		HASH_ADD(hh, t->ballots, ask, sizeof(b->ask), b);
		r = HASH_ADDED(hh, b) ? 0 : -ENOMEM;
	}
	if (r < 0)
		mem_free(b);
	return r;
}

static void on_opened(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct which *w = data;
	struct sitting *t = sitting_find(s, w->class);

	(void)sequence;
	if (t && error == 0)
		error = keep_key(t, w->ask);
	if (t && error) {
		log_event(LOG_ERROR, "class.ballot_not_opened class=%" PRId64 " err=%d", w->class, error);
		abandon(t, w->ask);
	}
}

void sitting_ballot_open(struct sitting *t, const struct ask *ask)
{
	const struct which w = { t->number, ask->id };
	uint64_t ticket = tickets_add(t->server->tickets, on_opened, &w, sizeof(w));

	if (!ticket || ballot_open(t->server->store, class_room(t->class), ask->id, ticket) < 0) {
		tickets_cancel(t->server->tickets, ticket);
		abandon(t, ask->id);
	}
}

void sitting_ballots_forget(struct sitting *t)
{
	struct sitting_ballot *b, *next;

	HASH_ITER(hh, t->ballots, b, next) {
		HASH_DEL(t->ballots, b);
		mem_free(b);
	}
}

/* ---- votes ---- */

int sitting_ballot_cast(struct sitting *t, uint32_t ask, const char *person, uint32_t choice, uint64_t ticket)
{
	uint8_t sealed[BALLOT_SEALED_BYTES];
	struct sitting_ballot *b;
	int r;

	HASH_FIND(hh, t->ballots, &ask, sizeof(ask), b);
	if (!b)
		return -EAGAIN;
	r = ballot_seal(sealed, b->public_key, choice);
	return r < 0 ? r : ballot_cast(t->server->store, class_room(t->class), ask, person, sealed, ticket);
}

size_t sitting_ballot_voters(const struct sitting *t)
{
	size_t n = 0;

	for (const struct class_person *p = NULL; (p = class_next_person(t->class, p));)
		n += p->site && !p->shared && (p->grade == PROOF_OWN || p->grade == PROOF_QR);
	return n;
}

/* ---- counting ---- */

static void on_result(struct server *s, const void *data, const char *text, int error)
{
	const struct which *w = data;
	struct sitting *t = sitting_find(s, w->class);
	struct event ev = { .seat = "", .actor = "" };

	if (!t)
		return;
	ev.room = class_room(t->class);
	if (!error)
		error = ballot_parse_result(&ev, text);
	if (!error)
		error = asks_counted(t->asks, &ev);
	if (error)
		log_event(LOG_ERROR, "class.ballot_not_read class=%" PRId64 " err=%d", w->class, error);
}

static void on_counted(struct server *s, const void *data, int64_t sequence, int error)
{
	const struct which *w = data;
	struct sitting *t = sitting_find(s, w->class);
	struct ballot_result_args args = { .ask = w->ask };

	(void)sequence;
	if (!t)
		return;
	snprintf(args.room, sizeof(args.room), "%s", class_room(t->class));
	if (!error)
		error = reads_begin(s, ballot_read_result, &args, sizeof(args), on_result, w, sizeof(*w));
	if (error)
		log_event(LOG_ERROR, "class.ballot_not_counted class=%" PRId64 " err=%d", w->class, error);
}

void sitting_ballot_count(struct sitting *t, const struct ask *ask)
{
	const struct which w = { t->number, ask->id };
	struct instant now = server_now();
	uint64_t ticket = tickets_add(t->server->tickets, on_counted, &w, sizeof(w));

	if (!ticket || ballot_count(t->server->store, class_room(t->class), ask->id, ask->spec.n_options, MAX(ask->spec.most, 1u), now.wall_us, now.boot_us, ticket) < 0) {
		tickets_cancel(t->server->tickets, ticket);
		log_event(LOG_ERROR, "class.ballot_not_counted class=%" PRId64, t->number);
	}
}

void sitting_ballots_settle(struct sitting *t)
{
	for (uint32_t id = 1; id < asks_next_id(t->asks); id++) {
		const struct ask *ask = asks_get(t->asks, id);

		if (ask->spec.kind == ASK_BALLOT && ask->state == ASK_OPEN)
			sitting_ballot_open(t, ask);
		else if (ask->spec.kind == ASK_BALLOT && ask->state == ASK_CLOSED)
			sitting_ballot_count(t, ask);
	}
}
