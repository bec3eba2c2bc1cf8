/* The endpoints' thread: a GLib main context whose poll function gives the lock away while it waits. */
#include "loop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define BUSY_US (30 * G_USEC_PER_SEC)

struct ticker {
	void (*tick)(void *user, int64_t now_us);
	void *user;
};

struct loop {
	GMainContext *context;  /* owned */
	GSource *timer;         /* owned */
	GArray *tickers;        /* owned, of struct ticker; lock */
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	pthread_t thread;
	atomic_int waiting;     /* threads that want the lock */
	atomic_bool ending;
	int64_t ticked_us;      /* 0 never */
	bool held_up;
};

static __thread struct loop *own;

/* Others come first: this thread would take its lock back before a sleeper wakes. It sleeps until they had it: on a busy machine they need its processor. */
static gint poll_unlocked(GPollFD *fds, guint n, gint timeout)
{
	struct loop *l = own;
	gint r;

	pthread_mutex_unlock(&l->lock);
	r = g_poll(fds, n, timeout);
	pthread_mutex_lock(&l->lock);
	while (atomic_load(&l->waiting))
		pthread_cond_wait(&l->given_back, &l->lock);
	return r;
}

static gboolean on_timer(gpointer user)
{
	struct loop *l = user;
	int64_t now = now_us();

	l->held_up = l->held_up || (l->ticked_us && now - l->ticked_us > LOOP_HELD_UP_US);
	l->ticked_us = now;
	for (guint i = 0; i < l->tickers->len; i++) {
		struct ticker t = g_array_index(l->tickers, struct ticker, i);

		t.tick(t.user, now);
	}
	return G_SOURCE_CONTINUE;
}

static void *run(void *arg)
{
	struct loop *l = arg;

	own = l;
	pthread_mutex_lock(&l->lock);
	g_main_context_push_thread_default(l->context);
	while (!atomic_load(&l->ending))
		g_main_context_iteration(l->context, TRUE);
	g_main_context_pop_thread_default(l->context);
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

struct loop *loop_create(void)
{
	struct loop *l = g_new0(struct loop, 1);

	l->context = g_main_context_new();
	g_main_context_set_poll_func(l->context, poll_unlocked);
	l->tickers = g_array_new(FALSE, TRUE, sizeof(struct ticker));
	l->timer = g_timeout_source_new(LOOP_TICK_MS);
	g_source_set_callback(l->timer, on_timer, l, NULL);
	g_source_attach(l->timer, l->context);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->given_back, NULL);
	if (pthread_create(&l->thread, NULL, run, l))
		g_error("no thread for a loop");
	return l;
}

struct loop *loop_destroy(struct loop *l)
{
	if (!l)
		return NULL;
	atomic_store(&l->ending, true);
	g_main_context_wakeup(l->context);
	pthread_join(l->thread, NULL);
	g_source_destroy(l->timer);
	g_source_unref(l->timer);
	g_main_context_unref(l->context);
	g_array_free(l->tickers, TRUE);
	pthread_cond_destroy(&l->given_back);
	pthread_mutex_destroy(&l->lock);
	g_free(l);
	return NULL;
}

void loop_lock(struct loop *l)
{
	atomic_fetch_add(&l->waiting, 1);
	pthread_mutex_lock(&l->lock);
	atomic_fetch_sub(&l->waiting, 1);
}

void loop_unlock(struct loop *l)
{
	pthread_cond_signal(&l->given_back);
	pthread_mutex_unlock(&l->lock);
}

GMainContext *loop_context(struct loop *l)
{
	return l->context;
}

void loop_add(struct loop *l, void (*tick)(void *user, int64_t now_us), void *user)
{
	struct ticker t = { tick, user };

	g_array_append_val(l->tickers, t);
}

void loop_remove(struct loop *l, void *user)
{
	for (guint i = l->tickers->len; i > 0; i--)
		if (g_array_index(l->tickers, struct ticker, i - 1).user == user)
			g_array_remove_index(l->tickers, i - 1);
}

bool loop_was_held_up(const struct loop *l)
{
	return l->held_up;
}

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int64_t now_us(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t wall_of_us(int64_t mono_us)
{
	static _Atomic int64_t offset;
	int64_t o = atomic_load(&offset);

	if (!o) {
		int64_t none = 0;

		o = read_clock(CLOCK_REALTIME) - now_us();
		if (!atomic_compare_exchange_strong(&offset, &none, o))
			o = none;
	}
	return mono_us + o;
}

static bool comes_within(int64_t us, bool (*cond)(void *user), void *user)
{
	int64_t deadline = now_us() + us;
	unsigned long pause_us = 100;

	while (!cond(user)) {
		if (now_us() >= deadline)
			return false;
		g_usleep(pause_us);
		pause_us = MIN(2 * pause_us, 3000);
	}
	return true;
}

bool wait_until(int timeout_ms, bool (*cond)(void *user), void *user)
{
	return comes_within(timeout_ms * INT64_C(1000) * LOOP_PATIENCE + BUSY_US, cond, user);
}

bool stays_false(int ms, bool (*cond)(void *user), void *user)
{
	return !comes_within(ms * INT64_C(1000), cond, user);
}
