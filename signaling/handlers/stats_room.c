/* stats.room: how everybody's line is, by pages. */
#include "signaling/commands.h"

#include "signaling/room_quality.h"

#define PAGE 200                        /* schema.json */

int stats_room_handle(struct call *c)
{
	const struct seat *seats[PAGE];
	size_t n = room_roster(c->meeting->room, call_string(c, "after"), seats, PAGE);
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct seat_quality *q = room_quality_find(c->meeting, seats[i]->id);
		json_t *row = q ? quality_write_now(q, (uint32_t)(c->now.boot_us / 1000000)) : NULL;

		if (row)
			json_array_append_new(rows, row);
	}
	json_object_set_new(c->reply, "seats", rows);
	if (n == PAGE)
		json_object_set_new(c->reply, "next", json_string(seats[n - 1]->id));
	return 0;
}
