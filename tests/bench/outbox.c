/* See outbox.h. */
#include "tests/bench/outbox.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

union segment_control {
	struct cmsghdr header;
	uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct outbox {
	int fd;
	size_t batch, arena_bytes;
	size_t n, used;
	uint8_t *arena;
	struct outbox_counts counts;
	struct mmsghdr messages[OUTBOX_MAX_MESSAGES];
	struct iovec vectors[OUTBOX_MAX_MESSAGES];
	union segment_control controls[OUTBOX_MAX_MESSAGES];
};

struct outbox *outbox_create(int fd, size_t batch, size_t arena_bytes)
{
	struct outbox *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->fd = fd;
	o->batch = batch < OUTBOX_MAX_MESSAGES ? batch : OUTBOX_MAX_MESSAGES;
	o->arena_bytes = arena_bytes;
	o->arena = aligned_alloc(4096, (arena_bytes + OUTBOX_MAX_MESSAGE_BYTES + 4095) / 4096 * 4096);
	if (!o->arena)
		return outbox_destroy(o);
	for (size_t i = 0; i < OUTBOX_MAX_MESSAGES; i++) {
		o->controls[i].header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(uint16_t)), .cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT };
		o->messages[i].msg_hdr = (struct msghdr){ .msg_iov = &o->vectors[i], .msg_iovlen = 1, .msg_namelen = sizeof(struct sockaddr_in) };
	}
	return o;
}

struct outbox *outbox_destroy(struct outbox *o)
{
	if (o)
		free(o->arena);
	free(o);
	return NULL;
}

uint8_t *outbox_begin(struct outbox *o, size_t bytes)
{
	if (o->n == o->batch || (o->n > 0 && o->used + bytes > o->arena_bytes))
		outbox_flush(o);
	return o->arena + o->used;
}

void outbox_commit(struct outbox *o, size_t bytes, size_t segment_bytes, const struct sockaddr_in *to)
{
	struct msghdr *m = &o->messages[o->n].msg_hdr;
	bool segmented = bytes > segment_bytes;
	uint16_t segment = (uint16_t)segment_bytes;

	o->vectors[o->n] = (struct iovec){ o->arena + o->used, bytes };
	m->msg_name = (void *)(uintptr_t)to;
	m->msg_control = segmented ? &o->controls[o->n] : NULL;
	m->msg_controllen = segmented ? sizeof(o->controls[o->n]) : 0;
	memcpy(CMSG_DATA(&o->controls[o->n].header), &segment, sizeof(segment));
	o->used += (bytes + 63) / 64 * 64;
	o->n++;
}

void outbox_flush(struct outbox *o)
{
	size_t sent = 0;

	while (sent < o->n) {
		int r = sendmmsg(o->fd, o->messages + sent, (unsigned)(o->n - sent), 0);

		o->counts.calls++;
		if (r > 0) {
			o->counts.messages += (uint64_t)r;
			sent += (size_t)r;
		} else if (errno != EINTR) {
			o->counts.failed++;
			sent++;
		}
	}
	o->n = o->used = 0;
}

struct outbox_counts outbox_counts(const struct outbox *o)
{
	return o->counts;
}
