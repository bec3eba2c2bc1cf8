/* JWTs by libjwt, pinned to HS256: a token that names another algorithm is refused even when its signature would hold. */
#include "signaling/token.h"

#include <errno.h>
#include <jwt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "signaling/message.h"

#define ISSUER "huitang"

DEFINE_CLEANUP(jwt_t, jwt_free)

bool token_seat_name_ok(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

	return n > 0 && n < TOKEN_SEAT_BYTES && name[n] == 0;
}

static int add_grants(jwt_t *jwt, const struct token *t)
{
	int r = jwt_add_grant(jwt, "iss", ISSUER);

	r = r ? r : jwt_add_grant(jwt, "room", t->room);
	r = r ? r : jwt_add_grant(jwt, "role", t->role);
	r = r ? r : jwt_add_grant(jwt, "epoch", t->epoch);
	r = r ? r : jwt_add_grant_int(jwt, "exp", t->expires_s);
	if (r == 0 && *t->seat)
		r = jwt_add_grant(jwt, "seat", t->seat);
	if (r == 0 && *t->id)
		r = jwt_add_grant(jwt, "jti", t->id);
	return -r;
}

int token_write(char ret[TOKEN_MAX_BYTES], const struct token *t, const uint8_t key[TOKEN_KEY_BYTES])
{
	CLEANUP(jwt_freep) jwt_t *jwt = NULL;
	char *text;
	int r;

	if (wire_enum_index(&wire_enum_role, t->role) < 0 || (*t->seat && !token_seat_name_ok(t->seat)))
		return -EINVAL;
	r = -jwt_new(&jwt);
	if (r == 0)
		r = add_grants(jwt, t);
	if (r == 0)
		r = -jwt_set_alg(jwt, JWT_ALG_HS256, key, TOKEN_KEY_BYTES);
	if (r < 0)
		return r;
	text = jwt_encode_str(jwt);
	if (!text)
		return -ENOMEM;
	r = snprintf(ret, TOKEN_MAX_BYTES, "%s", text) < TOKEN_MAX_BYTES ? 0 : -EINVAL;
	free(text);
	return r;
}

/* Copies a text claim; an absent one is "". */
static bool take_text(char *ret, size_t size, jwt_t *jwt, const char *claim)
{
	const char *value = jwt_get_grant(jwt, claim);

	return (size_t)snprintf(ret, size, "%s", value ? value : "") < size;
}

static int take_claims(struct token *t, jwt_t *jwt)
{
	const char *issuer = jwt_get_grant(jwt, "iss");

	if (!issuer || strcmp(issuer, ISSUER) != 0)
		return -EINVAL;
	if (!take_text(t->room, sizeof(t->room), jwt, "room") || !take_text(t->role, sizeof(t->role), jwt, "role") ||
	    !take_text(t->seat, sizeof(t->seat), jwt, "seat") || !take_text(t->id, sizeof(t->id), jwt, "jti") ||
	    !take_text(t->epoch, sizeof(t->epoch), jwt, "epoch"))
		return -EINVAL;
	if (!*t->room || wire_enum_index(&wire_enum_role, t->role) < 0 || (*t->seat && !token_seat_name_ok(t->seat)))
		return -EINVAL;
	t->expires_s = jwt_get_grant_int(jwt, "exp");
	return 0;
}

int token_read(struct token *ret, const char *text, const uint8_t key[TOKEN_KEY_BYTES], int64_t now_s)
{
	CLEANUP(jwt_freep) jwt_t *jwt = NULL;
	struct token t = { 0 };
	int r;

	if (strlen(text) >= TOKEN_MAX_BYTES || jwt_decode(&jwt, text, key, TOKEN_KEY_BYTES) != 0)
		return -EINVAL;
	if (jwt_get_alg(jwt) != JWT_ALG_HS256)
		return -EINVAL;
	r = take_claims(&t, jwt);
	if (r < 0)
		return r;
	if (t.expires_s <= now_s)
		return -EKEYEXPIRED;
	*ret = t;
	return 0;
}
