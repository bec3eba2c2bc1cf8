/* See line.h. What is under way waits in a heap by due time; its bytes lie in blocks that are used again. */
#include "tests/load/line.h"

#include <errno.h>
#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 1600
#define WIRE_OVERHEAD 28
#define MAX_UNDER_WAY (1u << 20)

struct block {
	struct block *next;     /* free ones */
	struct sockaddr_in to;
	uint16_t len;
	uint8_t data[BLOCK_BYTES];
};

struct under_way {
	int64_t due_us;
	uint64_t order;         /* of those due at the same time the first comes first */
	struct line *line;      /* NULL: its line is gone */
	struct block *block;    /* owned */
};

struct lines {
	void (*out)(void *user, unsigned endpoint, int up, const struct sockaddr_in *to, uint8_t *data, size_t len, int64_t now_us);
	void *user;
	struct under_way *heap; /* owned */
	size_t n, room;
	uint64_t order;
	struct block *free;     /* owned */
};

struct line {
	struct lines *lines;    /* given */
	const struct line_model *model; /* given */
	unsigned endpoint;
	int up;
	bool losing;
	int64_t free_us;        /* when the last packet has left the queue */
	int64_t last_due_us;
	struct line_stats stats;
};

static bool read_field(struct line_step *s, const char *name, double v)
{
	struct line_model *m = &s->model;

	if (!strcmp(name, "at") && v <= 86400)
		s->at_us = (int64_t)(v * 1e6);
	else if (!strcmp(name, "rtt"))
		m->delay_us = (int64_t)(v * 500);
	else if (!strcmp(name, "jitter"))
		m->jitter_us = (int64_t)(v * 1000);
	else if (!strcmp(name, "loss") && v <= 100)
		m->loss = v / 100;
	else if (!strcmp(name, "burst") && v >= 1)
		m->burst = v;
	else if (!strcmp(name, "rate"))
		m->rate_bps = (int64_t)v;
	else if (!strcmp(name, "queue"))
		m->queue_us = (int64_t)(v * 1000);
	else
		return false;
	return true;
}

int line_step_read(struct line_step *ret, const char *text)
{
	struct line_step s = { .model = { .burst = 1, .queue_us = 300000 } };
	g_auto(GStrv) fields = g_strsplit(text, ",", -1);

	for (unsigned i = 0; fields[i]; i++) {
		char *value = strchr(fields[i], '='), *end;
		double v;

		if (!value)
			return -EINVAL;
		*value++ = 0;
		v = g_ascii_strtod(value, &end);
		v *= !strcmp(end, "k") ? 1e3 : !strcmp(end, "M") ? 1e6 : 1;
		if (end == value || (*end && strcmp(end, "k") && strcmp(end, "M")) || v < 0 || !read_field(&s, fields[i], v))
			return -EINVAL;
	}
	*ret = s;
	return 0;
}

int lines_create(struct lines **ret, void (*out)(void *user, unsigned endpoint, int up, const struct sockaddr_in *to, uint8_t *data,
                                                 size_t len, int64_t now_us), void *user)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->out = out;
	l->user = user;
	*ret = l;
	return 0;
}

struct lines *lines_destroy(struct lines *l)
{
	if (!l)
		return NULL;
	for (size_t i = 0; i < l->n; i++)
		free(l->heap[i].block);
	while (l->free) {
		struct block *b = l->free;

		l->free = b->next;
		free(b);
	}
	free(l->heap);
	free(l);
	return NULL;
}

static bool earlier(const struct under_way *a, const struct under_way *b)
{
	return a->due_us != b->due_us ? a->due_us < b->due_us : a->order < b->order;
}

static bool heap_put(struct lines *l, struct under_way u)
{
	size_t i = l->n;

	if (l->n == l->room) {
		size_t room = l->room ? 2 * l->room : 1024;
		struct under_way *heap = room > MAX_UNDER_WAY ? NULL : realloc(l->heap, room * sizeof(*heap));

		if (!heap)
			return false;
		l->heap = heap;
		l->room = room;
	}
	l->n++;
	for (; i && earlier(&u, &l->heap[(i - 1) / 2]); i = (i - 1) / 2)
		l->heap[i] = l->heap[(i - 1) / 2];
	l->heap[i] = u;
	return true;
}

