/* The addresses of the REST API below /api/v1/; docs: openapi.json, held to this table by a test. */
#include <string.h>

#include "media/base/macros.h"
#include "signaling/api_handlers.h"

static const struct api_route routes[] = {
	{ HTTP_GET, "orgs", api_orgs_list, NULL },
	{ HTTP_POST, "orgs", api_org_create, api_org_created },
	{ HTTP_GET, "orgs/#", api_org_read, NULL },
	{ HTTP_PATCH, "orgs/#", api_org_rename, api_org_done },
	{ HTTP_POST, "orgs/#/move", api_org_move, api_org_done },
	{ HTTP_POST, "orgs/#/merge", api_org_merge, api_org_done },
	{ HTTP_POST, "orgs/#/close", api_org_close, api_org_done },
	{ HTTP_GET, "orgs/#/devices", api_devices, NULL },
	{ HTTP_POST, "orgs/#/devices", api_device_pair, api_tell },
	{ HTTP_POST, "orgs/#/devices/end", api_device_end, api_session_ended },
	{ HTTP_GET, "people/#/sessions", api_person_sessions, NULL },
	{ HTTP_POST, "people/#/sessions/end", api_person_session_end, api_session_ended },
	{ HTTP_POST, "people/#/erase", api_person_erase, api_session_ended },
	{ HTTP_POST, "people/#/links", api_link_make, api_tell },
	{ HTTP_POST, "people/#/password", api_first_password, api_tell },
	{ HTTP_POST, "orgs/#/codes", api_codes_make, api_tell },
	{ HTTP_GET, "sessions", api_own_sessions, NULL },
	{ HTTP_POST, "sessions/end", api_own_session_end, api_session_ended },
	{ HTTP_POST, "sessions/devices", api_own_device_pair, api_tell },
	{ HTTP_GET, "orgs/#/policy", api_policy_read, NULL },
	{ HTTP_POST, "orgs/#/policy", api_policy_set, api_policy_done },
	{ HTTP_GET, "orgs/#/rule", api_rules_read, NULL },
	{ HTTP_POST, "orgs/#/rule", api_rule_set, api_rule_done },
	{ HTTP_GET, "orgs/#/webhooks", api_webhooks_list, NULL },
	{ HTTP_POST, "orgs/#/webhooks", api_webhook_create, api_webhook_created },
	{ HTTP_POST, "orgs/#/webhooks/#/end", api_webhook_end, api_webhook_ended },
	{ HTTP_GET, "orgs/#/webhooks/#/dead", api_webhook_dead, NULL },
	{ HTTP_POST, "orgs/#/webhooks/#/replay", api_webhook_replay, api_webhook_replayed },
	{ HTTP_GET, "orgs/#/retention", api_retention_read, NULL },
	{ HTTP_GET, "orgs/#/history", api_org_history, NULL },
	{ HTTP_GET, "people/#/history", api_person_history, NULL },
	{ HTTP_GET, "people/#/mentions", api_person_mentions, NULL },
	{ HTTP_GET, "audit", api_audit_list, NULL, .in_turn = true },
	{ HTTP_GET, "audit.csv", api_audit_export, api_audit_exported },
	{ HTTP_GET, "imports", api_imports_list, NULL },
	{ HTTP_POST, "imports", api_import_begin, NULL },
	{ HTTP_GET, "imports/#", api_import_read, NULL },
	{ HTTP_DELETE, "imports/#", api_import_drop, NULL },
	{ HTTP_GET, "imports/#/rows", api_import_rows, NULL },
	{ HTTP_POST, "imports/#/mapping", api_import_map, NULL },
	{ HTTP_POST, "imports/#/sheet", api_import_sheet, NULL },
	{ HTTP_POST, "imports/#/apply", api_import_apply, NULL },
	{ HTTP_GET, "orgs/#/profiles", api_profiles_list, NULL },
	{ HTTP_POST, "orgs/#/profiles", api_profile_add, api_profile_done },
	{ HTTP_PATCH, "orgs/#/profiles/#", api_profile_change, api_profile_done },
	{ HTTP_POST, "orgs/#/profiles/#/end", api_profile_end, api_session_ended },
	{ HTTP_GET, "exports/people", api_people_export, api_people_exported },
	{ HTTP_GET, "exports/organisations", api_orgs_export, api_orgs_exported },
	{ HTTP_GET, "exports/attendance", api_report_export, api_report_exported },
	{ HTTP_GET, "reports/attendance", api_report_attendance, NULL },
	{ HTTP_GET, "templates/people", api_people_template, NULL },
	{ HTTP_GET, "templates/organisations", api_orgs_template, NULL },
	{ HTTP_GET, "search", api_search, NULL },
	{ HTTP_GET, "people", api_people_list, NULL },
	{ HTTP_POST, "people", api_person_create, api_person_created },
	{ HTTP_GET, "people/twins", api_twins_list, NULL },
	{ HTTP_GET, "people/#", api_person_read, NULL },
	{ HTTP_GET, "people/#/credit", api_person_credit, NULL },
	{ HTTP_POST, "people/#/appeals", api_appeal_write, api_appeal_written },
	{ HTTP_GET, "appeals", api_appeals_list, NULL },
	{ HTTP_GET, "appeals/#", api_appeal_read, NULL },
	{ HTTP_POST, "appeals/#/decide", api_appeal_decide, api_appeal_decided },
	{ HTTP_PATCH, "people/#", api_person_update, api_person_done },
	{ HTTP_POST, "people/#/transfer", api_person_transfer, api_person_done },
	{ HTTP_POST, "people/#/leave", api_person_leave, api_person_done },
	{ HTTP_POST, "people/#/merge", api_person_merge, api_person_done },
	{ HTTP_POST, "people/#/memberships", api_membership_add, api_person_done },
	{ HTTP_POST, "people/#/memberships/#/end", api_membership_end, api_person_done },
	{ HTTP_POST, "people/#/posts", api_post_add, api_person_done },
	{ HTTP_POST, "people/#/posts/#/end", api_post_end, api_person_done },
	{ HTTP_POST, "people/#/categories", api_category_add, api_person_done },
	{ HTTP_POST, "people/#/categories/#/end", api_category_end, api_person_done },
	{ HTTP_GET, "grants", api_grants_list, NULL },
	{ HTTP_POST, "grants", api_grant_give, api_grant_given },
	{ HTTP_POST, "grants/#/end", api_grant_end, api_grant_ended },
	{ HTTP_GET, "classes", api_classes_list, NULL },
	{ HTTP_POST, "classes", api_class_plan, api_class_planned },
	{ HTTP_GET, "classes/overlaps", api_plan_overlaps, NULL },
	{ HTTP_GET, "classes/#", api_class_read, NULL },
	{ HTTP_GET, "classes/#/calendar.ics", api_class_calendar, NULL },
	{ HTTP_GET, "classes/#/overlaps", api_class_overlaps, NULL },
	{ HTTP_PATCH, "classes/#", api_class_change, api_class_done },
	{ HTTP_POST, "classes/#/cancel", api_class_cancel, api_class_done },
	{ HTTP_POST, "classes/#/roster", api_class_roster, api_class_done },
	{ HTTP_GET, "classes/#/sites", api_class_sites, NULL },
	{ HTTP_GET, "classes/#/people", api_class_people, NULL },
	{ HTTP_GET, "classes/#/experts", api_class_experts, NULL },
	{ HTTP_POST, "classes/#/experts", api_class_expert_invite, api_tell },
	{ HTTP_POST, "classes/#/experts/#/revoke", api_class_expert_revoke, api_session_ended },
	{ HTTP_POST, "classes/#/answer", api_class_answer, api_class_done },
	{ HTTP_POST, "classes/#/leave", api_class_leave, api_class_done },
	{ HTTP_POST, "classes/#/leave/decide", api_class_leave_decide, api_class_done },
	{ HTTP_GET, "classes/#/minutes", api_class_minutes_read, NULL },
	{ HTTP_PUT, "classes/#/minutes", api_class_minutes_write, api_class_minutes_done },
	{ HTTP_POST, "classes/#/minutes/seal", api_class_minutes_seal, api_class_minutes_done },
	{ HTTP_POST, "classes/#/findings", api_finding_write, api_finding_done },
	{ HTTP_POST, "classes/#/findings/#/answer", api_finding_answer, api_finding_done },
	{ HTTP_GET, "findings", api_findings_list, NULL },
	{ HTTP_GET, "look", api_look, NULL },
	{ HTTP_GET, "look/classes/#", api_look_class, NULL },
	{ HTTP_GET, "notices", api_notices_list, NULL },
	{ HTTP_POST, "notices/read", api_notices_read, NULL },
};

