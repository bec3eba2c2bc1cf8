/* What an import consists of, for the files that plan its rows. Inside attendance/import/ only. */
#ifndef HUITANG_ATTENDANCE_IMPORT_STATE_H
#define HUITANG_ATTENDANCE_IMPORT_STATE_H

#include "attendance/import/import.h"
#include "attendance/table/value.h"
#include "media/base/hash.h"

#define IMPORT_ORG_KEY_BYTES 1024

/* Whatever has a name of its own: an organisation that is there, or one of this file. */
struct named_org {
	int64_t id, parent;
	char *name, *key, *code;        /* owned; key: by which the name is found */
	bool fresh;                     /* of this file */
	bool above;                     /* a row of this file hangs below it */
	uint32_t row;                   /* that last spoke of it; 0: none */
	struct named_org *same;         /* the next of this name */
	UT_hash_handle by_id, by_name, by_code;
};

/* A person who is there or is added, by what a row can name: "card HASH", "name ORG NAME", "login NAME". */
struct known_person {
	char *key;                      /* owned */
	int64_t id;                     /* 0: ambiguous */
	uint32_t row;                   /* that last spoke of it; 0: none */
	bool of_file;                   /* all that this key names are of this file, and each has a phone */
	char phone[VALUE_PHONE_BYTES];  /* "" none */
	bool has_card;
	uint8_t card[CARD_HASH_BYTES];
	UT_hash_handle hh;
};

struct planned {
	bool done;
	enum import_fate fate;
	struct table_problem problem;
};

struct import {
	struct import_cfg cfg;
	struct principal who;
	enum table_kind kind;
	const struct table *table;      /* given */
	struct mapping mapping;
	const char *person_kind;        /* a literal: of whom no column tells it of */
	uint16_t *merged;               /* owned, for each data row 1 + the range of merged cells that makes it unclear; 0 none. NULL: no merges */
	struct planned *rows;           /* owned, one for each data row */
	size_t n, next, planned;        /* next to be looked at; planned so far */
	size_t counts[IMPORT_FATES];
	struct changes *changes;        /* owned until taken */
	struct named_org *ids, *names, *codes;  /* owned through ids */
	struct known_person *people;    /* owned */
	const struct person *last_loaded;       /* people: the directory's, taken into `people` so far */
	bool loaded;
	bool any;                       /* organisations: this round has planned a row */
	bool last;                      /* nothing will come any more: what is left has no parent */
};

/** The text of a field as value_text() gives it, "" where empty. 0, or -EBADMSG with *ret_problem. */
int import_text(const struct import *i, size_t row, enum field f, char *ret, size_t size, struct table_problem *ret_problem);

/** Sets a problem at a field's cell; returns -EBADMSG. `text` NULL: the field's header. */
int import_refuse(const struct import *i, size_t row, enum field f, enum table_fault fault, const char *text, struct table_problem *ret);

/** All organisations that rows may name. Errors: -ENOMEM. */
int import_orgs_load(struct import *i);
void import_orgs_done(struct import *i);
int import_org_add(struct import *i, int64_t id, int64_t parent, const char *name, const char *code, bool fresh, struct named_org **ret);
int import_org_rename(struct import *i, struct named_org *o, const char *name);
struct named_org *import_org_by_id(const struct import *i, int64_t id);
struct named_org *import_org_by_code(const struct import *i, const char *code);

/** The form in which names of organisations are compared: whoever writes （机关） or (机关), 中国共产党 or 中共, means the same. "" for what is none. */
void import_org_key(char ret[IMPORT_ORG_KEY_BYTES], const char *name);

/** What tells several of one name apart. */
struct org_hint {
	int64_t below;                  /* the one below this organisation is meant; 0: none */
	const char *above;              /* the one with such a name, or a part of it, above; NULL or "" none */
};

/** By code, name, or path from above; *ret NULL: none. -EEXIST: several of that name, also by `hint` (NULL for none). */
int import_org_find(const struct import *i, const char *text, const struct org_hint *hint, struct named_org **ret);

/** Whether that is its name, or the last of a path. */
bool import_org_is_called(const struct named_org *o, const char *name);

/** The one of this name under a parent; NULL for none. */
struct named_org *import_org_child(const struct import *i, int64_t parent, const char *name);

/** Whether the rights of who imports reach an organisation of the directory. */
bool import_may(const struct import *i, int64_t org);

/** Whether who imports sees the persons of an organisation: else a row's fate would tell of them. */
bool import_sees_people(const struct import *i, int64_t org);

/** A fact that begins now, or at `from_us`. */
void import_add_fact(struct import *i, struct fact fact, int64_t from_us);
void import_end_fact(struct import *i, const struct fact *fact);

/** Plans a row: its fate, or -EBADMSG with *ret_problem; -EAGAIN: its parent may come later; -ENOMEM. */
int import_plan_person(struct import *i, size_t row, enum import_fate *ret, struct table_problem *ret_problem);
int import_plan_org(struct import *i, size_t row, enum import_fate *ret, struct table_problem *ret_problem);

/** By titles, the header of names and that of categories: a list of talents or village staff says what it is. */
const char *import_kind_of_titles(const struct import *i);

/** Takes in up to `n` more of the directory's; sets `loaded` behind the last. Errors: -ENOMEM. */
int import_people_load(struct import *i, size_t n);
void import_people_done(struct import *i);

#endif
