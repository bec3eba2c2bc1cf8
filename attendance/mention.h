/*
 * Where else a person's name stands in the journal: in what others wrote, which an erasure of the person does not find (docs/database.md, Erasing). For whoever
 * decides about the erasure; texts are not told, only where they are. For store_read().
 */
#ifndef HUITANG_ATTENDANCE_MENTION_H
#define HUITANG_ATTENDANCE_MENTION_H

#include "attendance/directory.h"
#include "attendance/store.h"

#define MENTION_RECORDS_MAX 16          /* a person's own and those merged into it */
#define MENTIONS_MAX 500                /* of one record, the newest */

struct mention_query {
	uint32_t n;
	struct mention_record {
		int64_t person;
		char pseudonym[PSEUDONYM_BYTES];
		char name[PERSON_NAME_BYTES];
	} records[MENTION_RECORDS_MAX];
};

/** Arguments: struct mention_query. Text: a JSON array of {sequence, kind (name of the event), wall_us, room, org (0 none), act ("" none)}. */
int mentions_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
