/* What the clients of a class's room are told of who signs in. Thread: control. */
#ifndef HUITANG_SIGNALING_SITTING_TELL_H
#define HUITANG_SIGNALING_SITTING_TELL_H

#include "signaling/sitting.h"

/** A person signed in or out: tells the seats of the sites that it concerns (where it is, where it was, where it is at home), and the counts to who leads. */
void sitting_tell_person(struct sitting *t, const struct class_person *p, int64_t was_at);

/** Each second: the counts, if they have changed. */
void sitting_tell_counts(struct sitting *t);

#endif
