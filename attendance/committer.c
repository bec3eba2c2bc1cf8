/* See committer.h. */
#include "attendance/committer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "attendance/folder.h"
#include "attendance/retention.h"
#include "attendance/writer.h"
#include "media/base/clock.h"
#include "media/base/counters.h"
#include "media/base/log.h"
#include "media/base/mem.h"

#define GROUP_MAX 512
#define GROUP_WAIT_US 5000
#define RETRY_US 500000
#define SIZE_EVERY_US 1000000
#define SCRUBBING_MS 50
#define IDLE_MS 1000
#define RETENTION_AGAIN_US 5000000
#define RETAINING_MS 20         /* between two steps of a run: it has the whole day */
#define OUT_OF_MEMORY_WAIT_US 10000

enum counter {
	APPENDED,
	REFUSED,
	COMMITTED,
	FAILED,
	DROPPED,
	COMMITS,
	COMMIT_US,
	DEPTH,
	FAILING,
	BYTES,
	RETAINED,
	N_COUNTERS,
};

static const struct counter_def counter_defs[N_COUNTERS] = {
	[APPENDED] = { "journal_appended_total", "Writes handed to the store.", false },
	[REFUSED] = { "journal_refused_total", "Writes refused because too many waited or memory was short.", false },
	[COMMITTED] = { "journal_committed_total", "Writes that are on disk.", false },
	[FAILED] = { "journal_failed_total", "Commits that failed and are tried again.", false },
	[DROPPED] = { "journal_dropped_total", "Writes that broke a rule of the database, or were lost at the end.", false },
	[COMMITS] = { "journal_commits_total", "Transactions that are on disk.", false },
	[COMMIT_US] = { "journal_commit_microseconds_total", "Time spent in transactions that are on disk.", false },
	[DEPTH] = { "journal_queue", "Writes that wait for the disk.", true },
	[FAILING] = { "journal_failing", "1 while the records cannot be written.", true },
	[BYTES] = { "journal_bytes", "Size of the database with its log.", true },
	[RETAINED] = { "retention_removed_total", "Records erased since their days were over.", false },
};

struct entry {
	struct letter *letter;  /* owned */
	bool told;              /* that it could not be written yet */
};

struct committer {
	struct mailbox *in, *out;               /* owned */
	struct writer *writer;                  /* owned */
	struct retention *retention;            /* owned */
	char *database_path;                    /* owned */
	struct counters *control, *own;         /* owned: written by the control and by the store thread */
	pthread_t thread;
	bool started;
	_Atomic bool stopping;
	_Atomic size_t waiting;                 /* posted and not on disk */
	struct {                                /* store thread only */
		struct entry *ring;             /* owned: STORE_QUEUE_MAX of them */
		size_t first, n;
		size_t last_group;              /* size of the group before */
		int64_t last_commit_us, retry_us, size_us;
		enum store_state state, told_state;
		uint64_t retention_ticket;
		int64_t retention_us;           /* not before */
		int64_t sequences[GROUP_MAX];
		struct committer_report *report; /* owned: place for GROUP_MAX answers */
	} st;
};

/* ---- control thread ---- */

static int make_parts(struct committer *c, const struct committer_cfg *cfg)
{
	int r = mailbox_create(&c->in, NULL, NULL);

	if (r == 0)
		r = mailbox_create(&c->out, cfg->wake, cfg->user);
	if (r == 0)
		r = counters_create(&c->control, counter_defs, N_COUNTERS);
	if (r == 0)
		r = counters_create(&c->own, counter_defs, N_COUNTERS);
	if (r == 0)
		r = writer_create(&c->writer, cfg->db, cfg->ballot_keys);
	if (r == 0)
		r = retention_create(&c->retention, cfg->db, c->writer);
	return r < 0 || !cfg->erasure_list ? r : writer_set_erasure_list(c->writer, cfg->erasure_list);
}

