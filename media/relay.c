/*
 * See relay.h. Positions only grow; a record never wraps: what is left at the end of the ring is passed over by a record without
 * content. Writing the head and then asking whether the reader sleeps, and saying that one sleeps and then looking at the head, are
 * sequentially consistent: one of the two sees the other.
 */
#include "media/relay.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "media/base/mem.h"

#define ALIGN 16u
#define LINE 64

/* Before each record. */
struct head {
	uint32_t bytes;                 /* of the whole record */
	uint32_t len;                   /* of its content */
	uint64_t is_filler;
};
_Static_assert(sizeof(struct head) == ALIGN, "records stay aligned");

struct relay {
	_Alignas(LINE) _Atomic size_t head;     /* writer: published up to here */
	_Alignas(LINE) size_t written;          /* writer's own: up to here, with those not yet published */
	size_t open;                            /* where the record that is being written ends */
	size_t tail_seen;
	_Alignas(LINE) _Atomic size_t tail;     /* reader: free up to here */
	_Alignas(LINE) size_t head_seen;        /* reader's own */
	_Alignas(LINE) size_t size;             /* fixed from here on */
	uint8_t *bytes;                         /* owned */
};

struct bell {
	_Alignas(LINE) _Atomic bool asleep;
	_Alignas(LINE) int fd;                  /* owned */
};

int relay_create(struct relay **ret, size_t bytes)
{
	struct relay *r;

	if (bytes < 4096 || (bytes & (bytes - 1)) != 0)
		return -EINVAL;
	r = mem_zalloc_line(sizeof(*r));
	if (!r)
		return -ENOMEM;
	r->size = bytes;
	r->bytes = mem_zalloc(bytes);
	if (!r->bytes) {
		mem_free(r);
		return -ENOMEM;
	}
	*ret = r;
	return 0;
}

struct relay *relay_destroy(struct relay *r)
{
	if (!r)
		return NULL;
	mem_free(r->bytes);
	return mem_free(r);
}

static struct head *head_at(const struct relay *r, size_t at)
{
	return (struct head *)(void *)(r->bytes + (at & (r->size - 1)));
}

static bool has_room(struct relay *r, size_t bytes, size_t spare)
{
	if (r->written + bytes + spare - r->tail_seen <= r->size)
		return true;
	r->tail_seen = atomic_load_explicit(&r->tail, memory_order_acquire);
	return r->written + bytes + spare - r->tail_seen <= r->size;
}

void *relay_begin(struct relay *r, size_t len, bool urgent)
{
	size_t bytes, left = r->size - (r->written & (r->size - 1));
	struct head *h;

	if (len > r->size / 4)
		return NULL;
	bytes = sizeof(*h) + (len + ALIGN - 1) / ALIGN * ALIGN;
	if (!has_room(r, bytes + (left < bytes ? left : 0), urgent ? 0 : r->size / 8))
		return NULL;
	if (left < bytes) {
		*head_at(r, r->written) = (struct head){ .bytes = (uint32_t)left, .is_filler = 1 };
		r->written += left;
	}
	h = head_at(r, r->written);
	*h = (struct head){ .bytes = (uint32_t)bytes, .len = (uint32_t)len };
	r->open = r->written + bytes;
	return h + 1;
}

void relay_end(struct relay *r)
{
	r->written = r->open;
}

bool relay_publish(struct relay *r)
{
	if (atomic_load_explicit(&r->head, memory_order_relaxed) == r->written)
		return false;
	atomic_store(&r->head, r->written);
	return true;
}

const void *relay_next(struct relay *r, size_t *ret_len)
{
	size_t at = atomic_load_explicit(&r->tail, memory_order_relaxed);
	const struct head *h;

	if (r->head_seen == at)
		r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
	if (r->head_seen == at)
		return NULL;
	h = head_at(r, at);
	if (h->is_filler) {
		/* The record for which there was no room behind it was begun at once, but perhaps is not published. */
		atomic_store_explicit(&r->tail, at + h->bytes, memory_order_release);
		return relay_next(r, ret_len);
	}
	*ret_len = h->len;
	return h + 1;
}

void relay_done(struct relay *r)
{
	size_t at = atomic_load_explicit(&r->tail, memory_order_relaxed);

	atomic_store_explicit(&r->tail, at + head_at(r, at)->bytes, memory_order_release);
}

bool relay_is_empty(const struct relay *r)
{
	return atomic_load(&r->head) == atomic_load_explicit(&r->tail, memory_order_relaxed);
}

int bell_create(struct bell **ret)
{
	struct bell *b = mem_zalloc_line(sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (b->fd < 0) {
		int r = -errno;

		mem_free(b);
		return r;
	}
	*ret = b;
	return 0;
}

struct bell *bell_destroy(struct bell *b)
{
	if (!b)
		return NULL;
	close(b->fd);
	return mem_free(b);
}

int bell_fd(const struct bell *b)
{
	return b->fd;
}

void bell_ring(struct bell *b)
{
	uint64_t one = 1;
	ssize_t ignored;

	if (!atomic_load(&b->asleep) || !atomic_exchange(&b->asleep, false))
		return;
	ignored = write(b->fd, &one, sizeof(one));
	(void)ignored;
}

void bell_before_sleep(struct bell *b)
{
	atomic_store(&b->asleep, true);
}

void bell_after_sleep(struct bell *b, bool rung)
{
	uint64_t seen;
	ssize_t ignored;

	atomic_store(&b->asleep, false);
	if (!rung)
		return;
	ignored = read(b->fd, &seen, sizeof(seen));
	(void)ignored;
}
