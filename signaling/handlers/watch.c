/* watch: what the page shows, most important first and how large, and who is always heard. */
#include "signaling/commands.h"

#include <stdio.h>

_Static_assert(WIRE_RANKS == (int)VIEW_RANKS && WIRE_RANK_STAGE == (int)VIEW_STAGE, "schema.json and classroom/ agree");

static struct watched read_item(const json_t *item)
{
	const char *rank = json_string_value(json_object_get(item, "rank"));
	const json_t *height = json_object_get(item, "height");
	struct watched w = { .wish = { VIEW_RANK_UNSAID, VIEW_HEIGHT_UNSAID } };

	snprintf(w.seat, sizeof(w.seat), "%s", json_string_value(json_object_get(item, "seat")));
	w.source = (enum seat_source)wire_enum_index(&wire_enum_source, json_string_value(json_object_get(item, "source")));
	if (rank)
		w.wish.rank = (enum view_rank)wire_enum_index(&wire_enum_rank, rank);
	if (height)
		w.wish.height = (uint16_t)json_integer_value(height);
	return w;
}

static int watch_items(struct view *v, const json_t *items)
{
	struct watched list[VIEW_WATCH_MAX];
	size_t n = json_array_size(items);

	for (size_t i = 0; i < n; i++)
		list[i] = read_item(json_array_get(items, i));
	return view_watch(v, list, n);
}

static int watch_pinned(struct view *v, const json_t *pinned)
{
	char seats[VIEW_PINS_MAX][SEAT_ID_BYTES];
	size_t n = json_array_size(pinned);

	for (size_t i = 0; i < n; i++)
		snprintf(seats[i], sizeof(seats[i]), "%s", json_string_value(json_array_get(pinned, i)));
	return view_pin(v, seats, n);
}

int watch_handle(struct call *c)
{
	struct view *v = c->client->view;
	int r = v ? watch_items(v, json_object_get(c->message.body, "items")) : 0;

	if (v && r == 0)
		r = watch_pinned(v, json_object_get(c->message.body, "pinned"));
	meeting_touch(c->meeting);
	return r;
}
