/*
 * Where else a person's name stands in the journal: in what others wrote, which an erasure of the person does not find (docs/database.md, Erasing). For whoever
 * decides about the erasure; texts are not told, only where they are. For store_read().
 *
 * Every payload is looked at, the newest first: a page ends after half a second at the latest, with what was found by then, and the next one goes on there.
 */
#ifndef HUITANG_ATTENDANCE_MENTION_H
#define HUITANG_ATTENDANCE_MENTION_H

#include "attendance/directory.h"
#include "attendance/store.h"

#define MENTION_RECORDS_MAX 16          /* a person's own and those merged into it */

struct mention_query {
	int64_t before;                 /* row of the journal; INT64_MAX for the newest */
	uint32_t limit;                 /* places on a page, from 1 */
	uint32_t n;
	struct mention_record {
		int64_t person;
		char pseudonym[PSEUDONYM_BYTES];
		char name[PERSON_NAME_BYTES];
	} records[MENTION_RECORDS_MAX];
};

/**
 * Arguments: struct mention_query. Text: {"rows": [{sequence, kind (name of the event), wall_us, room, org (0 none), act ("" none)}], "next"}; `next` is the
 * next page's `before`, 0 when all was looked at. A page may be empty and have a next one.
 */
int mentions_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
