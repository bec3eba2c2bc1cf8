/*
 * The thread that sends webhooks. It reads journal and queue over a connection of its own (attendance/webhook.h), sends, and has the control
 * thread write what came of it. What was sent and is not yet noted as such is not sent again but after a crash.
 *
 *   thread: find new, find due, send ── what is to be written ──► control: store_webhook ── on disk ──► noted ──► thread
 */
#ifndef HUITANG_SIGNALING_WEBHOOKS_H
#define HUITANG_SIGNALING_WEBHOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/store.h"

struct server;
struct webhooks;

struct webhooks_cfg {
	const char *data;               /* data folder */
	bool private_too;               /* webhook_sender_create() */
	int64_t first_wait_us;          /* after the first failure; doubled each time */
	int attempts;                   /* then it is dead */
	uint8_t server_key[STORE_KEY_BYTES];
	void (*wake)(void *user);       /* thread: makes the control thread call webhooks_dispatch() */
	void *user;
};

/** Starts the thread. After store_start(). Owns: *ret is the caller's. Errors: -ENOMEM; of store_open_reader(); -errno of pthread_create(). */
int webhooks_create(struct webhooks **ret, const struct webhooks_cfg *cfg);

/** Breaks off what is being sent, and joins the thread. Before the store is closed. Accepts NULL; returns NULL. */
struct webhooks *webhooks_destroy(struct webhooks *w);

/** Has written what the thread asks for. Thread: control. */
void webhooks_dispatch(struct server *s);

#endif
