/* Persons of a class: by the directory's id, and as clients see them. Thread: control. */
#ifndef HUITANG_SIGNALING_SITTING_PERSON_H
#define HUITANG_SIGNALING_SITTING_PERSON_H

#include "signaling/sitting.h"

/** NULL: not of this class, or erased. */
const struct class_person *sitting_person(const struct sitting *t, int64_t id);

/** The person of the directory; NULL when that is not known any more. */
const struct person *sitting_identity(const struct sitting *t, const struct class_person *p);

/** schema.json, class_person, as the site is told; where somebody from elsewhere belongs is not. NULL without memory. */
json_t *sitting_person_json(const struct sitting *t, const struct class_person *p, int64_t site);

#endif
