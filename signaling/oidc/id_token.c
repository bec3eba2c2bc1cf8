/* See id_token.h. */
#include "signaling/oidc/id_token.h"

#include <jose/b64.h>
#include <jose/cfg.h>
#include <jose/jws.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

#define KEYS_MAX 16             /* that are tried */
#define RSA_BYTES_MIN 256       /* 2,048 bits */
#define RSA_BYTES_MAX 1024

static const char *const fault_names[ID_TOKEN_FAULTS] = {
	[ID_TOKEN_RIGHT] = "right", [ID_TOKEN_MALFORMED] = "malformed", [ID_TOKEN_ALGORITHM] = "algorithm", [ID_TOKEN_KEY_UNKNOWN] = "key_unknown",
	[ID_TOKEN_SIGNATURE] = "signature", [ID_TOKEN_ISSUER] = "issuer", [ID_TOKEN_AUDIENCE] = "audience", [ID_TOKEN_EXPIRED] = "expired", [ID_TOKEN_NONCE] = "nonce",
};

const char *id_token_fault_name(enum id_token_fault fault)
{
	return (unsigned)fault < ID_TOKEN_FAULTS ? fault_names[fault] : "";
}

/* One of the three parts of a token. */
struct part {
	const char *text;
	size_t len;
};

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

static bool split(struct part ret[3], const char *token)
{
	const char *at = token;

	for (int i = 0; i < 3; i++) {
		ret[i] = (struct part){ at, strcspn(at, ".") };
		at += ret[i].len;
		if (ret[i].len == 0 || *at != (i < 2 ? '.' : 0))
			return false;
		at++;
	}
	return true;
}

/* NULL: no JSON object. */
static json_t *decode(struct part part)
{
	size_t len = jose_b64_dec_buf(part.text, part.len, NULL, 0);
	char *text = len > 0 && len <= ID_TOKEN_MAX ? mem_zalloc(len) : NULL;
	json_t *object = NULL;

	if (text && jose_b64_dec_buf(part.text, part.len, text, len) == len)
		object = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	mem_free(text);
	if (json_is_object(object))
		return object;
	json_decref(object);
	return NULL;
}

/* ---- the signature ---- */

static bool has_length(const json_t *jwk, const char *name, size_t min, size_t max)
{
	const char *text = text_of(jwk, name);
	size_t len = jose_b64_dec_buf(text, strlen(text), NULL, 0);

	return len != SIZE_MAX && len >= min && len <= max;
}

static bool fits(const json_t *jwk, const char *alg, const char *kid)
{
	bool rsa = strcmp(alg, "RS256") == 0;

	if (strcmp(text_of(jwk, "kty"), rsa ? "RSA" : "EC") != 0 || (*kid && strcmp(text_of(jwk, "kid"), kid) != 0))
		return false;
	if ((json_object_get(jwk, "use") && strcmp(text_of(jwk, "use"), "sig") != 0) || (json_object_get(jwk, "alg") && strcmp(text_of(jwk, "alg"), alg) != 0))
		return false;
	return rsa ? has_length(jwk, "n", RSA_BYTES_MIN, RSA_BYTES_MAX) : strcmp(text_of(jwk, "crv"), "P-256") == 0;
}

static void say_nothing(void *misc, const char *file, int line, uint64_t err, const char *fmt, va_list ap)
{
	(void)misc, (void)file, (void)line, (void)err, (void)fmt, (void)ap;
}

static bool verify(const struct part parts[3], const json_t *jwk)
{
	json_t *jws = json_pack("{s:s%, s:s%, s:s%}", "protected", parts[0].text, parts[0].len, "payload", parts[1].text, parts[1].len, "signature", parts[2].text, parts[2].len);
	jose_cfg_t *cfg = jose_cfg();
	bool right = false;

	if (jws && cfg) {
		jose_cfg_set_err_func(cfg, say_nothing, NULL);
		right = jose_jws_ver(cfg, jws, NULL, jwk, false);
	}
	if (cfg)
		jose_cfg_decref(cfg);
	json_decref(jws);
	return right;
}

