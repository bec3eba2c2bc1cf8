/* What rooms, seats and slots look like in JSON (schema.json, types). Each returns a new reference, NULL without memory. */
#ifndef HUITANG_SIGNALING_WIRE_H
#define HUITANG_SIGNALING_WIRE_H

#include "media/base/hash.h"

#include <jansson.h>
#include <stdbool.h>

#include "classroom/room_floor.h"
#include "classroom/view.h"
#include "media/media.h"
#include "protocol.gen.h"
#include "signaling/text.h"
#include "signaling/transport.h"

#define WIRE_ROSTER_PAGE 50

json_t *wire_seat(const struct seat *s);
json_t *wire_room(const struct room *r);
json_t *wire_chat_line(const struct chat_line *line);
/** The last lines that the seat may read, oldest first. */
json_t *wire_chat(const struct room *r, const char *seat);
/** What a seat knows of raised hands: all, or its own. */
json_t *wire_hands(const struct room *r, const char *seat);
/** All of them. */
json_t *wire_all_hands(const struct room *r);
json_t *wire_rule(const struct source_rule *rule);
/** A bound slot of the transport, with what it knows of the picture. */
json_t *wire_slot(const struct binding *b, const struct transport *t);
json_t *wire_slots(const struct binding *b, size_t n, const struct transport *t);

/** A page of the roster; *ret_next is the cursor of the next, NULL when this is the last. Borrowed from the room. */
json_t *wire_roster(const struct room *r, const char *after, const char **ret_next);

/** The event of slot.switched, slot.quiet or slot.suspended that a worker reported; NULL without memory. */
struct text *wire_slot_event(const struct media_event *ev);

/** {"event": name, …fields}; takes the reference of `fields`, which may be NULL for none. */
struct text *wire_event(const char *name, json_t *fields);

/** record_state: whether records can be written. */
static inline const char *wire_record_state(bool good)
{
	return good ? "ok" : "failing";
}

/** The schema's error of a verdict; WIRE_OK for VERDICT_OK. */
enum wire_error wire_verdict(enum verdict v);

#endif
