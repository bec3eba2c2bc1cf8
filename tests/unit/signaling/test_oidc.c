/* What of a provider is believed: its own word on itself, the state of a browser, and ID tokens, which are signed here by libjose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <jose/b64.h>
#include <jose/jwk.h>
#include <jose/jws.h>

#include "signaling/oidc/id_token.h"
#include "signaling/oidc/provider.h"
#include "signaling/oidc/state.h"

#define ISSUER "https://id.example"
#define CLIENT "huitang"
#define NONCE "a-nonce"
#define NOW 1800000000

/* ---- ID tokens ---- */

static json_t *rsa, *other_rsa, *ec, *jwks;

static json_t *make_key(const char *alg, const char *kid)
{
	json_t *key = json_pack("{s:s, s:s}", "alg", alg, "kid", kid);

	assert_true(jose_jwk_gen(NULL, key));
	return key;
}

static json_t *public_of(const json_t *key)
{
	json_t *pub = json_deep_copy(key);

	assert_true(jose_jwk_pub(NULL, pub));
	json_object_del(pub, "key_ops");
	return pub;
}

static int set_up(void **state)
{
	(void)state;
	rsa = make_key("RS256", "one");
	other_rsa = make_key("RS256", "one");
	ec = make_key("ES256", "two");
	jwks = json_pack("{s:[o, o]}", "keys", public_of(rsa), public_of(ec));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(rsa);
	json_decref(other_rsa);
	json_decref(ec);
	json_decref(jwks);
	return 0;
}

static json_t *claims(void)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:s}", "iss", ISSUER, "aud", CLIENT, "sub", "user-1", "nonce", NONCE, "exp", NOW + 300, "iat", NOW, "preferred_username", "zhang");
}

/* As a provider writes it; `header` and `payload` are taken. */
static char *sign(const json_t *key, json_t *header, json_t *payload)
{
	char *text = json_dumps(payload, JSON_COMPACT), *token;
	json_t *jws = json_pack("{s:o, s:{s:o}}", "payload", jose_b64_enc(text, strlen(text)), "sig", "protected", header), *sig = json_incref(json_object_get(jws, "sig"));
	size_t len;

	json_object_del(jws, "sig");
	assert_true(jose_jws_sig(NULL, jws, sig, key));
	len = strlen(text) * 2 + 4096;
	token = calloc(1, len);
	snprintf(token, len, "%s.%s.%s", json_string_value(json_object_get(jws, "protected")), json_string_value(json_object_get(jws, "payload")), json_string_value(json_object_get(jws, "signature")));
	free(text);
	json_decref(sig);
	json_decref(jws);
	json_decref(payload);
	return token;
}

static json_t *header(const char *alg, const char *kid)
{
	return kid ? json_pack("{s:s, s:s}", "alg", alg, "kid", kid) : json_pack("{s:s}", "alg", alg);
}

static enum id_token_fault check(char *token)
{
	const struct id_token_expected expected = { ISSUER, CLIENT, NONCE, NOW };
	json_t *ret = NULL;
	enum id_token_fault fault = id_token_check(&ret, token, jwks, &expected);

	assert_true((fault == ID_TOKEN_RIGHT) == (ret != NULL));
	if (ret)
		assert_string_equal(json_string_value(json_object_get(ret, "preferred_username")), "zhang");
	json_decref(ret);
	free(token);
	return fault;
}

/* A right token but for one claim, NULL takes it away. */
static enum id_token_fault with(const char *name, json_t *value)
{
	json_t *c = claims();

	if (value)
		json_object_set_new(c, name, value);
	else
		json_object_del(c, name);
	return check(sign(rsa, header("RS256", "one"), c));
}

static void a_token_of_the_provider_for_us_is_right(void **state)
{
	(void)state;
	assert_int_equal(check(sign(rsa, header("RS256", "one"), claims())), ID_TOKEN_RIGHT);
	assert_int_equal(check(sign(rsa, header("RS256", NULL), claims())), ID_TOKEN_RIGHT);
	assert_int_equal(check(sign(ec, header("ES256", "two"), claims())), ID_TOKEN_RIGHT);
	assert_int_equal(with("aud", json_pack("[s]", CLIENT)), ID_TOKEN_RIGHT);
	assert_int_equal(with("exp", json_integer(NOW - ID_TOKEN_SKEW_S + 1)), ID_TOKEN_RIGHT);
	assert_int_equal(with("iat", json_integer(NOW + ID_TOKEN_SKEW_S - 1)), ID_TOKEN_RIGHT);
}

