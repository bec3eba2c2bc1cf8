/* Two threads, one queue, answers by mailbox. */
#include "signaling/password_check.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/account.h"
#include "media/base/mailbox.h"
#include "media/base/mem.h"

#define THREADS 2

struct job {
	struct password_verdict verdict;
	bool known;
	char hash[PASSWORD_HASH_BYTES];
	char password[PASSWORD_MAX + 1];
	char new_password[PASSWORD_MAX + 1];    /* "" none */
};

struct password_check {
	struct mailbox *verdicts;       /* owned */
	pthread_t threads[THREADS];
	unsigned started;
	pthread_mutex_t lock;           /* guards what follows */
	pthread_cond_t changed;
	struct job *jobs;               /* owned: a circle of PASSWORD_QUEUE_MAX */
	unsigned head, n;
	bool closing;
};

static bool next_job(struct password_check *c, struct job *ret)
{
	pthread_mutex_lock(&c->lock);
	while (c->n == 0 && !c->closing)
		pthread_cond_wait(&c->changed, &c->lock);
	if (!c->closing) {
		struct job *j = &c->jobs[c->head];

		*ret = *j;
		sodium_memzero(j, sizeof(*j));
		c->head = (c->head + 1) % PASSWORD_QUEUE_MAX;
		c->n--;
	}
	pthread_mutex_unlock(&c->lock);
	return !c->closing;
}

static void answer(struct job *j)
{
	bool first = j->known && !*j->hash && *j->new_password;

	j->verdict.right = first || (password_verify(j->known ? j->hash : NULL, j->password) && j->known);
	if (j->verdict.right && *j->new_password && password_hash(j->verdict.new_hash, j->new_password) < 0)
		j->verdict.new_hash[0] = 0;
	sodium_memzero(j->password, sizeof(j->password));
	sodium_memzero(j->new_password, sizeof(j->new_password));
}

static void *run(void *user)
{
	struct password_check *c = user;
	struct sched_param idle = { 0 };
	struct job j = { 0 };

	pthread_setschedparam(pthread_self(), SCHED_IDLE, &idle);
	while (next_job(c, &j)) {
		answer(&j);
		mailbox_post(c->verdicts, 0, &j.verdict, sizeof(j.verdict));
	}
	return NULL;
}

int password_check_create(struct password_check **ret, void (*wake)(void *user), void *user)
{
	struct password_check *c = mem_zalloc(sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	c->jobs = mem_calloc(PASSWORD_QUEUE_MAX, sizeof(*c->jobs));
	r = c->jobs ? mailbox_create(&c->verdicts, wake, user) : -ENOMEM;
	for (unsigned i = 0; i < THREADS && r == 0; i++) {
		r = -pthread_create(&c->threads[i], NULL, run, c);
		c->started += r == 0;
	}
	if (r < 0)
		password_check_destroy(c);
	else
		*ret = c;
	return r;
}

struct password_check *password_check_destroy(struct password_check *c)
{
	if (!c)
		return NULL;
	pthread_mutex_lock(&c->lock);
	c->closing = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->started; i++)
		pthread_join(c->threads[i], NULL);
	mailbox_destroy(c->verdicts);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->lock);
	if (c->jobs)
		sodium_memzero(c->jobs, PASSWORD_QUEUE_MAX * sizeof(*c->jobs));
	mem_free(c->jobs);
	return mem_free(c);
}

int password_check_add(struct password_check *c, uint64_t request, int64_t account, const char *hash, const char *password, const char *new_password)
{
	int r = -EBUSY;

	pthread_mutex_lock(&c->lock);
	if (c->n < PASSWORD_QUEUE_MAX) {
		struct job *j = &c->jobs[(c->head + c->n) % PASSWORD_QUEUE_MAX];

		*j = (struct job){ .verdict = { .request = request, .account = account }, .known = hash != NULL };
		snprintf(j->hash, sizeof(j->hash), "%s", hash ? hash : "");
		snprintf(j->password, sizeof(j->password), "%s", password);
		snprintf(j->new_password, sizeof(j->new_password), "%s", new_password ? new_password : "");
		c->n++;
		r = 0;
		pthread_cond_signal(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	return r;
}

bool password_check_take(struct password_check *c, struct password_verdict *ret)
{
	struct letter *l = mailbox_take(c->verdicts);

	if (!l)
		return false;
	*ret = *(struct password_verdict *)l->data;
	letter_free(l);
	return true;
}
