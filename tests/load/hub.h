/*
 * The tool's one loop: descriptors by epoll, timers by a wheel of half milliseconds, chores. One thread.
 * Timers go first, since they are media: between two events, and between two chores, whatever is due is done.
 */
#ifndef LOAD_HUB_H
#define LOAD_HUB_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HUB_TICK_US 500

/* The struct whose member `ptr` points to. */
#define OWNER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

struct hub;

/* Embedded in what is costly and may wait, as a step of a handshake; zero is one that does not wait. */
struct chore {
	struct chore *next;
	bool waits;
	void (*run)(struct chore *c, int64_t now_us);
};

/* Embedded in what waits for a descriptor. */
struct watch {
	int fd;
	void (*on_ready)(struct watch *w, uint32_t events);
};

/* Embedded; zero is a timer that is not set. It fires once, at the first tick at or after its time. */
struct timer {
	struct timer *next, **prev;
	int64_t due_us;
	void (*fire)(struct timer *t, int64_t now_us);
};

/** Owns: the caller's. Errors: -errno. */
int hub_create(struct hub **ret);
struct hub *hub_destroy(struct hub *h);

/** Waits for `events` of w->fd; w stays where it is until hub_unwatch(). Errors: -errno. */
int hub_watch(struct hub *h, struct watch *w, uint32_t events);
int hub_rewatch(struct hub *h, struct watch *w, uint32_t events);
/** May be called from any callback; no event of w follows. */
void hub_unwatch(struct hub *h, struct watch *w);

/** Sets or moves a timer; t->fire is given. */
void hub_set(struct hub *h, struct timer *t, int64_t due_us);
void hub_cancel(struct timer *t);

/** To be run once, behind those that wait already; c->run is given. Nothing changes for one that waits. */
void hub_put_off(struct hub *h, struct chore *c);
void hub_drop(struct hub *h, struct chore *c);

/**
 * Runs until hub_stop(). `turn` is called once a tick, and `flush` after everything else of a turn.
 */
void hub_run(struct hub *h, void (*turn)(void *user, int64_t now_us), void (*flush)(void *user), void *user);
void hub_stop(struct hub *h);

/** The longest that a turn began behind its tick since the last call, µs: how starved the tool was. */
int64_t hub_take_late_us(struct hub *h);

#endif
