/* See ballot_box.h. */
#include "attendance/ballot_box.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/db.h"
#include "media/base/log.h"
#include "media/base/mem.h"

#define ENDED_AT_ONCE 8         /* in one transaction; the keys of more go at the next start */

enum statement { CAST, FIND_END, COUNT_VOTES, VOTES, DELETE_VOTES, ADD_END, N_STATEMENTS };

static const char *const statements[N_STATEMENTS] = {
	[CAST] = ("INSERT INTO ballot_vote (room, ask, voter, sealed) SELECT ?1, ?2, ?3, ?4"
	         " WHERE NOT EXISTS (SELECT 1 FROM ballot_end WHERE room = ?1 AND ask = ?2)"
	         " ON CONFLICT (room, ask, voter) DO UPDATE SET sealed = excluded.sealed"),
	[FIND_END] = "SELECT sequence FROM ballot_end WHERE room = ? AND ask = ?",
	[COUNT_VOTES] = "SELECT count(*) FROM ballot_vote WHERE room = ? AND ask = ?",
	[VOTES] = "SELECT sealed FROM ballot_vote WHERE room = ? AND ask = ?",
	[DELETE_VOTES] = "DELETE FROM ballot_vote WHERE room = ? AND ask = ?",
	[ADD_END] = "INSERT INTO ballot_end (room, ask, sequence) VALUES (?, ?, ?)",
};

struct ballot_box {
	sqlite3 *db;                            /* given */
	const struct ballot_keys *keys;         /* given */
	sqlite3_stmt *st[N_STATEMENTS];         /* owned */
	struct ballot_name ended[ENDED_AT_ONCE]; /* in the transaction under way */
	unsigned n_ended;
};

struct count {
	uint32_t votes[BALLOT_OPTIONS_MAX];
	uint32_t voters, spoiled, first;        /* `first`: what the first one chose */
	bool unanimous;
};

void (*ballot_box_fault)(enum ballot_step step);

static void step(enum ballot_step at)
{
	if (ballot_box_fault)
		ballot_box_fault(at);
}

int ballot_box_create(struct ballot_box **ret, sqlite3 *db, const struct ballot_keys *keys)
{
	CLEANUP(ballot_box_destroyp) struct ballot_box *b = mem_zalloc(sizeof(*b));
	int r = 0;

	if (!b)
		return -ENOMEM;
	b->db = db;
	b->keys = keys;
	for (int i = 0; i < N_STATEMENTS && r == 0; i++)
		r = db_prepare(db, &b->st[i], statements[i]);
	if (r < 0)
		return r;
	*ret = STEAL(b);
	return 0;
}

struct ballot_box *ballot_box_destroy(struct ballot_box *b)
{
	if (!b)
		return NULL;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(b->st[i]);
	return mem_free(b);
}

/* First column of a statement about a ballot. */
static int ask_number(struct ballot_box *b, enum statement which, const struct ballot_name *ballot, int64_t *ret)
{
	sqlite3_stmt *st = b->st[which];
	int r = db_bind(st, "ti", ballot->room, (int64_t)ballot->ask);
	int code = r < 0 ? SQLITE_ERROR : sqlite3_step(st);

	if (r == 0 && code == SQLITE_ROW)
		*ret = sqlite3_column_int64(st, 0);
	else if (r == 0)
		r = code == SQLITE_DONE ? -ENODATA : db_errno(code);
	sqlite3_reset(st);
	return r;
}

int ballot_box_find_end(struct ballot_box *b, const struct ballot_name *ballot, int64_t *ret_sequence)
{
	return ask_number(b, FIND_END, ballot, ret_sequence);
}

/* ---- taking ---- */

/* A key's file is not the database's fault: that one write is refused, and the others go on. */
static int key_fault(int error)
{
	log_event(LOG_ERROR, "store.ballot_key_failed err=%s", strerrorname_np(-error));
	return -EINVAL;
}

int ballot_box_open(struct ballot_box *b, const struct ballot_name *ballot)
{
	struct ballot_pair pair;
	int64_t n = 0;
	int r = ask_number(b, FIND_END, ballot, &n);

	if (r != -ENODATA)
		return r < 0 ? r : -EINVAL;
	r = ask_number(b, COUNT_VOTES, ballot, &n);
	if (r < 0)
		return r;
	if (n == 0) {
		r = ballot_key_make(b->keys, ballot->room, ballot->ask);
		step(BALLOT_STEP_KEY_MADE);
	} else {
		/* Votes whose key is lost are not opened by another one. */
		r = ballot_key_read(b->keys, ballot->room, ballot->ask, &pair);
		sodium_memzero(&pair, sizeof(pair));
	}
	return r < 0 ? key_fault(r) : 0;
}

