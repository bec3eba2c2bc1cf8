/* Webhooks of an organisation: who administers all that lies below may have its events sent to an address (docs/webhooks.md). */
#include "attendance/webhook.h"

#include <stdlib.h>
#include <string.h>

#include "signaling/api_handlers.h"
#include "signaling/server.h"
#include "signaling/webhook_address.h"
#include "signaling/webhook_message.h"

static const struct fact *next_webhook(const struct api_call *c, const struct fact *after)
{
	const struct fact *f = after;

	while ((f = directory_org_fact(c->directory, c->ids[0], FACT_WEBHOOK, f)) && !fact_holds(f, c->now_us))
		;
	return f;
}

/* That of the path, where it is this organisation's and the caller administers it; else it is not there, and said so. */
static const struct fact *find(struct api_call *c, int64_t *ret_grant)
{
	const struct fact *f = directory_fact(c->directory, FACT_WEBHOOK, c->ids[1]);

	if (!api_may(c, ACT_WEBHOOK_SET, target_org(c->ids[0]), ret_grant))
		return NULL;
	if (f && f->org == c->ids[0] && fact_holds(f, c->now_us))
		return f;
	api_not_there(c);
	return NULL;
}

static json_t *webhook_json(const struct fact *f)
{
	return json_pack("{s:I, s:s, s:s, s:I}", "id", (json_int_t)f->id, "url", f->text, "events", f->note, "created_ms", (json_int_t)(f->valid_from_us / 1000));
}

/* ---- reading ---- */

static json_t *row_of(const json_t *rows, int64_t id)
{
	json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		if (json_integer_value(json_object_get(row, "id")) == id)
			return row;
	return NULL;
}

static void found_list(struct api_call *c, const json_t *rows)
{
	const struct fact *f = NULL;
	json_t *items;
	int64_t grant;

	if (!api_may(c, ACT_WEBHOOK_SET, target_org(c->ids[0]), &grant))
		return;
	items = json_array();
	while ((f = next_webhook(c, f))) {
		json_t *j = webhook_json(f), *counts = row_of(rows, f->id);

		if (counts)
			json_object_update(j, counts);
		json_array_append_new(items, j);
	}
	api_reply(c, 200, json_pack("{s:o}", "items", items));
}

void api_webhooks_list(struct api_call *c)
{
	int64_t grant;

	if (api_may(c, ACT_WEBHOOK_SET, target_org(c->ids[0]), &grant))
		api_read(c, webhook_counts_read, &c->ids[0], sizeof(c->ids[0]), found_list);
}

static json_t *dead_json(const json_t *row)
{
	return json_pack("{s:O, s:O, s:I, s:O, s:O, s:O, s:I}", "sequence", json_object_get(row, "sequence"), "kind", json_object_get(row, "kind"), "time_ms",
	                 json_integer_value(json_object_get(row, "wall_us")) / 1000, "attempts", json_object_get(row, "attempts"), "status", json_object_get(row, "status"),
	                 "error", json_object_get(row, "error"), "dead_ms", json_integer_value(json_object_get(row, "dead_us")) / 1000);
}

static uint32_t page_limit(const struct api_call *c)
{
	return (uint32_t)CLAMP(api_query_int(c, "limit", 100), 1, API_PAGE_MAX);
}

static void found_dead(struct api_call *c, const json_t *rows)
{
	json_t *items, *all, *row = NULL;
	char cursor[24];
	int64_t grant;
	size_t i;

	if (!find(c, &grant))
		return;
	items = json_array();
	json_array_foreach((json_t *)rows, i, row)
		json_array_append_new(items, dead_json(row));
	all = json_pack("{s:o}", "items", items);
	if (json_array_size(items) == page_limit(c)) {
		snprintf(cursor, sizeof(cursor), "%lld", (long long)json_integer_value(json_object_get(json_array_get(items, json_array_size(items) - 1), "sequence")));
		json_object_set_new(all, "next", json_string(cursor));
	}
	api_reply(c, 200, all);
}

void api_webhook_dead(struct api_call *c)
{
	struct webhook_dead_query q = { .webhook = c->ids[1], .after = api_query_int(c, "cursor", 0), .limit = page_limit(c) };
	int64_t grant;

	if (find(c, &grant))
		api_read(c, webhook_dead_read, &q, sizeof(q), found_dead);
}

