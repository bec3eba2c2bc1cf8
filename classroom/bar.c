/* See bar.h. */
#include "classroom/bar.h"

#include <errno.h>
#include <string.h>

#include "media/base/hash.h"

struct bar {
	UT_hash_handle hh;
	char name[];
};

bool bar_has(const struct bar *set, const char *name)
{
	struct bar *found = NULL;

	HASH_FIND_STR(set, name, found);
	return found != NULL;
}

int bar_add(struct bar **set, const char *name)
{
	size_t len = strlen(name);
	struct bar *bar;

	if (bar_has(*set, name))
		return 0;
	if (HASH_COUNT(*set) >= BARS_MAX)
		return -ENOSPC;
	bar = mem_zalloc(sizeof(*bar) + len + 1);
	if (!bar)
		return -ENOMEM;
	memcpy(bar->name, name, len);
	HASH_ADD_KEYPTR(hh, *set, bar->name, len, bar);
	if (HASH_ADDED(hh, bar))
		return 1;
	mem_free(bar);
	return -ENOMEM;
}

void bar_remove(struct bar **set, const char *name)
{
	struct bar *found = NULL;

	HASH_FIND_STR(*set, name, found);
	if (!found)
		return;
	HASH_DEL(*set, found);
	mem_free(found);
}

void bar_clear(struct bar **set)
{
	struct bar *bar, *tmp;

	HASH_ITER(hh, *set, bar, tmp) {
		HASH_DEL(*set, bar);
		mem_free(bar);
	}
}

void bar_each(const struct bar *set, void (*on_name)(void *user, const char *name), void *user)
{
	for (const struct bar *bar = set; bar; bar = bar->hh.next)
		on_name(user, bar->name);
}