int committer_create(struct committer **ret, const struct committer_cfg *cfg)
{
	CLEANUP(committer_destroyp) struct committer *c = mem_zalloc(sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->database_path = mem_strdup(cfg->database_path);
	c->st.ring = mem_calloc(STORE_QUEUE_MAX, sizeof(struct entry));
	c->st.report = mem_zalloc(sizeof(*c->st.report) + GROUP_MAX * sizeof(struct answer));
	if (!c->database_path || !c->st.ring || !c->st.report)
		return -ENOMEM;
	r = make_parts(c, cfg);
	if (r < 0)
		return r;
	*ret = STEAL(c);
	return 0;
}

int committer_post(struct committer *c, enum write_type type, const void *data, size_t len)
{
	int r = -ENOBUFS;

	if (atomic_load(&c->waiting) < STORE_QUEUE_MAX) {
		atomic_fetch_add(&c->waiting, 1);
		r = mailbox_post(c->in, type, data, len);
		if (r < 0)
			atomic_fetch_sub(&c->waiting, 1);
	}
	/* Nothing may count votes but the count (ballot.h). */
	if (type != WRITE_BALLOT_CAST)
		counters_add(c->control, r < 0 ? REFUSED : APPENDED, 1);
	return r;
}

struct letter *committer_take(struct committer *c)
{
	return mailbox_take(c->out);
}

int committer_write_metrics(const struct committer *c, char **ret)
{
	struct counters *const sets[] = { c->control, c->own };

	return counters_write(ret, sets, ARRAY_LEN(sets));
}

/* ---- store thread ---- */

static struct entry *entry_at(struct committer *c, size_t i)
{
	return &c->st.ring[(c->st.first + i) % STORE_QUEUE_MAX];
}

static void wait_us(int64_t us)
{
	struct timespec ts = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };

	if (us > 0)
		nanosleep(&ts, NULL);
}

/* An answer must not be lost: without memory it waits for some. */
static void send_report(struct committer *c)
{
	struct committer_report *rep = c->st.report;
	size_t len = sizeof(*rep) + rep->n * sizeof(rep->answers[0]);

	if (rep->n == 0 && c->st.state == c->st.told_state)
		return;
	rep->state = c->st.state;
	while (mailbox_post(c->out, 0, rep, len) < 0)
		wait_us(OUT_OF_MEMORY_WAIT_US);
	c->st.told_state = c->st.state;
	rep->n = 0;
}

static void answer(struct committer *c, struct entry *e, int64_t sequence, int error)
{
	const struct write_head *head = e->letter->data;
	struct committer_report *rep = c->st.report;

	if (head->ticket == 0 || e->told)
		return;
	e->told = true;
	if (rep->n == GROUP_MAX)
		send_report(c);
	rep->answers[rep->n++] = (struct answer){ .ticket = head->ticket, .sequence = sequence, .error = error };
}

static int write_event(struct writer *w, const struct write_event *we, int64_t *ret_sequence)
{
	const char *room = we->texts;
	const char *seat = room + strlen(room) + 1;
	const char *actor = seat + strlen(seat) + 1;
	struct event ev = {
		.kind = (enum event_kind)we->kind,
		.room = room,
		.seat = seat,
		.actor = actor,
		.payload = actor + strlen(actor) + 1,
		.wall_us = we->wall_us,
		.boot_us = we->boot_us,
	};

	return writer_event(w, &ev, ret_sequence);
}

static int write_entry(struct writer *w, const struct letter *l, int64_t *ret_sequence)
{
	const struct write_session *ws = l->data;
	const struct write_changes *wc = l->data;
	const struct write_ballot_count *wb = l->data;
	const struct write_notices_read *wn = l->data;

	*ret_sequence = 0;
	switch (l->type) {
	case WRITE_EVENT:
		return write_event(w, l->data, ret_sequence);
	case WRITE_SESSION_OPENED:
		return writer_session_opened(w, &ws->session);
	case WRITE_SESSION_CLOSED:
		return writer_session_closed(w, ws->session.hash);
	case WRITE_WEBHOOK:
		return writer_webhook(w, &((const struct write_webhook *)l->data)->write, clock_wall_us());
	case WRITE_CHANGES:
		return writer_changes(w, wc->changes, wc->wall_us, wc->boot_us, ret_sequence);
	case WRITE_BALLOT_OPENED:
		return writer_ballot_opened(w, &((const struct write_ballot *)l->data)->ballot);
	case WRITE_BALLOT_CAST:
		return writer_ballot_cast(w, &((const struct write_vote *)l->data)->vote);
	case WRITE_BALLOT_COUNT:
		return writer_ballot_count(w, &wb->order, wb->wall_us, wb->boot_us, ret_sequence);
	case WRITE_NOTICES_READ:
		return writer_notices_read(w, wn->account, wn->upto);
	default:
		return 0;
	}
}

/* On an error *ret_at is the entry that failed, or n when it was the transaction. */
static int write_group(struct committer *c, size_t n, size_t *ret_at)
{
	int r = writer_begin(c->writer);
	size_t i = 0;

	for (; r == 0 && i < n; i++)
		r = write_entry(c->writer, entry_at(c, i)->letter, &c->st.sequences[i]);
	*ret_at = r < 0 && i > 0 ? i - 1 : n;
	if (r == 0) {
		*ret_at = n;
		r = writer_commit(c->writer);
	}
	if (r < 0)
		writer_rollback(c->writer);
	return r;
}

