/*
 * The page on a member's phone in a hall: no seat and no media. It shows that its person is there, and answers what is asked (records.md, Companion).
 *
 *   hello (sign-in of the own device, or a claim) ─► companion.open, with the code of a site's screen: signed in ─► companion.answer …
 *
 * What it is told is its whole state each time, so that telling can be late and skip: at most COMPANIONS_A_TURN of a class a turn, after the sites.
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_COMPANION_H
#define HUITANG_SIGNALING_COMPANION_H

#include "signaling/sitting.h"
#include "signaling/socket.h"

#define COMPANIONS_A_TURN 200
#define COMPANION_DEVICE_BYTES 65

struct companion {
	struct sitting *sitting;        /* given */
	struct socket *socket;          /* given: owns us */
	char person[PERSON_ID_BYTES];
	bool behind;                    /* to be told */
	struct companion *prev, *next;  /* the sitting's */
};

/** Opens the page of a person on a socket, in place of one that was open there. Errors: -ENOMEM. */
int companion_open(struct socket *k, struct sitting *t, const char *person);

/** The socket goes. Accepts NULL. */
struct companion *companion_close(struct companion *c);

/** schema.json, companion: what the page shows. NULL without memory. */
json_t *companion_json(const struct companion *c);

/** What pages of the class show has changed: they are told, in turns. */
void companions_touch(struct sitting *t);

/** The page of one person, if any is open: at once. */
void companions_touch_person(struct sitting *t, const char *person);

/** The class goes. */
void companions_end(struct sitting *t);

#endif
