/* See chain.h. */
#include "attendance/chain.h"

#include <sodium.h>
#include <string.h>

#include "media/base/bytes.h"

#define CHAIN_LABEL "huitang journal row 1"

static void hash_u64(crypto_generichash_state *h, uint64_t v)
{
	uint8_t b[8];

	write_u64(b, v);
	crypto_generichash_update(h, b, sizeof(b));
}

static void hash_text(crypto_generichash_state *h, const char *s)
{
	size_t len = strlen(s);

	hash_u64(h, len);
	crypto_generichash_update(h, (const uint8_t *)s, len);
}

void chain_commit(uint8_t ret[CHAIN_HASH_BYTES], const uint8_t key[CHAIN_KEY_BYTES], const void *payload, size_t len)
{
	crypto_generichash(ret, CHAIN_HASH_BYTES, payload, len, key, CHAIN_KEY_BYTES);
}

void chain_hash(uint8_t ret[CHAIN_HASH_BYTES], const struct chain_row *row)
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, CHAIN_HASH_BYTES);
	hash_text(&h, CHAIN_LABEL);
	hash_u64(&h, (uint64_t)row->sequence);
	crypto_generichash_update(&h, row->previous, CHAIN_HASH_BYTES);
	hash_u64(&h, row->kind);
	hash_u64(&h, (uint64_t)row->wall_us);
	hash_u64(&h, (uint64_t)row->boot_us);
	hash_text(&h, row->boot_id);
	hash_text(&h, row->room);
	hash_text(&h, row->seat);
	hash_text(&h, row->actor);
	crypto_generichash_update(&h, row->commitment, CHAIN_HASH_BYTES);
	crypto_generichash_final(&h, ret, CHAIN_HASH_BYTES);
}

enum chain_fault chain_check_row(struct chain_check *c, const struct chain_stored *s)
{
	uint8_t hash[CHAIN_HASH_BYTES];

	if (s->row.sequence != c->sequence + 1)
		return CHAIN_SEQUENCE;
	if (memcmp(s->row.previous, c->head, CHAIN_HASH_BYTES) != 0)
		return CHAIN_PREVIOUS;
	chain_hash(hash, &s->row);
	if (memcmp(hash, s->hash, CHAIN_HASH_BYTES) != 0)
		return CHAIN_HASH;
	if (s->payload) {
		chain_commit(hash, s->key, s->payload, s->payload_len);
		if (memcmp(hash, s->row.commitment, CHAIN_HASH_BYTES) != 0)
			return CHAIN_PAYLOAD;
	}
	c->erased += !s->payload;
	c->sequence = s->row.sequence;
	memcpy(c->head, s->hash, CHAIN_HASH_BYTES);
	return CHAIN_OK;
}
