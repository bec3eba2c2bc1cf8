/*
 * The other side, a process of its own on a core of its own: one socket for all viewers' addresses, UDP_GRO, IP_PKTINFO. It counts
 * the packets of the measured time (those with the RTP marker) and how late they came (the RTP timestamp is when they were due).
 */
#ifndef BENCH_RECEIVER_H
#define BENCH_RECEIVER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/types.h>

#define RECEIVER_LATE_STEP_US 100
#define RECEIVER_LATE_STEPS 5000

/* Written by the receiver, read when it has ended. */
struct reception {
	uint64_t packets;
	uint64_t bytes;
	uint64_t messages;      /* as they came from the socket: GSO messages stay whole over loopback */
	uint64_t cpu_us;        /* in the measured time */
	uint32_t late[RECEIVER_LATE_STEPS]; /* packets by lateness; the last holds what is later */
};

struct receiver {
	pid_t pid;
	struct sockaddr_in address; /* of the socket; any address of 127.0.0.0/8 reaches it */
	struct reception *reception; /* shared memory */
};

/** `core` -1: anywhere. `poll_us` above 0: looks that often instead of being woken. Errors: -errno. */
int receiver_start(struct receiver *r, int core, uint32_t poll_us);

/** Waits until nothing came for a tenth of a second, ends the process; `r->reception` is then complete, until receiver_done(). */
void receiver_stop(struct receiver *r);
void receiver_done(struct receiver *r);

/** Lateness that `share` of the packets kept to, for example 0.99. */
double reception_lateness_us(const struct reception *r, double share);

int pin_to_core(int core);

#endif
