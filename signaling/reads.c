/* See reads.h. */
#include "signaling/reads.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "media/base/hash.h"
#include "signaling/server.h"

struct server_read {
	uint64_t ticket;
	read_done_fn done;
	uint8_t data[READ_DATA_BYTES];
	UT_hash_handle hh;
};

int reads_begin(struct server *s, store_read_fn fn, const void *args, size_t args_len, read_done_fn done, const void *data, size_t len)
{
	struct server_read *r = mem_zalloc(sizeof(*r));
	int err;

	assert(len <= READ_DATA_BYTES);
	if (!r)
		return -ENOMEM;
	r->ticket = ++s->next_serial;
	r->done = done;
	memcpy(r->data, data, len);
	HASH_ADD(hh, s->reads, ticket, sizeof(r->ticket), r);
	if (!HASH_ADDED(hh, r)) {
		mem_free(r);
		return -ENOMEM;
	}
	err = store_read(s->store, fn, args, args_len, r->ticket);
	if (err < 0) {
		HASH_DEL(s->reads, r);
		mem_free(r);
	}
	return err;
}

bool reads_on_read(struct server *s, uint64_t ticket, const char *text, int error)
{
	struct server_read *r;

	HASH_FIND(hh, s->reads, &ticket, sizeof(ticket), r);
	if (!r)
		return false;
	HASH_DEL(s->reads, r);
	r->done(s, r->data, text, error);
	mem_free(r);
	return true;
}

void reads_destroy(struct server *s)
{
	struct server_read *r, *next;

	HASH_ITER(hh, s->reads, r, next) {
		HASH_DEL(s->reads, r);
		mem_free(r);
	}
}
