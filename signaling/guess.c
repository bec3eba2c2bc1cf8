/* See guess.h. What a browser keeps is ACCOUNT-NONCE-SEAL, in hexadecimal: it opens nothing, and says nothing but that it was signed in. */
#include "signaling/guess.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/card.h"
#include "media/base/clock.h"
#include "media/base/macros.h"
#include "signaling/http.h"
#include "signaling/limiter.h"
#include "signaling/server.h"
#include "signaling/sign_in.h"

#define KNOWN_LIFE_S (400L * 24 * 3600)         /* browsers keep none longer */
#define NONCE_BYTES 8
#define SEAL_BYTES 16
#define NONCE_TEXT (2 * NONCE_BYTES)
#define SEAL_TEXT (2 * SEAL_BYTES)
#define KNOWN_BYTES (20 + 1 + NONCE_TEXT + 1 + SEAL_TEXT + 1)

void guess_network(char ret[GUESS_WHO_BYTES], const char *address)
{
	struct in6_addr a;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, address, &a) != 1) {
		snprintf(ret, GUESS_WHO_BYTES, "%s", address);
		return;
	}
	memset(a.s6_addr + 8, 0, 8);
	inet_ntop(AF_INET6, &a, text, sizeof(text));
	snprintf(ret, GUESS_WHO_BYTES, "%s/64", text);
}

/* ---- browsers that are known ---- */

static void seal(const struct server *s, int64_t account, const char *nonce, char ret[SEAL_TEXT + 1])
{
	char text[64];
	uint8_t digest[SEAL_BYTES];
	int len = snprintf(text, sizeof(text), "known %" PRId64 " %s", account, nonce);

	crypto_generichash(digest, sizeof(digest), (const uint8_t *)text, (size_t)len, s->resume_key, RESUME_KEY_BYTES);
	sodium_bin2hex(ret, SEAL_TEXT + 1, digest, sizeof(digest));
}

/* Whether the browser keeps that it was signed in to the account. */
static bool read_known(const struct request *q, int64_t account, char ret_nonce[NONCE_TEXT + 1])
{
	char text[KNOWN_BYTES], right[SEAL_TEXT + 1], start[24];
	size_t len;

	if (!account || !http_cookie(q, sign_in_cookie_name(q->server->config, SIGN_IN_KNOWN_COOKIE), text, sizeof(text)))
		return false;
	len = (size_t)snprintf(start, sizeof(start), "%" PRId64 "-", account);
	if (strncmp(text, start, len) != 0 || strlen(text) != len + NONCE_TEXT + 1 + SEAL_TEXT || text[len + NONCE_TEXT] != '-')
		return false;
	text[len + NONCE_TEXT] = 0;
	seal(q->server, account, text + len, right);
	if (sodium_memcmp(text + len + NONCE_TEXT + 1, right, SEAL_TEXT) != 0)
		return false;
	memcpy(ret_nonce, text + len, NONCE_TEXT + 1);
	return true;
}

void guess_remember(struct request *q, int64_t account)
{
	char nonce[NONCE_TEXT + 1], sealed[SEAL_TEXT + 1], text[KNOWN_BYTES];
	uint8_t bytes[NONCE_BYTES];

	if (!read_known(q, account, nonce)) {
		randombytes_buf(bytes, sizeof(bytes));
		sodium_bin2hex(nonce, sizeof(nonce), bytes, sizeof(bytes));
	}
	seal(q->server, account, nonce, sealed);
	snprintf(text, sizeof(text), "%" PRId64 "-%s-%s", account, nonce, sealed);
	sign_in_add_cookie(q, SIGN_IN_KNOWN_COOKIE, text, KNOWN_LIFE_S);
}

/* ---- counting ---- */

static void set_attempt(struct request *q, const char *name)
{
	uint8_t digest[crypto_generichash_BYTES_MIN];
	char hex[2 * 8 + 1];

	crypto_generichash(digest, sizeof(digest), (const uint8_t *)name, strlen(name), q->server->resume_key, RESUME_KEY_BYTES);
	snprintf(q->guess.attempt, sizeof(q->guess.attempt), "%s %.46s", sodium_bin2hex(hex, sizeof(hex), digest, 8), q->guess.source);
}

/* A card number is one however it is written, and counts apart from the account that it leads to: else the count would tell whose it is. */
void guess_begin(struct request *q, const char *name, int64_t account)
{
	char nonce[NONCE_TEXT + 1];
	struct card card;

	q->guess.known = read_known(q, account, nonce);
	if (q->guess.known)
		snprintf(q->guess.source, sizeof(q->guess.source), "browser %s", nonce);
	else
		guess_network(q->guess.source, q->peer);
	if (card_parse(&card, name) == CARD_RIGHT)
		name = card.text;
	set_attempt(q, name);
	card_wipe(&card);
}

void guess_begin_own(struct request *q, int64_t account)
{
	q->guess.known = true;
	snprintf(q->guess.source, sizeof(q->guess.source), "account %" PRId64, account);
	set_attempt(q, "own");
}

int64_t guess_take(struct request *q)
{
	struct server *s = q->server;
	int64_t now = clock_boot_us();
	int64_t wait = q->guess.known ? 0 : limiter_wait(s->sign_in_address_limit, q->guess.source, now);

	return wait > 0 ? wait : limiter_spend(s->sign_in_limit, q->guess.attempt, now);
}

bool guess_spend(struct request *q)
{
	int64_t wait = guess_take(q);

	if (wait > 0)
		http_problem(q, 429, "rate_limited", "Too many wrong attempts.", (unsigned)(wait / 1000) + 1);
	return wait == 0;
}

void guess_return(struct request *q)
{
	limiter_return(q->server->sign_in_limit, q->guess.attempt);
}

void guess_count(struct request *q)
{
	if (!q->guess.known)
		limiter_charge(q->server->sign_in_address_limit, q->guess.source, clock_boot_us());
	server_add(q->server, COUNT_SIGN_INS_REFUSED, 1);
}
