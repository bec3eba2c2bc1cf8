/* See site_code.h. */
#include "classroom/site_code.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define SIGNS (SITE_CODE_BYTES - 1)

static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
static const char key_context[crypto_kdf_CONTEXTBYTES] = "sitecode";

_Static_assert(SITE_CODE_KEY_BYTES == crypto_kdf_KEYBYTES && SITE_CODE_KEY_BYTES == crypto_auth_hmacsha256_KEYBYTES, "one length");

void site_code_key(uint8_t ret[SITE_CODE_KEY_BYTES], const uint8_t server_key[SITE_CODE_KEY_BYTES])
{
	crypto_kdf_derive_from_key(ret, SITE_CODE_KEY_BYTES, 1, key_context, server_key);
}

static int64_t period_of(int64_t wall_us)
{
	return wall_us / SITE_CODE_PERIOD_US;
}

int64_t site_code_until_us(int64_t wall_us)
{
	return (period_of(wall_us) + 1) * SITE_CODE_PERIOD_US;
}

static void put_u64(uint8_t ret[8], uint64_t n)
{
	for (int i = 7; i >= 0; i--, n >>= 8)
		ret[i] = (uint8_t)n;
}

static void write_period(char ret[SITE_CODE_BYTES], const uint8_t key[SITE_CODE_KEY_BYTES], int64_t class_number, int64_t site, int64_t period)
{
	uint8_t message[24], mac[crypto_auth_hmacsha256_BYTES];

	put_u64(message, (uint64_t)class_number);
	put_u64(message + 8, (uint64_t)site);
	put_u64(message + 16, (uint64_t)period);
	crypto_auth_hmacsha256(mac, message, sizeof(message), key);
	for (unsigned i = 0; i < SIGNS; i++)
		ret[i] = alphabet[mac[i] & 31];
	ret[SIGNS] = 0;
}

void site_code_write(char ret[SITE_CODE_BYTES], const uint8_t key[SITE_CODE_KEY_BYTES], int64_t class_number, int64_t site, int64_t wall_us)
{
	write_period(ret, key, class_number, site, period_of(wall_us));
}

/* As site_code_write() writes it; false: too short or too long to be one. */
static bool normalize(char ret[SITE_CODE_BYTES], const char *text)
{
	unsigned n = 0;

	for (unsigned i = 0; text && text[i]; i++) {
		char c = text[i];

		if (c == ' ' || c == '-')
			continue;
		if (n == SIGNS || i >= 4 * SIGNS)
			return false;
		ret[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	ret[n] = 0;
	return n == SIGNS;
}

enum site_code_verdict site_code_check(const char *text, const uint8_t key[SITE_CODE_KEY_BYTES], int64_t class_number, int64_t site, int64_t wall_us)
{
	enum site_code_verdict verdict = SITE_CODE_WRONG;
	char given[SITE_CODE_BYTES], code[SITE_CODE_BYTES];

	if (!normalize(given, text))
		return SITE_CODE_WRONG;
	/* From the oldest on, all of them: the time tells nothing. */
	for (int age = SITE_CODE_REMEMBERED; age >= 0; age--) {
		write_period(code, key, class_number, site, period_of(wall_us) - age);
		if (sodium_memcmp(code, given, SIGNS) == 0)
			verdict = age == 0 ? SITE_CODE_FRESH : age == 1 ? SITE_CODE_PREVIOUS : SITE_CODE_EXPIRED;
	}
	return verdict;
}
