/* See mailbox.h. head is where posters exchange themselves in; tail is the reader's, always one consumed node ahead. */
#include "media/base/mailbox.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

struct node {
	struct node *_Atomic next;
	struct letter letter;
	_Alignas(max_align_t) uint8_t data[];
};

struct mailbox {
	_Alignas(64) struct node *_Atomic head; /* posters */
	_Alignas(64) struct node *tail;         /* reader */
	_Atomic bool awake;                     /* a wake-up is under way: posters need not repeat it */
	int fd;                                 /* owned, or -1 */
	void (*wake)(void *user);               /* given */
	void *user;
	struct node stub;
};

static void push(struct mailbox *m, struct node *n)
{
	struct node *prev;

	atomic_store_explicit(&n->next, NULL, memory_order_relaxed);
	prev = atomic_exchange_explicit(&m->head, n, memory_order_acq_rel);
	atomic_store_explicit(&prev->next, n, memory_order_release);
}

int mailbox_create(struct mailbox **ret, void (*wake)(void *user), void *user)
{
	struct mailbox *m = mem_zalloc_line(sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->fd = -1;
	m->wake = wake;
	m->user = user;
	m->tail = &m->stub;
	atomic_init(&m->head, &m->stub);
	if (!wake) {
		m->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (m->fd < 0) {
			int r = -errno;

			mem_free(m);
			return r;
		}
	}
	*ret = m;
	return 0;
}

struct mailbox *mailbox_destroy(struct mailbox *m)
{
	struct letter *l;

	if (!m)
		return NULL;
	while ((l = mailbox_take(m)))
		letter_free(l);
	if (m->fd >= 0)
		close(m->fd);
	return mem_free(m);
}

int mailbox_fd(const struct mailbox *m)
{
	return m->fd;
}

static void wake_reader(struct mailbox *m)
{
	uint64_t one = 1;
	ssize_t ignored;

	if (atomic_exchange(&m->awake, true))
		return;
	if (m->wake) {
		m->wake(m->user);
		return;
	}
	ignored = write(m->fd, &one, sizeof(one));
	(void)ignored;
}

int mailbox_post(struct mailbox *m, uint32_t type, const void *data, size_t len)
{
	struct node *n = mem_zalloc(sizeof(*n) + len);

	if (!n)
		return -ENOMEM;
	n->letter.type = type;
	n->letter.len = (uint32_t)len;
	n->letter.data = n->data;
	if (len > 0)
		memcpy(n->data, data, len);
	push(m, n);
	wake_reader(m);
	return 0;
}

/* The reader's step of the queue: NULL also while a poster stands between its two stores; its wake-up follows. */
static struct node *pop(struct mailbox *m)
{
	struct node *tail = m->tail;
	struct node *next = atomic_load_explicit(&tail->next, memory_order_acquire);

	if (tail == &m->stub) {
		if (!next)
			return NULL;
		m->tail = tail = next;
		next = atomic_load_explicit(&tail->next, memory_order_acquire);
	}
	if (next) {
		m->tail = next;
		return tail;
	}
	if (tail != atomic_load_explicit(&m->head, memory_order_acquire))
		return NULL;
	push(m, &m->stub);
	next = atomic_load_explicit(&tail->next, memory_order_acquire);
	if (!next)
		return NULL;
	m->tail = next;
	return tail;
}

struct letter *mailbox_take(struct mailbox *m)
{
	struct node *n = pop(m);
	uint64_t seen;
	ssize_t ignored;

	/* Who posts first marks it afterwards: while it is not marked there is nothing to clear, and a letter that comes now wakes anew. */
	if (n || !atomic_load(&m->awake))
		return n ? &n->letter : NULL;
	/* Before sleeping: clear the flag, then look once more, so that no post falls between. */
	if (m->fd >= 0) {
		ignored = read(m->fd, &seen, sizeof(seen));
		(void)ignored;
	}
	atomic_store(&m->awake, false);
	n = pop(m);
	return n ? &n->letter : NULL;
}

void letter_free(struct letter *l)
{
	if (l)
		mem_free(CONTAINER_OF(l, struct node, letter));
}
