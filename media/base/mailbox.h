/*
 * A queue of copied values from any thread to one thread: how threads talk. No locks: a post is one atomic exchange
 * (Vyukov's intrusive MPSC queue), so that a media thread never waits for anyone.
 */
#ifndef HUITANG_BASE_MAILBOX_H
#define HUITANG_BASE_MAILBOX_H

#include <stddef.h>
#include <stdint.h>

struct mailbox;

/* A taken message. `data` has `len` bytes, aligned for any type. */
struct letter {
	uint32_t type;
	uint32_t len;
	void *data;
};

/**
 * `wake` is called after a post that may find the reader asleep, on the poster's thread; it must be safe there
 * (an eventfd write, lws_cancel_service()). NULL: the mailbox makes an eventfd, see mailbox_fd().
 *
 * Owns:   *ret is the caller's. Destroy frees what was not taken.
 * Errors: -ENOMEM, -errno of eventfd().
 */
int mailbox_create(struct mailbox **ret, void (*wake)(void *user), void *user);
struct mailbox *mailbox_destroy(struct mailbox *m);

/** The eventfd to poll (readable: take until NULL), or -1 with a wake callback. */
int mailbox_fd(const struct mailbox *m);

/** Copies `len` bytes. Thread: any. Errors: -ENOMEM. */
int mailbox_post(struct mailbox *m, uint32_t type, const void *data, size_t len);

/**
 * The oldest letter, or NULL when there is none.
 *
 * Owns:   the caller's; end it with letter_free().
 * Thread: the one reader.
 */
struct letter *mailbox_take(struct mailbox *m);
void letter_free(struct letter *l);

#endif
