/* What the handlers of classes share (signaling/api/class*.c). */
#ifndef HUITANG_SIGNALING_API_CLASS_H
#define HUITANG_SIGNALING_API_CLASS_H

#include "signaling/api.h"
#include "signaling/sitting.h"

#define API_OWN_SITES_MAX 50

/** Whether the class is there for the caller: who holds it, or is over that, or sees a site that was invited, or takes part. */
bool api_sees_class(const struct api_call *c, const struct sitting *t);

/** The class of the path, for acts on it; NULL: it is not there, or over for good, and said so (perhaps later, once the database was asked). */
struct sitting *api_seen_class(struct api_call *c);

/** What is done with a class that the caller sees; `rows` as found, NULL when it is in memory. */
typedef void (*api_class_fn)(struct api_call *c, struct sitting *t, const json_t *rows);

/**
 * For reads: calls `show` with the class of the path if the caller sees it, else says that it is not there. One that is not in memory is read
 * (class_record.h), and `found` called with it, which ends in api_class_stored(c, rows, rows, show).
 */
void api_class_shown(struct api_call *c, api_class_fn show, void (*found)(struct api_call *c, const json_t *rows));

/** The class of `record`, {class, events}, as it was left, until `show` returns: plan, sites, roster, states. Says that it is not there where the caller does not see it. */
void api_class_stored(struct api_call *c, const json_t *record, const json_t *rows, api_class_fn show);

/** As it was left; NULL: no such class, or no memory. Owns: the caller's, api_class_forget(). */
struct sitting *api_class_recall(struct server *s, const json_t *record);
struct sitting *api_class_forget(struct sitting *t);

/** Whether the caller leads it: is one of its hosts. */
bool api_leads_class(const struct api_call *c, const struct sitting *t);

/** openapi.json, Minutes: of what minutes_read() found. NULL: no memory. */
json_t *api_minutes_json(const struct api_call *c, const struct sitting *t, const json_t *rows);

/**
 * Whether the caller may act for a site: by a grant that allows the act there (*ret_grant), or as the site itself (*ret_grant 0).
 */
bool api_acts_for_site(const struct api_call *c, enum act_kind act, int64_t site, int64_t *ret_grant);

/** Whether the caller may do it where the class is held; refuses else: that the class is there is known. */
bool api_may_class(struct api_call *c, enum act_kind act, const struct sitting *t, int64_t *ret_grant);

/** Refuses with a fault of the rules; true for CLASS_FINE. */
bool api_class_fine(struct api_call *c, enum class_fault fault, const char *field);

/** A further event of the class, written with the act. `payload` is taken. */
void api_class_event(struct api_call *c, const struct sitting *t, enum event_kind kind, json_t *payload);

/** Whether the caller may know of a person in this class: can_see(), or one of a site for which the caller acts. */
bool api_sees_class_person(const struct api_call *c, const struct sitting *t, const struct class_person *p, const struct person *who);

/** Ids of the sites that a plan invites: all branches at and below its target, or just that one. Owns: the caller's. */
json_t *api_class_sites_of(const struct api_call *c, const struct class_plan *p);

/** In lists; with all of the plan. NULL: no memory. */
json_t *api_class_row(const struct api_call *c, const struct sitting *t);
json_t *api_class_json(const struct api_call *c, const struct sitting *t);
json_t *api_class_site_json(const struct api_call *c, const struct class_site *s, const struct class_count *n);
json_t *api_class_person_json(const struct api_call *c, const struct class *k, const struct class_person *p, const struct person *who);

#endif
