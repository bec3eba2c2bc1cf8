/* See webhooks.h. */
#include "signaling/webhooks.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/mailbox.h"
#include "media/base/mem.h"
#include "signaling/server.h"
#include "signaling/tickets.h"
#include "signaling/webhook_sender.h"

#define LOOK_EVERY_US 300000
#define WAIT_MS 300
#define EACH 4                          /* at once to one receiver */
#define NOT_NOTED_US 60000000           /* the disk is full: what was sent is not looked at again for so long */
#define QUEUEING WEBHOOK_SENDINGS       /* the slot's number in a note about the queue */

enum { LETTER_WAKE, LETTER_NOTED };

/* What the control thread is to have written. */
struct note {
	unsigned slot;
	struct webhook_write write;
};

struct noted {
	unsigned slot;
	int error;
};

struct slot {
	enum { FREE, SENDING, NOTING } state;
	int64_t free_us;                /* NOTING after an error: not before */
	struct webhook_event event;
};

struct webhooks {
	struct webhooks_cfg cfg;
	struct mailbox *in, *out;       /* owned */
	struct store_reader *reader;    /* owned; the thread's once it runs */
	struct webhook_sender *sender;  /* owned */
	pthread_t thread;
	bool started;
	_Atomic bool stopping;
	struct slot slots[WEBHOOK_SENDINGS];    /* from here on the thread's */
	unsigned queueing;              /* writes about the queue that are not noted yet */
	int64_t looked_us;
};

/* ---- the thread ---- */

/* Nothing may be lost of it: without memory the slot is free again, and the delivery is due as before. */
static bool ask_to_write(struct webhooks *w, unsigned slot, const struct webhook_write *write)
{
	size_t bytes = sizeof(struct note) + write->n * sizeof(write->sequences[0]);
	struct note *n = mem_zalloc(bytes);
	bool ok = false;

	if (n) {
		n->slot = slot;
		n->write = *write;
		memcpy(n->write.sequences, write->sequences, write->n * sizeof(write->sequences[0]));
		ok = mailbox_post(w->out, 0, n, bytes) == 0;
	}
	mem_free(n);
	return ok;
}

/* Of all subscriptions, so that the writes go to the disk together. */
static void queue_news(struct webhooks *w)
{
	struct webhook_write *write = NULL;
	int64_t webhook = 0;
	int r;

	while ((r = webhook_find_new(w->reader, &webhook, &write)) > 0) {
		if (write)
			w->queueing += ask_to_write(w, QUEUEING, write);
		write = mem_free(write);
	}
	if (r < 0)
		log_event(LOG_WARNING, "webhook.journal_not_read err=%d", r);
}

static bool begin(struct webhooks *w, unsigned slot, const struct webhook_event *e)
{
	int64_t now_s = clock_wall_us() / 1000000;
	char id[WEBHOOK_ID_BYTES], signature[WEBHOOK_SIGNATURE_BYTES], body[WEBHOOK_BODY_BYTES];
	uint8_t secret[WEBHOOK_SECRET_BYTES];

	if (webhook_body_write(body, e) < 0)
		return false;
	webhook_id_write(id, e->webhook, e->sequence);
	webhook_secret(w->cfg.server_key, e->webhook, secret);
	webhook_sign(signature, secret, id, now_s, body);
	sodium_memzero(secret, sizeof(secret));
	return webhook_sender_begin(w->sender, slot, e->url, id, now_s, signature, body) == 0;
}

static size_t list_busy(struct webhooks *w, int64_t busy[WEBHOOK_SENDINGS], unsigned *ret_free)
{
	size_t n = 0;

	*ret_free = 0;
	for (unsigned i = 0; i < WEBHOOK_SENDINGS; i++)
		if (w->slots[i].state == FREE)
			++*ret_free;
		else
			busy[n++] = w->slots[i].event.webhook;
	return n;
}

static unsigned next_free(const struct webhooks *w, unsigned at)
{
	while (w->slots[at].state != FREE)
		at++;
	return at;
}

static void send_due(struct webhooks *w)
{
	struct webhook_event due[WEBHOOK_SENDINGS];
	int64_t busy[WEBHOOK_SENDINGS];
	unsigned n_free, at = 0;
	size_t n_busy = list_busy(w, busy, &n_free);
	int n = n_free ? webhook_find_due(w->reader, clock_wall_us(), busy, n_busy, EACH, due, n_free) : 0;

	for (int i = 0; i < n; i++) {
		at = next_free(w, at);
		w->slots[at].event = due[i];
		if (begin(w, at, &due[i]))
			w->slots[at].state = SENDING;
	}
}

