/* See exchange.h. */
#include "media/exchange.h"

#include <errno.h>

#include "media/base/mem.h"

/* What a few hundred senders put out while a worker does a turn of work; pages that are never reached take no memory. */
#define RELAY_BYTES (1 << 20)
#define FEW_WORKERS 8
#define RELAY_BYTES_OF_MANY (1 << 18)

struct place {
	struct mailbox *orders;         /* owned */
	struct bell *bell;              /* owned */
};

struct exchange {
	uint16_t n;
	struct relay **relays;          /* owned, n x n by from, then to */
	struct place places[];
};

static int create_relays(struct exchange *x)
{
	size_t bytes = x->n <= FEW_WORKERS ? RELAY_BYTES : RELAY_BYTES_OF_MANY;

	x->relays = mem_calloc((size_t)x->n * x->n, sizeof(struct relay *));
	if (!x->relays)
		return -ENOMEM;
	for (size_t i = 0; i < (size_t)x->n * x->n; i++) {
		int r = i / x->n == i % x->n ? 0 : relay_create(&x->relays[i], bytes);

		if (r < 0)
			return r;
	}
	return 0;
}

int exchange_create(struct exchange **ret, uint16_t n)
{
	struct exchange *x = mem_zalloc(sizeof(*x) + n * sizeof(x->places[0]));
	int r;

	if (!x)
		return -ENOMEM;
	x->n = n;
	r = create_relays(x);
	for (uint16_t i = 0; r == 0 && i < n; i++) {
		r = mailbox_create(&x->places[i].orders, NULL, NULL);
		if (r == 0)
			r = bell_create(&x->places[i].bell);
	}
	if (r < 0) {
		exchange_destroy(x);
		return r;
	}
	*ret = x;
	return 0;
}

struct exchange *exchange_destroy(struct exchange *x)
{
	if (!x)
		return NULL;
	for (size_t i = 0; x->relays && i < (size_t)x->n * x->n; i++)
		relay_destroy(x->relays[i]);
	mem_free(x->relays);
	for (uint16_t i = 0; i < x->n; i++) {
		mailbox_destroy(x->places[i].orders);
		bell_destroy(x->places[i].bell);
	}
	return mem_free(x);
}

uint16_t exchange_workers(const struct exchange *x)
{
	return x->n;
}

struct mailbox *exchange_orders(const struct exchange *x, uint16_t worker)
{
	return x->places[worker].orders;
}

struct bell *exchange_bell(const struct exchange *x, uint16_t worker)
{
	return x->places[worker].bell;
}

struct relay *exchange_relay(const struct exchange *x, uint16_t from, uint16_t to)
{
	return x->relays[from * x->n + to];
}

void exchange_publish(const struct exchange *x, uint16_t from)
{
	for (uint16_t to = 0; to < x->n; to++) {
		struct relay *r = exchange_relay(x, from, to);

		if (r && relay_publish(r))
			bell_ring(x->places[to].bell);
	}
}
