/*
 * People of the demo county: believable names, dates, categories and posts, each a pure function of an index, so that a demo, an import file
 * and a test speak of the same persons. Nobody of them exists: phones and card numbers are of ranges that are given to nobody.
 * Any thread.
 */
#ifndef HUITANG_ATTENDANCE_DEMO_PEOPLE_H
#define HUITANG_ATTENDANCE_DEMO_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#define DEMO_PEOPLE_YEAR 2026           /* ages are those of its middle */
#define DEMO_CATEGORIES 2               /* of one person, at most */

struct demo_person {
	char name[24];                  /* surname and one or two characters, as often as in life; several persons bear the same */
	bool woman;
	char born[11], joined[11];      /* YYYY-MM-DD; joined at 18 to 45 */
	char phone[12];                 /* 142 and eight digits: 140 to 144 are machines' with 13 digits, so that nobody is called */
	char card[19];                  /* a resident number that passes card_parse(), of province 99, which is none; each person's own */
	const char *categories[DEMO_CATEGORIES]; /* that fit the age; NULL: none, or no second */
};

/** The person of an index below 5,000,000. */
void demo_person(struct demo_person *ret, unsigned index);

/** How many members the branch of an index has: 3 to 50, 30 in the mean. */
unsigned demo_branch_members(unsigned branch);

/**
 * The post of the nth member (from 0) of a branch with so many; NULL for most. Seven make a committee, fewer have a secretary and,
 * from five on, a deputy.
 */
const char *demo_post(unsigned nth, unsigned members);

#endif
