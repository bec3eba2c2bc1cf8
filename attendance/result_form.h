/*
 * RESULT's payload (docs/class.md): the rows of a class in as many events as they need. Claims stand in it in microseconds since W began, so that what
 * another class of the same time is to be given can be told without the events of this one. Pure.
 */
#ifndef HUITANG_ATTENDANCE_RESULT_FORM_H
#define HUITANG_ATTENDANCE_RESULT_FORM_H

#include "attendance/class_result.h"

#define RESULT_ROWS_MAX 1000            /* in one event; fewer where claims are long */

/** Takes a payload, JSON; non-zero ends and is returned. */
typedef int (*result_payload_fn)(void *user, const char *payload);

/** One payload after another, the last with `last`. Errors: what `made` returned; -EMSGSIZE one row fills more than an event; -ENOMEM. */
int result_write(const struct result_head *head, const struct result_row *rows, size_t n, result_payload_fn made, void *user);

/** One payload; subject and kind are not in it. Ended by result_part_done(). */
struct result_part {
	struct result_head head;
	struct result_row *rows;        /* owned, n */
	size_t n;
	bool last;
};

/** Errors: -EBADMSG, -ENOMEM. */
int result_parse(struct result_part *ret, const json_t *payload, int64_t class);
void result_part_done(struct result_part *part);

/** A claim as in the payload: "[[0,2700000000]]". NULL: out of memory. Owns: the caller's, free(). */
char *claim_write(const struct spans *claim, int64_t began_us);

/** Errors: -EBADMSG not in order, overlapping, empty or before W; -ENOMEM. */
int claim_parse(struct spans *ret, const json_t *claim, int64_t began_us);

#endif
