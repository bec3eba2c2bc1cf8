/* See counters.h. */
#include "media/base/counters.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/mem.h"

#define PREFIX "huitang_"

struct counters {
	const struct counter_def *defs; /* given: outlives us */
	size_t n;
	_Alignas(64) _Atomic int64_t values[];
};

int counters_create(struct counters **ret, const struct counter_def *defs, size_t n)
{
	size_t bytes = sizeof(struct counters) + n * sizeof(_Atomic int64_t);
	struct counters *c = mem_zalloc_line(bytes);

	if (!c)
		return -ENOMEM;
	c->defs = defs;
	c->n = n;
	*ret = c;
	return 0;
}

struct counters *counters_destroy(struct counters *c)
{
	return mem_free(c);
}

void counters_add(struct counters *c, size_t index, int64_t delta)
{
	assert(index < c->n);
	/* One writer: a plain load and store, no locked instruction. */
	int64_t v = atomic_load_explicit(&c->values[index], memory_order_relaxed);

	atomic_store_explicit(&c->values[index], v + delta, memory_order_relaxed);
}

void counters_set(struct counters *c, size_t index, int64_t value)
{
	assert(index < c->n);
	atomic_store_explicit(&c->values[index], value, memory_order_relaxed);
}

int64_t counters_get(const struct counters *c, size_t index)
{
	assert(index < c->n);
	return atomic_load_explicit(&c->values[index], memory_order_relaxed);
}

static int64_t sum(struct counters *const *sets, size_t n_sets, size_t index)
{
	int64_t total = 0;

	for (size_t i = 0; i < n_sets; i++)
		total += counters_get(sets[i], index);
	return total;
}

static bool same_family(const char *a, const char *b)
{
	size_t len = strcspn(a, "{");

	return len == strcspn(b, "{") && strncmp(a, b, len) == 0;
}

int counters_write(char **ret, struct counters *const *sets, size_t n_sets)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f;

	if (n_sets == 0) {
		*ret = mem_strdup("");
		return *ret ? 0 : -ENOMEM;
	}
	f = open_memstream(&text, &size);
	if (!f)
		return -ENOMEM;
	for (size_t i = 0; i < sets[0]->n; i++) {
		const struct counter_def *d = &sets[0]->defs[i];

		if (i == 0 || !same_family(d->name, d[-1].name)) {
			int len = (int)strcspn(d->name, "{");

			fprintf(f, "# HELP " PREFIX "%.*s %s\n", len, d->name, d->help);
			fprintf(f, "# TYPE " PREFIX "%.*s %s\n", len, d->name, d->gauge ? "gauge" : "counter");
		}
		fprintf(f, PREFIX "%s %" PRId64 "\n", d->name, sum(sets, n_sets, i));
	}
	if (fclose(f) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret = mem_strndup(text, size);
	free(text);
	return *ret ? 0 : -ENOMEM;
}
