/* The minutes of a class: read as whoever may know of them, written by who leads it or its organisation's leader, and sealed. */
#include <sodium.h>

#include "attendance/minutes_read.h"
#include "classroom/minutes_edit.h"
#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

#define VERSIONS_MAX 200

bool api_leads_class(const struct api_call *c, const struct sitting *t)
{
	enum role role;

	return sitting_role(t, c->who.account, &role) && role == ROLE_HOST;
}

/* What a class without minutes says. */
static enum class_fault fault_of(const struct class *k)
{
	switch (class_state(k)) {
	case CLASS_CANCELLED:
		return CLASS_FAULT_CANCELLED;
	case CLASS_CLOSED:
	case CLASS_SEALED:
		return class_minutes(k) ? CLASS_FINE : CLASS_FAULT_NO_MINUTES;
	default:
		return CLASS_FAULT_NOT_CLOSED;
	}
}

/* ---- reading ---- */

static void show(struct api_call *c, struct sitting *t, const json_t *rows)
{
	if (!api_class_fine(c, fault_of(t->class), NULL))
		return;
	if (json_is_true(json_object_get(rows, "erased")))
		api_refuse(c, "erased", "The minutes were erased, as their days were over.", NULL);
	else if (json_integer_value(json_object_get(rows, "version")) == 0 && api_query_int(c, "version", 0) == 0)
		api_class_fine(c, CLASS_FAULT_NO_MINUTES, NULL);        /* they came while the disk was read */
	else if (json_integer_value(json_object_get(rows, "version")) == 0)
		api_refuse(c, "not_found", "There is no such version.", "version");
	else
		api_reply_version(c, 200, api_minutes_json(c, t, rows), class_minutes(t->class));
}

static void found(struct api_call *c, const json_t *rows)
{
	struct sitting *t = sitting_find(c->server, c->ids[0]);

	if (!t)
		api_class_stored(c, json_object_get(rows, "record"), rows, show);
	else if (api_sees_class(c, t))
		show(c, t, rows);
	else
		api_not_there(c);
}

/* ?version=: an older one. */
void api_class_minutes_read(struct api_call *c)
{
	const struct minutes_query q = { .class = c->ids[0], .version = api_query_int(c, "version", 0) };

	api_read(c, minutes_read, &q, sizeof(q), found);
}

void api_class_minutes_done(struct api_call *c)
{
	const struct minutes_query q = { .class = c->ids[0] };

	api_read(c, minutes_read, &q, sizeof(q), found);
}

/* ---- writing ---- */

static bool may_write(struct api_call *c, const struct sitting *t, enum act_kind act, int64_t *ret_grant)
{
	*ret_grant = 0;
	return api_leads_class(c, t) || api_may_class(c, act, t, ret_grant);
}

static bool refuse_changed(struct api_call *c)
{
	api_refuse(c, "changed", "Somebody wrote a newer version after you read it: read that one, and write yours into it.", NULL);
	return false;
}

static bool check_version(struct api_call *c, const struct sitting *t)
{
	if (!*c->request->if_match) {
		api_refuse(c, "bad_message", "Say by If-Match which version you read.", "If-Match");
		return false;
	}
	return api_version_matches(c, class_minutes(t->class)) || refuse_changed(c);
}

static bool check_room(struct api_call *c, const struct sitting *t)
{
	if (class_minutes(t->class) < VERSIONS_MAX)
		return true;
	api_refuse(c, "too_many", "These minutes were written two hundred times, and no more is kept.", NULL);
	return false;
}

/* minutes_edit.h */
void api_class_minutes_write(struct api_call *c)
{
	struct sitting *t = api_seen_class(c);
	const char *field = NULL;
	uint32_t version;
	int64_t grant;

	if (!t || !may_write(c, t, ACT_CLASS_MINUTES, &grant) || !api_class_fine(c, fault_of(t->class), NULL) || !check_version(c, t) || !check_room(c, t))
		return;
	if (!api_class_fine(c, minutes_edit_check(c->body, json_array_size(class_plan(t->class)->agenda), &field), field))
		return;
	version = class_minutes(t->class) + 1;
	if (api_act(c, ACT_CLASS_MINUTES, grant, class_plan(t->class)->org, 0, json_pack("{s:I, s:I}", "class", (json_int_t)t->number, "version", (json_int_t)version)))
		api_class_event(c, t, EVENT_MINUTES_WRITTEN, minutes_edit_write(c->body, version));
}

/* {version}: the one that was read; a newer one is not sealed unread. */
void api_class_minutes_seal(struct api_call *c)
{
	int64_t version = 0, grant;
	const struct api_field fields[] = { { "version", FIELD_ID, true, 0, &version } };
	struct sitting *t = api_seen_class(c);
	char hash[2 * MINUTES_HASH_BYTES + 1];

	if (!t || !api_fields(c, fields, ARRAY_LEN(fields)) || !may_write(c, t, ACT_CLASS_SEAL, &grant) || !api_class_fine(c, fault_of(t->class), NULL))
		return;
	if (version != class_minutes(t->class) || version != t->minutes.version) {
		refuse_changed(c);
		return;
	}
	sodium_bin2hex(hash, sizeof(hash), t->minutes.last, sizeof(t->minutes.last));
	if (api_act(c, ACT_CLASS_SEAL, grant, class_plan(t->class)->org, 0, json_pack("{s:I, s:I, s:s}", "class", (json_int_t)t->number, "version", (json_int_t)version, "hash", hash)))
		api_class_event(c, t, EVENT_MINUTES_SEALED, json_pack("{s:I, s:s}", "version", (json_int_t)version, "hash", hash));
}
