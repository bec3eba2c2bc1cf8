/*
 * HTTP of webhooks, by libcurl, some at once. Each address is looked at when it is connected to, after the name was resolved, so that no answer
 * of a name server leads inside. No redirects, no proxy, ten seconds in all, and what a receiver answers is read up to 16 KB and thrown away.
 *
 * Thread: one.
 */
#ifndef HUITANG_SIGNALING_WEBHOOK_SENDER_H
#define HUITANG_SIGNALING_WEBHOOK_SENDER_H

#include "signaling/webhook_message.h"

#define WEBHOOK_SENDINGS 64

struct webhook_sender;

struct webhook_answer {
	unsigned slot;                          /* as given to webhook_sender_begin() */
	int32_t status;                         /* of HTTP; 0 none */
	char error[WEBHOOK_ERROR_BYTES];        /* "" when it was taken (2xx) */
};

/** `private_too`: also addresses that are not public, and plain HTTP. Owns: *ret is the caller's. Errors: -ENOMEM. */
int webhook_sender_create(struct webhook_sender **ret, bool private_too);
struct webhook_sender *webhook_sender_destroy(struct webhook_sender *s);

/** Begins to send in a free slot (less than WEBHOOK_SENDINGS). Errors: -ENOMEM. */
int webhook_sender_begin(struct webhook_sender *s, unsigned slot, const char *url, const char *id, int64_t time_s, const char *signature, const char *body);

/** Waits for the network or for `fd` to be readable, at most `ms`. */
void webhook_sender_wait(struct webhook_sender *s, int fd, int ms);

/** The next answer; its slot is free then. False: none. */
bool webhook_sender_take(struct webhook_sender *s, struct webhook_answer *ret);

DEFINE_CLEANUP(struct webhook_sender, webhook_sender_destroy)

#endif