static void look(struct webhooks *w)
{
	int64_t now_us = clock_boot_us();

	for (unsigned i = 0; i < WEBHOOK_SENDINGS; i++)
		if (w->slots[i].state == NOTING && w->slots[i].free_us && w->slots[i].free_us <= now_us)
			w->slots[i].state = FREE;
	if (now_us - w->looked_us < LOOK_EVERY_US)
		return;
	w->looked_us = now_us;
	if (w->queueing == 0)
		queue_news(w);
	send_due(w);
}

static void on_answer(struct webhooks *w, const struct webhook_answer *a)
{
	struct slot *s = &w->slots[a->slot];
	struct webhook_write write = { .op = *a->error ? WEBHOOK_FAILED : WEBHOOK_SENT, .webhook = s->event.webhook, .sequence = s->event.sequence, .status = a->status };

	if (*a->error) {
		write.attempts = s->event.attempts + 1;
		write.dead = write.attempts >= w->cfg.attempts;
		write.next_us = clock_wall_us() + webhook_wait_us(w->cfg.first_wait_us, write.attempts, randombytes_uniform(1001));
		snprintf(write.error, sizeof(write.error), "%s", a->error);
	}
	s->free_us = 0;
	s->state = ask_to_write(w, a->slot, &write) ? NOTING : FREE;
}

static void on_noted(struct webhooks *w, const struct noted *n)
{
	if (n->slot == QUEUEING) {
		w->queueing--;
	} else if (n->error) {
		w->slots[n->slot].free_us = clock_boot_us() + NOT_NOTED_US;
		return;
	} else {
		w->slots[n->slot].state = FREE;
	}
	w->looked_us = 0;
}

static void *run(void *user)
{
	struct webhooks *w = user;
	struct webhook_answer a;
	struct letter *l;

	while (!atomic_load(&w->stopping)) {
		while ((l = mailbox_take(w->in))) {
			if (l->type == LETTER_NOTED)
				on_noted(w, l->data);
			letter_free(l);
		}
		look(w);
		webhook_sender_wait(w->sender, mailbox_fd(w->in), WAIT_MS);
		while (webhook_sender_take(w->sender, &a))
			on_answer(w, &a);
	}
	return NULL;
}

/* ---- control ---- */

static int start(struct webhooks *w)
{
	sigset_t all, old;
	int r;

	/* Signals are the control thread's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return -r;
	pthread_setname_np(w->thread, "webhooks");
	w->started = true;
	return 0;
}

int webhooks_create(struct webhooks **ret, const struct webhooks_cfg *cfg)
{
	struct webhooks *w = mem_zalloc(sizeof(*w));
	char err[STORE_ERROR_BYTES];
	int r = w && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? 0 : -ENOMEM;

	if (r < 0)
		return mem_free(w), r;
	w->cfg = *cfg;
	r = mailbox_create(&w->in, NULL, NULL);
	if (r == 0)
		r = mailbox_create(&w->out, cfg->wake, cfg->user);
	if (r == 0)
		r = store_open_reader(&w->reader, cfg->data, err);
	w->cfg.data = NULL;
	if (r == 0)
		r = webhook_sender_create(&w->sender, cfg->private_too);
	if (r == 0)
		r = start(w);
	if (r < 0)
		webhooks_destroy(w);
	else
		*ret = w;
	return r;
}

struct webhooks *webhooks_destroy(struct webhooks *w)
{
	if (!w)
		return NULL;
	atomic_store(&w->stopping, true);
	if (w->started) {
		mailbox_post(w->in, LETTER_WAKE, NULL, 0);
		pthread_join(w->thread, NULL);
	}
	webhook_sender_destroy(w->sender);
	store_reader_close(w->reader);
	mailbox_destroy(w->in);
	mailbox_destroy(w->out);
	return mem_free(w);
}

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	struct noted n = { .slot = *(const unsigned *)data, .error = error };

	(void)sequence;
	if (s->webhooks)
		mailbox_post(s->webhooks->in, LETTER_NOTED, &n, sizeof(n));
}

void webhooks_dispatch(struct server *s)
{
	struct letter *l;

	while (s->webhooks && (l = mailbox_take(s->webhooks->out))) {
		const struct note *n = l->data;
		uint64_t ticket = tickets_add(s->tickets, on_written, &n->slot, sizeof(n->slot));

		if (!ticket || store_webhook(s->store, &n->write, ticket) < 0) {
			tickets_cancel(s->tickets, ticket);
			on_written(s, &n->slot, 0, -ENOBUFS);
		}
		letter_free(l);
	}
}
