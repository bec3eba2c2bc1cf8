/* Buckets by address, forgotten once full again. */
#include "signaling/limiter.h"

#include <errno.h>
#include <stdio.h>

#include "media/base/hash.h"
#include "media/base/macros.h"

#define ADDRESS_BYTES 64

struct entry {
	char address[ADDRESS_BYTES];
	struct bucket bucket;
	UT_hash_handle hh;
};

struct limiter {
	int64_t every_us;
	unsigned burst;
	unsigned max_addresses;
	struct entry *entries;  /* owned */
	struct bucket others;
};

static int64_t begin(const struct bucket *b, int64_t now_us)
{
	return MAX(b->spent_us, now_us);
}

static int64_t bucket_wait(const struct bucket *b, int64_t now_us, int64_t every_us, unsigned burst)
{
	return MAX(begin(b, now_us) + every_us - (now_us + every_us * burst), 0);
}

int64_t bucket_spend(struct bucket *b, int64_t now_us, int64_t every_us, unsigned burst)
{
	int64_t wait = bucket_wait(b, now_us, every_us, burst);

	if (wait == 0)
		b->spent_us = begin(b, now_us) + every_us;
	return wait;
}

int limiter_create(struct limiter **ret, int64_t every_us, unsigned burst, unsigned max_addresses)
{
	struct limiter *l = mem_zalloc(sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->every_us = every_us;
	l->burst = burst;
	l->max_addresses = max_addresses;
	*ret = l;
	return 0;
}

static void forget_full(struct limiter *l, int64_t now_us)
{
	struct entry *e, *next;

	HASH_ITER(hh, l->entries, e, next) {
		if (e->bucket.spent_us > now_us)
			continue;
		HASH_DEL(l->entries, e);
		mem_free(e);
	}
}

struct limiter *limiter_destroy(struct limiter *l)
{
	if (l)
		forget_full(l, INT64_MAX);
	return mem_free(l);
}

static struct entry *add(struct limiter *l, const char *address)
{
	struct entry *e = mem_zalloc(sizeof(*e));

	if (!e)
		return NULL;
	snprintf(e->address, sizeof(e->address), "%s", address);
	HASH_ADD_STR(l->entries, address, e);
	if (e->hh.tbl)
		return e;
	return mem_free(e);
}

static struct bucket *bucket_of(struct limiter *l, const char *address, int64_t now_us)
{
	struct entry *e = NULL;

	HASH_FIND_STR(l->entries, address, e);
	if (!e && HASH_COUNT(l->entries) >= l->max_addresses)
		forget_full(l, now_us);
	if (!e && HASH_COUNT(l->entries) < l->max_addresses)
		e = add(l, address);
	return e ? &e->bucket : &l->others;
}

int64_t limiter_spend(struct limiter *l, const char *address, int64_t now_us)
{
	return bucket_spend(bucket_of(l, address, now_us), now_us, l->every_us, l->burst);
}

void limiter_charge(struct limiter *l, const char *address, int64_t now_us)
{
	struct bucket *b = bucket_of(l, address, now_us);

	b->spent_us = begin(b, now_us) + l->every_us;
}

void limiter_return(struct limiter *l, const char *address)
{
	struct entry *e = NULL;

	HASH_FIND_STR(l->entries, address, e);
	if (e)
		e->bucket.spent_us -= l->every_us;
}

int64_t limiter_wait(struct limiter *l, const char *address, int64_t now_us)
{
	struct entry *e = NULL;

	HASH_FIND_STR(l->entries, address, e);
	if (!e && HASH_COUNT(l->entries) < l->max_addresses)
		return 0;
	return bucket_wait(e ? &e->bucket : &l->others, now_us, l->every_us, l->burst);
}
