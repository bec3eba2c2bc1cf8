/* A growing array of borrowed slots, each in it once. Embedded. */
#ifndef HUITANG_MEDIA_SLOT_LIST_H
#define HUITANG_MEDIA_SLOT_LIST_H

#include <stddef.h>

struct slot;

struct slot_list {
	struct slot **slots;    /* owned array of given slots */
	size_t n, room;
};

/** Adding twice is once. Errors: -ENOMEM. */
int slot_list_add(struct slot_list *l, struct slot *slot);
void slot_list_remove(struct slot_list *l, const struct slot *slot);

/** Frees the array; the list is then empty. */
void slot_list_done(struct slot_list *l);

#endif
