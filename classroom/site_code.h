/*
 * The code on the screen of a site, by which a member's phone shows that it is there: it changes every 15 seconds and is good for its own
 * period and the next. A photograph of it that travels is worth half a minute. Nothing is kept: the code is a keyed hash of class, site and period.
 */
#ifndef HUITANG_CLASSROOM_SITE_CODE_H
#define HUITANG_CLASSROOM_SITE_CODE_H

#include <stdint.h>

#define SITE_CODE_KEY_BYTES 32
#define SITE_CODE_BYTES 11              /* 10 characters and 0: 50 bits */
#define SITE_CODE_PERIOD_US (15 * 1000000LL)
#define SITE_CODE_REMEMBERED 40         /* periods, ten minutes, for which a code is told to be expired instead of wrong */

enum site_code_verdict {
	SITE_CODE_WRONG,                /* of another class, site or time, or no code at all */
	SITE_CODE_FRESH,                /* of this period */
	SITE_CODE_PREVIOUS,             /* of the one before: good too */
	SITE_CODE_EXPIRED,              /* was good within the last ten minutes */
};

/** The key of codes, from the server's own: whoever learns the one knows nothing of the other. Thread: any, after sodium_init(). */
void site_code_key(uint8_t ret[SITE_CODE_KEY_BYTES], const uint8_t server_key[SITE_CODE_KEY_BYTES]);

/** The code of the period of `wall_us`: ten of the 32 digits and capitals without 0, 1, I and O, which look alike. */
void site_code_write(char ret[SITE_CODE_BYTES], const uint8_t key[SITE_CODE_KEY_BYTES], int64_t class_number, int64_t site, int64_t wall_us);

/** When the code that shows at `wall_us` gives way to the next, wall. */
int64_t site_code_until_us(int64_t wall_us);

/**
 * Judges what was scanned or typed: NULL and anything at all may come. Small letters, blanks and hyphens are as good. Takes the same time whatever
 * the code is, as long as it has the length of one. How often may be tried is the caller's to limit.
 */
enum site_code_verdict site_code_check(const char *text, const uint8_t key[SITE_CODE_KEY_BYTES], int64_t class_number, int64_t site, int64_t wall_us);

#endif
