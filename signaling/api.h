/*
 * One call of the REST API under /api/v1: who asks, of what, with what. A route is one row in routes.c here and one handler; reads
 * answer at once, acts wait for their turn (acts.h):
 *
 *   read: handle() ─► reply             act: (its turn) handle() fills changes ─► on disk ─► done() ─► reply
 *
 * What cannot be seen is not there: api_not_there() is the one answer for both, and handlers ask can_see() or may() before they read
 * or change anything of an organisation or a person.
 */
#ifndef HUITANG_SIGNALING_API_CALL_H
#define HUITANG_SIGNALING_API_CALL_H

#include <jansson.h>

#include "attendance/authority.h"
#include "attendance/changes.h"
#include "signaling/http.h"

#define API_IDS 2
#define API_PAGE_MAX 500

struct api_call {
	struct server *server;          /* given */
	struct directory *directory;    /* the server's */
	struct request *request;        /* given */
	struct principal who;           /* always somebody */
	int64_t now_us;                 /* wall */
	int64_t ids[API_IDS];           /* the numbers of the path, in order */
	const json_t *body;             /* an object; NULL for reads. Borrowed */
	struct changes *changes;        /* acts: filled by handle() */
	int64_t result;                 /* acts: the id that done() speaks of */
	bool reading;                   /* acts: it goes on in api_act_read()'s found() */
};

struct api_route {
	enum http_method method;
	const char *path;               /* "orgs/#/move": # is a number */
	void (*handle)(struct api_call *c);
	void (*done)(struct api_call *c);       /* acts; NULL of a read */
	bool in_turn;                   /* a read that comes behind the acts before it, while records are written */
};

/* A member of the body. Texts are borrowed from it; absent ones leave *ret as it was. */
struct api_field {
	const char *name;
	enum { FIELD_TEXT, FIELD_ID, FIELD_BOOL, FIELD_TIME_MS, FIELD_TEXT_OR_NULL, FIELD_OBJECT } type;
	bool required;
	size_t max;                     /* of a text, bytes */
	void *ret;                      /* const char *, int64_t, bool, int64_t (microseconds), const json_t * */
};

/** Replies with the problem and returns false where the body has other members, or of other shapes. */
bool api_fields(struct api_call *c, const struct api_field *fields, size_t n);

/** The problem's reply: status by code (not_found 404, forbidden 403, conflict 409, bad_message 400, …). `field` NULL for none. */
void api_refuse(struct api_call *c, const char *code, const char *detail, const char *field);

/** The one answer for what is not there and what is not theirs to see. */
void api_not_there(struct api_call *c);

/** may(), and its refusal said. False when it was refused. */
bool api_may(struct api_call *c, enum act_kind act, struct target target, int64_t *ret_grant);

/**
 * Names the act in c->changes, which it makes. `detail` is taken. False when it was refused (no memory).
 * `org`, `subject`: what it is about, 0 for none.
 */
bool api_act(struct api_call *c, enum act_kind act, int64_t grant, int64_t org, int64_t subject, json_t *detail);

/** Replies with `value` (taken) and its ETag; 304 where If-None-Match has it. */
void api_reply(struct api_call *c, int status, json_t *value);

/** The same with a version of the value at the end of its ETag: api_version_matches(). */
/**
 * Somebody is shown this part of a person's record (`target` a person), or persons by name at an organisation: it is in the audit log, once an hour. Not of
 * oneself. `seen` below 16 bytes: "credit"; `class` 0: none.
 */
void api_looked(struct api_call *c, enum act_kind act, struct target target, const char *seen, int64_t class);

void api_reply_version(struct api_call *c, int status, json_t *value, int64_t version);

/** Whether If-Match is an ETag with that version. */
bool api_version_matches(const struct api_call *c, int64_t version);

/** True where If-Match is absent or is the ETag of `value` (borrowed); else replies 412. */
bool api_unchanged(struct api_call *c, json_t *value);

/** Parameters of the query. Numbers: `missing` where absent or empty; what is no number, 0 or more, is refused, and goes on as `missing`. */
int64_t api_query_int(const struct api_call *c, const char *name, int64_t missing);

/** A parameter in milliseconds, in microseconds; what is beyond them counts as the last. */
int64_t api_query_time(const struct api_call *c, const char *name, int64_t missing_us);

/* A page of a list that is in order: take what is wanted, skip what was on earlier pages. */
struct api_page {
	struct request *request;        /* given */
	json_t *items;
	size_t limit;                   /* from ?limit=, at most API_PAGE_MAX */
	int64_t after;                  /* id of the last item of the page before, 0: the first page (?cursor=) */
	bool started, full;
	int64_t last;
};

void api_page_begin(struct api_page *p, const struct api_call *c);

/** Offers an item by its id, in the list's order. True: append it by api_page_add(). */
bool api_page_wants(struct api_page *p, int64_t id);
void api_page_add(struct api_page *p, int64_t id, json_t *item);

/** {items, next?}; `next` is the cursor of the next page, if there is one. Where what the cursor named is not in the list, that is said instead. */
json_t *api_page_end(struct api_page *p);

/** A further row of the journal, written with the act. `payload` is taken. */
void api_event(struct api_call *c, enum event_kind kind, const char *room, const char *actor, json_t *payload);

/** done() of acts that tell something once: c->request->told, which handle() made. Asked for again it is refused. */
void api_tell(struct api_call *c);

/** Marks a fresh fact that begins now, or at `from_us`. Texts are borrowed. */
void api_add_fact(struct api_call *c, struct fact fact);

/** The fact ends now, or at a moment that has passed. */
void api_end_fact(struct api_call *c, const struct fact *fact);
void api_end_fact_at(struct api_call *c, const struct fact *fact, int64_t at_us);

/*
 * What is entered late holds from a day that has passed: `at_us` 0 is now. Refuses what is to come, and days on which `fact` (NULL: nothing to be asked)
 * had not yet begun: what was before it is not known here, and history is added to, never rewritten.
 */
bool api_check_since(struct api_call *c, int64_t at_us, const struct fact *fact);

/**
 * Asks the database (store.h), and calls `found` with a fresh call once it has answered: rights are asked anew there, from the path and
 * the query as they came. Refusals are said.
 */
void api_read(struct api_call *c, store_read_fn fn, const void *args, size_t len, void (*found)(struct api_call *c, const json_t *rows));

/**
 * For handle() of an act that needs what memory does not have: asks the database in the act's own turn, so that what it finds still holds when the act is written, and
 * calls `found` with a fresh call, to fill its changes as handle() does. Nothing is added to `c` then. Refusals are said.
 */
void api_act_read(struct api_call *c, store_read_fn fn, const void *args, size_t len, void (*found)(struct api_call *c, const json_t *rows));

#define API_ROOT "/api/v1/"
#define API_BODY_MAX 65536      /* bytes, but of a file that is imported */

/** For the HTTP routes under API_ROOT. */
void api_handle(struct request *q);

/** A fresh call of whoever asks; false when that was refused, as nobody signed in. */
bool api_admit(struct api_call *c, struct request *q);

/** Before the file of an import is read: refuses whose import would be refused. */
void api_import_check(struct request *q);

/** All of them, *ret_n. */
const struct api_route *api_routes(size_t *ret_n);

/** The route of method and path; NULL none. *ret_methods are those that the path takes. */
const struct api_route *api_route_find(enum http_method method, const char *path, int64_t ret_ids[API_IDS], unsigned *ret_methods);

#endif
