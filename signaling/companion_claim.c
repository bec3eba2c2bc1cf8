/* See companion_claim.h. "class.site.seen.expires.person.mac", the mac over what stands before it; "-" for nobody. */
#include "signaling/companion_claim.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define MAC_BYTES 32
#define BODY_BYTES 104          /* four numbers of 20, four dots, 16 digits, 0 */
#define NOBODY "-"

static void sign(uint8_t ret[MAC_BYTES], const char *body, size_t len, const uint8_t server_key[32])
{
	uint8_t key[32];

	crypto_generichash(key, sizeof(key), (const uint8_t *)"companion claim", 15, server_key, 32);
	crypto_generichash(ret, MAC_BYTES, (const uint8_t *)body, len, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
}

void companion_claim_write(char ret[COMPANION_CLAIM_BYTES], const struct companion_claim *c, const uint8_t server_key[32])
{
	char hex[2 * MAC_BYTES + 1], body[BODY_BYTES];
	uint8_t mac[MAC_BYTES];
	int len = snprintf(body, sizeof(body), "%" PRId64 ".%" PRId64 ".%" PRId64 ".%" PRId64 ".%s", c->class, c->site, c->seen_us, c->expires_us, *c->person ? c->person : NOBODY);

	sign(mac, body, (size_t)len, server_key);
	snprintf(ret, COMPANION_CLAIM_BYTES, "%s.%s", body, sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac)));
}

int companion_claim_read(struct companion_claim *ret, const char *text, const uint8_t server_key[32], int64_t now_wall_us)
{
	const char *dot = strrchr(text, '.');
	uint8_t mac[MAC_BYTES], given[MAC_BYTES];
	struct companion_claim c;
	size_t n;
	int end = 0;

	if (!dot || (size_t)(dot - text) >= BODY_BYTES || sodium_hex2bin(given, sizeof(given), dot + 1, strlen(dot + 1), NULL, &n, NULL) != 0 || n != MAC_BYTES)
		return -EINVAL;
	sign(mac, text, (size_t)(dot - text), server_key);
	if (sodium_memcmp(mac, given, MAC_BYTES) != 0)
		return -EINVAL;
	if (sscanf(text, "%" SCNd64 ".%" SCNd64 ".%" SCNd64 ".%" SCNd64 ".%16[-0-9a-f]%n", &c.class, &c.site, &c.seen_us, &c.expires_us, c.person, &end) != 5 || text + end != dot)
		return -EINVAL;
	if (strcmp(c.person, NOBODY) == 0)
		c.person[0] = 0;
	if (c.expires_us < now_wall_us)
		return -EKEYEXPIRED;
	*ret = c;
	return 0;
}
