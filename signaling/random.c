/* libsodium's generator in the shapes that we need. */
#include "signaling/random.h"

#include <sodium.h>

void random_hex(char *ret, size_t bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes * 2; i++)
		ret[i] = digits[randombytes_uniform(16)];
	ret[bytes * 2] = 0;
}

void random_ice_text(char *ret, size_t chars)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	for (size_t i = 0; i < chars; i++)
		ret[i] = alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
	ret[chars] = 0;
}

uint32_t random_nonzero_u32(void)
{
	uint32_t n;

	do
		n = randombytes_random();
	while (n == 0);
	return n;
}
