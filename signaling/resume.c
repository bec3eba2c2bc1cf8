/* Resume tokens: keyed, rotated, compared in constant time. */
#include "signaling/resume.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#define CLAIM_BYTES (3 * RESUME_PART_BYTES)
#define TOKEN_RAW_BYTES (CLAIM_BYTES + RESUME_PART_BYTES)

_Static_assert(sizeof(struct resume_claim) == CLAIM_BYTES, "a claim is written as it lies in memory");
_Static_assert(sodium_base64_ENCODED_LEN(TOKEN_RAW_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == RESUME_TOKEN_BYTES, "token length");

void resume_init(struct resume *r)
{
	*r = (struct resume){ 0 };
	randombytes_buf(r->current, sizeof(r->current));
}

void resume_rotate(struct resume *r, const uint8_t used[RESUME_PART_BYTES])
{
	memmove(r->previous, used, RESUME_PART_BYTES);
	r->has_previous = true;
	randombytes_buf(r->current, sizeof(r->current));
}

void resume_confirm(struct resume *r)
{
	r->has_previous = false;
	sodium_memzero(r->previous, sizeof(r->previous));
}

bool resume_accepts(const struct resume *r, const uint8_t nonce[RESUME_PART_BYTES])
{
	bool current = sodium_memcmp(r->current, nonce, RESUME_PART_BYTES) == 0;
	bool previous = sodium_memcmp(r->previous, nonce, RESUME_PART_BYTES) == 0;

	return current || (previous && r->has_previous);
}

void resume_place(uint8_t ret[RESUME_PART_BYTES], const char *room, const char *epoch)
{
	crypto_generichash_state st;

	crypto_generichash_init(&st, NULL, 0, RESUME_PART_BYTES);
	crypto_generichash_update(&st, (const uint8_t *)room, strlen(room) + 1);
	crypto_generichash_update(&st, (const uint8_t *)epoch, strlen(epoch));
	crypto_generichash_final(&st, ret, RESUME_PART_BYTES);
}

static void write_mac(uint8_t *ret, const uint8_t *claim, const uint8_t *key)
{
	crypto_generichash(ret, RESUME_PART_BYTES, claim, CLAIM_BYTES, key, RESUME_KEY_BYTES);
}

void resume_write(char ret[RESUME_TOKEN_BYTES], const struct resume_claim *claim, const uint8_t key[RESUME_KEY_BYTES])
{
	uint8_t raw[TOKEN_RAW_BYTES];

	memcpy(raw, claim, CLAIM_BYTES);
	write_mac(raw + CLAIM_BYTES, raw, key);
	sodium_bin2base64(ret, RESUME_TOKEN_BYTES, raw, sizeof(raw), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

int resume_read(struct resume_claim *ret, const char *token, const uint8_t key[RESUME_KEY_BYTES])
{
	uint8_t raw[TOKEN_RAW_BYTES], mac[RESUME_PART_BYTES];
	const char *end;
	size_t len;

	if (sodium_base642bin(raw, sizeof(raw), token, strlen(token), NULL, &len, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
		return -EINVAL;
	if (len != sizeof(raw) || *end)
		return -EINVAL;
	write_mac(mac, raw, key);
	if (sodium_memcmp(mac, raw + CLAIM_BYTES, sizeof(mac)) != 0)
		return -EINVAL;
	memcpy(ret, raw, CLAIM_BYTES);
	return 0;
}
