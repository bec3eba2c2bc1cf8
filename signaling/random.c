/* libsodium's generator in the shapes that we need. */
#include "signaling/random.h"

#include <sodium.h>

/* A byte is as good as another below the largest multiple of `letters`. The kernel is asked once for many. */
static void random_text(char *ret, size_t chars, const char *alphabet, unsigned letters)
{
	uint8_t pool[64];
	size_t left = 0;

	for (size_t i = 0; i < chars;) {
		if (left == 0) {
			randombytes_buf(pool, sizeof(pool));
			left = sizeof(pool);
		}
		if (pool[--left] < 256 - 256 % letters)
			ret[i++] = alphabet[pool[left] % letters];
	}
	ret[chars] = 0;
	sodium_memzero(pool, sizeof(pool));
}

void random_hex(char *ret, size_t bytes)
{
	random_text(ret, bytes * 2, "0123456789abcdef", 16);
}

void random_ice_text(char *ret, size_t chars)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	random_text(ret, chars, alphabet, sizeof(alphabet) - 1);
}

uint32_t random_nonzero_u32(void)
{
	uint32_t n;

	do
		n = randombytes_random();
	while (n == 0);
	return n;
}

void random_nonzero_u32s(uint32_t *ret, size_t n)
{
	randombytes_buf(ret, n * sizeof(*ret));
	for (size_t i = 0; i < n; i++)
		if (ret[i] == 0)
			ret[i] = random_nonzero_u32();
}
