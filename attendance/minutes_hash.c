/* See minutes_hash.h. */
#include "attendance/minutes_hash.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "media/base/mem.h"

void minutes_hash_init(struct minutes_hash *h, int64_t class)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "huitang minutes 1\nclass-%" PRId64 "\n", class);

	*h = (struct minutes_hash){ 0 };
	crypto_generichash(h->facts, sizeof(h->facts), (const uint8_t *)text, (size_t)len, NULL, 0);
}

/* ret = H(before ‖ canonical(text)) */
static int hash_text(uint8_t ret[MINUTES_HASH_BYTES], const uint8_t before[MINUTES_HASH_BYTES], const json_t *text)
{
	const size_t flags = JSON_COMPACT | JSON_SORT_KEYS;
	size_t bytes = json_dumpb(text, NULL, 0, flags);
	char *all = bytes ? mem_zalloc(MINUTES_HASH_BYTES + bytes) : NULL;
	bool whole = all && json_dumpb(text, all + MINUTES_HASH_BYTES, bytes, flags) == bytes;

	if (whole) {
		memcpy(all, before, MINUTES_HASH_BYTES);
		crypto_generichash(ret, MINUTES_HASH_BYTES, (const uint8_t *)all, MINUTES_HASH_BYTES + bytes, NULL, 0);
	}
	mem_free(all);
	return whole ? 0 : -ENOMEM;
}

int minutes_hash_add(struct minutes_hash *h, const json_t *payload)
{
	const json_t *text = json_object_get(payload, "text");
	int64_t version = json_integer_value(json_object_get(payload, "version"));
	bool last = json_is_true(json_object_get(payload, "last"));
	int r;

	if (!json_is_object(text) || version != h->version + 1)
		return -EBADMSG;
	r = hash_text(version == 1 ? h->facts : h->last, h->facts, text);
	if (r < 0)
		return r;
	if (version == 1 && last)
		memcpy(h->last, h->facts, sizeof(h->last));
	h->version += last;
	return 0;
}
