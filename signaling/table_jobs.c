/* See table_jobs.h. */
#include "signaling/table_jobs.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "attendance/table/reader.h"
#include "media/base/mailbox.h"
#include "media/base/mem.h"

#define THREADS 2

struct table_jobs {
	struct mailbox *answers;        /* owned: pointers to jobs */
	pthread_t threads[THREADS];
	unsigned started;
	pthread_mutex_t lock;           /* guards what follows */
	pthread_cond_t changed;
	struct table_job *waiting[TABLE_JOBS_MAX];      /* owned: a circle */
	unsigned head, n;
	bool closing;
};

struct table_job *table_job_new(void)
{
	return mem_zalloc(sizeof(struct table_job));
}

struct table_job *table_job_free(struct table_job *j)
{
	if (!j)
		return NULL;
	mem_free(j->bytes);
	mem_free(j->report);
	table_destroy(j->table);
	free(j->file);
	return mem_free(j);
}

static struct table_job *next_job(struct table_jobs *t)
{
	struct table_job *j = NULL;

	pthread_mutex_lock(&t->lock);
	while (t->n == 0 && !t->closing)
		pthread_cond_wait(&t->changed, &t->lock);
	if (!t->closing) {
		j = t->waiting[t->head];
		t->head = (t->head + 1) % TABLE_JOBS_MAX;
		t->n--;
	}
	pthread_mutex_unlock(&t->lock);
	return j;
}

static int write_table(struct table_job *j)
{
	CLEANUP(table_writer_destroyp) struct table_writer *w = NULL;
	const char *cells[TABLE_COLUMNS_MAX];
	uint32_t columns = table_row_columns(j->table, 0);
	int r = table_writer_create(&w, j->format, j->sheet);

	for (size_t row = 0; r == 0 && row < table_rows(j->table); row++) {
		for (uint32_t c = 0; c < columns; c++)
			cells[c] = table_cell(j->table, row, c + 1).text;
		r = table_writer_row(w, cells, columns);
	}
	return r < 0 ? r : table_writer_end(w, &j->file, &j->file_len);
}

static int do_job(struct table_job *j)
{
	switch (j->type) {
	case TABLE_JOB_READ:
		return table_read(&j->table, NULL, j->bytes, j->len, j->sheet, &j->problem);
	case TABLE_JOB_WRITE:
		return write_table(j);
	default:
		return period_file_write(j->report, j->format, j->language, &j->file, &j->file_len);
	}
}

static void *run(void *user)
{
	struct table_jobs *t = user;
	struct table_job *j;

	while ((j = next_job(t))) {
		j->error = do_job(j);
		/* Without memory for the letter nobody learns of it: as if it had taken for ever. */
		if (mailbox_post(t->answers, 0, &j, sizeof(j)) < 0)
			table_job_free(j);
	}
	return NULL;
}

int table_jobs_create(struct table_jobs **ret, void (*wake)(void *user), void *user)
{
	struct table_jobs *t = mem_zalloc(sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
	r = mailbox_create(&t->answers, wake, user);
	for (unsigned i = 0; i < THREADS && r == 0; i++) {
		r = -pthread_create(&t->threads[i], NULL, run, t);
		t->started += r == 0;
	}
	if (r < 0)
		table_jobs_destroy(t);
	else
		*ret = t;
	return r;
}

struct table_jobs *table_jobs_destroy(struct table_jobs *t)
{
	struct table_job *j;

	if (!t)
		return NULL;
	pthread_mutex_lock(&t->lock);
	t->closing = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	for (unsigned i = 0; i < t->started; i++)
		pthread_join(t->threads[i], NULL);
	while (t->answers && (j = table_jobs_take(t)))
		table_job_free(j);
	for (; t->n > 0; t->n--, t->head = (t->head + 1) % TABLE_JOBS_MAX)
		table_job_free(t->waiting[t->head]);
	mailbox_destroy(t->answers);
	pthread_cond_destroy(&t->changed);
	pthread_mutex_destroy(&t->lock);
	return mem_free(t);
}

int table_jobs_add(struct table_jobs *t, struct table_job *j)
{
	int r = -EBUSY;

	pthread_mutex_lock(&t->lock);
	if (t->n < TABLE_JOBS_MAX) {
		t->waiting[(t->head + t->n) % TABLE_JOBS_MAX] = j;
		t->n++;
		r = 0;
		pthread_cond_signal(&t->changed);
	}
	pthread_mutex_unlock(&t->lock);
	return r;
}

struct table_job *table_jobs_take(struct table_jobs *t)
{
	struct letter *l = mailbox_take(t->answers);
	struct table_job *j;

	if (!l)
		return NULL;
	j = *(struct table_job **)l->data;
	letter_free(l);
	return j;
}
