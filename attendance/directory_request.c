/* See directory.h: requests that have been done, by the key that their sender gave them. */
#include "attendance/directory_state.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void write_name(char ret[REQUEST_NAME_BYTES], int64_t account, const char *key)
{
	snprintf(ret, REQUEST_NAME_BYTES, "%lld %s", (long long)account, key);
}

const struct request_done *directory_request(const struct directory *d, int64_t account, const char *key)
{
	char name[REQUEST_NAME_BYTES];
	struct request_entry *e;

	write_name(name, account, key);
	HASH_FIND_STR(d->requests, name, e);
	return e ? &e->done : NULL;
}

static void drop(struct directory *d, struct request_entry *e)
{
	HASH_DEL(d->requests, e);
	mem_free(e);
}

/* They are in the order in which they came, so that the oldest are the first. */
int directory_add_request(struct directory *d, int64_t account, const char *key, const struct request_done *done, int64_t now_us)
{
	struct request_entry *e;

	while (d->requests && d->requests->done.wall_us < now_us - REQUEST_KEPT_US)
		drop(d, d->requests);
	if (directory_request(d, account, key))
		return -EEXIST;
	e = mem_zalloc(sizeof(*e));
	if (!e)
		return -ENOMEM;
	e->done = *done;
	write_name(e->name, account, key);
	HASH_ADD_STR(d->requests, name, e);
	if (HASH_ADDED(hh, e))
		return 0;
	mem_free(e);
	return -ENOMEM;
}

void directory_drop_requests(struct directory *d)
{
	while (d->requests)
		drop(d, d->requests);
}
