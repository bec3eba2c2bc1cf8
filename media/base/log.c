/* See log.h. A ring is single producer, single consumer: the producing thread advances head, the drain advances tail. */
#include "media/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "media/base/clock.h"

#define RING_LINES 256
#define LINE_BYTES 240
#define MAX_RINGS 32
#define LINES_PER_SECOND 100

struct ring {
	_Atomic unsigned head;
	_Atomic unsigned tail;
	_Atomic unsigned lost;
	int64_t window_us;     /* producer only */
	unsigned in_window;    /* producer only */
	char lines[RING_LINES][LINE_BYTES];
};

static enum log_level max_level = LOG_INFO;
static struct ring *_Atomic rings[MAX_RINGS];
static _Atomic unsigned n_rings;
static _Thread_local struct ring *my_ring;

void log_set_level(enum log_level level)
{
	max_level = level;
}

static void print_line(const char *line)
{
	char out[LINE_BYTES + 40];
	struct timespec ts;
	struct tm tm;
	int len;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	len = snprintf(out, sizeof(out), "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ %s\n", tm.tm_year + 1900, tm.tm_mon + 1,
	               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ts.tv_nsec / 1000000, line);
	if (len > 0) {
		ssize_t ignored = write(STDERR_FILENO, out, MIN((size_t)len, sizeof(out) - 1));

		(void)ignored;
	}
}

static bool ring_admits(struct ring *r)
{
	int64_t now_us = clock_boot_us();

	if (now_us - r->window_us >= 1000000) {
		r->window_us = now_us;
		r->in_window = 0;
	}
	return r->in_window++ < LINES_PER_SECOND;
}

static void ring_put(struct ring *r, const char *line)
{
	unsigned head = atomic_load_explicit(&r->head, memory_order_relaxed);
	unsigned tail = atomic_load_explicit(&r->tail, memory_order_acquire);

	if (head - tail >= RING_LINES || !ring_admits(r)) {
		atomic_fetch_add_explicit(&r->lost, 1, memory_order_relaxed);
		return;
	}
	memcpy(r->lines[head % RING_LINES], line, LINE_BYTES);
	atomic_store_explicit(&r->head, head + 1, memory_order_release);
}

void log_event(enum log_level level, const char *fmt, ...)
{
	char line[LINE_BYTES] = { 0 };
	va_list args;

	if (level > max_level)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < 0x20)
			*p = ' ';
	if (my_ring)
		ring_put(my_ring, line);
	else
		print_line(line);
}

int log_use_ring(void)
{
	unsigned i;

	if (my_ring)
		return 0;
	i = atomic_fetch_add(&n_rings, 1);
	if (i >= MAX_RINGS) {
		atomic_fetch_sub(&n_rings, 1);
		return -ENOSPC;
	}
	/* Kept for the life of the process: a drained ring may outlive its thread. */
	my_ring = calloc(1, sizeof(*my_ring));
	if (!my_ring)
		return -ENOMEM;
	atomic_store_explicit(&rings[i], my_ring, memory_order_release);
	return 0;
}

static void drain_ring(struct ring *r)
{
	unsigned tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	unsigned head = atomic_load_explicit(&r->head, memory_order_acquire);
	unsigned lost = atomic_exchange_explicit(&r->lost, 0, memory_order_relaxed);

	for (; tail != head; tail++)
		print_line(r->lines[tail % RING_LINES]);
	atomic_store_explicit(&r->tail, tail, memory_order_release);
	if (lost > 0) {
		char line[LINE_BYTES];

		snprintf(line, sizeof(line), "log.lost lines=%u", lost);
		print_line(line);
	}
}

void log_drain(void)
{
	for (unsigned i = 0; i < MAX_RINGS; i++) {
		struct ring *r = atomic_load_explicit(&rings[i], memory_order_acquire);

		if (r)
			drain_ring(r);
	}
}
