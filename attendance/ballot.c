/* See ballot.h. What the store thread does is in ballot_box.c. */
#include "attendance/ballot.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/ballot_box.h"
#include "attendance/db.h"
#include "attendance/writes.h"

_Static_assert(BALLOT_SEALED_BYTES == crypto_box_SEALBYTES + 16, "sixteen bytes are sealed");
_Static_assert(BALLOT_PUBLIC_KEY_BYTES == BALLOT_KEY_BYTES, "one length");

static int name_ballot(struct ballot_name *ret, const char *room, uint32_t ask)
{
	if (!room[0] || strlen(room) >= sizeof(ret->room))
		return -EINVAL;
	snprintf(ret->room, sizeof(ret->room), "%s", room);
	ret->ask = ask;
	return 0;
}

int ballot_open(struct store *s, const char *room, uint32_t ask, uint64_t ticket)
{
	struct write_ballot w = { .head.ticket = ticket };
	int r = name_ballot(&w.ballot, room, ask);

	return r < 0 ? r : store_post(s, WRITE_BALLOT_OPENED, &w, sizeof(w));
}

int ballot_public_key(const struct store *s, const char *room, uint32_t ask, uint8_t ret[BALLOT_PUBLIC_KEY_BYTES])
{
	struct ballot_pair pair;
	int r = ballot_key_read(store_ballot_keys(s), room, ask, &pair);

	if (r == 0)
		memcpy(ret, pair.public_key, BALLOT_PUBLIC_KEY_BYTES);
	sodium_memzero(&pair, sizeof(pair));
	return r;
}

int ballot_seal(uint8_t ret[BALLOT_SEALED_BYTES], const uint8_t public_key[BALLOT_PUBLIC_KEY_BYTES], uint32_t choice)
{
	uint8_t vote[BALLOT_SEALED_BYTES - crypto_box_SEALBYTES] = { 1, (uint8_t)(choice >> 24), (uint8_t)(choice >> 16), (uint8_t)(choice >> 8), (uint8_t)choice };
	int r = crypto_box_seal(ret, vote, sizeof(vote), public_key);

	sodium_memzero(vote, sizeof(vote));
	return r == 0 ? 0 : -EINVAL;
}

int ballot_cast(struct store *s, const char *room, uint32_t ask, const char *voter, const uint8_t sealed[BALLOT_SEALED_BYTES], uint64_t ticket)
{
	struct write_vote w = { .head.ticket = ticket };
	int r = name_ballot(&w.vote.ballot, room, ask);

	if (r < 0 || strlen(voter) != PERSON_ID_BYTES - 1)
		return -EINVAL;
	memcpy(w.vote.voter, voter, PERSON_ID_BYTES);
	memcpy(w.vote.sealed, sealed, BALLOT_SEALED_BYTES);
	return store_post(s, WRITE_BALLOT_CAST, &w, sizeof(w));
}

int ballot_count(struct store *s, const char *room, uint32_t ask, unsigned n_options, unsigned most, int64_t wall_us, int64_t boot_us, uint64_t ticket)
{
	struct write_ballot_count w = { .head.ticket = ticket, .wall_us = wall_us, .boot_us = boot_us, .order = { .n_options = n_options, .most = most } };
	int r = name_ballot(&w.order.ballot, room, ask);

	return r < 0 ? r : store_post(s, WRITE_BALLOT_COUNT, &w, sizeof(w));
}

/* ---- reading ---- */

/* The one row of a question about a ballot, -ENODATA for none. */
static int ask_row(struct store_reader *r, const void *args, size_t len, const char *sql, sqlite3_stmt **ret)
{
	const struct ballot_result_args *a = args;
	int e, code;

	if (len != sizeof(*a) || a->room[sizeof(a->room) - 1])
		return -EINVAL;
	e = db_prepare(store_reader_db(r), ret, sql);
	if (e == 0)
		e = db_bind(*ret, "ti", a->room, (int64_t)a->ask);
	if (e < 0)
		return e;
	code = sqlite3_step(*ret);
	if (code == SQLITE_DONE)
		return -ENODATA;
	return code == SQLITE_ROW ? 0 : db_errno(code);
}

int ballot_read_result(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int e = ask_row(r, args, len,
	                "SELECT j.kind, j.wall_us, p.payload FROM ballot_end e JOIN journal j ON j.sequence = e.sequence"
	                " JOIN journal_payload p ON p.sequence = j.sequence WHERE e.room = ? AND e.ask = ?", &st);

	if (e < 0)
		return e;
	return asprintf(ret_text, "%d %" PRId64 " %s", sqlite3_column_int(st, 0), (int64_t)sqlite3_column_int64(st, 1), db_text(st, 2)) < 0 ? -ENOMEM : 0;
}

int ballot_read_turnout(struct store_reader *r, const void *args, size_t len, char **ret_text)
{
	CLEANUP(db_finalizep) sqlite3_stmt *st = NULL;
	int e = ask_row(r, args, len, "SELECT count(*) FROM ballot_vote WHERE room = ? AND ask = ?", &st);

	if (e < 0)
		return e;
	return asprintf(ret_text, "%" PRId64, (int64_t)sqlite3_column_int64(st, 0)) < 0 ? -ENOMEM : 0;
}

int ballot_parse_result(struct event *ret, const char *text)
{
	char *end;
	long kind = strtol(text, &end, 10);
	long long wall_us = *end == ' ' ? strtoll(end, &end, 10) : 0;

	if ((kind != EVENT_BALLOT_COUNTED && kind != EVENT_BALLOT_VOID) || *end != ' ' || end[1] != '{')
		return -EBADMSG;
	ret->kind = (enum event_kind)kind;
	ret->wall_us = wall_us;
	ret->payload = end + 1;
	return 0;
}
