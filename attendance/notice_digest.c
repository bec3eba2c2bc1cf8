/* See notice_digest.h. */
#include "attendance/notice_digest.h"

#include <string.h>

#include "media/base/macros.h"

#define HASH_BYTES 32
#define TITLE "huitang notices 1"

static void add_number(struct notice_digest *d, int64_t n)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
	crypto_generichash_update(&d->state, bytes, sizeof(bytes));
}

static void add_text(struct notice_digest *d, const char *text)
{
	add_number(d, (int64_t)strlen(text));
	crypto_generichash_update(&d->state, (const uint8_t *)text, strlen(text));
}

void notice_digest_begin(struct notice_digest *d)
{
	d->n = 0;
	crypto_generichash_init(&d->state, NULL, 0, HASH_BYTES);
	add_text(d, TITLE);
}

void notice_digest_add(struct notice_digest *d, const struct org_notice *n, const char *kind)
{
	const int64_t numbers[] = { n->id, n->org, n->wall_us, n->class, n->site, n->about, n->absent, n->unproved, n->expected, n->sites };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		add_number(d, numbers[i]);
	add_text(d, kind);
	d->n++;
}

void notice_digest_end(struct notice_digest *d, char ret[NOTICE_DIGEST_BYTES])
{
	uint8_t hash[HASH_BYTES];

	crypto_generichash_final(&d->state, hash, sizeof(hash));
	sodium_bin2hex(ret, NOTICE_DIGEST_BYTES, hash, sizeof(hash));
}

void notice_digest_changes(char ret[NOTICE_DIGEST_BYTES], const struct changes *c)
{
	struct notice_digest d;

	notice_digest_begin(&d);
	for (size_t i = 0; i < changes_n(c); i++)
		if (changes_at(c, i)->type == CHANGE_NOTICE)
			notice_digest_add(&d, &changes_at(c, i)->notice, org_notice_kind_name(changes_at(c, i)->notice.kind));
	ret[0] = 0;
	if (d.n > 0)
		notice_digest_end(&d, ret);
}