/* ---- changing ---- */

static bool check(struct api_call *c, const char *url, const char *events)
{
	const struct fact *f = NULL;
	unsigned n = 0;

	while ((f = next_webhook(c, f)))
		n++;
	if (!webhook_url_valid(url, c->server->config->webhook_private))
		api_refuse(c, "bad_message", "Give an address that begins with https://, without a name or password in it.", "url");
	else if (!webhook_events_valid(events))
		api_refuse(c, "bad_message", "Give names of kinds with a space between them, each once, or *.", "events");
	else if (n >= WEBHOOKS_MAX)
		api_refuse(c, "too_many", "This organisation has as many as it may have.", NULL);
	else
		return true;
	return false;
}

void api_webhook_create(struct api_call *c)
{
	const char *url = "", *events = "";
	const struct api_field fields[] = { { "url", FIELD_TEXT, true, WEBHOOK_URL_BYTES - 1, &url }, { "events", FIELD_TEXT, true, WEBHOOK_EVENTS_BYTES - 1, &events } };
	int64_t grant, org = c->ids[0];

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_may(c, ACT_WEBHOOK_SET, target_org(org), &grant) || !api_check_place(c, org) || !check(c, url, events))
		return;
	if (!api_act(c, ACT_WEBHOOK_SET, grant, org, 0, json_pack("{s:s, s:s, s:n}", "url", url, "events", events, "before")))
		return;
	api_add_fact(c, (struct fact){ .type = FACT_WEBHOOK, .org = org, .text = url, .note = events });
	c->result = changes_at(c->changes, changes_n(c->changes) - 1)->fact.id;
}

/* The secret stands in this reply alone. */
void api_webhook_created(struct api_call *c)
{
	const struct fact *f = directory_fact(c->directory, FACT_WEBHOOK, c->result);
	uint8_t secret[WEBHOOK_SECRET_BYTES];
	char text[WEBHOOK_SECRET_TEXT_BYTES];
	int64_t grant;
	json_t *j;

	/* Told again, the right to it may be gone. */
	if (!api_may(c, ACT_WEBHOOK_SET, target_org(c->ids[0]), &grant))
		return;
	if (!f) {
		api_not_there(c);
		return;
	}
	j = webhook_json(f);
	webhook_secret(c->server->token_key, f->id, secret);
	webhook_secret_write(text, secret);
	json_object_set_new(j, "secret", json_string(text));
	api_reply(c, 201, j);
}

void api_webhook_end(struct api_call *c)
{
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	const struct fact *f;
	int64_t grant;

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !(f = find(c, &grant)))
		return;
	if (!api_act(c, ACT_WEBHOOK_SET, grant, c->ids[0], 0, json_pack("{s:s, s:s, s:s}", "before", f->text, "events", f->note, "why", why)))
		return;
	api_end_fact(c, f);
}

void api_webhook_ended(struct api_call *c)
{
	struct webhook_write w = { .op = WEBHOOK_DROP, .webhook = c->ids[1] };

	store_webhook(c->server->store, &w, 0);
	api_reply(c, 200, json_object());
}

/* {sequence?}: one that is dead, or all of them. */
void api_webhook_replay(struct api_call *c)
{
	int64_t sequence = 0, grant;
	const struct api_field fields[] = { { "sequence", FIELD_ID, false, 0, &sequence } };

	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !find(c, &grant))
		return;
	if (api_act(c, ACT_WEBHOOK_SET, grant, c->ids[0], 0, json_pack("{s:I, s:I}", "replay", (json_int_t)c->ids[1], "sequence", (json_int_t)sequence)))
		c->result = sequence;
}

void api_webhook_replayed(struct api_call *c)
{
	struct webhook_write w = { .op = WEBHOOK_REPLAY, .webhook = c->ids[1], .sequence = c->result };
	int64_t grant;

	if (!find(c, &grant))
		return;
	if (store_webhook(c->server->store, &w, 0) < 0)
		api_refuse(c, "overloaded", "The server is busy.", NULL);
	else
		api_reply(c, 200, json_object());
}
