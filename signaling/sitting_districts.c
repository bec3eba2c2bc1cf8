/*
 * See sitting_districts.h. A district is what lies right below the organisation that was invited: a county of a city. Branches that lie there themselves are
 * one district together, its own; where there are no others (a township), each is one.
 */
#include "signaling/sitting_districts.h"

#include "signaling/server.h"

#define SEATS_A_TIME 64

/* A site whose screen is here now. */
struct screen {
	int64_t site;
	UT_hash_handle hh;
};

struct district {
	int64_t org;
	size_t sites, here, came, late;
	struct class_count sum;
	UT_hash_handle hh;
};

static void add_screen(struct screen **screens, int64_t site)
{
	struct screen *known;

	HASH_FIND(hh, *screens, &site, sizeof(site), known);
	known = known ? NULL : mem_zalloc(sizeof(*known));
	if (!known)
		return;
	known->site = site;
	HASH_ADD(hh, *screens, site, sizeof(known->site), known);
	if (!HASH_ADDED(hh, known))
		mem_free(known);
}

static struct screen *screens_of(const struct room *r)
{
	const struct seat *seats[SEATS_A_TIME];
	struct screen *screens = NULL;
	const char *after = "";
	size_t n;

	do {
		n = room_roster(r, after, seats, SEATS_A_TIME);
		for (size_t i = 0; i < n; i++)
			if (seats[i]->site)
				add_screen(&screens, seats[i]->site);
		after = n ? seats[n - 1]->id : "";
	} while (n == SEATS_A_TIME);
	return screens;
}

static int64_t district_of(const struct directory *d, int64_t site, int64_t target)
{
	const struct org *o = directory_org(d, site);

	while (o && o->id != target && o->parent != target && o->parent)
		o = directory_org(d, o->parent);
	return o && (o->id == target || o->parent == target) ? o->id : site;
}

/* Whether any site lies deeper than right below. */
static bool has_counties(const struct directory *d, const struct class *c)
{
	int64_t target = class_plan(c)->target;

	for (const struct class_site *s = NULL; (s = class_next_site(c, s));)
		if (district_of(d, s->id, target) != s->id)
			return true;
	return false;
}

static struct district *need_district(struct district **all, int64_t org)
{
	struct district *d;

	HASH_FIND(hh, *all, &org, sizeof(org), d);
	if (d || HASH_COUNT(*all) >= SITTING_DISTRICTS_MAX)
		return d;
	d = mem_zalloc(sizeof(*d));
	if (!d)
		return NULL;
	d->org = org;
	HASH_ADD(hh, *all, org, sizeof(d->org), d);
	if (HASH_ADDED(hh, d))
		return d;
	mem_free(d);
	return NULL;
}

static void add_site(struct district *d, const struct class *c, const struct class_site *s, const struct class_count *n, bool here)
{
	int64_t opened = class_opened_us(c);

	d->sites++;
	d->here += here;
	d->came += s->arrived_us > 0;
	d->late += opened > 0 && s->arrived_us > opened;
	d->sum.expected += n->expected;
	d->sum.arrived += n->arrived;
	d->sum.on_leave += n->on_leave;
	d->sum.unproved += n->unproved;
}

static struct district *districts_of(const struct sitting *t, const struct class_count *counts, struct screen *screens)
{
	int64_t target = class_plan(t->class)->target;
	bool counties = has_counties(t->server->directory, t->class);
	struct district *all = NULL;
	size_t i = 0;

	for (const struct class_site *s = NULL; (s = class_next_site(t->class, s)); i++) {
		int64_t org = district_of(t->server->directory, s->id, target);
		struct district *d = need_district(&all, counties && org == s->id ? target : org);
		struct screen *screen;

		HASH_FIND(hh, screens, &s->id, sizeof(s->id), screen);
		if (d)
			add_site(d, t->class, s, &counts[i], screen != NULL);
	}
	return all;
}

static json_t *district_json(const struct sitting *t, const struct district *d)
{
	const struct org *o = directory_org(t->server->directory, d->org);

	return json_pack("{s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "org", (json_int_t)d->org, "name", o ? o->name : "", "own", d->org == class_plan(t->class)->target && d->sites > 1, "sites", (json_int_t)d->sites, "here",
	                 (json_int_t)d->here, "came", (json_int_t)d->came, "late", (json_int_t)d->late, "expected", (json_int_t)d->sum.expected, "arrived",
	                 (json_int_t)d->sum.arrived, "on_leave", (json_int_t)d->sum.on_leave, "unproved", (json_int_t)d->sum.unproved);
}

/* Takes the districts. */
static json_t *list_json(const struct sitting *t, struct district *all)
{
	json_t *list = json_array();
	struct district *d, *next;

	HASH_ITER(hh, all, d, next) {
		json_array_append_new(list, district_json(t, d));
		HASH_DEL(all, d);
		mem_free(d);
	}
	return list;
}

static json_t *districts_json(const struct sitting *t, const struct meeting *m)
{
	struct class_count *counts = mem_calloc(MAX(class_n_sites(t->class), (size_t)1), sizeof(*counts));
	struct screen *screens = NULL, *screen, *next;
	json_t *list = NULL;

	if (counts && class_count(t->class, counts) == 0) {
		screens = screens_of(m->room);
		list = list_json(t, districts_of(t, counts, screens));
	}
	HASH_ITER(hh, screens, screen, next) {
		HASH_DEL(screens, screen);
		mem_free(screen);
	}
	mem_free(counts);
	return list;
}

void sitting_tell_districts(const struct sitting *t, struct meeting *m)
{
	json_t *list = NULL;
	struct client *c, *next;

	HASH_ITER(hh_seat, m->clients, c, next) {
		if (!room_may(m->room, c->seat, ACTION_TEACH))
			continue;
		list = list ? list : districts_json(t, m);
		if (list)
			client_send_event(c, "class.districts", json_pack("{s:O}", "districts", list));
	}
	json_decref(list);
}
