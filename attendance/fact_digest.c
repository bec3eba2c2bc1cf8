/* See fact_digest.h. */
#include "attendance/fact_digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/mem.h"

#define HASH_BYTES 32
#define TITLE "huitang facts 1"

static void add_number(struct fact_digest *d, int64_t n)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
	crypto_generichash_update(&d->state, bytes, sizeof(bytes));
}

static void add_text(struct fact_digest *d, const char *text)
{
	add_number(d, (int64_t)strlen(text));
	crypto_generichash_update(&d->state, (const uint8_t *)text, strlen(text));
}

void fact_digest_begin(struct fact_digest *d)
{
	d->n = 0;
	crypto_generichash_init(&d->state, NULL, 0, HASH_BYTES);
	add_text(d, TITLE);
}

void fact_digest_add(struct fact_digest *d, const struct fact *f, int64_t supersedes, int64_t recorded_us)
{
	const int64_t numbers[] = { f->type, f->id, supersedes, f->valid_from_us, f->valid_to_us, recorded_us, f->org, f->person, f->other, f->flag };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		add_number(d, numbers[i]);
	add_text(d, f->text ? f->text : "");
	add_text(d, f->note && f->type != FACT_GRANT ? f->note : "");
	d->n++;
}

void fact_digest_end(struct fact_digest *d, char ret[FACT_DIGEST_BYTES])
{
	uint8_t hash[HASH_BYTES];

	crypto_generichash_final(&d->state, hash, sizeof(hash));
	sodium_bin2hex(ret, FACT_DIGEST_BYTES, hash, sizeof(hash));
}

/* ---- of changes ---- */

static int64_t id_of(const struct change *c)
{
	return c->type == CHANGE_FACT_ENDS ? c->into : c->fact.id;
}

static int compare(const void *a, const void *b)
{
	const struct change *x = *(const struct change *const *)a, *y = *(const struct change *const *)b;

	if (x->fact.type != y->fact.type)
		return x->fact.type < y->fact.type ? -1 : 1;
	return id_of(x) < id_of(y) ? -1 : id_of(x) > id_of(y);
}

static void add_change(struct fact_digest *d, const struct change *c, int64_t recorded_us)
{
	struct fact f = c->fact;

	f.id = id_of(c);
	fact_digest_add(d, &f, c->type == CHANGE_FACT_ENDS ? c->id : 0, recorded_us);
}

int fact_digest_changes(char ret[FACT_DIGEST_BYTES], const struct changes *c, int64_t recorded_us)
{
	const struct change **list = mem_calloc(changes_n(c) + 1, sizeof(*list));
	struct fact_digest d;
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < changes_n(c); i++)
		if (changes_at(c, i)->type == CHANGE_FACT || changes_at(c, i)->type == CHANGE_FACT_ENDS)
			list[n++] = changes_at(c, i);
	qsort(list, n, sizeof(*list), compare);
	fact_digest_begin(&d);
	for (size_t i = 0; i < n; i++)
		add_change(&d, list[i], recorded_us);
	if (n > 0)
		fact_digest_end(&d, ret);
	else
		ret[0] = 0;
	mem_free((void *)list);
	return 0;
}
