/* The class's inside, for class*.c alone. */
#ifndef HUITANG_CLASSROOM_CLASS_STATE_H
#define HUITANG_CLASSROOM_CLASS_STATE_H

#include "classroom/class.h"

#define CLASS_RULES_MAX 32

struct class {
	int64_t number;
	char room[ROOM_ID_BYTES];
	json_t *planned;                /* owned: what `plan` borrows from */
	struct class_plan plan;
	enum class_state state;
	int64_t opened_us, closed_us;   /* wall */
	int64_t paused_us;              /* wall, when the pause under way began */
	int64_t pauses_us;              /* sum of those that are over */
	uint32_t roster;
	bool has_result;
	json_t *rules[CLASS_RULES_MAX]; /* owned */
	size_t n_rules;
	struct class_site *sites;       /* owned: hash by id, in order of invitation */
	struct class_person *persons;   /* owned: hash by id */
};

#endif
