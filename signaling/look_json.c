/* See look_json.h. */
#include "signaling/look_json.h"

#include <stdlib.h>
#include <string.h>

#include "media/base/clock.h"
#include "signaling/findings.h"
#include "signaling/meeting.h"
#include "signaling/room_right.h"
#include "signaling/server.h"
#include "signaling/sitting.h"

#define HOSTS_SHOWN 8
#define CHECK_SITES_MAX 500

static const char *const states[] = { "lobby", "open", "paused", "closed" }, *const site_states[] = { "here", "away", "gone", "never" };

/* ---- sums ---- */

static void add(struct class_count *to, const struct class_count *n)
{
	to->expected += n->expected;
	to->arrived += n->arrived;
	to->late += n->late;
	to->left += n->left;
	to->on_leave += n->on_leave;
	to->here += n->here;
	to->unproved += n->unproved;
}

static size_t findings_in_sight(const struct look_board *b, const struct look_sight *v)
{
	const struct finding *f = NULL;
	size_t n = 0;

	while (b->n_findings && (f = finding_of_class_before(b->server, b->class, f)))
		n += look_sight_has(v, f->site);
	return n;
}

static bool holds(const struct look_board *b, const struct look_sight *v)
{
	struct room_place place;

	return room_place(b->server, b->room, &place) && look_sight_has(v, place.org);
}

void look_sum(const struct look_board *b, const struct look_sight *v, struct look_sum *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (const struct look_row *r = b->sites.hash; r; r = r->hh.next) {
		if (!look_sight_has(v, r->site))
			continue;
		ret->sites++;
		ret->sites_here += *r->now_site.seat != 0;
		ret->seats += *r->now_site.seat != 0;
		add(&ret->count, &r->now_site.count);
	}
	for (const struct look_row *r = b->seats.hash; r; r = r->hh.next)
		ret->seats += look_sight_has_seat(v, r->now_seat.org, r->now_seat.person);
	ret->findings = findings_in_sight(b, v);
	ret->state = b->state;
	ret->since_us = b->since_us;
	ret->words = b->words;
	ret->in_sight = ret->sites > 0 || ret->seats > 0 || holds(b, v);
}

bool look_sum_same(const struct look_sum *a, const struct look_sum *b)
{
	return memcmp(&a->count, &b->count, sizeof(a->count)) == 0 && a->sites == b->sites && a->sites_here == b->sites_here && a->seats == b->seats &&
	       a->findings == b->findings && a->state == b->state && a->since_us == b->since_us && a->words == b->words && a->in_sight == b->in_sight;
}

/* ---- rows ---- */

static void put_count(json_t *j, const struct class_count *n)
{
	json_object_set_new(j, "expected", json_integer((json_int_t)n->expected));
	json_object_set_new(j, "arrived", json_integer((json_int_t)n->arrived));
	json_object_set_new(j, "absent", json_integer((json_int_t)(n->expected - MIN(n->arrived, n->expected))));
	json_object_set_new(j, "late", json_integer((json_int_t)n->late));
	json_object_set_new(j, "left", json_integer((json_int_t)n->left));
	json_object_set_new(j, "on_leave", json_integer((json_int_t)n->on_leave));
	json_object_set_new(j, "here", json_integer((json_int_t)n->here));
	json_object_set_new(j, "unproved", json_integer((json_int_t)n->unproved));
}

static json_t *hosts_of_class(const struct look_board *b, const struct class_plan *p)
{
	json_t *list = json_array();
	const json_t *host;
	size_t i;

	json_array_foreach(p->hosts, i, host) {
		const struct account *a = directory_account(b->server->directory, json_integer_value(host));

		if (a && json_array_size(list) < HOSTS_SHOWN)
			json_array_append_new(list, json_string(a->name));
	}
	return list;
}

static json_t *hosts_of_room(const struct look_board *b)
{
	const struct meeting *m = server_find_meeting(b->server, b->room);
	const struct seat *host = m ? room_host(m->room) : NULL;

	return host && seat_present(host) ? json_pack("[s]", host->name) : json_array();
}

static void put_class(json_t *j, const struct look_board *b, const struct class_plan *p)
{
	json_object_set_new(j, "class", json_integer(b->class));
	json_object_set_new(j, "kind", json_string(p->kind));
	json_object_set_new(j, "start_ms", json_integer(p->start_us / 1000));
	json_object_set_new(j, "end_ms", json_integer(p->end_us / 1000));
}

json_t *look_room_json(const struct look_board *b, const struct look_sight *v, const struct look_sum *sum)
{
	const struct directory *d = b->server->directory;
	const struct sitting *t = sitting_of(b->server, b->room);
	struct room_place place = { .title = "" };
	const struct org *o;
	json_t *j;

	room_place(b->server, b->room, &place);
	o = directory_org(d, place.org);
	j = json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:i, s:i, s:I, s:I, s:I, s:I, s:b}", "room", b->room, "title", place.title, "org_name", o ? o->name : "", "state", states[sum->state],
	              "hosts", t ? hosts_of_class(b, class_plan(t->class)) : hosts_of_room(b), "since_ms", (json_int_t)(sum->since_us / 1000), "start_ms", 0, "end_ms", 0, "seats",
	              (json_int_t)sum->seats, "sites", (json_int_t)sum->sites, "sites_here", (json_int_t)sum->sites_here, "findings", (json_int_t)sum->findings, "may_check",
	              sum->state == LOOK_OPEN && t && sum->sites > 0);
	if (!j)
		return NULL;
	put_count(j, &sum->count);
	if (t)
		put_class(j, b, class_plan(t->class));
	if (o && can_see(d, &v->who, target_org(o->id), clock_wall_us()))
		json_object_set_new(j, "org", json_integer(o->id));
	return j;
}

