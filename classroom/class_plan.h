/*
 * What is planned: who holds a class, of what kind, when, for whom, with which agenda. Read from and written as CLASS_PLANNED's payload
 * (docs/class.md), which requests have as well. Pure.
 */
#ifndef HUITANG_CLASSROOM_CLASS_PLAN_H
#define HUITANG_CLASSROOM_CLASS_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classroom/class_fault.h"

#define CLASS_TITLE_BYTES 201
#define CLASS_CAMPAIGN_BYTES 121
#define CLASS_SUBJECT_BYTES 61
#define CLASS_ZONE_BYTES 65
#define CLASS_ZONE_USUAL "Asia/Shanghai"
#define CLASS_AGENDA_MAX 100
#define CLASS_HOSTS_MAX 20
#define CLASS_LONGEST_US (12 * 3600 * 1000000LL)
#define CLASS_FARTHEST_US (2 * 366 * 24 * 3600 * 1000000LL)

/* Texts are borrowed from the JSON that it was read from. */
struct class_plan {
	int64_t number;                 /* of the class; 0: not given yet */
	int64_t org;                    /* who holds it */
	const char *title, *kind, *campaign, *way, *subject, *zone;     /* campaign "" none; subject: credit's, "" by the kind */
	int64_t start_us, end_us;       /* wall */
	int64_t target;                 /* organisation that is invited, */
	bool subtree;                   /* with all branches below */
	const json_t *agenda;           /* [{minutes, title, speaker}…] */
	const json_t *hosts;            /* [account…], never empty once planned */
};

/**
 * Reads a plan. Members that are missing are empty, the zone is CLASS_ZONE_USUAL.
 *
 * Errors: -EBADMSG a member of another type.
 */
int class_plan_parse(struct class_plan *ret, const json_t *from);

/** Its payload; NULL without memory. Owns: the caller's. */
json_t *class_plan_write(const struct class_plan *p);

/** Whether it can be planned at that moment; *ret_field names the member that is wrong (static text). */
enum class_fault class_plan_check(const struct class_plan *p, int64_t now_us, const char **ret_field);

#endif