static void what_is_not_signed_by_it_is_refused(void **state)
{
	char *token = sign(rsa, header("RS256", "one"), claims()), *none, *dot;
	json_t *secret = json_pack("{s:s, s:s}", "kty", "oct", "k", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U");
	json_t *crit = header("RS256", "one"), *ec_as_rsa = header("ES256", "one");

	(void)state;
	assert_int_equal(check(sign(other_rsa, header("RS256", "one"), claims())), ID_TOKEN_SIGNATURE);
	assert_int_equal(check(sign(other_rsa, header("RS256", "three"), claims())), ID_TOKEN_KEY_UNKNOWN);
	assert_int_equal(check(sign(ec, ec_as_rsa, claims())), ID_TOKEN_KEY_UNKNOWN);
	assert_int_equal(check(sign(secret, header("HS256", "one"), claims())), ID_TOKEN_ALGORITHM);
	json_decref(secret);
	json_object_set_new(crit, "crit", json_pack("[s]", "exp"));
	none = sign(rsa, crit, claims());
	assert_int_equal(check(none), ID_TOKEN_MALFORMED);
	/* {"alg":"none"} before the claims of a right one, with its signature and with none. */
	dot = strchr(token, '.');
	assert_true(asprintf(&none, "eyJhbGciOiJub25lIn0%s", dot) > 0);
	assert_int_equal(check(strdup(none)), ID_TOKEN_ALGORITHM);
	*(strrchr(none, '.') + 1) = 0;
	assert_int_equal(check(none), ID_TOKEN_MALFORMED);
	/* A character of the signature. */
	dot = strrchr(token, '.');
	dot[10] = dot[10] == 'A' ? 'B' : 'A';
	assert_int_equal(check(token), ID_TOKEN_SIGNATURE);
}

static void what_is_for_others_or_another_time_is_refused(void **state)
{
	(void)state;
	assert_int_equal(with("iss", json_string("https://id.example/")), ID_TOKEN_ISSUER);
	assert_int_equal(with("iss", NULL), ID_TOKEN_ISSUER);
	assert_int_equal(with("aud", json_string("another")), ID_TOKEN_AUDIENCE);
	assert_int_equal(with("aud", json_pack("[s, s]", CLIENT, "another")), ID_TOKEN_AUDIENCE);
	assert_int_equal(with("aud", json_integer(1)), ID_TOKEN_AUDIENCE);
	assert_int_equal(with("azp", json_string("another")), ID_TOKEN_AUDIENCE);
	assert_int_equal(with("exp", json_integer(NOW - ID_TOKEN_SKEW_S)), ID_TOKEN_EXPIRED);
	assert_int_equal(with("exp", NULL), ID_TOKEN_EXPIRED);
	assert_int_equal(with("exp", json_string("later")), ID_TOKEN_EXPIRED);
	assert_int_equal(with("iat", json_integer(NOW + ID_TOKEN_SKEW_S + 1)), ID_TOKEN_EXPIRED);
	assert_int_equal(with("nbf", json_integer(NOW + 3600)), ID_TOKEN_EXPIRED);
	assert_int_equal(with("nonce", json_string("another")), ID_TOKEN_NONCE);
	assert_int_equal(with("nonce", NULL), ID_TOKEN_NONCE);
	assert_int_equal(with("sub", NULL), ID_TOKEN_MALFORMED);
}

static void what_is_no_token_is_refused(void **state)
{
	static const char *const bad[] = { "", ".", "..", "...", "a.b.c", "a.b.c.d", "e30.e30.e30", "!.!.!", "bnVsbA.e30.AA", "eyJhIjoxLCJhIjoyfQ.e30.AA" };
	char *longest = malloc(ID_TOKEN_MAX + 10);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_not_equal(check(strdup(bad[i])), ID_TOKEN_RIGHT);
	memset(longest, 'a', ID_TOKEN_MAX + 9);
	longest[ID_TOKEN_MAX + 9] = 0;
	assert_int_equal(check(longest), ID_TOKEN_MALFORMED);
}

/* ---- the provider ---- */

static int read_provider(const char *issuer, const char *name, const char *value)
{
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s}", "issuer", ISSUER, "authorization_endpoint", ISSUER "/auth?x=1", "token_endpoint", ISSUER "/token", "jwks_uri", ISSUER "/jwks");
	struct oidc_provider p = { .token = "untouched" };
	int r;

	if (name)
		json_object_set_new(doc, name, value ? json_string(value) : json_null());
	r = oidc_provider_read(&p, doc, issuer);
	assert_string_equal(p.token, r < 0 ? "untouched" : ISSUER "/token");
	json_decref(doc);
	return r;
}

