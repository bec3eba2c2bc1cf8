/* A phone's claim: nothing is believed that was not signed; and what these bytes say as values, signed, is read as it was written. */
#include <string.h>

#include "media/base/mem.h"
#include "signaling/companion_claim.h"
#include "tests/fuzz/must.h"

static const uint8_t key[32] = { 7 };

static void round_trip(const uint8_t *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	struct companion_claim c = { 0 }, read;
	char text[COMPANION_CLAIM_BYTES];
	size_t n;

	if (size < 33)
		return;
	memcpy(&c.class, data, 8);
	memcpy(&c.site, data + 8, 8);
	memcpy(&c.seen_us, data + 16, 8);
	memcpy(&c.expires_us, data + 24, 8);
	for (n = 0; n < PERSON_ID_BYTES - 1 && data[32] & 1; n++)
		c.person[n] = digits[(data[32] >> 4) ^ (n & 15)];
	companion_claim_write(text, &c, key);
	MUST(companion_claim_read(&read, text, key, INT64_MIN) == 0);
	MUST(read.class == c.class && read.site == c.site && read.seen_us == c.seen_us && read.expires_us == c.expires_us && strcmp(read.person, c.person) == 0);
	text[data[31] % strlen(text)] ^= 0x40;
	MUST(companion_claim_read(&read, text, key, INT64_MIN) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct companion_claim c = { .class = 42 };
	char *text = mem_zalloc(size + 1);

	MUST(text);
	memcpy(text, data, size);
	MUST(companion_claim_read(&c, text, key, 0) < 0 && c.class == 42);
	round_trip(data, size);
	mem_free(text);
	return 0;
}
