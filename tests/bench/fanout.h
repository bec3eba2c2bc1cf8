/*
 * The bare loop: takes what is due of a shape, writes, seals and groups each viewer's packets, sends them. Nothing else.
 *
 * What waits for one viewer leaves together, ordered by size: equal sizes make one message, and one smaller packet may end it.
 */
#ifndef BENCH_FANOUT_H
#define BENCH_FANOUT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/bench/sealer.h"
#include "tests/bench/shape.h"

struct fanout_cfg {
	uint32_t max_segments;          /* a message; 1: each packet is a message */
	uint32_t batch;                 /* messages a system call */
	uint32_t arena_bytes;           /* written before a system call */
	uint32_t pad_bytes;             /* a packet may grow by so much (RTP padding) to be as long as the one before it */
	uint32_t wait_us[3];            /* by kind: may wait so long for company */
	uint32_t grid_us;               /* wake-ups only at multiples of it; 0: when something is due */
};

struct fanout_counts {
	uint64_t packets;
	uint64_t messages;
	uint64_t calls;
	uint64_t failed;
	uint64_t wakeups;
	uint64_t cpu_us;                /* of this thread */
	uint64_t wall_us;
};

struct fanout;

/** Borrows shape and sealer; sends from `fd` to 127.x.y.z, an address for each viewer, at `port`. NULL without memory. */
struct fanout *fanout_create(const struct fanout_cfg *cfg, const struct shape *shape, struct sealer *sealer, int fd, in_port_t port);
struct fanout *fanout_destroy(struct fanout *f);

/**
 * Sends for `seconds`, at the shape's own pace or `flat_out`, and goes on where the last call ended. With `marked` the packets carry
 * the RTP marker, by which the receiver knows the measured time.
 */
struct fanout_counts fanout_run(struct fanout *f, double seconds, bool flat_out, bool marked);

#endif
