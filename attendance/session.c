/* Sign-in sessions (account.h): a random token at the client, its hash in memory and on disk. */
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/account.h"
#include "attendance/directory_state.h"
#include "attendance/writes.h"

#define TOKEN_BYTES 32
#define LINK_LETTERS 16                 /* of 5 bits each */
#define TOKEN_VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

static_assert(SESSION_TOKEN_BYTES == sodium_base64_ENCODED_LEN(TOKEN_BYTES, TOKEN_VARIANT), "43 characters and 0");

bool session_hash(uint8_t ret[SESSION_HASH_BYTES], const char *token)
{
	size_t len = strnlen(token, SESSION_TOKEN_BYTES);

	if (len != SESSION_TOKEN_BYTES - 1)
		return false;
	crypto_generichash(ret, SESSION_HASH_BYTES, (const uint8_t *)token, len, NULL, 0);
	return true;
}

static void make_token(uint8_t ret_hash[SESSION_HASH_BYTES], char ret_token[SESSION_TOKEN_BYTES])
{
	uint8_t bytes[TOKEN_BYTES];

	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(ret_token, SESSION_TOKEN_BYTES, bytes, sizeof(bytes), TOKEN_VARIANT);
	session_hash(ret_hash, ret_token);
}

void session_make(struct session *ret, char ret_token[SESSION_TOKEN_BYTES], int64_t account, const char *device, int64_t life_us, int64_t now_wall_us)
{
	*ret = (struct session){ .account = account, .created_us = now_wall_us, .expires_us = now_wall_us + life_us };
	snprintf(ret->device, sizeof(ret->device), "%s", device);
	make_token(ret->hash, ret_token);
}

/* ---- links ---- */

static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";       /* Crockford: no i, l, o, u */

static void draw_letters(char *ret, size_t n)
{
	randombytes_buf(ret, n);
	for (size_t i = 0; i < n; i++)
		ret[i] = letters[(uint8_t)ret[i] % 32];
}

void first_password_make(char ret[FIRST_PASSWORD_BYTES])
{
	char plain[12];

	draw_letters(plain, sizeof(plain));
	snprintf(ret, FIRST_PASSWORD_BYTES, "%.4s-%.4s-%.4s", plain, plain + 4, plain + 8);
	sodium_memzero(plain, sizeof(plain));
}

static void hash_code(uint8_t ret[SESSION_HASH_BYTES], const char plain[LINK_LETTERS])
{
	crypto_generichash(ret, SESSION_HASH_BYTES, (const uint8_t *)plain, LINK_LETTERS, NULL, 0);
}

void link_make(struct link *ret, char ret_code[LINK_CODE_BYTES], int64_t account, const char *device, int64_t expires_us, int64_t session_life_us)
{
	char plain[LINK_LETTERS];

	draw_letters(plain, LINK_LETTERS);
	*ret = (struct link){ .account = account, .expires_us = expires_us, .session_life_us = session_life_us };
	snprintf(ret->device, sizeof(ret->device), "%s", device);
	hash_code(ret->hash, plain);
	snprintf(ret_code, LINK_CODE_BYTES, "%.4s-%.4s-%.4s-%.4s", plain, plain + 4, plain + 8, plain + 12);
}

/* What people read wrongly is one letter. */
static char plain_letter(char c)
{
	c = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	return c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
}

const struct link *link_find(const struct directory *d, const char *code, int64_t now_wall_us)
{
	uint8_t hash[SESSION_HASH_BYTES];
	char plain[LINK_LETTERS];
	struct link_entry *l;
	size_t n = 0;

	for (; *code; code++) {
		if (*code == '-' || *code == ' ')
			continue;
		if (n == LINK_LETTERS)
			return NULL;
		plain[n++] = plain_letter(*code);
	}
	if (n != LINK_LETTERS)
		return NULL;
	hash_code(hash, plain);
	HASH_FIND(hh, d->links, hash, SESSION_HASH_BYTES, l);
	return l && now_wall_us < l->link.expires_us ? &l->link : NULL;
}

/* ---- sessions ---- */

static int post(struct store *s, enum write_type type, const struct session *session, uint64_t ticket)
{
	struct write_session ws = { .head = { .ticket = ticket }, .session = *session };

	return store_post(s, type, &ws, sizeof(ws));
}

static int end(struct store *s, const struct session *session)
{
	struct session copy = *session;
	int r = post(s, WRITE_SESSION_CLOSED, &copy, 0);

	if (r == 0)
		directory_remove_session(store_directory(s), copy.hash);
	return r;
}

int session_open(struct store *s, char ret_token[SESSION_TOKEN_BYTES], int64_t account, int64_t now_wall_us, uint64_t ticket)
{
	struct directory *d = store_directory(s);
	const struct session *oldest;
	struct session session;
	char token[SESSION_TOKEN_BYTES];
	size_t n;
	int r = 0;

	if (!directory_account(d, account))
		return -ENOENT;
	oldest = directory_oldest_session(d, account, &n);
	if (n >= SESSIONS_PER_ACCOUNT)
		r = end(s, oldest);
	if (r < 0)
		return r;
	session_make(&session, token, account, "", SESSION_LIFE_US, now_wall_us);
	r = directory_add_session(d, &session);
	if (r < 0)
		return r;
	r = post(s, WRITE_SESSION_OPENED, &session, ticket);
	if (r < 0) {
		directory_remove_session(d, session.hash);
		return r;
	}
	memcpy(ret_token, token, sizeof(token));
	return 0;
}

int64_t session_account(const struct directory *d, const char *token, int64_t now_wall_us)
{
	uint8_t hash[SESSION_HASH_BYTES];

	return session_hash(hash, token) ? session_holder(d, hash, now_wall_us) : 0;
}

int64_t session_holder(const struct directory *d, const uint8_t hash[SESSION_HASH_BYTES], int64_t now_wall_us)
{
	const struct session *session = directory_session(d, hash);

	return session && now_wall_us < session->expires_us ? session->account : 0;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int session_holders(const struct directory *d, int64_t now_wall_us, int64_t **ret, size_t *ret_n)
{
	int64_t *ids = d->n_sessions ? mem_calloc(d->n_sessions, sizeof(*ids)) : NULL;
	size_t n = 0, kept = 0;

	if (d->n_sessions && !ids)
		return -ENOMEM;
	for (size_t i = 0; i < d->n_sessions; i++)
		if (now_wall_us < d->sessions[i].expires_us)
			ids[n++] = d->sessions[i].account;
	if (n)
		qsort(ids, n, sizeof(*ids), compare_ids);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || ids[i] != ids[kept - 1])
			ids[kept++] = ids[i];
	*ret = ids;
	*ret_n = kept;
	return 0;
}

int session_close(struct store *s, const char *token)
{
	uint8_t hash[SESSION_HASH_BYTES];
	const struct session *session;

	if (!session_hash(hash, token))
		return 0;
	session = directory_session(store_directory(s), hash);
	return session ? end(s, session) : 0;
}

/* Few have more than one, and nobody asks often: by creation, each time the next above the last. */
const struct session *session_next(const struct directory *d, int64_t account, const struct session *after)
{
	const struct session *best = NULL;

	for (size_t i = 0; i < d->n_sessions; i++) {
		const struct session *s = &d->sessions[i];

		if (s->account != account || (after && (s->created_us < after->created_us || (s->created_us == after->created_us && s <= after))))
			continue;
		if (!best || s->created_us < best->created_us)
			best = s;
	}
	return best;
}
