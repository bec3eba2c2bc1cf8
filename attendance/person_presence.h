/*
 * Presence of persons in one class as a pure function of its events (records.md, Presence; docs/class.md has the rule in words).
 *
 * - Rows to be given, in the journal's order: those of the class's room, and behind its first ROOM_OPENED each SERVER_STARTED with
 *   the row just before it, of whatever room. Rows before that ROOM_OPENED are ignored. Time is placed as interval.h does, over the
 *   others: so the clock's steps between plan and class move nothing.
 * - W: [CLASS_OPENED, CLASS_CLOSED) less [CLASS_PAUSED, CLASS_RESUMED). ROOM_ENDED closes as well. Only the first opening and the
 *   first close after it count; while it goes on, W ends where the last row stands. Nothing after the close counts.
 * - A(s): where a seat with JOINED.site = s was present (interval.h). The close proves a seat as the room's end does. A seat's site
 *   and person are those that its joins named first; for checks and proofs from that join on.
 * - A sign-in span at s: from PERSON_SIGNED_IN to PERSON_SIGNED_OUT of that site, the sign-in at another, or the close. Signing in
 *   again at the same site is one more proof. Signing out where one is not signed in changes nothing.
 * - Presence: the union of (span ∩ A(s)) and of the presence of seats with JOINED.person, within W.
 * - System gaps: from the row before a SERVER_STARTED to it.
 * - A check (ASK_OPENED of that kind, at a time of W) goes to who is signed in (at one of its `sites`, if it names any) or has an own
 *   seat that is in (of one of them). ASK_ANSWERED between it and its ASK_CLOSED meets it. A check that was not met was not sent
 *   either where the system is to blame: the server stopped meanwhile, or the class was closed first.
 * - Proofs: sign-ins, accepted answers to anything that is open, joins of an own seat. A missed check leaves unproved what lies
 *   between the last proof before its row and the first after it, or the ends of W.
 *
 * Whole seconds of the sum; gap_s alone is rounded up, so that who was there all the time reaches 100 %.
 * Payloads that are erased or say nothing useful count for nothing; no order of rows breaks it.
 */
#ifndef HUITANG_ATTENDANCE_PERSON_PRESENCE_H
#define HUITANG_ATTENDANCE_PERSON_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/spans.h"
#include "classroom/event.h"
#include "media/base/macros.h"

struct person_presence;

enum sign_in_grade {                    /* a higher one proves more */
	GRADE_NONE,
	GRADE_TYPED,
	GRADE_DELEGATE,
	GRADE_QR,
	GRADE_OWN,                      /* an own seat as well */
};

struct sign_in {
	int64_t at_us;                  /* wall, as placed; may lie before W */
	int64_t site;
	enum sign_in_grade grade;
	bool shared, late, together;
};

struct present_person {
	const char *id;                 /* pseudonym */
	int64_t present_s, unproved_s;
	int64_t gap_s;                  /* of the system gaps within W, what the presence does not bridge */
	uint32_t sent, met;             /* checks */
	enum sign_in_grade grade;       /* the best of the sign-ins; GRADE_NONE: never there */
	int64_t site;                   /* where it was present the longest, among equals the lowest; 0: none, or only in an own seat */
	struct spans spans, unproved;   /* borrowed; within W */
	const struct sign_in *sign_ins; /* borrowed, n_sign_ins, in order of time */
	size_t n_sign_ins;
};

struct class_window {
	int64_t opened_us, closed_us;   /* 0: not yet */
	int64_t seconds;                /* of W */
	int64_t gap_s;                  /* of system gaps within W, rounded up */
	struct spans spans;             /* W, borrowed */
};

/** Under which pseudonym a person counts: itself, or that of the twin it was merged into. Borrowed until the next call. */
typedef const char *(*person_same_fn)(void *user, const char *id);

/** Owns: *ret is the caller's; end it with person_presence_destroy(). `room` is copied. Errors: -ENOMEM, -EINVAL a room's id too long. */
int person_presence_create(struct person_presence **ret, const char *room);
struct person_presence *person_presence_destroy(struct person_presence *p);

/** Takes one row. Errors: -ENOMEM; it is then fit only to be destroyed. */
int person_presence_add(struct person_presence *p, const struct event *ev, const char *boot_id);

/**
 * Who was signed in or had an own seat, by pseudonym; *ret_n of them. `same` may be NULL: nobody has a twin. Valid until the next call.
 *
 * Errors: -ENOMEM.
 */
int person_presence_persons(struct person_presence *p, person_same_fn same, void *user, const struct present_person **ret, size_t *ret_n);

/** Valid until the next call of anything. Errors: -ENOMEM. */
int person_presence_window(struct person_presence *p, struct class_window *ret);

/** The word of a payload; GRADE_NONE for none. */
enum sign_in_grade sign_in_grade_parse(const char *word);
const char *sign_in_grade_word(enum sign_in_grade grade);

DEFINE_CLEANUP(struct person_presence, person_presence_destroy)

#endif