int ballot_box_cast(struct ballot_box *b, const struct ballot_vote *vote)
{
	int r = db_bind(b->st[CAST], "titb", vote->ballot.room, (int64_t)vote->ballot.ask, vote->voter, vote->sealed, BALLOT_SEALED_BYTES);

	if (r == 0)
		r = db_run(b->st[CAST]);
	step(BALLOT_STEP_CAST);
	return r == 0 && sqlite3_changes(b->db) == 0 ? -EINVAL : r;
}

/* ---- counting ---- */

/* Opens one vote; false: spoiled. Its first byte is 1, then the choice, most significant byte first, then nothing. */
static bool open_vote(const uint8_t *sealed, int len, const struct ballot_pair *pair, const struct ballot_order *order, uint32_t *ret)
{
	uint8_t vote[BALLOT_SEALED_BYTES - crypto_box_SEALBYTES];
	uint32_t choice;
	bool good;

	if (len != BALLOT_SEALED_BYTES || crypto_box_seal_open(vote, sealed, BALLOT_SEALED_BYTES, pair->public_key, pair->secret) != 0)
		return false;
	choice = (uint32_t)vote[1] << 24 | (uint32_t)vote[2] << 16 | (uint32_t)vote[3] << 8 | vote[4];
	good = vote[0] == 1 && sodium_is_zero(vote + 5, sizeof(vote) - 5) && choice >> order->n_options == 0 && choice != 0 &&
	       (unsigned)__builtin_popcount(choice) <= order->most;
	sodium_memzero(vote, sizeof(vote));
	*ret = choice;
	return good;
}

static void count_vote(struct count *c, uint32_t choice)
{
	if (c->voters++ == 0) {
		c->first = choice;
		c->unanimous = true;
	}
	c->unanimous = c->unanimous && choice == c->first;
	for (unsigned i = 0; i < BALLOT_OPTIONS_MAX; i++)
		c->votes[i] += choice >> i & 1;
}

static int count_votes(struct ballot_box *b, const struct ballot_order *order, const struct ballot_pair *pair, struct count *ret)
{
	sqlite3_stmt *st = b->st[VOTES];
	int r = db_bind(st, "ti", order->ballot.room, (int64_t)order->ballot.ask);
	uint32_t choice;
	int code = SQLITE_DONE;

	while (r == 0 && (code = sqlite3_step(st)) == SQLITE_ROW)
		if (open_vote(sqlite3_column_blob(st, 0), sqlite3_column_bytes(st, 0), pair, order, &choice))
			count_vote(ret, choice);
		else
			ret->spoiled++;
	sqlite3_reset(st);
	return r < 0 ? r : db_errno(code);
}

static void write_void(struct ballot_outcome *ret, uint32_t ask, const char *why)
{
	ret->kind = EVENT_BALLOT_VOID;
	snprintf(ret->payload, sizeof(ret->payload), "{\"ask\":%u,\"why\":\"%s\"}", ask, why);
}

static void write_counted(struct ballot_outcome *ret, const struct ballot_order *order, const struct count *c)
{
	size_t n;

	ret->kind = EVENT_BALLOT_COUNTED;
	n = (size_t)snprintf(ret->payload, sizeof(ret->payload), "{\"ask\":%u,\"votes\":[", order->ballot.ask);
	for (unsigned i = 0; i < order->n_options; i++)
		n += (size_t)snprintf(ret->payload + n, sizeof(ret->payload) - n, "%s%u", i ? "," : "", c->votes[i]);
	n += (size_t)snprintf(ret->payload + n, sizeof(ret->payload) - n, "],\"voters\":%u,\"unanimous\":%s", c->voters, c->unanimous ? "true" : "false");
	if (c->spoiled)
		n += (size_t)snprintf(ret->payload + n, sizeof(ret->payload) - n, ",\"spoiled\":%u", c->spoiled);
	snprintf(ret->payload + n, sizeof(ret->payload) - n, "}");
}

