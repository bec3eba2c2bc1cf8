/* See turn.h. */
#include "signaling/turn.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/macros.h"
#include "signaling/secret_file.h"

#define SECRET_MIN_CHARS 16
#define URL_MAX_CHARS 255
#define SHA1_BYTES 20
#define DIGITS "0123456789"
#define ALNUM DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Behind the scheme; NULL: another scheme. */
static const char *host_of(const char *url)
{
	static const char *const schemes[] = { "stun:", "stuns:", "turn:", "turns:" };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
			return url + strlen(schemes[i]);
	return NULL;
}

/* Behind a name, an IPv4 address or a bracketed IPv6 address; NULL: none of them. */
static const char *skip_host(const char *at)
{
	size_t len;

	if (*at != '[') {
		len = strspn(at, ALNUM ".-");
		return len > 0 ? at + len : NULL;
	}
	len = strspn(at + 1, DIGITS "abcdefABCDEF:.");
	return len > 0 && at[len + 1] == ']' ? at + len + 2 : NULL;
}

static const char *skip_port(const char *at)
{
	size_t len = *at == ':' ? strspn(at + 1, DIGITS) : 0;

	if (*at != ':')
		return at;
	return len >= 1 && len <= 5 ? at + 1 + len : NULL;
}

bool turn_needs_credential(const char *url)
{
	return strncmp(url, "turn", 4) == 0;
}

bool turn_is_url(const char *url)
{
	const char *at = strlen(url) <= URL_MAX_CHARS ? host_of(url) : NULL;

	at = at ? skip_host(at) : NULL;
	at = at ? skip_port(at) : NULL;
	if (!at)
		return false;
	return *at == 0 || (turn_needs_credential(url) && (strcmp(at, "?transport=udp") == 0 || strcmp(at, "?transport=tcp") == 0));
}

int turn_read_secret(char ret[TURN_SECRET_BYTES], const char *path)
{
	return secret_file_read(ret, TURN_SECRET_BYTES, SECRET_MIN_CHARS, path);
}

void turn_write_credential(struct turn_credential *ret, const char *secret, const char *who, int64_t until_s)
{
	uint8_t mac[SHA1_BYTES];

	snprintf(ret->username, sizeof(ret->username), "%" PRId64 ":%.40s", until_s, who);
	HMAC(EVP_sha1(), secret, (int)strlen(secret), (const uint8_t *)ret->username, strlen(ret->username), mac, NULL);
	sodium_bin2base64(ret->password, sizeof(ret->password), mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
}
