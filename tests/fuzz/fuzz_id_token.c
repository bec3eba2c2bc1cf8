/* ID tokens and providers' documents: nothing is right that was not signed, and the server is sent nowhere else. */
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"
#include "signaling/oidc/id_token.h"
#include "signaling/oidc/provider.h"
#include "signaling/oidc/state.h"
#include "tests/fuzz/must.h"

#define ISSUER "https://id.example"

/* Keys whose secret halves were thrown away. */
static const char keys[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"1\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

static void try_token(const char *text)
{
	const struct id_token_expected expected = { ISSUER, "huitang", "nonce", 1800000000 };
	json_t *jwks = json_loads(keys, 0, NULL), *claims = NULL;

	MUST(id_token_check(&claims, text, jwks, &expected) != ID_TOKEN_RIGHT && !claims);
	json_decref(jwks);
}

static void try_keys(const char *text, size_t len)
{
	static const char token[] = "eyJhbGciOiJFUzI1NiJ9.e30.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
	const struct id_token_expected expected = { ISSUER, "huitang", "nonce", 1800000000 };
	json_t *jwks = json_loadb(text, len, 0, NULL), *claims = NULL;

	if (jwks)
		MUST(id_token_check(&claims, token, jwks, &expected) != ID_TOKEN_RIGHT);
	json_decref(jwks);
}

static void try_document(const char *text, size_t len)
{
	json_t *document = json_loadb(text, len, 0, NULL);
	struct oidc_provider p;

	if (document && oidc_provider_read(&p, document, ISSUER) == 0)
		MUST(strncmp(p.token, ISSUER "/", 19) == 0 || strcmp(p.token, ISSUER) == 0 || p.token[18] == '?');
	json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t key[OIDC_KEY_BYTES] = { 1 };
	char *text = mem_strndup((const char *)data, size);
	struct oidc_state state;

	if (!text)
		return 0;
	try_token(text);
	try_keys(text, strlen(text));
	try_document(text, strlen(text));
	MUST(oidc_state_open(&state, text, key, 0) < 0);
	oidc_state_make(&state, text, 0);
	MUST(state.page[0] == '/' && state.page[1] != '/');
	mem_free(text);
	return 0;
}
