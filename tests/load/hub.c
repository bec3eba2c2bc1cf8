/* See hub.h. A timer further away than the wheel is long stays in its slot for more than one round. */
#include "tests/load/hub.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "tests/endpoint/loop.h"

#define SLOTS 2048
#define EVENTS 256

struct hub {
	int epoll;
	bool stopped;
	int64_t tick;                   /* number of the next slot to run, in ticks since the clock's zero */
	int64_t late_us;
	struct timer *slots[SLOTS];
	struct chore *chores, *last_chore;
	struct epoll_event events[EVENTS];
	int n_events;
	void (*turn)(void *user, int64_t now_us);       /* given, as the next ones, to hub_run() */
	void (*flush)(void *user);
	void *user;
};

int hub_create(struct hub **ret)
{
	struct hub *h = calloc(1, sizeof(*h));

	if (!h)
		return -ENOMEM;
	h->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (h->epoll < 0) {
		free(h);
		return -errno;
	}
	prctl(PR_SET_TIMERSLACK, 1);
	h->tick = now_us() / HUB_TICK_US;
	*ret = h;
	return 0;
}

struct hub *hub_destroy(struct hub *h)
{
	if (!h)
		return NULL;
	close(h->epoll);
	free(h);
	return NULL;
}

static int control(struct hub *h, int op, struct watch *w, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };

	return epoll_ctl(h->epoll, op, w->fd, &e) < 0 ? -errno : 0;
}

int hub_watch(struct hub *h, struct watch *w, uint32_t events)
{
	return control(h, EPOLL_CTL_ADD, w, events);
}

int hub_rewatch(struct hub *h, struct watch *w, uint32_t events)
{
	return control(h, EPOLL_CTL_MOD, w, events);
}

void hub_unwatch(struct hub *h, struct watch *w)
{
	control(h, EPOLL_CTL_DEL, w, 0);
	for (int i = 0; i < h->n_events; i++)
		if (h->events[i].data.ptr == w)
			h->events[i].data.ptr = NULL;
}

void hub_cancel(struct timer *t)
{
	if (!t->prev)
		return;
	*t->prev = t->next;
	if (t->next)
		t->next->prev = t->prev;
	t->prev = NULL;
	t->next = NULL;
}

static void put(struct timer **slot, struct timer *t)
{
	t->next = *slot;
	t->prev = slot;
	if (t->next)
		t->next->prev = &t->next;
	*slot = t;
}

void hub_set(struct hub *h, struct timer *t, int64_t due_us)
{
	int64_t tick = (due_us + HUB_TICK_US - 1) / HUB_TICK_US;

	hub_cancel(t);
	t->due_us = due_us;
	put(&h->slots[(tick > h->tick ? tick : h->tick) % SLOTS], t);
}

/* Those that are due move to a list of their own first: firing may set and cancel any timer. */
static void run_slot(struct hub *h, int64_t now)
{
	struct timer *due = NULL, *t = h->slots[h->tick % SLOTS];

	while (t) {
		struct timer *next = t->next;

		if (t->due_us <= now) {
			hub_cancel(t);
			put(&due, t);
		}
		t = next;
	}
	h->tick++;
	while (due) {
		t = due;
		hub_cancel(t);
		t->fire(t, now);
	}
}

static void run_timers(struct hub *h, int64_t now)
{
	int64_t behind = now - h->tick * HUB_TICK_US;

	if (behind > h->late_us)
		h->late_us = behind;
	while (h->tick * HUB_TICK_US <= now)
		run_slot(h, now);
}

/* Chores. */

void hub_put_off(struct hub *h, struct chore *c)
{
	if (c->waits)
		return;
	c->waits = true;
	c->next = NULL;
	if (h->chores)
		h->last_chore->next = c;
	else
		h->chores = c;
	h->last_chore = c;
}

void hub_drop(struct hub *h, struct chore *c)
{
	struct chore *before = NULL;

	if (!c->waits)
		return;
	for (struct chore *i = h->chores; i != c; i = i->next)
		before = i;
	if (before)
		before->next = c->next;
	else
		h->chores = c->next;
	if (h->last_chore == c)
		h->last_chore = before;
	c->waits = false;
}

static bool is_due(const struct hub *h)
{
	return now_us() >= h->tick * HUB_TICK_US;
}

/* Until something is due. */
static void run_chores(struct hub *h)
{
	while (h->chores && !is_due(h) && !h->stopped) {
		struct chore *c = h->chores;

		hub_drop(h, c);
		c->run(c, now_us());
	}
}

/* The loop. */

static void run_due(struct hub *h)
{
	int64_t now = now_us();

	if (now < h->tick * HUB_TICK_US)
		return;
	h->turn(h->user, now);
	run_timers(h, now_us());
	h->flush(h->user);
}

static void wait_events(struct hub *h)
{
	int64_t left = h->chores ? 0 : h->tick * HUB_TICK_US - now_us();
	struct timespec t = { 0, left > 0 ? left * 1000 : 0 };

	h->n_events = epoll_pwait2(h->epoll, h->events, EVENTS, &t, NULL);
	for (int i = 0; i < h->n_events; i++) {
		struct watch *w = h->events[i].data.ptr;

		if (w)
			w->on_ready(w, h->events[i].events);
		run_due(h);
	}
	h->n_events = 0;
}

void hub_run(struct hub *h, void (*turn)(void *user, int64_t now_us), void (*flush)(void *user), void *user)
{
	h->stopped = false;
	h->turn = turn;
	h->flush = flush;
	h->user = user;
	while (!h->stopped) {
		wait_events(h);
		run_due(h);
		run_chores(h);
		flush(user);
	}
}

void hub_stop(struct hub *h)
{
	h->stopped = true;
}

int64_t hub_take_late_us(struct hub *h)
{
	int64_t late = h->late_us;

	h->late_us = 0;
	return late;
}
