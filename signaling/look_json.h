/* What a board (look_board.h) is for one viewer: sums over what is in sight, and its rows as JSON (schema.json, look_*). Thread: control. */
#ifndef HUITANG_SIGNALING_LOOK_JSON_H
#define HUITANG_SIGNALING_LOOK_JSON_H

#include <jansson.h>

#include "signaling/look_board.h"
#include "signaling/look_sight.h"

/* Compared as memory: zeroed before it is filled. */
struct look_sum {
	struct class_count count;
	size_t sites, sites_here, seats, findings;
	enum look_state state;
	int64_t since_us;
	uint64_t words;
	bool in_sight;                  /* anything of it */
};

void look_sum(const struct look_board *b, const struct look_sight *v, struct look_sum *ret);
bool look_sum_same(const struct look_sum *a, const struct look_sum *b);

/** NULL without memory, all of them. */
json_t *look_room_json(const struct look_board *b, const struct look_sight *v, const struct look_sum *sum);
json_t *look_site_json(const struct look_board *b, const struct look_sight *v, const struct look_row *row);
json_t *look_seat_json(const struct look_board *b, const struct look_row *row);

/** Of the sites in sight; NULL: none went to any of them. */
json_t *look_check_json(const struct look_board *b, const struct look_sight *v);

/** One organisation above sites. */
json_t *look_org_json(const struct look_sight *v, const struct org *o);

#endif
