/*
 * Two threads, one queue, answers by mailbox.
 *
 * Turns (start-time fair queueing): a job's turn is the one behind the last that waits of its source, or the present one. The lowest turn is taken
 * first, of equal ones the oldest. So one source with 200 jobs gets every second turn as soon as another has one.
 */
#include "signaling/password_check.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/account.h"
#include "media/base/clock.h"
#include "media/base/macros.h"
#include "media/base/mailbox.h"
#include "media/base/mem.h"

#define THREADS 2
#define USUAL_US 45000          /* a look at a password, before any was timed */
#define RETRY_LEAST_MS 1000
#define RETRY_MOST_MS 60000

struct job {
	struct password_verdict verdict;
	uint64_t turn;
	bool known;
	char source[PASSWORD_SOURCE_BYTES];
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
	struct job *jobs;               /* owned: PASSWORD_QUEUE_MAX, the first n in the order in which they came */
	unsigned n;
	uint64_t turn;                  /* of the last that was taken */
	int64_t took_us;                /* a look, of late */
	bool closing;
};

/* ---- the queue ---- */

static void remove_job(struct password_check *c, unsigned at)
{
	c->n--;
	memmove(&c->jobs[at], &c->jobs[at + 1], (c->n - at) * sizeof(*c->jobs));
	sodium_memzero(&c->jobs[c->n], sizeof(*c->jobs));
}

static unsigned first_turn(const struct password_check *c)
{
	unsigned best = 0;

	for (unsigned i = 1; i < c->n; i++)
		if (c->jobs[i].turn < c->jobs[best].turn)
			best = i;
	return best;
}

/* The newest of those whose turn is the last. */
static unsigned last_turn(const struct password_check *c)
{
	unsigned best = 0;

	for (unsigned i = 1; i < c->n; i++)
		if (c->jobs[i].turn >= c->jobs[best].turn)
			best = i;
	return best;
}

static uint64_t next_turn(const struct password_check *c, const char *source)
{
	uint64_t turn = c->turn;

	for (unsigned i = 0; i < c->n; i++)
		if (strcmp(c->jobs[i].source, source) == 0)
			turn = MAX(turn, c->jobs[i].turn + 1);
	return turn;
}

/* Gives the place of a job whose turn comes later than that. False: there is none. */
static bool make_place(struct password_check *c, uint64_t turn)
{
	struct password_verdict busy;
	unsigned last;

	if (c->n < PASSWORD_QUEUE_MAX)
		return true;
	last = last_turn(c);
	if (c->jobs[last].turn <= turn)
		return false;
	busy = c->jobs[last].verdict;
	busy.busy = true;
	if (mailbox_post(c->verdicts, 0, &busy, sizeof(busy)) < 0)
		return false;
	remove_job(c, last);
	return true;
}

/* ---- the threads ---- */

static bool next_job(struct password_check *c, struct job *ret)
{
	pthread_mutex_lock(&c->lock);
	while (c->n == 0 && !c->closing)
		pthread_cond_wait(&c->changed, &c->lock);
	if (!c->closing) {
		unsigned at = first_turn(c);

		*ret = c->jobs[at];
		c->turn = ret->turn;
		remove_job(c, at);
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

static void note_time(struct password_check *c, int64_t us)
{
	pthread_mutex_lock(&c->lock);
	c->took_us += (us - c->took_us) / 8;
	pthread_mutex_unlock(&c->lock);
}

static void *run(void *user)
{
	struct password_check *c = user;
	struct sched_param idle = { 0 };
	struct job j = { 0 };
	int64_t begun_us;

	pthread_setschedparam(pthread_self(), SCHED_IDLE, &idle);
	while (next_job(c, &j)) {
		begun_us = clock_boot_us();
		answer(&j);
		note_time(c, clock_boot_us() - begun_us);
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
	c->took_us = USUAL_US;
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

/* ---- asking ---- */

static void put(struct password_check *c, const struct password_ask *ask, uint64_t turn)
{
	struct job *j = &c->jobs[c->n++];

	*j = (struct job){ .verdict = { .request = ask->request, .account = ask->account }, .turn = turn, .known = ask->hash != NULL };
	snprintf(j->source, sizeof(j->source), "%s", ask->source);
	snprintf(j->hash, sizeof(j->hash), "%s", ask->hash ? ask->hash : "");
	snprintf(j->password, sizeof(j->password), "%s", ask->password);
	snprintf(j->new_password, sizeof(j->new_password), "%s", ask->new_password ? ask->new_password : "");
}

int password_check_add(struct password_check *c, const struct password_ask *ask)
{
	uint64_t turn;
	int r = -EBUSY;

	pthread_mutex_lock(&c->lock);
	turn = next_turn(c, ask->source);
	if (make_place(c, turn)) {
		put(c, ask, turn);
		r = 0;
		pthread_cond_signal(&c->changed);
	}
	pthread_mutex_unlock(&c->lock);
	return r;
}

void password_check_drop(struct password_check *c, uint64_t request)
{
	pthread_mutex_lock(&c->lock);
	for (unsigned i = 0; i < c->n; i++)
		if (c->jobs[i].verdict.request == request) {
			remove_job(c, i);
			break;
		}
	pthread_mutex_unlock(&c->lock);
}

unsigned password_check_retry_ms(struct password_check *c)
{
	int64_t ms;

	pthread_mutex_lock(&c->lock);
	ms = c->n * c->took_us / THREADS / 1000;
	pthread_mutex_unlock(&c->lock);
	ms = CLAMP(ms, RETRY_LEAST_MS, RETRY_MOST_MS);
	return (unsigned)ms + randombytes_uniform((uint32_t)ms / 2);
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
