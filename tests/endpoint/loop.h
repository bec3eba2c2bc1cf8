/*
 * A thread with a GLib main context that carries many endpoints. Everything on it runs under the loop's lock, which is let
 * go only while the thread polls: whoever holds the lock may look at and change what lives there.
 */
#ifndef ENDPOINT_LOOP_H
#define ENDPOINT_LOOP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define LOOP_TICK_MS 5
#define LOOP_HELD_UP_US 100000

/* Sanitizers make everything slower: how much more patience to have. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOOP_PATIENCE 4
#else
#define LOOP_PATIENCE 1
#endif

struct loop;

/** Owns: the caller's; what lives on it goes first. Thread: any but its own. */
struct loop *loop_create(void);
struct loop *loop_destroy(struct loop *l);

/** Not recursive; not on the loop's own thread, which holds it already. */
void loop_lock(struct loop *l);
void loop_unlock(struct loop *l);

GMainContext *loop_context(struct loop *l);

/** `tick` is called every LOOP_TICK_MS until loop_remove(). Under the lock. */
void loop_add(struct loop *l, void (*tick)(void *user, int64_t now_us), void *user);
void loop_remove(struct loop *l, void *user);

/**
 * True once the loop was not let run, or had so much to do, that LOOP_HELD_UP_US went by between two ticks. Whoever serves it on the same machine was
 * held up as well: what it left out as too late, and clocks that it set by arrivals, say nothing then. Under the lock.
 */
bool loop_was_held_up(const struct loop *l);

/** CLOCK_MONOTONIC in microseconds, and the same moment as wall time since 1970 by one constant offset for the process. */
int64_t now_us(void);
int64_t wall_of_us(int64_t mono_us);

/**
 * Calls `cond` again and again, without any lock, until it is true (then true) or it has taken too long (false). `timeout_ms` is what a machine of
 * its own needs at most, times LOOP_PATIENCE; one with other work to do gets half a minute more, which costs nothing when it comes.
 */
bool wait_until(int timeout_ms, bool (*cond)(void *user), void *user);

/** True when `cond` stays false for `ms`: for what must not happen, where patience would cost time. */
bool stays_false(int ms, bool (*cond)(void *user), void *user);

#endif
