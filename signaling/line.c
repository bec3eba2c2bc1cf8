/* See line.h. */
#include "signaling/line.h"

#include <string.h>

#include "signaling/client.h"
#include "signaling/meeting.h"
#include "signaling/server.h"
#include "signaling/wire.h"

#define ALL_LAYERS ((1u << MAX_LAYERS) - 1)

_Static_assert(WIRE_LINE_PROFILES == (int)LINE_PROFILES && WIRE_LINE_PROFILE_VOICE == (int)LINE_VOICE, "schema.json and classroom/ agree");

void line_init(struct line *l)
{
	*l = (struct line){ .profile = LINE_FULL };
	memset(l->wanted, ALL_LAYERS, sizeof(l->wanted));
	memset(l->told, ALL_LAYERS, sizeof(l->told));
}

static void tell_layers(struct client *c, enum source_kind kind)
{
	uint8_t layers = c->line.wanted[kind] & line_limits(c->line.profile)->up_layers;
	json_t *list;

	if (source_is_audio(kind) || layers == c->line.told[kind] || !transport_bindable(&c->transport))
		return;
	c->line.told[kind] = layers;
	list = json_array();
	for (int i = 0; i < MAX_LAYERS; i++)
		if (layers & (1u << i))
			json_array_append_new(list, json_integer(i));
	client_send_event(c, "source.layers", json_pack("{s:s, s:o}", "source", seat_source_name((enum seat_source)kind), "layers", list));
}

static void put_bounds(struct client *c)
{
	const struct line_limits *limits = line_limits(c->line.profile);

	if (c->view)
		view_bound(c->view, limits->videos, limits->height);
	if (c->transport.state != TRANSPORT_CLOSED)
		media_path_limit(c->server->media, c->transport.path, limits->down_bps, c->line.choice == LINE_AUTO && limits->down_bps ? LINE_WIDE_BPS : 0);
}

void line_on_path(struct client *c)
{
	memset(c->line.wanted, ALL_LAYERS, sizeof(c->line.wanted));
	memset(c->line.told, ALL_LAYERS, sizeof(c->line.told));
	put_bounds(c);
}

void line_on_answer(struct client *c)
{
	for (int i = 0; i < SOURCE_KINDS; i++)
		tell_layers(c, (enum source_kind)i);
}

void line_on_seat(struct client *c, const struct seat *seat)
{
	enum line_profile profile = seat_line(seat);

	if (profile == c->line.profile && seat->line == c->line.choice)
		return;
	if (seat->line != c->line.choice)
		c->line.watch = (struct line_watch){ 0 };
	c->line.profile = profile;
	c->line.choice = seat->line;
	put_bounds(c);
	if (c->transport.state == TRANSPORT_CLOSED)
		return;                         /* while it joins: the reply says it */
	client_send_event(c, "line", json_pack("{s:o}", "line", line_write(seat)));
	line_on_answer(c);
}

void line_on_layers(struct client *c, enum source_kind kind, uint8_t mask)
{
	c->line.wanted[kind] = mask;
	tell_layers(c, kind);
}

void line_on_stats(struct client *c, const struct path_stats *s, int64_t now_us)
{
	if (c->kind != SEAT_BROWSER || c->line.choice != LINE_AUTO)
		return;
	if (line_watch_feed(&c->line.watch, now_us, s->estimate_bps, s->wanted_bps > 0))
		room_line_found(c->meeting->room, c->seat, c->line.watch.narrow);
}

json_t *line_write(const struct seat *seat)
{
	const struct line_limits *l = line_limits(seat_line(seat));

	return json_pack("{s:s, s:s, s:I, s:I, s:i, s:i, s:i}", "choice", line_profile_name(seat->line), "profile", line_profile_name(seat_line(seat)),
			 "down_bps", (json_int_t)l->down_bps, "up_bps", (json_int_t)l->up_bps, "videos", (int)MIN(l->videos, VIEW_WATCH_MAX),
			 "height", (int)l->height, "up_height", (int)l->up_height);
}
