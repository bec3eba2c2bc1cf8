/* Whoever works on the records by the API: asks, and reads the answer as JSON. Everything ends with the scenario. */
#ifndef SCENARIO_OFFICE_H
#define SCENARIO_OFFICE_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#include "tests/scenario/account.h"

#define COUNTY 76               /* 青河县 of the demo, */
#define TOWNSHIP 77             /* with townships, */
#define BRANCH 78               /* with branches */
#define OTHER_BRANCH 79
#define ELSEWHERE 5             /* a branch of another county */

struct office {
	struct server *server;
	const char *cookie;             /* NULL: nobody */
	struct http_reply *last;
};

/** The demo's administrator on a fresh server. False when it did not start. */
bool office_open(struct office *ret);

/** Somebody else, who signs in by a link that the administrator makes. */
struct office office_enter(struct office *admin, json_int_t whom);

/** `path` below /api/v1/; `body` is taken, NULL none. The answer as JSON, NULL where it is none. */
json_t *office_ask(struct office *o, const char *method, const char *path, json_t *body);

/** The same, and the code of its refusal; "" when it was none. */
const char *office_code(struct office *o, const char *method, const char *path, json_t *body);

/** "people/7/posts". */
char *office_path(const char *what, json_int_t id, const char *rest);

/** A fresh member; the id. */
json_int_t office_person(struct office *o, const char *name, json_int_t org);

/** Body of a grant. */
json_t *office_grant(json_int_t whom, json_int_t org, const char *role, bool subtree);

#endif
