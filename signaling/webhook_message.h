/*
 * What a webhook says, and how it is signed (docs/webhooks.md; the names are those of standard-webhooks.com). Pure.
 *
 * Secrets are not kept: each comes from the server's own key and the subscription's id, which is never used again.
 */
#ifndef HUITANG_SIGNALING_WEBHOOK_MESSAGE_H
#define HUITANG_SIGNALING_WEBHOOK_MESSAGE_H

#include "attendance/webhook.h"

#define WEBHOOK_SECRET_BYTES 32
#define WEBHOOK_SECRET_TEXT_BYTES 51            /* "whsec_" and base64 */
#define WEBHOOK_SIGNATURE_BYTES 48              /* "v1," and base64 */
#define WEBHOOK_ID_BYTES 64
#define WEBHOOK_BODY_BYTES 1024

void webhook_secret(const uint8_t server_key[STORE_KEY_BYTES], int64_t webhook, uint8_t ret[WEBHOOK_SECRET_BYTES]);
void webhook_secret_write(char ret[WEBHOOK_SECRET_TEXT_BYTES], const uint8_t secret[WEBHOOK_SECRET_BYTES]);

/** The same for each attempt: by it a receiver knows what it has already. */
void webhook_id_write(char ret[WEBHOOK_ID_BYTES], int64_t webhook, int64_t sequence);

/** HMAC-SHA256 over id.timestamp.body. */
void webhook_sign(char ret[WEBHOOK_SIGNATURE_BYTES], const uint8_t secret[WEBHOOK_SECRET_BYTES], const char *id, int64_t time_s, const char *body);

/** Ids, kind and time: names stand in the REST API alone. Errors: -ENOMEM. */
int webhook_body_write(char ret[WEBHOOK_BODY_BYTES], const struct webhook_event *e);

/** How long to wait after so many failed attempts, by a first wait, doubled each time up to twelve hours; `jitter` 0 to 1000 makes it 0.75 to 1.25 of that. */
int64_t webhook_wait_us(int64_t first_us, int attempts, unsigned jitter);

#endif
