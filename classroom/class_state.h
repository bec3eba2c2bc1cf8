/* The class's inside, for class*.c alone. */
#ifndef HUITANG_CLASSROOM_CLASS_STATE_H
#define HUITANG_CLASSROOM_CLASS_STATE_H

#include "classroom/class.h"
#include "classroom/class_expert.h"

#define CLASS_RULES_MAX 32

struct class {
	int64_t number;
	char room[ROOM_ID_BYTES];
	json_t *planned;                /* owned: what `plan` borrows from */
	struct class_plan plan;
	uint32_t revision;
	int64_t planned_us;             /* wall, of the last revision */
	enum class_state state;
	int64_t opened_us, closed_us;   /* wall */
	int64_t paused_us;              /* wall, when the pause under way began */
	int64_t pauses_us;              /* sum of those that are over */
	uint32_t roster;
	char *roster_why;               /* owned; NULL: of a version by the server */
	uint32_t minutes;
	bool has_result, absentees_noted;
	json_t *rules[CLASS_RULES_MAX]; /* owned */
	size_t n_rules;
	struct class_expert experts[CLASS_EXPERTS_MAX];
	size_t n_experts;
	struct class_site *sites;       /* owned: hash by id, in order of invitation */
	struct class_person *persons;   /* owned: hash by id */
};

/** NULL: not invited. */
static inline struct class_site *class_find_site(struct class *c, int64_t id)
{
	return (struct class_site *)(uintptr_t)class_site(c, id);
}

/* class_count.c */

/** Puts one person into the counts (`by` 1), or takes it out as it stands (-1). */
void class_count_person(struct class *c, const struct class_person *p, int by);

/** All of them anew. */
void class_count_all(struct class *c);

#endif
