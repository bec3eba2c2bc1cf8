/* See sitting_person.h. */
#include "signaling/sitting_person.h"

#include "signaling/server.h"

const struct class_person *sitting_person(const struct sitting *t, int64_t id)
{
	const struct person *p = directory_person(t->server->directory, id);

	return p && !p->erased ? class_person(t->class, p->pseudonym) : NULL;
}

const struct person *sitting_identity(const struct sitting *t, const struct class_person *p)
{
	return directory_pseudonym(t->server->directory, p->id);
}

json_t *sitting_person_json(const struct sitting *t, const struct class_person *p, int64_t site)
{
	const struct person *who = sitting_identity(t, p);
	json_t *j = json_pack("{s:I, s:s, s:I, s:I, s:b, s:s}", "person", (json_int_t)(who ? who->id : 0), "name", who ? who->identity.name : "", "home", (json_int_t)(p->home == site ? site : 0),
	                      "site", (json_int_t)p->site, "expected", class_expects(t->class, p), "leave", class_leave_name(p->leave));

	if (j && p->site) {
		json_object_set_new(j, "grade", json_string(proof_grade_name(p->grade)));
		json_object_set_new(j, "since_ms", json_integer(p->since_us / 1000));
		json_object_set_new(j, "shared", json_boolean(p->shared));
		json_object_set_new(j, "late", json_boolean(p->late));
		json_object_set_new(j, "together", json_boolean(p->together));
	}
	return j;
}