static enum id_token_fault check_signature(const struct part parts[3], const char *alg, const char *kid, const json_t *jwks)
{
	unsigned tried = 0;
	json_t *jwk;
	size_t i;

	json_array_foreach(json_object_get(jwks, "keys"), i, jwk) {
		if (!fits(jwk, alg, kid) || tried == KEYS_MAX)
			continue;
		tried++;
		if (verify(parts, jwk))
			return ID_TOKEN_RIGHT;
	}
	return tried ? ID_TOKEN_SIGNATURE : ID_TOKEN_KEY_UNKNOWN;
}

static enum id_token_fault check_header(const struct part parts[3], const json_t *jwks)
{
	json_t *header = decode(parts[0]);
	const char *alg = text_of(header, "alg");
	enum id_token_fault fault = ID_TOKEN_MALFORMED;

	if (header && !json_object_get(header, "crit"))
		fault = strcmp(alg, "RS256") == 0 || strcmp(alg, "ES256") == 0 ? check_signature(parts, alg, text_of(header, "kid"), jwks) : ID_TOKEN_ALGORITHM;
	json_decref(header);
	return fault;
}

/* ---- the claims ---- */

static bool is_for(const json_t *claims, const char *client)
{
	const json_t *aud = json_object_get(claims, "aud"), *azp = json_object_get(claims, "azp"), *one;
	bool among = json_is_string(aud) && strcmp(json_string_value(aud), client) == 0;
	size_t i;

	json_array_foreach(aud, i, one)
		among = among || (json_is_string(one) && strcmp(json_string_value(one), client) == 0);
	if (!among || (!azp && json_array_size(aud) > 1))
		return false;
	return !azp || (json_is_string(azp) && strcmp(json_string_value(azp), client) == 0);
}

static bool read_time(const json_t *claims, const char *name, bool required, double missing, double *ret)
{
	const json_t *t = json_object_get(claims, name);

	*ret = t ? json_number_value(t) : missing;
	return t ? json_is_number(t) : !required;
}

static bool is_now(const json_t *claims, int64_t now_s)
{
	double expires, issued, begins, now = (double)now_s;

	if (!read_time(claims, "exp", true, 0, &expires) || !read_time(claims, "iat", true, 0, &issued) || !read_time(claims, "nbf", false, 0, &begins))
		return false;
	return now < expires + ID_TOKEN_SKEW_S && issued < now + ID_TOKEN_SKEW_S && begins < now + ID_TOKEN_SKEW_S;
}

static enum id_token_fault check_claims(const json_t *claims, const struct id_token_expected *e)
{
	if (!claims || !*text_of(claims, "sub"))
		return ID_TOKEN_MALFORMED;
	if (strcmp(text_of(claims, "iss"), e->issuer) != 0)
		return ID_TOKEN_ISSUER;
	if (!is_for(claims, e->client))
		return ID_TOKEN_AUDIENCE;
	if (!is_now(claims, e->now_s))
		return ID_TOKEN_EXPIRED;
	return *e->nonce && strcmp(text_of(claims, "nonce"), e->nonce) == 0 ? ID_TOKEN_RIGHT : ID_TOKEN_NONCE;
}

enum id_token_fault id_token_check(json_t **ret, const char *token, const json_t *jwks, const struct id_token_expected *expected)
{
	struct part parts[3];
	enum id_token_fault fault;
	json_t *claims;

	if (strnlen(token, ID_TOKEN_MAX + 1) > ID_TOKEN_MAX || !split(parts, token))
		return ID_TOKEN_MALFORMED;
	fault = check_header(parts, jwks);
	if (fault != ID_TOKEN_RIGHT)
		return fault;
	claims = decode(parts[1]);
	fault = check_claims(claims, expected);
	if (fault == ID_TOKEN_RIGHT)
		*ret = claims;
	else
		json_decref(claims);
	return fault;
}
