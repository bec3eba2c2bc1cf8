/* The handlers of routes.c, one resource a file; and how the resources are written as JSON (openapi.json). */
#ifndef HUITANG_SIGNALING_API_HANDLERS_H
#define HUITANG_SIGNALING_API_HANDLERS_H

#include "attendance/name_query.h"
#include "attendance/table/field.h"
#include "signaling/api.h"

#define API_REASON_BYTES 600
#define API_TITLE_BYTES 121
#define API_PHONE_BYTES 25

/* orgs.c */
void api_orgs_list(struct api_call *c);
void api_org_read(struct api_call *c);
void api_org_create(struct api_call *c);
void api_org_created(struct api_call *c);
void api_org_rename(struct api_call *c);
void api_org_move(struct api_call *c);
void api_org_merge(struct api_call *c);
void api_org_close(struct api_call *c);
void api_org_done(struct api_call *c);

/** An organisation that the caller sees. NULL: no memory. */
json_t *api_org_json(const struct api_call *c, const struct org *o);

/** The names from the topmost organisation that the caller sees down to this one, joined by " / ". */
json_t *api_org_path(const struct api_call *c, const struct org *o);

/* sessions.c */
void api_own_sessions(struct api_call *c);
void api_own_session_end(struct api_call *c);
void api_own_device_pair(struct api_call *c);
void api_person_sessions(struct api_call *c);
void api_person_session_end(struct api_call *c);
void api_link_make(struct api_call *c);
void api_devices(struct api_call *c);
void api_device_pair(struct api_call *c);
void api_device_end(struct api_call *c);
void api_session_ended(struct api_call *c);

#define API_DAY_US (24LL * 3600 * 1000000)

/** Gives `account` a fresh id and a login that nobody has, and adds it to the act. */
int64_t api_add_account(struct api_call *c, struct account account, char ret_login[LOGIN_BYTES]);

/** Refuse a link that is good for too long; to let somebody in who has left, or who has rights that the caller could not give. */
bool api_check_days(struct api_call *c, int64_t days);
bool api_check_entrant(struct api_call *c, const struct person *p);

/** What the caller may do to it: a page shows no button that would be refused. */
json_t *api_list_acts(const struct api_call *c, struct target target);

/* first_sign_in.c; they end in api_tell() */
void api_first_password(struct api_call *c);
void api_codes_make(struct api_call *c);

/* search.c */
void api_search(struct api_call *c);

/* history.c, audit.c */
void api_org_history(struct api_call *c);
void api_person_history(struct api_call *c);
void api_person_mentions(struct api_call *c);
void api_audit_list(struct api_call *c);
void api_audit_export(struct api_call *c);
void api_audit_exported(struct api_call *c);

/* policy.c */
/** What a key is called, {zh, en}, for rows that name one; the caller's. NULL: no such key any more. */
json_t *api_policy_title(const char *key);
void api_policy_read(struct api_call *c);
void api_policy_set(struct api_call *c);
void api_policy_done(struct api_call *c);

/* rules.c */
void api_rules_read(struct api_call *c);
void api_rule_set(struct api_call *c);
void api_rule_done(struct api_call *c);

/* retention.c */
void api_retention_read(struct api_call *c);

/* webhooks.c */
void api_webhooks_list(struct api_call *c);
void api_webhook_create(struct api_call *c);
void api_webhook_created(struct api_call *c);
void api_webhook_end(struct api_call *c);
void api_webhook_ended(struct api_call *c);
void api_webhook_dead(struct api_call *c);
void api_webhook_replay(struct api_call *c);
void api_webhook_replayed(struct api_call *c);

/* people.c */
void api_people_list(struct api_call *c);
void api_person_read(struct api_call *c);
void api_person_create(struct api_call *c);
void api_person_created(struct api_call *c);
void api_person_update(struct api_call *c);
void api_person_done(struct api_call *c);

/** The person, if the caller sees it; else it is not there, and said so. */
const struct person *api_seen_person(struct api_call *c, int64_t id);

/** ?q= as it is searched for. False when it was refused. */
bool api_query_names(struct api_call *c, struct name_query *ret);

/** Refuse a closed organisation; a person whose record has gone over or was erased. */
bool api_check_place(struct api_call *c, int64_t org);
bool api_check_present(struct api_call *c, const struct person *p);

/** Refuses what cannot be a telephone number; "" is none. */
bool api_check_phone(struct api_call *c, const char *phone);

/** A text of the body's "text": something to read, at most so many characters; else refused by `code`. */
bool api_check_text(struct api_call *c, const char *text, size_t max_characters, const char *code);

/* person_json.c: in lists, and with all that the caller may know. */
json_t *api_person_row(const struct api_call *c, const struct person *p);
json_t *api_person_json(const struct api_call *c, const struct person *p);
json_t *api_grant_json(const struct api_call *c, const struct fact *grant);

/** Whether the person has a membership that holds. */
bool api_person_belongs(const struct api_call *c, const struct person *p);

