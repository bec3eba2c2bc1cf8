/* See sitting_tell.h. */
#include "signaling/sitting_tell.h"

#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/sitting_districts.h"
#include "signaling/sitting_person.h"

static bool concerns(const struct seat *seat, const struct class_person *p, int64_t was_at)
{
	return seat->site && (seat->site == p->site || seat->site == was_at || seat->site == p->home);
}

void sitting_tell_person(struct sitting *t, const struct class_person *p, int64_t was_at)
{
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	struct client *c, *next;

	t->count_changed = true;
	if (!m)
		return;
	HASH_ITER(hh_seat, m->clients, c, next) {
		const struct seat *seat = room_seat(m->room, c->seat);

		if (seat && concerns(seat, p, was_at))
			client_send_event(c, "class.people", json_pack("{s:[o]}", "people", sitting_person_json(t, p, seat->site)));
	}
}

/* Over all sites. */
static json_t *sum(const struct class *c)
{
	size_t n = class_n_sites(c);
	struct class_count *counts = mem_calloc(MAX(n, (size_t)1), sizeof(*counts)), all = { 0 };
	size_t complete = 0, begun = 0;

	if (!counts || class_count(c, counts) < 0) {
		mem_free(counts);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) {
		all.expected += counts[i].expected;
		all.arrived += counts[i].arrived;
		all.on_leave += counts[i].on_leave;
		all.here += counts[i].here;
		all.unproved += counts[i].unproved;
		complete += counts[i].expected > 0 && counts[i].arrived == counts[i].expected;
		begun += counts[i].here > 0;
	}
	mem_free(counts);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "sites", (json_int_t)n, "sites_begun", (json_int_t)begun, "sites_complete", (json_int_t)complete,
	                 "expected", (json_int_t)all.expected, "arrived", (json_int_t)all.arrived, "on_leave", (json_int_t)all.on_leave, "here", (json_int_t)all.here,
	                 "unproved", (json_int_t)all.unproved);
}

void sitting_tell_counts(struct sitting *t)
{
	struct meeting *m = server_find_meeting(t->server, class_room(t->class));
	struct client *c, *next;
	json_t *count;

	if (!t->count_changed || !m)
		return;
	t->count_changed = false;
	count = sum(t->class);
	HASH_ITER(hh_seat, m->clients, c, next)
		if (count && room_may(m->room, c->seat, ACTION_FOLLOW))
			client_send_event(c, "class.count", json_pack("{s:O}", "count", count));
	json_decref(count);
	sitting_tell_districts(t, m);
}
