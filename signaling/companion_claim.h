/*
 * What a phone may say of itself in one class: that it saw the code on a site's screen, and, after a name was given, whose it is. So that a name
 * can be typed in peace, and the page comes back by itself after the phone was locked. A claim opens nothing else.
 */
#ifndef HUITANG_SIGNALING_COMPANION_CLAIM_H
#define HUITANG_SIGNALING_COMPANION_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/event.h"

#define COMPANION_CLAIM_BYTES 168       /* text and 0 */
#define COMPANION_CLAIM_LIFE_US (18 * 3600 * 1000000LL)
#define COMPANION_VISIT_US (5 * 60 * 1000000LL)         /* so long after the code was seen somebody may sign in by it */

struct companion_claim {
	int64_t class, site;
	int64_t seen_us;                /* wall, when the code was scanned */
	int64_t expires_us;             /* wall */
	char person[PERSON_ID_BYTES];   /* "" nobody yet */
};

/** Whether it still shows that somebody is at the site. */
static inline bool companion_claim_visits(const struct companion_claim *c, int64_t now_wall_us)
{
	return c->site > 0 && now_wall_us - c->seen_us <= COMPANION_VISIT_US;
}

/** Writes it, signed with a key of its own that is derived from the server's. */
void companion_claim_write(char ret[COMPANION_CLAIM_BYTES], const struct companion_claim *c, const uint8_t server_key[32]);

/** Errors: -EINVAL not ours, -EKEYEXPIRED. *ret is untouched then. */
int companion_claim_read(struct companion_claim *ret, const char *text, const uint8_t server_key[32], int64_t now_wall_us);

#endif
