/* Who is signed in, as GET /api/v1/session says it: a page's first question. */
#ifndef HUITANG_SIGNALING_SESSION_JSON_H
#define HUITANG_SIGNALING_SESSION_JSON_H

#include <jansson.h>

#include "attendance/directory.h"

/** {account, account_id, name, org, person, home, grants, must_change, has_password}. NULL: no memory. */
json_t *session_json_write(const struct directory *d, const struct account *a, int64_t now_us);

#endif
