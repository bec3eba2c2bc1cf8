/*
 * When the presence checks of a class fall: at least CHECK_PLAN_EACH in each study hour, at moments that nobody can know before. Pure: time and
 * randomness are passed in.
 *
 * Time here is W's: microseconds since CLASS_OPENED without the pauses. A study hour is 45 minutes of it, counted from 1.
 *
 *   - Not in the first 3 minutes of W, nor in the first minute after a pause or a restart: people come back then.
 *   - Two checks are at least 4 minutes apart, those by hand included, which count for no hour.
 *   - A check of an hour is over before the hour is.
 *   - Among all moments that these rules leave, each is as likely as another.
 *   - Sometimes there is a further one or two, so that nobody is safe after the third.
 *   - What an hour lacks since the server was away, the next ones owe too, as far as the distances leave room.
 *
 * The moments stand nowhere but in memory, and are drawn anew after each pause and restart; what is on record is the checks that were opened.
 */
#ifndef HUITANG_CLASSROOM_CHECK_PLAN_H
#define HUITANG_CLASSROOM_CHECK_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_PLAN_EACH 3
#define CHECK_PLAN_EXTRA_MAX 2
#define CHECK_PLAN_HOUR_US (45 * 60 * 1000000LL)
#define CHECK_PLAN_FIRST_US (3 * 60 * 1000000LL)        /* of W without a check */
#define CHECK_PLAN_AGAIN_US (60 * 1000000LL)            /* after a pause or restart */
#define CHECK_PLAN_APART_US (4 * 60 * 1000000LL)        /* from one's opening to the next one's */
#define CHECK_PLAN_ANSWER_US (30 * 1000000LL)           /* to answer: the ask's span */
#define CHECK_PLAN_MOMENTS_MAX 12                       /* more do not fit into an hour */

struct check_plan {
	void (*random)(void *user, void *ret, size_t bytes);    /* given: not to be guessed */
	void *user;                                             /* given */
	unsigned hour;                          /* the one that is planned, 0 none yet */
	unsigned done;                          /* of the hour's, opened */
	unsigned carried;                       /* owed by hours before this one */
	unsigned n, next;                       /* moments; those before `next` are over */
	int64_t moments_us[CHECK_PLAN_MOMENTS_MAX];
	int64_t not_before_us;                  /* people come back until then */
	int64_t last_us;                        /* the last check's opening, of any kind */
};

void check_plan_init(struct check_plan *p, void (*random)(void *user, void *ret, size_t bytes), void *user);

/**
 * A check was opened at `w_us`, now or, when the journal is read again, then: in order. `hour` is the plan's, 0 of one by hand, after which the
 * moments that are left are drawn anew.
 */
void check_plan_opened(struct check_plan *p, int64_t w_us, unsigned hour);

/** Draws what is left of the hour anew: as W begins, after a pause, after a restart once the journal was read. */
void check_plan_draw(struct check_plan *p, int64_t w_us);

/** Whether a check is to be opened now; *ret_hour is its hour. It stays so until check_plan_opened(). Goes on to the next hour by itself. */
bool check_plan_due(struct check_plan *p, int64_t w_us, unsigned *ret_hour);

/** When to ask again at the latest, W's time: the next moment, or the end of the hour. Not to be told to anybody. */
int64_t check_plan_next_us(const struct check_plan *p);

#endif
