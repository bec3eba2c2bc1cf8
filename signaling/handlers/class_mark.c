/* class.mark: a site's delegate says of persons on its roster that they are there, or have gone. */
#include "signaling/commands.h"

#include "signaling/sitting_person.h"

#define LATE_US (5 * 60 * 1000000LL)

/* A delegate's word counts for the own roster and for who is signed in here. */
static bool is_ours(const struct class_person *p, int64_t site)
{
	return p && (p->home == site || p->site == site);
}

static int mark(struct call *c, struct sitting *t, int64_t site, const struct class_person *p, bool here, bool together)
{
	bool late = class_opened_us(t->class) && c->now.wall_us - class_opened_us(t->class) > LATE_US;

	if (!here)
		return call_class_write(c, t, EVENT_PERSON_SIGNED_OUT, "", json_pack("{s:s, s:I, s:s}", "person", p->id, "site", (json_int_t)site, "by", "seat"));
	return call_class_write(c, t, EVENT_PERSON_SIGNED_IN, "",
	                        json_pack("{s:s, s:I, s:s, s:s, s:s, s:b, s:b}", "person", p->id, "site", (json_int_t)site, "grade", proof_grade_name(PROOF_DELEGATE), "by", "seat",
	                                  "seat", c->client->seat, "late", late, "together", together));
}

static bool has_twice(const json_t *persons)
{
	for (size_t i = 0; i < json_array_size(persons); i++)
		for (size_t k = 0; k < i; k++)
			if (json_integer_value(json_array_get(persons, i)) == json_integer_value(json_array_get(persons, k)))
				return true;
	return false;
}

/* All are looked at before any is marked: one that is not ours refuses the whole. *ret_todo of them are not so yet. */
static int find_all(struct call *c, const struct sitting *t, int64_t site, const json_t *persons, bool here, size_t *ret_todo)
{
	const json_t *id;
	size_t i;

	json_array_foreach(persons, i, id) {
		const struct class_person *p = sitting_person(t, json_integer_value(id));

		if (!is_ours(p, site))
			return call_class_fault(c, CLASS_FAULT_PERSON);
		*ret_todo += (p->site == site) != here;
	}
	return 0;
}

int class_mark_handle(struct call *c)
{
	const struct seat *seat = room_seat(c->meeting->room, c->client->seat);
	const json_t *persons = json_object_get(c->message.body, "persons"), *id;
	size_t i, todo = 0, marked = 0;
	uint64_t ticket = c->meeting->ticket;
	struct sitting *t;
	int r = call_class(c, &t);

	if (r < 0)
		return r;
	if (!seat->site || !class_site(t->class, seat->site))
		return call_class_fault(c, CLASS_FAULT_SITE);
	if (class_closed_us(t->class) || class_state(t->class) == CLASS_CANCELLED)
		return call_class_fault(c, CLASS_FAULT_CLOSED);
	if (has_twice(persons))
		return refuse(&c->why, WIRE_BAD_MESSAGE, "persons");
	r = find_all(c, t, seat->site, persons, message_bool(&c->message, "here"), &todo);
	json_array_foreach(persons, i, id) {
		const struct class_person *p = r == 0 ? sitting_person(t, json_integer_value(id)) : NULL;

		if (!p || (p->site == seat->site) == message_bool(&c->message, "here"))
			continue;
		c->meeting->ticket = ++marked == todo ? ticket : 0;     /* the reply waits for the last */
		r = mark(c, t, seat->site, p, message_bool(&c->message, "here"), json_array_size(persons) > 1);
	}
	json_object_set_new(c->reply, "marked", json_integer((json_int_t)marked));
	return r;
}
