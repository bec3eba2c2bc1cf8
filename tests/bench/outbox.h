/*
 * Messages on their way out: written one behind the other into an arena, a UDP_SEGMENT message for what fits together, sent by
 * sendmmsg(). A message's segments are of one size; only its last may be shorter.
 */
#ifndef BENCH_OUTBOX_H
#define BENCH_OUTBOX_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define OUTBOX_MAX_MESSAGES 1024
#define OUTBOX_MAX_MESSAGE_BYTES 65000

struct outbox;

/** `batch`: messages a system call, up to OUTBOX_MAX_MESSAGES; `arena_bytes`: a batch ends when they are full; `fd` is borrowed. */
struct outbox *outbox_create(int fd, size_t batch, size_t arena_bytes);
struct outbox *outbox_destroy(struct outbox *o);

/** Room for a message of up to `bytes`, which is at most OUTBOX_MAX_MESSAGE_BYTES; may send what waits. */
uint8_t *outbox_begin(struct outbox *o, size_t bytes);

/** The message written at outbox_begin() goes to `to` as segments of `segment_bytes`, or as one datagram when it is no longer. */
void outbox_commit(struct outbox *o, size_t bytes, size_t segment_bytes, const struct sockaddr_in *to);

void outbox_flush(struct outbox *o);

struct outbox_counts {
	uint64_t messages;
	uint64_t calls;
	uint64_t failed;        /* messages that the system refused */
};
struct outbox_counts outbox_counts(const struct outbox *o);

#endif
