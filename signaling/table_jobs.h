/*
 * Tables are read and written on threads of their own: both take seconds, and reading waits for a process (attendance/table/reader.h).
 * Two at once, a short queue, answers by mailbox.
 */
#ifndef HUITANG_SIGNALING_TABLE_JOBS_H
#define HUITANG_SIGNALING_TABLE_JOBS_H

#include <stdint.h>

#include "attendance/period_file.h"
#include "attendance/table/table.h"
#include "attendance/table/write.h"

#define TABLE_JOBS_MAX 8        /* that wait */

struct table_jobs;

struct table_job {
	enum { TABLE_JOB_READ, TABLE_JOB_WRITE, TABLE_JOB_REPORT } type;
	uint64_t ticket;                /* whose answer it is */
	int error;                      /* of the answer: 0, -EBADMSG with `problem`, -errno */
	char sheet[SHEET_NAME_BYTES];   /* to read, "" the first; of the one that is written its name */
	char *bytes;                    /* owned, mem_free(): the file to read; whoever takes the answer may keep it */
	size_t len;
	struct table *table;            /* owned: what was read; what is to be written, its first row the header */
	struct table_problem problem;
	char *report;                   /* owned, mem_free(): the JSON that becomes a file (attendance/period_page.h) */
	enum period_language language;
	enum table_format format;
	char *file;                     /* owned, free(): what was written */
	size_t file_len;
};

/** `wake` is called on the threads after an answer. Owns: *ret is the caller's. Errors: -ENOMEM, -errno of pthread_create(). */
int table_jobs_create(struct table_jobs **ret, void (*wake)(void *user), void *user);

/** Waits for the jobs under way. Accepts NULL; returns NULL. */
struct table_jobs *table_jobs_destroy(struct table_jobs *t);

/** Zeroed. NULL: no memory. */
struct table_job *table_job_new(void);
struct table_job *table_job_free(struct table_job *j);

/** Takes the job, not on an error: -EBUSY too many wait. */
int table_jobs_add(struct table_jobs *t, struct table_job *j);

/** An answer, which is the caller's; NULL none. */
struct table_job *table_jobs_take(struct table_jobs *t);

#endif