static int open_votes(struct ballot_box *b, const struct ballot_order *order, struct ballot_outcome *ret)
{
	struct ballot_pair pair;
	struct count c = { 0 };
	int r = ballot_key_read(b->keys, order->ballot.room, order->ballot.ask, &pair);

	if (r == -ENOENT) {
		write_void(ret, order->ballot.ask, "key_lost");
		return 0;
	}
	if (r < 0)
		return key_fault(r);
	r = count_votes(b, order, &pair, &c);
	sodium_memzero(&pair, sizeof(pair));
	if (r < 0)
		return r;
	/* None can be opened: it is another key's. */
	if (c.voters == 0 && c.spoiled >= BALLOT_VOTES_MIN)
		write_void(ret, order->ballot.ask, "key_lost");
	else if (c.voters < BALLOT_VOTES_MIN)
		write_void(ret, order->ballot.ask, "too_few");
	else
		write_counted(ret, order, &c);
	return 0;
}

int ballot_box_open_votes(struct ballot_box *b, const struct ballot_order *order, struct ballot_outcome *ret)
{
	int r;

	if (order->n_options < 2 || order->n_options > BALLOT_OPTIONS_MAX || order->most < 1)
		return -EINVAL;
	r = open_votes(b, order, ret);
	step(BALLOT_STEP_OPENED);
	return r;
}

int ballot_box_end(struct ballot_box *b, const struct ballot_name *ballot, int64_t sequence)
{
	int r = db_bind(b->st[DELETE_VOTES], "ti", ballot->room, (int64_t)ballot->ask);

	step(BALLOT_STEP_WRITTEN);
	if (r == 0)
		r = db_run(b->st[DELETE_VOTES]);
	if (r == 0)
		r = db_bind(b->st[ADD_END], "tii", ballot->room, (int64_t)ballot->ask, sequence);
	if (r == 0)
		r = db_run(b->st[ADD_END]);
	if (r == 0 && b->n_ended < ENDED_AT_ONCE)
		b->ended[b->n_ended++] = *ballot;
	step(BALLOT_STEP_DELETED);
	return r;
}

bool ballot_box_committed(struct ballot_box *b)
{
	bool any = b->n_ended > 0;
	int r;

	if (any)
		step(BALLOT_STEP_COMMITTED);
	for (; b->n_ended > 0; b->n_ended--) {
		r = ballot_key_unlink(b->keys, b->ended[b->n_ended - 1].room, b->ended[b->n_ended - 1].ask);
		if (r < 0)
			log_event(LOG_ERROR, "store.ballot_key_not_unlinked err=%s", strerrorname_np(-r));
	}
	if (any)
		step(BALLOT_STEP_UNLINKED);
	return any;
}

void ballot_box_rolled_back(struct ballot_box *b)
{
	b->n_ended = 0;
}

/* ---- at the start ---- */

struct sweep {
	sqlite3_stmt *st;
	const struct ballot_keys *keys;
};

/* A key that is left over would open what an old backup still holds. */
static int sweep_one(void *user, const char *room, uint32_t ask)
{
	const struct sweep *s = user;
	int r = db_bind(s->st, "tii", room, (int64_t)ask, (int64_t)EVENT_ASK_OPENED);
	int code = r < 0 ? SQLITE_ERROR : sqlite3_step(s->st);
	bool needed = code == SQLITE_ROW;

	sqlite3_reset(s->st);
	if (r < 0 || (code != SQLITE_ROW && code != SQLITE_DONE))
		return r < 0 ? r : db_errno(code);
	r = needed ? 0 : ballot_key_unlink(s->keys, room, ask);
	if (r < 0)
		log_event(LOG_ERROR, "store.ballot_key_not_unlinked err=%s", strerrorname_np(-r));
	return 0;
}

int ballot_box_sweep(sqlite3 *db, const struct ballot_keys *keys)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	struct sweep s = { .keys = keys };
	int r = db_prepare(db, &st,
	                   "SELECT 1 FROM journal j JOIN journal_payload p ON p.sequence = j.sequence"
	                   " WHERE j.room = ?1 AND j.kind = ?3 AND json_extract(p.payload, '$.ask') = ?2"
	                   " AND NOT EXISTS (SELECT 1 FROM ballot_end WHERE room = ?1 AND ask = ?2)");

	s.st = st;
	r = r < 0 ? r : ballot_keys_each(keys, sweep_one, &s);
	/* A folder that cannot be read holds up no start. */
	if (r == -EACCES || r == -ENOTDIR) {
		log_event(LOG_ERROR, "store.ballot_keys_unreadable err=%s", strerrorname_np(-r));
		return 0;
	}
	return r;
}