/* The wall time of something on the boot clock, as long as that is of this boot. */
static json_int_t wall_ms(int64_t boot_us)
{
	int64_t now_us = clock_boot_us();

	return boot_us > 0 && boot_us <= now_us ? (clock_wall_us() - (now_us - boot_us)) / 1000 : 0;
}

static json_t *sources_json(uint8_t mask)
{
	json_t *list = json_array();

	for (enum seat_source s = 0; list && s < SEAT_SOURCES; s++)
		if (mask & SEAT_BIT(s))
			json_array_append_new(list, json_string(seat_source_name(s)));
	return list;
}

json_t *look_site_json(const struct look_board *b, const struct look_sight *v, const struct look_row *row)
{
	const struct directory *d = b->server->directory;
	const struct look_site *s = &row->now_site;
	const struct org *o = directory_org(d, row->site);
	json_t *j = json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:o, s:b}", "site", (json_int_t)row->site, "name", o ? o->name : "", "answer", site_answer_name(s->answer), "state",
	                      site_states[s->state], "came_ms", (json_int_t)(s->came_us / 1000), "since_ms", wall_ms(s->since_us), "on", sources_json(s->on), "names",
	                      can_see_people_of(d, &v->who, row->site, clock_wall_us()));

	if (!j)
		return NULL;
	put_count(j, &s->count);
	if (o && o->parent && look_sight_has(v, o->parent))
		json_object_set_new(j, "above", json_integer(o->parent));
	if (*s->seat)
		json_object_set_new(j, "seat", json_string(s->seat));
	return j;
}

json_t *look_seat_json(const struct look_board *b, const struct look_row *row)
{
	static const char *const presences[] = { "here", "away", "gone" };
	const struct meeting *m = server_find_meeting(b->server, b->room);
	const struct seat *seat = m ? room_seat(m->room, row->seat) : NULL;
	const struct look_seat *s = &row->now_seat;

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "seat", row->seat, "name", seat ? seat->name : "", "org", seat ? seat->org : "", "kind", seat_kind_name(s->kind), "role",
	                 role_name(s->role), "presence", presences[s->presence], "on", sources_json(s->on));
}

json_t *look_org_json(const struct look_sight *v, const struct org *o)
{
	json_t *j = json_pack("{s:I, s:s, s:s}", "org", (json_int_t)o->id, "name", o->name, "kind", o->kind);

	if (j && o->parent && look_sight_has(v, o->parent))
		json_object_set_new(j, "parent", json_integer(o->parent));
	return j;
}

/* ---- checks ---- */

static int compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool goes_to(const struct ask_spec *spec, int64_t site)
{
	return !spec->sites || bsearch(&site, spec->sites, spec->n_sites, sizeof(site), compare_ids);
}

static bool goes_to_any(const struct look_board *b, const struct look_sight *v, const struct ask_spec *spec)
{
	for (const struct look_row *r = b->sites.hash; r; r = r->hh.next)
		if (look_sight_has(v, r->site) && goes_to(spec, r->site))
			return true;
	return false;
}

static json_t *answers_json(const struct sitting *t, const struct look_sight *v, uint32_t ask, uint32_t *ret_answered)
{
	const struct ask_site *sites[CHECK_SITES_MAX];
	json_t *list = json_array();
	size_t n, from = 0;

	do {
		n = asks_sites(t->asks, ask, from, sites, CHECK_SITES_MAX);
		from += n;
		for (size_t i = 0; i < n; i++) {
			if (!sites[i]->id || !look_sight_has(v, sites[i]->id))
				continue;
			*ret_answered += sites[i]->tally.answered;
			if (json_array_size(list) < CHECK_SITES_MAX)
				json_array_append_new(list, json_pack("{s:I, s:I}", "site", (json_int_t)sites[i]->id, "answered", (json_int_t)sites[i]->tally.answered));
		}
	} while (n == CHECK_SITES_MAX);
	return list;
}

json_t *look_check_json(const struct look_board *b, const struct look_sight *v)
{
	const struct sitting *t = sitting_of(b->server, b->room);
	const struct ask *ask = t && b->check.ask ? asks_get(t->asks, b->check.ask) : NULL;
	uint32_t answered = 0;
	json_t *sites;

	if (!ask || !goes_to_any(b, v, &ask->spec))
		return NULL;
	sites = answers_json(t, v, ask->id, &answered);
	return json_pack("{s:I, s:s, s:I, s:I, s:I, s:o}", "ask", (json_int_t)ask->id, "state", ask->state == ASK_OPEN ? "open" : "closed", "opened_ms", (json_int_t)(ask->opened_wall_us / 1000),
	                 "deadline_ms", (json_int_t)(ask->deadline_wall_us / 1000), "answered", (json_int_t)answered, "sites", sites);
}
