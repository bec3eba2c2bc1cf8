/*
 * A client's line: the profile that holds for its seat, applied to its path and its view, and told to it; which simulcast
 * layers it is asked for; and the watch that finds narrow lines (line_profile.h).
 */
#ifndef HUITANG_SIGNALING_LINE_H
#define HUITANG_SIGNALING_LINE_H

#include "media/base/hash.h"

#include <jansson.h>

#include "classroom/line_profile.h"
#include "classroom/seat.h"
#include "media/media.h"

struct client;

/* Embedded; line_init() before use. */
struct line {
	enum line_profile profile;              /* as applied: FULL, VILLAGE or VOICE */
	enum line_profile choice;               /* as told */
	struct line_watch watch;
	uint8_t wanted[SOURCE_KINDS];           /* layers that media ask for */
	uint8_t told[SOURCE_KINDS];             /* of those, what the profile lets through and the client knows */
};

void line_init(struct line *l);

/** A path was opened: the profile is put on it and on the view, and all layers are wanted as at first. Tells nothing yet. */
void line_on_path(struct client *c);

/** The path was negotiated: tells the layers that the profile leaves out. */
void line_on_answer(struct client *c);

/** The seat's row may have changed: applies its profile if that is another, and tells it unless the client is just joining. */
void line_on_seat(struct client *c, const struct seat *seat);

/** Media want other layers of a source. WHIP publishers are not told: they have no message for it. */
void line_on_layers(struct client *c, enum source_kind kind, uint8_t mask);

/** A second's figures. While the choice is the server's, the room hears of a line found narrow or wide. */
void line_on_stats(struct client *c, const struct path_stats *s, int64_t now_us);

/** The schema's `line_bounds` of a seat; a new reference. */
json_t *line_write(const struct seat *seat);

#endif
