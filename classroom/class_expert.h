/*
 * Experts whom a class has invited by link: who has the link's code comes in as presenter, from and until what it says, until it is taken back. What is kept
 * of the code is a hash. Part of the class's fold (class.h). Pure.
 */
#ifndef HUITANG_CLASSROOM_CLASS_EXPERT_H
#define HUITANG_CLASSROOM_CLASS_EXPERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/class_fault.h"

#define CLASS_EXPERTS_MAX 20
#define EXPERT_NAME_BYTES 121
#define EXPERT_HASH_BYTES 32
#define EXPERT_CODE_BYTES 33            /* 32 hexadecimal digits and 0 */
#define EXPERT_SEAT_BYTES 24            /* "expert-3" */
#define EXPERT_AROUND_US (60 * 60 * 1000000LL)  /* before the start and behind the end, where the link says nothing */

struct class;

struct class_expert {
	int64_t number;                 /* of the class's experts, from 1 */
	char name[EXPERT_NAME_BYTES];
	int64_t from_us, until_us;      /* wall; 0: by the plan */
	uint8_t hash[EXPERT_HASH_BYTES];        /* of the code */
	bool revoked;
};

/** All that were ever invited, *ret_n, in order. Borrowed until the next class_apply(). */
const struct class_expert *class_experts(const struct class *c, size_t *ret_n);

/** NULL for none of that number; by its code, whatever has become of it. */
const struct class_expert *class_expert(const struct class *c, int64_t number);
const struct class_expert *class_expert_of_code(const struct class *c, const char *code);

/** When the link lets in, wall: as it says, else around the plan. */
int64_t class_expert_from_us(const struct class *c, const struct class_expert *e);
int64_t class_expert_until_us(const struct class *c, const struct class_expert *e);

/** Whether it lets in at a moment: CLASS_FAULT_EXPERT_EARLY, _EXPERT_LINK. While the class is under way no end by the plan ends it. */
enum class_fault class_expert_may(const struct class *c, const struct class_expert *e, int64_t wall_us);

/** Whether somebody may be invited so: CLASS_FAULT_TEXT, _ENDS_FIRST, _PAST, _EXPERTS (too many). 0 as above. */
enum class_fault class_expert_check(const struct class *c, const char *name, int64_t from_us, int64_t until_us, int64_t wall_us);

/** The seat that the expert takes, by browser and by WHIP: "expert-3". */
void class_expert_seat(char ret[EXPERT_SEAT_BYTES], int64_t number);

/** The number of such a seat's name, 0 of another. */
int64_t class_expert_of_seat(const char *seat);

void class_expert_hash(uint8_t ret[EXPERT_HASH_BYTES], const char *code);

#endif
