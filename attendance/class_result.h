/*
 * What came of a class: for everybody who was expected or came, presence, whether the rule credits it, and what it then counts
 * (docs/class.md). A pure function of the class's rows up to its close; what follows changes nothing.
 *
 *   class_result_add() each row  ──►  class_result_rows(): all but the amounts  ──►  result_row_count() with the person's other classes
 */
#ifndef HUITANG_ATTENDANCE_CLASS_RESULT_H
#define HUITANG_ATTENDANCE_CLASS_RESULT_H

#include "attendance/credit_day.h"
#include "attendance/credit_rule.h"
#include "attendance/ledger.h"
#include "attendance/person_presence.h"

struct class_result;

/* What all rows of a class share. */
struct result_head {
	int64_t class;                  /* number */
	int64_t began_us;               /* CLASS_OPENED, wall as placed; 0: never */
	int64_t window_s;               /* of W */
	int32_t day;                    /* 20261126: of the planned start in its zone */
	int32_t day_cap, year_cap;      /* milli-hours, the least of the rules; 0 none */
	int64_t rule_version;           /* of the last rule that was chosen; 0: the default */
	char subject[LEDGER_SUBJECT_BYTES], kind[LEDGER_KIND_BYTES];    /* of the plan */
};

struct result_row {
	char person[SEAT_ID_BYTES];
	int64_t home;                   /* of the first roster that had the person; 0: none did */
	int64_t site;                   /* as in struct present_person */
	int64_t present_s, unproved_s, gap_s;
	uint32_t sent, met;
	enum credit_reason reason;
	int32_t hour_s;                 /* of the rule that gives the least; 0 where nothing counts */
	struct spans claim;             /* what counts, within W; empty where nothing does */
	int64_t counted_s, milli_hours; /* what the class adds to the person's sum: result_row_count() */
	struct credit_sum less;         /* above zero: what is to be taken away elsewhere (ledger_take_away()) */
};

/** Owns: *ret is the caller's; end it with class_result_destroy(). Errors: -ENOMEM, -EINVAL no number of a class. */
int class_result_create(struct class_result **ret, int64_t class);
struct class_result *class_result_destroy(struct class_result *c);

/** Takes one row; which rows: person_presence.h. Errors: -ENOMEM; it is then fit only to be destroyed. */
int class_result_add(struct class_result *c, const struct event *ev, const char *boot_id);

/**
 * Everybody on a roster or ever signed in, by pseudonym, without amounts. `same` may be NULL (person_presence.h). They and their claims are the
 * caller's to change until the next call of anything, and then gone.
 *
 * Errors: -EAGAIN the class is not closed, or its room was never opened; -ENOMEM.
 */
int class_result_rows(struct class_result *c, person_same_fn same, void *user, struct result_head *ret_head, struct result_row **ret, size_t *ret_n);

/**
 * Fills in amounts and the final reason from the person's other classes: `n` of them in `sessions`, which has room for one more.
 *
 * Errors: -ENOMEM.
 */
int result_row_count(struct result_row *row, const struct result_head *head, struct credit_session *sessions, size_t n);

/** The row as a session among others. The claim stays the row's. */
struct credit_session result_session(const struct result_head *head, const struct result_row *row);

/** The posting that a row asks for, with that number; false: it asks for none. */
bool result_posting(const struct result_head *head, const struct result_row *row, int64_t entry, struct ledger_entry *ret);

DEFINE_CLEANUP(struct class_result, class_result_destroy)

#endif
