/* Experts whom a class invites by link: made once shown, listed, taken back; by who may plan where the class is held. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/expert.h"
#include "signaling/random.h"
#include "signaling/server.h"

static const char *state_of(const struct api_call *c, const struct class *k, const struct class_expert *e)
{
	enum class_fault fault = class_expert_may(k, e, c->now_us);

	if (e->revoked)
		return "revoked";
	return fault == CLASS_FAULT_EXPERT_EARLY ? "waiting" : fault == CLASS_FINE ? "good" : "over";
}

static json_t *expert_json(const struct api_call *c, const struct sitting *t, const struct class_expert *e)
{
	return json_pack("{s:I, s:s, s:I, s:I, s:b, s:s, s:b, s:b}", "expert", (json_int_t)e->number, "name", e->name, "from_ms", (json_int_t)(class_expert_from_us(t->class, e) / 1000),
	                 "until_ms", (json_int_t)(class_expert_until_us(t->class, e) / 1000), "by_plan", !e->from_us && !e->until_us, "state", state_of(c, t->class, e), "here",
	                 expert_here(t, e, SEAT_BROWSER), "encoder", expert_here(t, e, SEAT_WHIP));
}

void api_class_experts(struct api_call *c)
{
	struct sitting *t = api_seen_class(c);
	json_t *items;
	int64_t grant;
	size_t n;

	if (!t || !api_may_class(c, ACT_CLASS_EXPERT, t, &grant))
		return;
	items = json_array();
	for (const struct class_expert *e = class_experts(t->class, &n), *end = e + n; e < end; e++)
		json_array_append_new(items, expert_json(c, t, e));
	api_reply(c, 200, json_pack("{s:o}", "items", items));
}

/* The code is in the reply only, behind # of the page's address, which goes over no line: the server keeps its hash. */
static void tell_once(struct api_call *c, const struct sitting *t, int64_t number, char code[EXPERT_CODE_BYTES])
{
	c->request->told = json_pack("{s:I, s:s, s:o}", "expert", (json_int_t)number, "code", code, "path", json_sprintf("/expert/%lld#%s", (long long)t->number, code));
	sodium_memzero(code, EXPERT_CODE_BYTES);
}

/* {name, from_ms?, until_ms?} */
void api_class_expert_invite(struct api_call *c)
{
	const char *name = "";
	int64_t from_us = 0, until_us = 0, grant;
	const struct api_field fields[] = {
		{ "name", FIELD_TEXT, true, EXPERT_NAME_BYTES - 1, &name }, { "from_ms", FIELD_TIME_MS, false, 0, &from_us }, { "until_ms", FIELD_TIME_MS, false, 0, &until_us },
	};
	struct sitting *t = api_seen_class(c);
	char code[EXPERT_CODE_BYTES], hex[2 * EXPERT_HASH_BYTES + 1];
	uint8_t hash[EXPERT_HASH_BYTES];
	int64_t number;
	size_t n;

	if (!t || !api_may_class(c, ACT_CLASS_EXPERT, t, &grant) || !api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	if (!api_class_fine(c, class_closed_us(t->class) ? CLASS_FAULT_CLOSED : class_expert_check(t->class, name, from_us, until_us, c->now_us), "name"))
		return;
	class_experts(t->class, &n);
	number = (int64_t)n + 1;
	if (!api_act(c, ACT_CLASS_EXPERT, grant, class_plan(t->class)->org, 0, json_pack("{s:I, s:I, s:s}", "class", (json_int_t)t->number, "expert", (json_int_t)number, "name", name)))
		return;
	random_hex(code, (EXPERT_CODE_BYTES - 1) / 2);
	class_expert_hash(hash, code);
	sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash));
	api_class_event(c, t, EVENT_EXPERT_INVITED, json_pack("{s:I, s:s, s:I, s:I, s:s}", "expert", (json_int_t)number, "name", name, "from_ms", (json_int_t)(from_us / 1000), "until_ms",
	                                                      (json_int_t)(until_us / 1000), "hash", hex));
	tell_once(c, t, number, code);
}

/* {why} */
void api_class_expert_revoke(struct api_call *c)
{
	const char *why = "";
	const struct api_field fields[] = { { "why", FIELD_TEXT, true, API_REASON_BYTES, &why } };
	struct sitting *t = api_seen_class(c);
	const struct class_expert *e;
	int64_t grant;

	if (!t || !api_may_class(c, ACT_CLASS_EXPERT, t, &grant) || !api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	e = class_expert(t->class, c->ids[1]);
	if (!e) {
		api_not_there(c);
		return;
	}
	if (!api_class_fine(c, e->revoked ? CLASS_FAULT_ALREADY : CLASS_FINE, NULL))
		return;
	if (api_act(c, ACT_CLASS_EXPERT, grant, class_plan(t->class)->org, 0,
	            json_pack("{s:I, s:I, s:s, s:s}", "class", (json_int_t)t->number, "expert", (json_int_t)e->number, "before", e->name, "why", why)))
		api_class_event(c, t, EVENT_EXPERT_REVOKED, json_pack("{s:I, s:s}", "expert", (json_int_t)e->number, "why", why));
}
