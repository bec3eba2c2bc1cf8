/* The keys and token ids that a room's host has removed. A set of texts. */
#ifndef HUITANG_CLASSROOM_BAR_H
#define HUITANG_CLASSROOM_BAR_H

#include <stdbool.h>

#define BARS_MAX 20000

struct bar;                             /* NULL is the empty set */

bool bar_has(const struct bar *set, const char *name);

/** Puts `name` (not empty) into the set. Returns 1 if it was new, 0 if it was there, -ENOMEM, -ENOSPC over BARS_MAX. */
int bar_add(struct bar **set, const char *name);
void bar_remove(struct bar **set, const char *name);
void bar_clear(struct bar **set);

/** Calls for each name, in no order. */
void bar_each(const struct bar *set, void (*on_name)(void *user, const char *name), void *user);

#endif
