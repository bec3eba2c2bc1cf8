/* Tables on their way to whoever asked for them: written on a thread (table_jobs.h), then the reply. Thread: control. */
#ifndef HUITANG_SIGNALING_EXPORTS_H
#define HUITANG_SIGNALING_EXPORTS_H

#include "signaling/http.h"
#include "signaling/table_jobs.h"

/** Has the table written, and answers the request with the file: `name` and the format's ending. `table` is taken. Errors are said. */
void exports_begin(struct request *q, struct table *table, enum table_format format, const char *name);

/** The same of a report of a period: its JSON (attendance/period_page.h) is copied. */
void exports_begin_report(struct request *q, const char *report, enum table_format format, enum period_language language, const char *name);

/** What a table job of an export wrote; the job stays the caller's. Whoever asked may be gone. */
void exports_on_written(struct server *s, struct table_job *job);

#endif
