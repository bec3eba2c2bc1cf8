/*
 * A table of people or organisations against the directory: what each row would change, and the changes of all of them. Planned in
 * steps, so that a long table holds nobody up; nothing is changed until the changes are posted. Importing the same table again changes
 * nothing.
 *
 * A person is found by the card number, else by name and organisation (and phone where both have one); an organisation by its code, else by name
 * under its parent. An empty cell changes nothing. What cannot be said for sure is refused, with the row and the reason.
 *
 * Thread: control, while no other act has its turn (the directory must not change between the first step and the posting).
 */
#ifndef HUITANG_ATTENDANCE_IMPORT_IMPORT_H
#define HUITANG_ATTENDANCE_IMPORT_IMPORT_H

#include "attendance/authority.h"
#include "attendance/card_key.h"
#include "attendance/changes.h"
#include "attendance/table/mapping.h"

enum import_fate {
	IMPORT_ADDED,
	IMPORT_CHANGED,
	IMPORT_SAME,
	IMPORT_REFUSED,
	IMPORT_FATES
};

struct import_row {
	uint32_t number;                /* in the file */
	enum import_fate fate;
	const char *name;               /* as the file has it; borrowed from the import */
	struct table_problem problem;   /* of IMPORT_REFUSED */
};

struct import_cfg {
	struct directory *directory;            /* given: outlives the import */
	const struct principal *who;            /* NULL: the machine's administrator, who may everywhere. Copied */
	int64_t org;                            /* rows name organisations at or below this one; 0: any */
	const struct card_key *card_key;        /* given; NULL: card numbers are refused */
	const char *person_kind;                /* of people whom no column tells the kind of: "member", …; "" as the headers and titles say */
	const struct mapping_profile *profile;  /* used until import_begin() returns; NULL: headers mean what they say */
	int64_t now_us;                         /* wall */
};

struct import;

/** Whether the rows of such a table must tell where they belong. People without a column for that belong to `org`, when nothing is below it. */
bool import_needs_org(const struct directory *d, enum table_kind kind, int64_t org);

/**
 * Finds the columns of a table, which is given: it outlives the import, and can be planned again by another.
 *
 * Owns:   *ret is the caller's, end it with import_end().
 * Errors: -EBADMSG: no header, or columns are missing: *problems says it; -ENOMEM.
 */
int import_begin(struct import **ret, const struct import_cfg *cfg, enum table_kind kind, const struct table *table, struct table_problems *problems);
struct import *import_end(struct import *i);

/** Takes in as many of the people who are there, and after the last of them plans up to `rows` more. Returns 1 when all are planned, 0 when there are more; -ENOMEM. */
int import_step(struct import *i, size_t rows);

/** How many rows there are, and have this fate so far. */
size_t import_n(const struct import *i);
size_t import_count(const struct import *i, enum import_fate fate);

/** By index in the file's order; a row that is not planned yet is IMPORT_SAME without a name. */
struct import_row import_row(const struct import *i, size_t index);

/** The kind of people whom no column tells it of. */
const char *import_person_kind(const struct import *i);

/** What was understood of the headers. */
const struct mapping *import_mapping(const struct import *i);

/** The changes of all rows that are not refused, without an act yet. Owns: the caller's. Once, after the last step. */
struct changes *import_take_changes(struct import *i);

/** "added", "changed", "same", "refused". */
const char *import_fate_name(enum import_fate fate);

DEFINE_CLEANUP(struct import, import_end)

#endif
