/*
 * How often secrets may be guessed, so that who guesses keeps nobody else out. A county may stand behind one address, and one who guesses among
 * them, at somebody's account too. So attempts count
 *
 *   by name and network      an attempt is spent before its password is looked at, else many at once would count as none; a right one is given back
 *   by network               wrong ones of all names, against one who tries everybody's
 *   by the browser alone     where it has been signed in to that account before, as a sealed cookie says: whatever others of its network do
 *
 * A network is an IPv4 address or the /64 of an IPv6 one, of which anybody has as many as he likes. Names are hashed: one may be a card number.
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_GUESS_H
#define HUITANG_SIGNALING_GUESS_H

#include <stdbool.h>
#include <stdint.h>

#define GUESS_WHO_BYTES 64

struct request;

/* Embedded in a request. */
struct guess {
	char attempt[GUESS_WHO_BYTES];  /* what a wrong one counts against */
	char source[GUESS_WHO_BYTES];   /* the network, or the browser: who takes turns with whom */
	bool known;                     /* the browser is: its network does not count */
};

/** Who guesses at a name. `account` that it leads to, 0 for none: of that one the browser may be known. Nothing is spent. */
void guess_begin(struct request *q, const char *name, int64_t account);

/** Who guesses at what needs a sign-in: no other can. Nothing is spent. */
void guess_begin_own(struct request *q, int64_t account);

/** Spends an attempt. Returns 0, or the microseconds until one is free; then nothing was spent. */
int64_t guess_take(struct request *q);

/** The same; false: 429 is said. */
bool guess_spend(struct request *q);

/** It was right, or was not looked at. */
void guess_return(struct request *q);

/** It was wrong. */
void guess_count(struct request *q);

/** Has the browser keep that it has been signed in to the account. */
void guess_remember(struct request *q, int64_t account);

/** The network of a numeric address. */
void guess_network(char ret[GUESS_WHO_BYTES], const char *address);

#endif
