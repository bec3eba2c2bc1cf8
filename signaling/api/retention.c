/* GET orgs/#/retention: what the erasing by days has removed at an organisation and below, and when. */
#include "attendance/retention_history.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

static void add(json_t *sums, const char *policy, json_int_t n)
{
	json_object_set_new(sums, policy, json_integer(json_integer_value(json_object_get(sums, policy)) + n));
}

/* Whether what was removed there is the caller's to know: a grant without its subtree tells of nothing below. */
static bool tells_of(const struct api_call *c, int64_t org)
{
	int64_t grant;

	return directory_is_below(c->directory, org, c->ids[0]) && may(c->directory, &c->who, ACT_POLICY_VIEW, target_org(org), c->now_us, &grant) == 0;
}

/* Sums over what lies at or below the organisation; of what belongs to none nothing. */
static json_t *run_json(const struct api_call *c, const json_t *run)
{
	int64_t finished_us = json_integer_value(json_object_get(run, "finished_us"));
	json_t *sums = json_object(), *row;
	size_t i;

	json_array_foreach(json_object_get(run, "removed"), i, row)
		if (tells_of(c, json_integer_value(json_object_get(row, "org"))))
			add(sums, json_string_value(json_object_get(row, "policy")), json_integer_value(json_object_get(row, "n")));
	return json_pack("{s:I, s:o, s:o}", "started_ms", json_integer_value(json_object_get(run, "started_us")) / 1000, "finished_ms",
	                 finished_us ? json_integer(finished_us / 1000) : json_null(), "removed", sums);
}

static void found(struct api_call *c, const json_t *rows)
{
	json_t *items = json_array(), *run;
	int64_t grant;
	size_t i;

	if (!api_may(c, ACT_POLICY_VIEW, target_org(c->ids[0]), &grant)) {
		json_decref(items);
		return;
	}
	json_array_foreach((json_t *)rows, i, run)
		json_array_append_new(items, run_json(c, run));
	api_reply(c, 200, json_pack("{s:I, s:o}", "org", (json_int_t)c->ids[0], "items", items));
}

void api_retention_read(struct api_call *c)
{
	int64_t grant;

	if (api_may(c, ACT_POLICY_VIEW, target_org(c->ids[0]), &grant))
		api_read(c, retention_history_read, "", 0, found);
}
