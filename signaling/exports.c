/* See exports.h. */
#include "signaling/exports.h"

#include <stdio.h>

#include "signaling/server.h"

static void refuse(struct request *q)
{
	http_problem(q, 503, "overloaded", "Many tables are being written; try again in a moment.", 2000);
}

void exports_begin(struct request *q, struct table *table, enum table_format format, const char *name)
{
	struct table_job *j = table_job_new();

	if (!j) {
		table_destroy(table);
		refuse(q);
		return;
	}
	j->type = TABLE_JOB_WRITE;
	j->ticket = q->serial;
	j->table = table;
	j->format = format;
	snprintf(j->sheet, sizeof(j->sheet), "%s", name);
	if (table_jobs_add(q->server->table_jobs, j) < 0) {
		table_job_free(j);
		refuse(q);
	}
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
