/* watch: what the page shows, most important first. */
#include "signaling/commands.h"

#include <stdio.h>

int watch_handle(struct call *c)
{
	const json_t *items = json_object_get(c->message.body, "items");
	struct watched list[VIEW_WATCH_MAX] = { 0 };
	size_t n = json_array_size(items);
	int r;

	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(items, i);

		snprintf(list[i].seat, sizeof(list[i].seat), "%s", json_string_value(json_object_get(item, "seat")));
		list[i].source = (enum seat_source)wire_enum_index(&wire_enum_source, json_string_value(json_object_get(item, "source")));
	}
	r = c->client->view ? view_watch(c->client->view, list, n) : 0;
	meeting_touch(c->meeting);
	return r;
}
