/* See slot_list.h. */
#include "media/slot_list.h"

#include <errno.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

int slot_list_add(struct slot_list *l, struct slot *slot)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->slots[i] == slot)
			return 0;
	if (l->n == l->room) {
		size_t room = MAX(8, l->room * 2);
		struct slot **bigger = mem_realloc(l->slots, room * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		l->slots = bigger;
		l->room = room;
	}
	l->slots[l->n++] = slot;
	return 0;
}

void slot_list_remove(struct slot_list *l, const struct slot *slot)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->slots[i] == slot) {
			l->slots[i] = l->slots[--l->n];
			return;
		}
	}
}

void slot_list_done(struct slot_list *l)
{
	l->slots = mem_free(l->slots);
	l->n = l->room = 0;
}