static void drop_first(struct committer *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		letter_free(entry_at(c, i)->letter);
	c->st.first = (c->st.first + n) % STORE_QUEUE_MAX;
	c->st.n -= n;
	atomic_fetch_sub(&c->waiting, n);
}

/* One write broke a rule of the database: it goes, so that it cannot stop those behind it. */
static void drop_bad(struct committer *c, size_t at)
{
	struct entry bad = *entry_at(c, at);

	bool vote = bad.letter->type == WRITE_BALLOT_CAST;

	if (!vote)
		log_event(LOG_ERROR, "store.write_refused type=%u", bad.letter->type);
	answer(c, &bad, 0, -EINVAL);
	for (size_t i = at; i > 0; i--)
		*entry_at(c, i) = *entry_at(c, i - 1);
	*entry_at(c, 0) = bad;
	drop_first(c, 1);
	counters_add(c->own, DROPPED, vote ? 0 : 1);
}

static void note_size(struct committer *c, int64_t now_us)
{
	char wal[4096];
	struct stat st;
	int64_t bytes = 0;

	if (now_us - c->st.size_us < SIZE_EVERY_US && c->st.size_us)
		return;
	c->st.size_us = now_us;
	/* By name: opening and closing the file would drop SQLite's locks. */
	if (stat(c->database_path, &st) == 0)
		bytes += st.st_size;
	snprintf(wal, sizeof(wal), "%s-wal", c->database_path);
	if (stat(wal, &st) == 0)
		bytes += st.st_size;
	counters_set(c->own, BYTES, bytes);
}

static void on_committed(struct committer *c, size_t n, int64_t began_us)
{
	int64_t now_us = clock_boot_us(), counted = 0;

	for (size_t i = 0; i < n; i++) {
		answer(c, entry_at(c, i), c->st.sequences[i], 0);
		counted += entry_at(c, i)->letter->type != WRITE_BALLOT_CAST;
	}
	if (c->st.state == STORE_FAILING)
		log_event(LOG_WARNING, "store.recovered waiting=%zu", c->st.n);
	c->st.state = STORE_OK;
	drop_first(c, n);
	c->st.last_group = n;
	c->st.last_commit_us = now_us;
	counters_add(c->own, COMMITTED, counted);
	counters_add(c->own, COMMITS, 1);
	counters_add(c->own, COMMIT_US, now_us - began_us);
	counters_set(c->own, FAILING, 0);
	send_report(c);
}

/* Memory has not acted on changes yet: they go, and what stays keeps its order. */
static void drop_changes(struct committer *c)
{
	size_t kept = 0, n = c->st.n;

	for (size_t i = 0; i < n; i++) {
		struct entry e = *entry_at(c, i);

		if (e.letter->type == WRITE_CHANGES)
			letter_free(e.letter);
		else
			*entry_at(c, kept++) = e;
	}
	c->st.n = kept;
	atomic_fetch_sub(&c->waiting, n - kept);
}

static void on_failed(struct committer *c, int error)
{
	for (size_t i = 0; i < c->st.n; i++)
		answer(c, entry_at(c, i), 0, error);
	drop_changes(c);
	if (c->st.state == STORE_OK)
		log_event(LOG_ERROR, "store.failing err=%s", strerrorname_np(-error));
	c->st.state = STORE_FAILING;
	c->st.retry_us = clock_boot_us() + RETRY_US;
	counters_add(c->own, FAILED, 1);
	counters_set(c->own, FAILING, 1);
	send_report(c);
}

static void commit(struct committer *c)
{
	size_t n = MIN(c->st.n, (size_t)GROUP_MAX), at;
	int64_t began_us = clock_boot_us();
	int r = write_group(c, n, &at);

	if (r == -EINVAL && at < n) {
		drop_bad(c, at);
		send_report(c);
		return;
	}
	if (r < 0) {
		on_failed(c, r);
		return;
	}
	on_committed(c, n, began_us);
	if (writer_checkpoint(c->writer) < 0)
		log_event(LOG_WARNING, "store.checkpoint_failed");
	note_size(c, c->st.last_commit_us);
}

/* ---- erasing by days ---- */

