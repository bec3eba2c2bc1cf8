/*
 * Imports that somebody began in a browser or by the API. They live in memory for an hour, and belong to the account that began them:
 *
 *   reading ─► planning ─┬─► planned ─► applying ─┬─► done
 *      │          ▲      │     │                  │
 *      │          └──────│─────┘ other mapping    │
 *      └─────────────────┴─────────► failed ◄─────┘
 *
 * Reading is on a thread (table_jobs.h). Planning has the turn of an act (acts.h) and goes on in slices, so that rooms do not wait; applying
 * plans anew in its own turn, since the directory may have changed, and is written as one act.
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_IMPORTS_H
#define HUITANG_SIGNALING_IMPORTS_H

#include <jansson.h>

#include "attendance/import/import.h"

#define IMPORTS_MAX 16
#define IMPORTS_OF_ACCOUNT_MAX 4
#define IMPORT_FILE_NAME_BYTES 241
#define IMPORT_FILE_MAX (16U << 20)     /* bytes */

struct imports;
struct server;
struct table_job;

enum import_state {
	IMPORT_READING, IMPORT_PLANNING, IMPORT_PLANNED, IMPORT_APPLYING, IMPORT_DONE, IMPORT_FAILED
};

struct import_run {
	int64_t id;
	int64_t account;                /* who began it, and alone sees it */
	int64_t org;                    /* rows name organisations at or below it */
	enum table_kind kind;
	enum import_state state;
	int64_t begun_us;               /* wall */
	char file[IMPORT_FILE_NAME_BYTES];      /* its name, "" none */
	char sheet[SHEET_NAME_BYTES];   /* that was asked for, "" the first that is not hidden */
	char person_kind[16];           /* of people whom no column tells it of, as somebody chose; "" as headers and titles say */
	char hash[65];                  /* SHA-256 of the file, hexadecimal */
	json_t *sheets;                 /* owned: names of a workbook's, once it was read; NULL before */
	char *bytes;                    /* owned: of a workbook with several sheets, so that another can be read; NULL none */
	size_t len;
	struct table *table;            /* owned; NULL until it is read */
	json_t *headers;                /* owned: the mapping profile, NULL none */
	struct mapping_profile *profile;        /* owned, of the same */
	struct import *import;          /* owned: the last planning; NULL before, and where columns are missing */
	struct mapping mapping;         /* what was understood of the headers, once it has planned */
	struct table_problems *problems;        /* owned: of the whole table */
	const char *error;              /* of IMPORT_FAILED, a code: "table", "forbidden", "overloaded", "not_recorded" */
	bool in_turn, dropped;
	struct import_run *prev, *next;
};

/** Owns: *ret is the caller's. Errors: -ENOMEM. */
int imports_create(struct imports **ret, struct server *s);

/** After the jobs, the store and the acts have ended. */
struct imports *imports_destroy(struct imports *i);

/**
 * Begins one; the file's bytes (mem_free()) are taken, also on an error. `given` has account, org, kind, file and sheet; `headers` is the JSON of a mapping
 * profile that was sound when it was kept, NULL none.
 *
 * Errors: -EBUSY the account has too many, or all have; -ENOBUFS too many files wait to be read; -ENOMEM.
 */
int imports_begin(struct server *s, const struct import_run *given, const char *headers, char *bytes, size_t len, struct import_run **ret);

/** By id, of that account; NULL none. */
struct import_run *imports_find(struct server *s, int64_t account, int64_t id);

/** The account's, newest first, behind NULL. */
struct import_run *imports_next(struct server *s, int64_t account, const struct import_run *after);

/**
 * Plans anew under another mapping, an object of header and field (reference taken; NULL: by the headers alone), and where
 * it is not NULL for another kind of those whom no column tells it of.
 *
 * Errors: -EINVAL it is not planned or failed, or was not read; -EBADMSG with *err; -ENOBUFS, -ENOMEM.
 */
int imports_map(struct server *s, struct import_run *run, json_t *headers, const char *person_kind, struct table_problem *err);

/** Reads another sheet of its workbook and plans that. Errors: -EINVAL it is under way or done, or is no workbook of several sheets; -ENOBUFS, -ENOMEM. */
int imports_read_sheet(struct server *s, struct import_run *run, const char *sheet);

/** Applies it. Errors: -EINVAL it is not planned; -ENOBUFS, -ENOMEM. */
int imports_apply(struct server *s, struct import_run *run);

/** Forgets it; what is being written is written all the same. */
void imports_drop(struct server *s, struct import_run *run);

/** Somebody of that name was forgotten by order: imports that are over go, and plans that name the person. */
void imports_forget(struct server *s, const char *name);

/** What a table job of an import found; the job stays the caller's. */
void imports_on_read(struct server *s, struct table_job *job);

/** Forgets those that are old. */
void imports_on_second(struct server *s);

#endif
