/*
 * One seat of a room: a (key, kind) that has joined, with its role, presence and sources. The room owns it (room.h);
 * everybody else reads. A pointer is good while the seat is present; across events keep the id.
 *
 *            join                   socket gone
 *   (new) ──────────► HERE ◄──────────────────────► AWAY      grace: media flow on
 *                      ▲ │                resume     │
 *                 join │ │ leave, removed, ended     │ leave(lost)
 *                      │ ▼                           ▼
 *                     GONE ◄─────────────────────────┘        known: keeps id, role and blocks
 */
#ifndef HUITANG_CLASSROOM_SEAT_H
#define HUITANG_CLASSROOM_SEAT_H

#include <stdbool.h>
#include <stdint.h>

#include "classroom/event.h"
#include "classroom/line_profile.h"
#include "classroom/picture_coding.h"
#include "classroom/permission.h"
#include "classroom/role.h"

#define SEAT_KEY_BYTES 160      /* "account:…", "seat:…", "guest:…" and 0 */
#define SEAT_NAME_BYTES 201
#define SEAT_ORG_BYTES 301
#define SEAT_ORGS_MAX 12        /* its organisation and those above; more are left out, the highest first */
#define SEAT_SPEAKER_BYTES 121

/* The orders and names of these are those of the schema's enums (source, seat_kind, presence, leave_reason, notice). */
enum seat_source { SEAT_MIC, SEAT_CAMERA, SEAT_SCREEN, SEAT_SCREEN_AUDIO, SEAT_SOURCES };
enum seat_kind { SEAT_BROWSER, SEAT_WHIP, SEAT_WHEP, SEAT_KINDS };
enum presence { PRESENCE_HERE, PRESENCE_AWAY, PRESENCE_GONE, PRESENCES };
enum leave_reason { LEAVE_LEFT, LEAVE_REMOVED, LEAVE_ENDED, LEAVE_TAKEN_OVER, LEAVE_LOST, LEAVE_SERVER, LEAVE_SIGNED_OUT, LEAVE_REASONS };
enum notice {
	NOTICE_MUTED, NOTICE_CAMERA_STOPPED, NOTICE_SCREEN_STOPPED, NOTICE_UNMUTE_ALLOWED, NOTICE_ROLE_CHANGED,
	NOTICE_YOU_ARE_HOST, NOTICE_LINE_SET, NOTICE_ACTING_HOST, NOTICE_FLOOR_GIVEN, NOTICE_FLOOR_ENDED, NOTICE_ON_STAGE, NOTICE_OFF_STAGE,
	NOTICE_SPOTLIT, NOTICES
};

/* Masks hold 1 << enum seat_source. */
#define SEAT_BIT(source) (1u << (source))

struct seat {
	char id[SEAT_ID_BYTES];         /* 16 hex digits, for the room's life */
	uint32_t number;                /* from 1, unique in the room's process life: the CSRC of its media */
	char *key;                      /* owned, below SEAT_KEY_BYTES */
	char *name;                     /* owned */
	char *org;                      /* owned */
	int64_t site;                   /* organisation whose site it is at the last join; 0: nobody's */
	char person[PERSON_ID_BYTES];   /* pseudonym of who sits in an own seat, at the last join; "" not known */
	uint8_t n_orgs;
	int64_t orgs[SEAT_ORGS_MAX];    /* the organisation that it belongs to, then those above it, at the last join */
	char *via;                      /* owned, "" none: what else removal bars (room.h, join) */
	enum seat_kind kind;
	enum role granted;              /* as account, token or link gave at the last join */
	enum role role;                 /* as the room has it now */
	enum presence presence;
	enum leave_reason left_reason;  /* of the last time it went */
	int64_t joined_us;              /* boot clock, last join */
	int64_t gone_us;                /* boot clock, when it last went */
	int64_t lost_us;                /* boot clock, since when its line is down or it is gone; 0: here */
	bool by_link;                   /* an expert without an account: leads nothing, whoever is gone */
	bool known;                     /* has joined once: its role is one that the room gave */
	bool acting;                    /* host until the one comes back whose line died, */
	enum role before;               /* and what it is then again */

	uint8_t on;                     /* mask: switched on by the seat */
	uint8_t blocked;                /* mask: taken away by a host from this seat */
	bool room_muted;                /* the room's mute-all without self-unmute covers its mic */
	uint8_t denied;                 /* mask: taken away by a rule for its role, subtree or site (source_rules.h) */
	bool has_floor;                 /* its mic is open whatever mutes and rules say */
	bool staged;                    /* the site on the stage: mic and camera whatever mute-all and rules say */
	bool down;                      /* a presenter whom somebody sent off the stage */
	bool hand;                      /* up */
	char *speaker;                  /* owned: who speaks when the hand is called; NULL: not said */
	int64_t hand_wall_us;           /* when it went up */
	uint8_t gates;                  /* mask: what the packet path lets through now; see seat_gates() */
	uint8_t sending;                /* mask: media has come (room_sending) */

	enum line_profile line;         /* as chosen, for as long as the room remembers the seat; not on record */
	bool line_narrow;               /* found so by the server; counts while `line` is LINE_AUTO */
	enum picture_coding coding;     /* likewise as chosen */

	bool speaking;
	int64_t spoke_us;               /* boot clock: end of the last speech, its begin while it lasts; 0 never */
};

const char *seat_source_name(enum seat_source source);
int seat_source_parse(enum seat_source *ret, const char *name);
const char *seat_kind_name(enum seat_kind kind);
int seat_kind_parse(enum seat_kind *ret, const char *name);
const char *presence_name(enum presence presence);
const char *leave_reason_name(enum leave_reason reason);
int leave_reason_parse(enum leave_reason *ret, const char *name);
const char *notice_name(enum notice notice);

static inline bool seat_present(const struct seat *s)
{
	return s->presence != PRESENCE_GONE;
}

static inline bool seat_source_is_audio(enum seat_source source)
{
	return source == SEAT_MIC || source == SEAT_SCREEN_AUDIO;
}

/** The action that publishing a source is. */
static inline enum action seat_publish_action(enum seat_source source)
{
	return (enum action)(ACTION_PUBLISH_MIC + (int)source);
}

/** Mask of what the seat may not switch on now: its own blocks, the room's mute and rules, less what floor and stage give. */
static inline uint8_t seat_blocks(const struct seat *s)
{
	unsigned room = s->denied | (s->room_muted ? SEAT_BIT(SEAT_MIC) : 0);

	if (s->staged)
		room &= ~(SEAT_BIT(SEAT_MIC) | SEAT_BIT(SEAT_CAMERA));
	room |= s->blocked;
	return (uint8_t)(s->has_floor ? room & ~SEAT_BIT(SEAT_MIC) : room);
}

/** Mask of what its role and kind may publish while the room is in `state`. */
uint8_t seat_publishable(const struct seat *s, enum room_state state);

/** Mask of the gates that should be open: present, permitted, on and not blocked. `s->gates` is this, kept. */
uint8_t seat_gates(const struct seat *s, enum room_state state);

/** The line profile that holds: FULL, VILLAGE or VOICE. */
static inline enum line_profile seat_line(const struct seat *s)
{
	if (s->line != LINE_AUTO)
		return s->line;
	return s->line_narrow ? LINE_VILLAGE : LINE_FULL;
}

/** Open gate and media seen: others may be shown it. */
static inline bool seat_live(const struct seat *s, enum seat_source source)
{
	return s->gates & s->sending & SEAT_BIT(source);
}

#endif
