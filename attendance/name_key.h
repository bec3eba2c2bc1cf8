/*
 * By what a name is found and sorted: its folded form, its pinyin without tones ("zhangwei"), its initials ("zw"), and a sort key.
 * Readings come from han_reading.h, corrected by name_reading.h and by a reading that was written down for the person.
 * name_query.h asks whether a key is what somebody looks for.
 */
#ifndef HUITANG_ATTENDANCE_NAME_KEY_H
#define HUITANG_ATTENDANCE_NAME_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/base/macros.h"

#define NAME_KEY_CHARACTERS 128         /* further ones are neither found nor sorted by */
#define NAME_KEY_READINGS 4             /* of one character */

enum name_kind {
	NAME_OF_PERSON,                 /* begins with a surname, which may have a reading of its own */
	NAME_OF_ORG,
};

struct name_order;                      /* ICU's collator: see name_key.c */

/* One character of a name and what can be typed for it. */
struct name_unit {
	uint32_t character;
	uint8_t readings;               /* how many: 0 for what is no Han character or letter with marks */
	char reading[NAME_KEY_READINGS][8];     /* the first is the one that pinyin and initials show */
};

struct name_key {
	uint64_t signs;                 /* which letters, digits and (hashed) others can match: see name_signs() */
	const char *folded;
	const char *pinyin;             /* Latin parts as they are, folded; other scripts are left out */
	const char *initials;
	const uint8_t *sort;            /* compare with name_key_compare() */
	uint16_t sort_bytes;
	uint16_t units;
	struct name_unit unit[];        /* without separators */
};

/**
 * Opens what sorts by pinyin with tones and takes digits for numbers (zh-u-co-pinyin-kn): once for the program.
 *
 * Owns:   *ret is the caller's; end it with name_order_close(), after which its keys live on.
 * Thread: any; once open it is only read, by any number of threads.
 * Errors: -ENOENT: ICU has no Chinese order; -ENOMEM.
 */
int name_order_open(struct name_order **ret);
struct name_order *name_order_close(struct name_order *order);

/**
 * Makes the key of a name. `reading` is what was written down for this person or organisation: pinyin with a space or apostrophe between
 * syllables, tones as marks or not at all, for all Han characters or the first ones ("shan" for 单); NULL or "" for none.
 *
 * Owns:   *ret is the caller's; end it with name_key_destroy().
 * Thread: any, also at once with one `order`. Some 3 us.
 * Errors: -EINVAL: not UTF-8; -EBADMSG: `reading` is no pinyin or has more syllables than the name has Han characters; -ENOMEM.
 */
int name_key_create(struct name_key **ret, const struct name_order *order, enum name_kind kind, const char *name, const char *reading);
struct name_key *name_key_destroy(struct name_key *key);

/** As memcmp(), in the order of lists; 0 for equal names. */
int name_key_compare(const struct name_key *a, const struct name_key *b);

/** The sign of a character in `signs`; a letter, digit or other character that a key lacks cannot match in it. */
uint64_t name_signs(uint32_t character);

DEFINE_CLEANUP(struct name_order, name_order_close)
DEFINE_CLEANUP(struct name_key, name_key_destroy)

#endif
