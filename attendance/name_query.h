/*
 * What somebody types to find a name: characters (张伟), pinyin (zhangwei), initials (zw, zhw), any mixture (张w, zhang伟), the last
 * syllable begun (zhangw, zhan), several words in the order of the name or with its beginning last (wei zhang). Tones may be there as
 * marks. A word begins at a character of the name and runs on without leaving one out.
 */
#ifndef HUITANG_ATTENDANCE_NAME_QUERY_H
#define HUITANG_ATTENDANCE_NAME_QUERY_H

#include "attendance/name_key.h"

#define NAME_QUERY_CHARACTERS 63        /* at most, folded */
#define NAME_QUERY_WORDS 8

struct name_query {
	uint64_t signs;                 /* a key that lacks one of them does not match */
	uint32_t character[NAME_QUERY_CHARACTERS];
	struct { uint8_t at, n; } word[NAME_QUERY_WORDS];
	uint8_t words;                  /* 0: everything matches */
};

/**
 * Reads what was typed. Embedded; nothing to end.
 *
 * Thread: any; pure. Errors: -EINVAL not UTF-8; -E2BIG longer than the two bounds. *ret then untouched.
 */
int name_query_parse(struct name_query *ret, const char *text);

/** Whether the key is looked for. Any thread; pure; steps are bounded by (units x characters x words). */
bool name_query_matches(const struct name_query *query, const struct name_key *key);

#endif
