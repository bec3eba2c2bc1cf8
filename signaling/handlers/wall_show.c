/* wall.show: what the wall shows from now on, all of it. */
#include "signaling/commands.h"

#include <stdio.h>

#include "media/base/clock.h"

#define EVERY_US 250000         /* four pages a second, */
#define BURST 8                 /* and a few at once: each may ask 25 sites for a keyframe */

static const char *text_of(const json_t *item, const char *field)
{
	return json_string_value(json_object_get(item, field));
}

/* False: no such slot, or not of that kind. */
static bool read_want(struct call *c, struct wall_want *ret, const json_t *item)
{
	const struct transport *t = &c->wall->transport;
	const char *rank = text_of(item, "rank");
	json_int_t slot = json_integer_value(json_object_get(item, "slot"));

	ret->slot = (uint8_t)slot;
	ret->meeting = server_find_meeting(c->server, text_of(item, "room"));
	ret->source = (enum seat_source)wire_enum_index(&wire_enum_source, text_of(item, "source"));
	ret->wish.height = (uint16_t)json_integer_value(json_object_get(item, "height"));
	ret->wish.rank = rank ? (enum slot_rank)wire_enum_index(&wire_enum_rank, rank) : RANK_TILE;
	snprintf(ret->seat, sizeof(ret->seat), "%s", text_of(item, "seat"));
	return slot < t->n_audio + t->n_video && seat_source_is_audio(ret->source) == (slot < t->n_audio);
}

int wall_show_handle(struct call *c)
{
	const json_t *items = json_object_get(c->message.body, "slots");
	struct wall_want wants[MAX_SLOTS] = { 0 };
	bool named[MAX_SLOTS] = { 0 };
	size_t n = json_array_size(items);
	int64_t wait_us;

	for (size_t i = 0; i < n; i++) {
		if (!read_want(c, &wants[i], json_array_get(items, i)) || named[wants[i].slot])
			return refuse(&c->why, WIRE_BAD_MESSAGE, "slots");
		named[wants[i].slot] = true;
	}
	wait_us = bucket_spend(&c->wall->shows, clock_boot_us(), EVERY_US, BURST);
	if (wait_us)
		return refuse_for_now(&c->why, "", wait_us);
	wall_show(c->wall, wants, n);
	return 0;
}