static void begin_retention(struct committer *c, const struct write_retention *w)
{
	int r = retention_begin(c->retention, &w->plan);

	if (r == 0)
		c->st.retention_ticket = w->head.ticket;
	else if (r != -EALREADY)
		log_event(LOG_WARNING, "retention.not_begun err=%s", strerrorname_np(-r));
}

static void end_retention(struct committer *c)
{
	struct committer_report *rep = c->st.report;

	if (c->st.retention_ticket) {
		rep->answers[rep->n++] = (struct answer){ .ticket = c->st.retention_ticket };
		send_report(c);
	}
	writer_retained(c->writer);
}

/* Only while nothing waits: a step takes some milliseconds. */
static void retain(struct committer *c)
{
	int removed, r;

	if (!retention_running(c->retention) || c->st.state != STORE_OK || atomic_load(&c->stopping) || clock_boot_us() < c->st.retention_us)
		return;
	r = retention_step(c->retention, &removed);
	counters_add(c->own, RETAINED, removed);
	if (writer_checkpoint(c->writer) < 0)
		log_event(LOG_WARNING, "store.checkpoint_failed");
	if (r < 0) {
		log_event(LOG_WARNING, "retention.step_failed err=%s", strerrorname_np(-r));
		c->st.retention_us = clock_boot_us() + RETENTION_AGAIN_US;
	} else if (r == 0)
		end_retention(c);
}

static void take_letters(struct committer *c)
{
	struct letter *l;

	/* `waiting` bounds what is posted; letters of type 0 only wake us. */
	while ((l = mailbox_take(c->in))) {
		if (l->type == WRITE_RETENTION) {
			begin_retention(c, l->data);
			atomic_fetch_sub(&c->waiting, 1);
		}
		if (l->type == WRITE_RETENTION || l->type == 0) {
			letter_free(l);
			continue;
		}
		*entry_at(c, c->st.n++) = (struct entry){ .letter = l };
	}
	counters_set(c->own, DEPTH, (int64_t)c->st.n);
}

static void sleep_for_letters(struct committer *c)
{
	struct pollfd p = { .fd = mailbox_fd(c->in), .events = POLLIN };

	poll(&p, 1, retention_running(c->retention) ? RETAINING_MS : writer_scrubs(c->writer) ? SCRUBBING_MS : IDLE_MS);
}

/* How long the next commit should still be put off. */
static int64_t hold_us(const struct committer *c, int64_t now_us)
{
	if (atomic_load(&c->stopping))
		return 0;
	if (c->st.state == STORE_FAILING)
		return c->st.retry_us - now_us;
	if (c->st.last_group > 1 && c->st.n < GROUP_MAX)
		return c->st.last_commit_us + GROUP_WAIT_US - now_us;
	return 0;
}

/* Held up for long (failing): still take letters, so that the end is noticed. */
static void hold(struct committer *c)
{
	wait_us(MIN(hold_us(c, clock_boot_us()), (int64_t)GROUP_WAIT_US));
	take_letters(c);
}

static void finish(struct committer *c)
{
	if (c->st.n == 0)
		return;
	log_event(LOG_ERROR, "store.lost writes=%zu", c->st.n);
	counters_add(c->own, DROPPED, (int64_t)c->st.n);
	drop_first(c, c->st.n);
}

static void *run(void *arg)
{
	struct committer *c = arg;
	bool last = false;

	while (!last) {
		last = atomic_load(&c->stopping);
		take_letters(c);
		while (c->st.n > 0) {
			while (hold_us(c, clock_boot_us()) > 0)
				hold(c);
			commit(c);
			if (c->st.state == STORE_FAILING && atomic_load(&c->stopping))
				break;
			take_letters(c);
		}
		retain(c);
		writer_scrub(c->writer, clock_wall_us());
		if (!last)
			sleep_for_letters(c);
	}
	finish(c);
	return NULL;
}

int committer_start(struct committer *c)
{
	sigset_t all, old;
	int r;

	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&c->thread, NULL, run, c);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return -r;
	pthread_setname_np(c->thread, "store");
	c->started = true;
	return 0;
}

struct committer *committer_destroy(struct committer *c)
{
	if (!c)
		return NULL;
	if (c->started) {
		atomic_store(&c->stopping, true);
		mailbox_post(c->in, 0, NULL, 0);
		pthread_join(c->thread, NULL);
	}
	retention_destroy(c->retention);
	writer_destroy(c->writer);
	mailbox_destroy(c->in);
	mailbox_destroy(c->out);
	counters_destroy(c->control);
	counters_destroy(c->own);
	mem_free(c->database_path);
	mem_free(c->st.ring);
	mem_free(c->st.report);
	return mem_free(c);
}
