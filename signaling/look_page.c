/* See look_page.h. */
#include "signaling/look_page.h"

#include <inttypes.h>
#include <stdio.h>

#include "signaling/server.h"

struct look_mark {
	char id[SEAT_ID_BYTES];
	UT_hash_handle hh;
};

static struct look_mark *find(const struct look_marks *m, const char *id)
{
	struct look_mark *found;

	HASH_FIND_STR(m->hash, id, found);
	return found;
}

bool look_marks_add(struct look_marks *m, const char *id)
{
	struct look_mark *mark;

	if (find(m, id))
		return false;
	mark = mem_zalloc(sizeof(*mark));
	if (!mark)
		return true;
	snprintf(mark->id, sizeof(mark->id), "%s", id);
	HASH_ADD_STR(m->hash, id, mark);
	if (!HASH_ADDED(hh, mark))
		mem_free(mark);
	return true;
}

static void write_org(char ret[SEAT_ID_BYTES], int64_t org)
{
	snprintf(ret, SEAT_ID_BYTES, "%" PRId64, org);
}

bool look_marks_add_org(struct look_marks *m, int64_t org)
{
	char id[SEAT_ID_BYTES];

	write_org(id, org);
	return look_marks_add(m, id);
}

bool look_marks_has_org(const struct look_marks *m, int64_t org)
{
	char id[SEAT_ID_BYTES];

	write_org(id, org);
	return find(m, id) != NULL;
}

void look_marks_remove(struct look_marks *m, const char *id)
{
	struct look_mark *mark = find(m, id);

	if (!mark)
		return;
	HASH_DEL(m->hash, mark);
	mem_free(mark);
}

void look_marks_clear(struct look_marks *m)
{
	struct look_mark *mark, *next;

	HASH_ITER(hh, m->hash, mark, next) {
		HASH_DEL(m->hash, mark);
		mem_free(mark);
	}
}

const char *look_marks_next(const struct look_marks *m, const char *after)
{
	const struct look_mark *mark = after ? CONTAINER_OF((char (*)[SEAT_ID_BYTES])(uintptr_t)after, struct look_mark, id)->hh.next : m->hash;

	return mark ? mark->id : NULL;
}

/* The nearest comes first; above one that was shown all were. */
static void add_orgs_above(struct look_page *p, int64_t site)
{
	const struct directory *d = p->sight->server->directory;
	const struct org *o = directory_org(d, site);

	for (unsigned i = 0; o && o->parent && i < ORG_DEPTH_MAX; i++) {
		o = directory_org(d, o->parent);
		if (!o || !look_sight_has(p->sight, o->id) || json_array_size(p->orgs) >= LOOK_ORGS_A_PAGE || !look_marks_add_org(p->orgs_shown, o->id))
			return;
		json_array_append_new(p->orgs, look_org_json(p->sight, o));
	}
}

void look_page_site(struct look_page *p, const struct look_row *row)
{
	add_orgs_above(p, row->site);
	look_marks_add_org(p->sites_shown, row->site);
	json_array_append_new(p->sites, look_site_json(p->board, p->sight, row));
}

void look_page_seat(struct look_page *p, const struct look_row *row)
{
	look_marks_add(p->seats_shown, row->seat);
	json_array_append_new(p->seats, look_seat_json(p->board, row));
}

bool look_page_sites(struct look_page *p, int64_t after, size_t n, int64_t *ret_next)
{
	const struct look_row *r = p->board->sites.hash, *last = NULL;

	*ret_next = 0;
	if (after) {
		HASH_FIND(hh, p->board->sites.hash, &after, sizeof(after), r);
		if (!r || !look_sight_has(p->sight, after))
			return false;
		r = r->hh.next;
	}
	for (; r; r = r->hh.next) {
		if (!look_sight_has(p->sight, r->site))
			continue;
		if (n-- == 0) {
			*ret_next = last ? last->site : 0;
			return true;
		}
		look_page_site(p, r);
		last = r;
	}
	return true;
}

bool look_page_seats(struct look_page *p, size_t n)
{
	for (const struct look_row *r = p->board->seats.hash; r; r = r->hh.next) {
		if (!look_sight_has_seat(p->sight, r->now_seat.org, r->now_seat.person))
			continue;
		if (n-- == 0)
			return true;
		look_page_seat(p, r);
	}
	return false;
}