/* One part of the path against one of the route; moves both on. */
static bool match_part(const char **route, const char **path, int64_t ids[API_IDS], size_t *n_ids)
{
	size_t want = strcspn(*route, "/"), got = strcspn(*path, "/");

	if (want == 1 && **route == '#') {
		int64_t id = 0;

		if (got == 0 || got > 18 || *n_ids == API_IDS || strspn(*path, "0123456789") != got)
			return false;
		for (size_t i = 0; i < got; i++)
			id = id * 10 + ((*path)[i] - '0');
		ids[(*n_ids)++] = id;
	} else if (want != got || strncmp(*route, *path, want) != 0) {
		return false;
	}
	*route += want;
	*path += got;
	return **route == **path;
}

static bool matches(const char *route, const char *path, int64_t ids[API_IDS])
{
	size_t n_ids = 0;

	while (match_part(&route, &path, ids, &n_ids)) {
		if (!*route)
			return true;
		route++;
		path++;
	}
	return false;
}

const struct api_route *api_routes(size_t *ret_n)
{
	*ret_n = ARRAY_LEN(routes);
	return routes;
}

const struct api_route *api_route_find(enum http_method method, const char *path, int64_t ret_ids[API_IDS], unsigned *ret_methods)
{
	const struct api_route *found = NULL;

	*ret_methods = 0;
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		int64_t ids[API_IDS] = { 0 };

		if (!matches(routes[i].path, path, ids))
			continue;
		*ret_methods |= routes[i].method;
		if (routes[i].method == method) {
			found = &routes[i];
			memcpy(ret_ids, ids, sizeof(ids));
		}
	}
	return found;
}
