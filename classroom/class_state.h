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
	bool has_result;
	uint32_t minutes;
	json_t *rules[CLASS_RULES_MAX]; /* owned */
	size_t n_rules;
	struct class_expert experts[CLASS_EXPERTS_MAX];
	size_t n_experts;
	struct class_site *sites;       /* owned: hash by id, in order of invitation */
	struct class_person *persons;   /* owned: hash by id */
};

#endif
