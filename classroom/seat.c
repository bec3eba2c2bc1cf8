/* See seat.h. */
#include "classroom/seat.h"

#include <errno.h>
#include <string.h>

#include "media/base/macros.h"

static const char *const source_names[SEAT_SOURCES] = { "mic", "camera", "screen", "screen_audio" };
static const char *const kind_names[SEAT_KINDS] = { "browser", "whip", "whep" };
static const char *const presence_names[PRESENCES] = { "here", "away", "gone" };
static const char *const reason_names[LEAVE_REASONS] = { "left", "removed", "ended", "taken_over", "lost", "server", "signed_out" };
static const char *const notice_names[NOTICES] = { "muted_by_host",  "camera_stopped_by_host", "screen_stopped_by_host",
	                                           "unmute_allowed", "role_changed",           "you_are_host",
	                                           "line_set_by_host", "acting_host", "floor_given", "floor_ended", "on_stage", "off_stage", "spotlit" };

/* What each kind of connection can carry towards us. */
static const uint8_t kind_sources[SEAT_KINDS] = {
	[SEAT_BROWSER] = SEAT_BIT(SEAT_MIC) | SEAT_BIT(SEAT_CAMERA) | SEAT_BIT(SEAT_SCREEN) | SEAT_BIT(SEAT_SCREEN_AUDIO),
	[SEAT_WHIP] = SEAT_BIT(SEAT_MIC) | SEAT_BIT(SEAT_CAMERA),
};

static const char *name_at(const char *const *names, size_t n, unsigned i)
{
	return i < n ? names[i] : "";
}

/* The index of `name`, or -EINVAL. */
static int index_of(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -EINVAL;
}

const char *seat_source_name(enum seat_source source)
{
	return name_at(source_names, ARRAY_LEN(source_names), source);
}

int seat_source_parse(enum seat_source *ret, const char *name)
{
	int i = index_of(source_names, ARRAY_LEN(source_names), name);

	if (i < 0)
		return i;
	*ret = (enum seat_source)i;
	return 0;
}

const char *seat_kind_name(enum seat_kind kind)
{
	return name_at(kind_names, ARRAY_LEN(kind_names), kind);
}

int seat_kind_parse(enum seat_kind *ret, const char *name)
{
	int i = index_of(kind_names, ARRAY_LEN(kind_names), name);

	if (i < 0)
		return i;
	*ret = (enum seat_kind)i;
	return 0;
}

const char *presence_name(enum presence presence)
{
	return name_at(presence_names, ARRAY_LEN(presence_names), presence);
}

const char *leave_reason_name(enum leave_reason reason)
{
	return name_at(reason_names, ARRAY_LEN(reason_names), reason);
}

int leave_reason_parse(enum leave_reason *ret, const char *name)
{
	int i = index_of(reason_names, ARRAY_LEN(reason_names), name);

	if (i < 0)
		return i;
	*ret = (enum leave_reason)i;
	return 0;
}

const char *notice_name(enum notice notice)
{
	return name_at(notice_names, ARRAY_LEN(notice_names), notice);
}

uint8_t seat_publishable(const struct seat *s, enum room_state state)
{
	uint8_t ret = 0;

	for (unsigned i = 0; i < SEAT_SOURCES; i++)
		if (permission_allows(s->role, seat_publish_action((enum seat_source)i), state))
			ret |= (uint8_t)SEAT_BIT(i);
	return ret & kind_sources[s->kind];
}

uint8_t seat_gates(const struct seat *s, enum room_state state)
{
	if (!seat_present(s) || !permission_allows(s->role, ACTION_BE_SEEN, state))
		return 0;
	return (uint8_t)(seat_publishable(s, state) & s->on & ~seat_blocks(s));
}
