/* See webhook_message.h. */
#include "signaling/webhook_message.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attendance/event_form.h"

#define WAIT_MAX_US (12LL * 3600 * 1000000)

void webhook_secret(const uint8_t server_key[STORE_KEY_BYTES], int64_t webhook, uint8_t ret[WEBHOOK_SECRET_BYTES])
{
	char label[48];
	int len = snprintf(label, sizeof(label), "webhook %" PRId64, webhook);

	crypto_generichash(ret, WEBHOOK_SECRET_BYTES, (const uint8_t *)label, (size_t)len, server_key, STORE_KEY_BYTES);
}

void webhook_secret_write(char ret[WEBHOOK_SECRET_TEXT_BYTES], const uint8_t secret[WEBHOOK_SECRET_BYTES])
{
	memcpy(ret, "whsec_", 6);
	sodium_bin2base64(ret + 6, WEBHOOK_SECRET_TEXT_BYTES - 6, secret, WEBHOOK_SECRET_BYTES, sodium_base64_VARIANT_ORIGINAL);
}

void webhook_id_write(char ret[WEBHOOK_ID_BYTES], int64_t webhook, int64_t sequence)
{
	snprintf(ret, WEBHOOK_ID_BYTES, "msg_%" PRId64 "_%" PRId64, webhook, sequence);
}

void webhook_sign(char ret[WEBHOOK_SIGNATURE_BYTES], const uint8_t secret[WEBHOOK_SECRET_BYTES], const char *id, int64_t time_s, const char *body)
{
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state h;
	char head[WEBHOOK_ID_BYTES + 32];
	int len = snprintf(head, sizeof(head), "%s.%" PRId64 ".", id, time_s);

	crypto_auth_hmacsha256_init(&h, secret, WEBHOOK_SECRET_BYTES);
	crypto_auth_hmacsha256_update(&h, (const uint8_t *)head, (size_t)len);
	crypto_auth_hmacsha256_update(&h, (const uint8_t *)body, strlen(body));
	crypto_auth_hmacsha256_final(&h, mac);
	memcpy(ret, "v1,", 3);
	sodium_bin2base64(ret + 3, WEBHOOK_SIGNATURE_BYTES - 3, mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
}

static void write_time(char ret[40], int64_t wall_us)
{
	time_t s = (time_t)(wall_us / 1000000);
	char text[24];
	struct tm tm;

	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(ret, 40, "%s.%03dZ", text, (int)(wall_us / 1000 % 1000));
}

int webhook_body_write(char ret[WEBHOOK_BODY_BYTES], const struct webhook_event *e)
{
	const struct event_form *f = event_form(e->kind);
	char when[40];
	json_t *data, *all;
	size_t len;

	write_time(when, e->wall_us);
	data = json_pack("{s:I, s:I}", "sequence", (json_int_t)e->sequence, "org", (json_int_t)e->org);
	if (*e->room)
		json_object_set_new(data, "room", json_string(e->room));
	if (*e->act)
		json_object_set_new(data, "act", json_string(e->act));
	all = json_pack("{s:s, s:s, s:o}", "type", f ? f->name : "", "timestamp", when, "data", data);
	len = all ? json_dumpb(all, ret, WEBHOOK_BODY_BYTES - 1, JSON_COMPACT) : 0;
	json_decref(all);
	if (len == 0 || len >= WEBHOOK_BODY_BYTES)
		return -ENOMEM;
	ret[len] = 0;
	return 0;
}

int64_t webhook_wait_us(int64_t first_us, int attempts, unsigned jitter)
{
	int64_t us = first_us;

	for (int i = 1; i < attempts && us < WAIT_MAX_US; i++)
		us *= 2;
	us = MIN(us, WAIT_MAX_US);
	return us / 4 * 3 + us / 2 * (int64_t)jitter / 1000;
}