static void a_provider_speaks_for_its_own_origin_alone(void **state)
{
	static const char *const others[] = { "https://id.example.evil/token", "https://id.example:444/token", "http://id.example/token", "https://evil@id.example/token", "https://id.example@evil/token",
		"https://id.example\\@evil/token", "//id.example/token", "/token", "", "file:///etc/passwd", "https://id.example/\r\nx: y", "https://id.example/a\"b", "https://169.254.169.254/token" };

	(void)state;
	assert_int_equal(read_provider(ISSUER, NULL, NULL), 0);
	assert_int_equal(read_provider(ISSUER "/", NULL, NULL), -EBADMSG);
	assert_int_equal(read_provider("https://other.example", NULL, NULL), -EBADMSG);
	assert_int_equal(read_provider(ISSUER, "jwks_uri", NULL), -EBADMSG);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(read_provider(ISSUER, "token_endpoint", others[i]), -EBADMSG);
		assert_int_equal(read_provider(ISSUER, "authorization_endpoint", others[i]), -EBADMSG);
		assert_int_equal(read_provider(ISSUER, "jwks_uri", others[i]), -EBADMSG);
	}
}

static void an_issuer_is_an_address_by_tls(void **state)
{
	static const char *const good[] = { ISSUER, ISSUER ":8443/realms/county", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1/x" };
	static const char *const bad[] = { "", "id.example", "http://id.example", "http://127.0.0.1.evil", "http://localhost.evil:80", "https://", "https://id.example?x", "https://id.example#x", "https://a b", "ftp://id.example" };
	char url[OIDC_URL_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(oidc_is_issuer(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(oidc_is_issuer(bad[i]));
	assert_int_equal(oidc_discovery_url(url, ISSUER "/realms/county/"), 0);
	assert_string_equal(url, ISSUER "/realms/county/.well-known/openid-configuration");
}

/* ---- what the browser keeps ---- */

static void a_state_is_read_by_its_key_and_in_its_time(void **state)
{
	const uint8_t key[OIDC_KEY_BYTES] = { 1 }, other[OIDC_KEY_BYTES] = { 2 };
	struct oidc_state s, again;
	char cookie[OIDC_COOKIE_BYTES];

	(void)state;
	oidc_state_make(&s, "/room/demo", NOW);
	oidc_state_seal(cookie, &s, key);
	assert_null(strstr(cookie, s.verifier));
	assert_int_equal(oidc_state_open(&again, cookie, key, NOW + 1), 0);
	assert_memory_equal(&s, &again, sizeof(s));
	assert_string_equal(again.page, "/room/demo");
	assert_int_equal(oidc_state_open(&again, cookie, other, NOW + 1), -EBADMSG);
	assert_int_equal(oidc_state_open(&again, cookie, key, NOW + OIDC_STATE_LIFE_US), -ETIME);
	assert_int_equal(oidc_state_open(&again, "", key, NOW), -EBADMSG);
	cookie[60] = cookie[60] == 'a' ? 'b' : 'a';
	assert_int_equal(oidc_state_open(&again, cookie, key, NOW + 1), -EBADMSG);
}

static void a_browser_goes_on_at_a_page_of_ours(void **state)
{
	static const char *const bad[] = { "", "//evil", "https://evil", "/\\evil", "/a b", "/a\r\nb", "evil", "/a?b", "/a#b" };
	struct oidc_state s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		oidc_state_make(&s, bad[i], NOW);
		assert_string_equal(s.page, "/");
	}
}

/* RFC 7636, appendix B. */
static void a_challenge_is_the_verifiers_digest(void **state)
{
	char challenge[OIDC_WORD_BYTES];

	(void)state;
	oidc_challenge(challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_of_the_provider_for_us_is_right),
		cmocka_unit_test(what_is_not_signed_by_it_is_refused),
		cmocka_unit_test(what_is_for_others_or_another_time_is_refused),
		cmocka_unit_test(what_is_no_token_is_refused),
		cmocka_unit_test(a_provider_speaks_for_its_own_origin_alone),
		cmocka_unit_test(an_issuer_is_an_address_by_tls),
		cmocka_unit_test(a_state_is_read_by_its_key_and_in_its_time),
		cmocka_unit_test(a_browser_goes_on_at_a_page_of_ours),
		cmocka_unit_test(a_challenge_is_the_verifiers_digest),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
