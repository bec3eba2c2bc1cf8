/*
 * The ledger of credit: postings, never changed; what was wrong is reversed and posted again (records.md, Credit). An account is a person,
 * a year, a subject and a kind. What is refused here can be in no ledger, so that no account is ever below zero:
 *
 * - amounts below zero are reversals only, and a reversal takes back exactly one whole posting, once, in the same account;
 * - a reversal is not reversed: post again instead.
 *
 * Pure: whoever writes CREDIT_POSTED asks here first, and `huitang verify` goes through all that was written.
 */
#ifndef HUITANG_ATTENDANCE_LEDGER_H
#define HUITANG_ATTENDANCE_LEDGER_H

#include <jansson.h>
#include <stdint.h>

#include "attendance/credit_day.h"
#include "attendance/credit_rule.h"
#include "classroom/event.h"
#include "media/base/macros.h"

#define LEDGER_SUBJECT_BYTES 61
#define LEDGER_KIND_BYTES 33

struct ledger;

struct ledger_entry {
	int64_t entry;                  /* its number, from 1, unique in the whole ledger */
	int64_t class;
	int64_t home;                   /* organisation that the person belonged to */
	char person[SEAT_ID_BYTES];     /* pseudonym */
	int32_t day;                    /* 20261126; its year is the account's */
	char subject[LEDGER_SUBJECT_BYTES], kind[LEDGER_KIND_BYTES];
	int64_t milli_hours, counted_s;
	enum credit_reason reason;
	int64_t reverses;               /* 0: a posting; else the posting that this takes back */
	int64_t appeal;                 /* 0: computed; else the appeal that decided it */
};

/** Of the day. */
static inline int32_t ledger_year(const struct ledger_entry *e)
{
	return e->day / 10000;
}

/** Whether one entry lies in the other's account. */
bool ledger_same_account(const struct ledger_entry *a, const struct ledger_entry *b);

/** CREDIT_POSTED's payload (docs/class.md), of that class. Errors: -EBADMSG. */
int ledger_entry_parse(struct ledger_entry *ret, const json_t *payload, int64_t class);

/** NULL: out of memory. Owns: the caller's. */
json_t *ledger_entry_write(const struct ledger_entry *e);

/** Owns: *ret is the caller's; end it with ledger_destroy(). Errors: -ENOMEM. */
int ledger_create(struct ledger **ret);
struct ledger *ledger_destroy(struct ledger *l);

/**
 * Takes an entry, copied.
 *
 * Errors: -EINVAL no number, person, class or day; an amount below zero that reverses nothing, or a reversal above; -EEXIST the number is
 *         taken; -ENOENT it reverses nothing that is there; -EALREADY that was reversed; -EBADMSG it is a reversal itself, of another account or
 *         class, or of another amount; -ENOMEM. Nothing was taken then.
 */
int ledger_add(struct ledger *l, const struct ledger_entry *e);

/** NULL: none of that number. Borrowed until the next ledger_add(). */
const struct ledger_entry *ledger_find(const struct ledger *l, int64_t entry);

/** What an account has; `account` needs person, day, subject and kind. */
struct credit_sum ledger_sum(const struct ledger *l, const struct ledger_entry *account);

/** Takes what was made; non-zero ends and is returned. */
typedef int (*ledger_entry_fn)(void *user, const struct ledger_entry *e);

/**
 * What a decided appeal does: the posting is reversed and `again`, where it is not zero, posted in its place, both with the number of the
 * appeal. They are in the ledger already when `made` is called with each. *next is the number of the first, and then the next free one.
 *
 * Errors: -EINVAL `again` is below zero; those of ledger_add(), -ENOENT no such posting; what `made` returned.
 */
int ledger_post_again(struct ledger *l, int64_t entry, struct credit_sum again, enum credit_reason reason, int64_t appeal, int64_t *next, ledger_entry_fn made,
                      void *user);

/**
 * Takes away from a person what a difference below zero says (credit_days_difference(); amounts of `less` are above zero): computed postings of that
 * year that stand are reversed and posted again with less, those of the day first, then the newest. *ret_left is what could not be taken.
 *
 * Errors: those of ledger_post_again().
 */
int ledger_take_away(struct ledger *l, const char *person, int32_t day, struct credit_sum less, int64_t *next, ledger_entry_fn made, void *user,
                     struct credit_sum *ret_left);

DEFINE_CLEANUP(struct ledger, ledger_destroy)

#endif