/** One's own grants, and those at organisations whose grants one may view. */
bool api_sees_grant(const struct api_call *c, const struct fact *grant);

/* person_facts.c; they end in api_person_done() */
void api_person_transfer(struct api_call *c);
void api_person_leave(struct api_call *c);
void api_membership_add(struct api_call *c);
void api_membership_end(struct api_call *c);
void api_post_add(struct api_call *c);
void api_post_end(struct api_call *c);
void api_category_add(struct api_call *c);
void api_category_end(struct api_call *c);

/** Refuses what cannot be a title. */
bool api_check_title(struct api_call *c, const char *title, const char *field);

/* person_merge.c */
void api_twins_list(struct api_call *c);
void api_person_merge(struct api_call *c);

/* grants.c */
void api_grants_list(struct api_call *c);
void api_grant_give(struct api_call *c);
void api_grant_given(struct api_call *c);
void api_grant_end(struct api_call *c);
void api_grant_ended(struct api_call *c);

/** Whether the caller may end all grants of a person; else says why not. */
bool api_grants_may_end(struct api_call *c, int64_t person);

/** Whether the caller could give all rights that a person holds: who cannot must not come to sign in as that person either. */
bool api_covers_grants(const struct api_call *c, int64_t person);
bool api_holds_grants(const struct api_call *c, int64_t person);

/* imports.c; none is an act by itself: its planning is */
void api_imports_list(struct api_call *c);
void api_import_begin(struct api_call *c);
void api_import_read(struct api_call *c);
void api_import_rows(struct api_call *c);
void api_import_map(struct api_call *c);
void api_import_sheet(struct api_call *c);
void api_import_apply(struct api_call *c);
void api_import_drop(struct api_call *c);

/** "people" or "organisations". Refuses others. */
bool api_table_kind(struct api_call *c, const char *name, enum table_kind *ret);
const char *api_table_kind_name(enum table_kind kind);

/* profiles.c */
void api_profiles_list(struct api_call *c);
void api_profile_add(struct api_call *c);
void api_profile_change(struct api_call *c);
void api_profile_end(struct api_call *c);
void api_profile_done(struct api_call *c);

/** One that the caller may use for an import into the organisation; NULL for none. */
const struct fact *api_profile(const struct api_call *c, int64_t org, int64_t id);

/* exports.c */
void api_people_export(struct api_call *c);
void api_people_exported(struct api_call *c);
void api_orgs_export(struct api_call *c);
void api_orgs_exported(struct api_call *c);
void api_people_template(struct api_call *c);
void api_orgs_template(struct api_call *c);

/* reports.c */
void api_report_attendance(struct api_call *c);
void api_report_export(struct api_call *c);
void api_report_exported(struct api_call *c);

/* credit.c */
void api_person_credit(struct api_call *c);

/* appeals.c */
void api_appeals_list(struct api_call *c);
void api_appeal_read(struct api_call *c);
void api_appeal_write(struct api_call *c);
void api_appeal_written(struct api_call *c);
void api_appeal_decide(struct api_call *c);
void api_appeal_decided(struct api_call *c);

/** Whether the caller may write an appeal for the person, or is it. */
bool api_may_appeal(const struct api_call *c, const struct person *p);

/* classes.c, class_answers.c */
void api_classes_list(struct api_call *c);
void api_class_plan(struct api_call *c);
void api_class_planned(struct api_call *c);
void api_class_read(struct api_call *c);
void api_class_change(struct api_call *c);
void api_class_cancel(struct api_call *c);
void api_class_done(struct api_call *c);

/* class_roster.c; it ends in api_class_done() */
void api_class_roster(struct api_call *c);

void api_class_sites(struct api_call *c);
void api_class_people(struct api_call *c);
void api_class_answer(struct api_call *c);
void api_class_leave(struct api_call *c);
void api_class_leave_decide(struct api_call *c);

/* class_experts.c */
void api_class_experts(struct api_call *c);
void api_class_expert_invite(struct api_call *c);
void api_class_expert_revoke(struct api_call *c);

/* class_calendar.c, class_overlaps.c */
void api_class_calendar(struct api_call *c);
void api_class_overlaps(struct api_call *c);
void api_plan_overlaps(struct api_call *c);

/* class_minutes.c */
void api_class_minutes_read(struct api_call *c);
void api_class_minutes_write(struct api_call *c);
void api_class_minutes_seal(struct api_call *c);
void api_class_minutes_done(struct api_call *c);

/* findings.c, look.c, notices.c */
void api_finding_write(struct api_call *c);
void api_finding_answer(struct api_call *c);
void api_finding_done(struct api_call *c);
void api_findings_list(struct api_call *c);
void api_look(struct api_call *c);
void api_look_class(struct api_call *c);
void api_notices_list(struct api_call *c);
void api_notices_read(struct api_call *c);

/* erasure.c */
void api_person_erase(struct api_call *c);

#endif
