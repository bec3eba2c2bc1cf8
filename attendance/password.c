/* Passwords (account.h): argon2id by libsodium. */
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "attendance/account.h"

#define PASSES 2
#define MEMORY_BYTES (19u << 20)

static_assert(PASSWORD_HASH_BYTES == crypto_pwhash_STRBYTES, "as libsodium has it");

/* Of nobody's password: what is compared when there is no such login, so that the time does not tell. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

int password_hash(char ret[PASSWORD_HASH_BYTES], const char *password)
{
	if (sodium_init() < 0)
		return -ENOMEM;
	return crypto_pwhash_str_alg(ret, password, strlen(password), PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) == 0 ? 0 : -ENOMEM;
}

bool password_verify(const char *hash, const char *password)
{
	size_t len = strnlen(password, PASSWORD_MAX + 1);
	bool equal;

	if (sodium_init() < 0 || len > PASSWORD_MAX)
		return false;
	equal = crypto_pwhash_str_verify(hash ? hash : nobody, password, len) == 0;
	return hash && equal;
}