static struct under_way heap_take(struct lines *l)
{
	struct under_way first = l->heap[0], last = l->heap[--l->n];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < l->n; i = child) {
		if (child + 1 < l->n && earlier(&l->heap[child + 1], &l->heap[child]))
			child++;
		if (!earlier(&l->heap[child], &last))
			break;
		l->heap[i] = l->heap[child];
	}
	l->heap[i] = last;
	return first;
}

void lines_run(struct lines *l, int64_t now_us)
{
	while (l->n && l->heap[0].due_us <= now_us) {
		struct under_way u = heap_take(l);

		if (u.line)
			l->out(l->user, u.line->endpoint, u.line->up, &u.block->to, u.block->data, u.block->len, now_us);
		u.block->next = l->free;
		l->free = u.block;
	}
}

struct line *line_create(struct lines *l, unsigned endpoint, int up, const struct line_model *model)
{
	struct line *line = calloc(1, sizeof(*line));

	if (line)
		*line = (struct line){ .lines = l, .model = model, .endpoint = endpoint, .up = up };
	return line;
}

struct line *line_destroy(struct line *l)
{
	if (!l)
		return NULL;
	for (size_t i = 0; i < l->lines->n; i++)
		if (l->lines->heap[i].line == l)
			l->lines->heap[i].line = NULL;
	free(l);
	return NULL;
}

/* Two states; a burst ends with chance 1/burst, and begins so often that `loss` of all are lost. */
static bool is_lost(struct line *l)
{
	const struct line_model *m = l->model;
	double end = 1 / m->burst, begin = m->loss < 1 ? end * m->loss / (1 - m->loss) : 1;

	if (m->loss <= 0)
		return false;
	if (m->burst <= 1)
		return g_random_double() < m->loss;
	l->losing = l->losing ? g_random_double() >= end : g_random_double() < begin;
	return l->losing;
}

/* When it leaves the queue; negative: there is no room. */
static int64_t queue(struct line *l, size_t len, int64_t now)
{
	const struct line_model *m = l->model;
	int64_t begin = l->free_us > now ? l->free_us : now;

	if (!m->rate_bps)
		return now;
	if (begin - now > m->queue_us)
		return -1;
	l->free_us = begin + (int64_t)(len + WIRE_OVERHEAD) * 8 * 1000000 / m->rate_bps;
	return l->free_us;
}

static struct block *block_of(struct lines *l, const struct sockaddr_in *to, const uint8_t *data, size_t len)
{
	struct block *b = l->free;

	if (b)
		l->free = b->next;
	else if (!(b = malloc(sizeof(*b))))
		return NULL;
	b->to = *to;
	b->len = (uint16_t)len;
	memcpy(b->data, data, len);
	return b;
}

void line_take(struct line *l, const struct sockaddr_in *to, const uint8_t *data, size_t len, int64_t now_us)
{
	struct under_way u = { .line = l, .order = l->lines->order++ };
	int64_t left;

	if (len > BLOCK_BYTES || is_lost(l)) {
		l->stats.lost++;
		return;
	}
	left = queue(l, len, now_us);
	u.block = left < 0 ? NULL : block_of(l->lines, to, data, len);
	if (!u.block) {
		l->stats.queue_dropped++;
		return;
	}
	u.due_us = left + l->model->delay_us + (int64_t)(g_random_double() * (double)l->model->jitter_us);
	u.due_us = MAX(u.due_us, l->last_due_us);
	if (heap_put(l->lines, u)) {
		l->last_due_us = u.due_us;
		l->stats.passed++;
		return;
	}
	free(u.block);
	l->stats.queue_dropped++;
}

const struct line_stats *line_stats(const struct line *l)
{
	return &l->stats;
}
