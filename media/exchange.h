/*
 * How the workers of one media reach each other: each has a mailbox for orders, from control and from other workers, a relay from
 * each other worker, and a bell for all of these. Made before the first worker starts, ended after the last has stopped; itself it
 * does not change.
 */
#ifndef HUITANG_MEDIA_EXCHANGE_H
#define HUITANG_MEDIA_EXCHANGE_H

#include <stdint.h>

#include "media/base/mailbox.h"
#include "media/relay.h"

#define MAX_WORKERS 64

struct exchange;

/** Owns: *ret is the caller's. `n` workers, 1 to MAX_WORKERS. Errors: -ENOMEM, -errno of eventfd(). */
int exchange_create(struct exchange **ret, uint16_t n);
struct exchange *exchange_destroy(struct exchange *x);

uint16_t exchange_workers(const struct exchange *x);
struct mailbox *exchange_orders(const struct exchange *x, uint16_t worker);
struct bell *exchange_bell(const struct exchange *x, uint16_t worker);

/** NULL from a worker to itself. */
struct relay *exchange_relay(const struct exchange *x, uint16_t from, uint16_t to);

/** Shows all others what `from` wrote to them, and wakes those who sleep. Thread: `from`'s. */
void exchange_publish(const struct exchange *x, uint16_t from);

#endif
