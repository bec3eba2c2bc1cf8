/* Sign-in sessions (account.h): a random token at the client, its hash in memory and on disk. */
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "attendance/account.h"
#include "attendance/directory_state.h"
#include "attendance/writes.h"

#define TOKEN_BYTES 32
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
	struct session session = { .account = account, .created_us = now_wall_us, .expires_us = now_wall_us + SESSION_LIFE_US };
	const struct session *oldest;
	char token[SESSION_TOKEN_BYTES];
	uint8_t bytes[TOKEN_BYTES];
	size_t n;
	int r = 0;

	if (!directory_account(d, account))
		return -ENOENT;
	oldest = directory_oldest_session(d, account, &n);
	if (n >= SESSIONS_PER_ACCOUNT)
		r = end(s, oldest);
	if (r < 0)
		return r;
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(token, sizeof(token), bytes, sizeof(bytes), TOKEN_VARIANT);
	session_hash(session.hash, token);
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

int session_close(struct store *s, const char *token)
{
	uint8_t hash[SESSION_HASH_BYTES];
	const struct session *session;

	if (!session_hash(hash, token))
		return 0;
	session = directory_session(store_directory(s), hash);
	return session ? end(s, session) : 0;
}
