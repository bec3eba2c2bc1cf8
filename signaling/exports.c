/* See exports.h. */
#include "signaling/exports.h"

#include <stdio.h>

#include "signaling/server.h"

static void refuse(struct request *q)
{
	http_problem(q, 503, "overloaded", "Many tables are being written; try again in a moment.", 2000);
}

/* The job is taken, NULL too. */
static void begin(struct request *q, struct table_job *j, enum table_format format, const char *name)
{
	if (j) {
		j->ticket = q->serial;
		j->format = format;
		snprintf(j->sheet, sizeof(j->sheet), "%s", name);
	}
	if (!j || table_jobs_add(q->server->table_jobs, j) < 0) {
		table_job_free(j);
		refuse(q);
	}
}

void exports_begin(struct request *q, struct table *table, enum table_format format, const char *name)
{
	struct table_job *j = table_job_new();

	if (j) {
		j->type = TABLE_JOB_WRITE;
		j->table = table;
	} else {
		table_destroy(table);
	}
	begin(q, j, format, name);
}

void exports_begin_report(struct request *q, const char *report, enum table_format format, enum period_language language, const char *name)
{
	struct table_job *j = table_job_new();

	if (j) {
		j->type = TABLE_JOB_REPORT;
		j->report = mem_strdup(report);
		j->language = language;
	}
	begin(q, j && j->report ? j : table_job_free(j), format, name);
}

void exports_on_written(struct server *s, struct table_job *job)
{
	struct request *q = server_find_request(s, job->ticket);
	struct text *text = job->error == 0 ? text_new(job->file, job->file_len) : NULL;
	char disposition[SHEET_NAME_BYTES + 64];

	if (!q || !text) {
		text_unref(text);
		if (q)
			refuse(q);
		return;
	}
	snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s.%s\"", job->sheet, table_file_ending(job->format));
	http_add_header(q, "content-disposition:", disposition);
	http_add_header(q, "cache-control:", "no-store");
	http_reply(q, 200, table_media_type(job->format), text);
}
