/* See directory_state.h: the tree's order. Without recursion: the tree may be deep. */
#include "attendance/directory_state.h"

#include <errno.h>
#include <string.h>

static void link_children(struct directory *d)
{
	struct org_entry *e;

	d->root = NULL;
	for (e = d->orgs; e; e = e->hh.next) {
		e->org.child = e->org.sibling = NULL;
		e->org.first = e->org.last = e->org.depth = 0;
	}
	/* From the last to the first, so that children are in order of id. */
	for (e = d->orgs ? ELMT_FROM_HH(d->orgs->hh.tbl, d->orgs->hh.tbl->tail) : NULL; e; e = e->hh.prev) {
		struct org_entry *parent = e->org.parent ? directory_find_org(d, e->org.parent) : NULL;
		const struct org **list = parent ? &parent->org.child : &d->root;

		if (e->org.parent && !parent)
			continue;
		e->org.sibling = *list;
		*list = &e->org;
	}
}

int directory_number(struct directory *d)
{
	CLEANUP(mem_freep) const struct org **stack = mem_calloc(HASH_COUNT(d->orgs) + 1, sizeof(*stack));
	const struct org *at;
	uint32_t depth = 0, next = 1;

	if (!stack)
		return -ENOMEM;
	link_children(d);
	at = d->root;
	while (at || depth > 0) {
		if (at) {
			struct org *o = (struct org *)at;

			o->first = next++;
			o->depth = depth;
			stack[depth++] = at;
			at = at->child;
		} else {
			struct org *o = (struct org *)stack[--depth];

			o->last = next - 1;
			at = o->sibling;
		}
	}
	return 0;
}
