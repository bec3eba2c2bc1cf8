/*
 * What happens in a room, as it goes to the journal (records.md, The chain). Events are the truth: intervals, reports and a
 * room's durable state after a restart are pure functions of them. docs/database.md has the table of kinds and payloads.
 */
#ifndef HUITANG_CLASSROOM_EVENT_H
#define HUITANG_CLASSROOM_EVENT_H

#include <stdint.h>

#include "media/base/clock.h"

#define ROOM_ID_BYTES 65
#define SEAT_ID_BYTES 33
#define PERSON_ID_BYTES 17              /* a pseudonym: 16 hexadecimal digits and 0 */

/*
 * Payloads are JSON objects with exactly the members named here (`?`: may be missing). Words for role, kind, source and reason
 * are the schema's. "host" in JOINED or ROLE: whoever was host becomes co-host by that same event, so no instant has two.
 */
enum event_kind {                   /* values are stored: never renumber */
	EVENT_SERVER_STARTED = 1,   /* {} */
	EVENT_SERVER_STOPPED = 2,   /* {} a clean stop; open seats were closed before */
	EVENT_FORGOTTEN_AGAIN = 3,  /* {} a person whom the list of erasures names was erased once more: the folder came from a backup */
	EVENT_ROOM_OPENED = 10,     /* {title, org, epoch, lobby?: true}: a fresh start, nothing of an earlier epoch holds on */
	EVENT_ROOM_ENDED = 11,      /* {}; a SEAT_LEFT {ended} follows for each present seat */
	EVENT_ROOM_LOCKED = 12,     /* {locked: bool} */
	EVENT_ROOM_MUTED = 13,      /* {self_unmute: bool}: mute all; mics of all but leaders go off, and are blocked when false */
	EVENT_ROOM_UNMUTED = 14,    /* {}: mute all lifted */
	EVENT_SOURCE_RULED = 15,    /* {source, rule, role? | org?, subtree?: true}: who of that role, of that organisation's site, or of it and those below,
	                               may (allow), may not (deny) switch a source on; clear: the rule is no longer there */
	EVENT_SEAT_JOINED = 20,     /* {key, via?, name, org, role, granted, kind, on: [source…], site?, person?, orgs?: [id…], acting?: true, link?: true}: a join of record. Of a seat that
	                               is present: another connection takes it over, no SEAT_LEFT stands between */
	EVENT_SEAT_AWAY = 21,       /* {}: the socket is gone, grace runs; media may flow on */
	EVENT_SEAT_RETURNED = 22,   /* {}: resumed within grace */
	EVENT_SEAT_LEFT = 23,       /* {reason} */
	EVENT_SEATS_ALIVE = 24,     /* {seats: [id…]}: proofs of life since the last, for the whole room */
	EVENT_SEAT_ROLE = 25,       /* {role, acting?: true}: acting host: until the one comes back whose line died */
	EVENT_SEAT_BLOCKED = 26,    /* {source, blocked: bool}: true switches it off too; false gives back what mute all took too */
	EVENT_SEAT_REMOVED = 27,    /* {}: key and via are barred until the room ends; SEAT_LEFT {removed} follows if it was present */
	EVENT_SOURCE_CHANGED = 28,  /* {source, on: bool, by_host: bool} */
	EVENT_CHAT = 30,            /* {id: int, name, text, to?: "host"} */
	EVENT_HAND_RAISED = 31,     /* {name, org, site?, speaker?}: again: another speaker, the same place */
	EVENT_HAND_LOWERED = 32,    /* {} */
	EVENT_FLOOR_GIVEN = 33,     /* {name, org, site?, speaker?, span_s}: the seat has the floor, whoever had it no more, and its hand is down */
	EVENT_FLOOR_EXTENDED = 34,  /* {span_s}: by so much */
	EVENT_FLOOR_ENDED = 35,     /* {reason}: time, taken_back, returned; its mic goes off. SEAT_LEFT of the seat (but with reason server) ends it too */
	EVENT_STAGE_CHANGED = 36,   /* {on: bool}: brought on the stage, in the place of the site that was there, or sent down */
	EVENT_SPOTLIGHT_CHANGED = 37, /* {on: bool}: broadcast to all, or no more */
	EVENT_ACT = 40,             /* {act, account, grant, org, subject, detail: {…}}: somebody changed the directory or looked at
	                               somebody; room and seat are empty, the actor is the person's pseudonym */

	/* A class: payloads in docs/class.md. Persons stand in them as pseudonyms, sites as organisations' ids. */
	EVENT_CLASS_PLANNED = 50,
	EVENT_CLASS_CANCELLED = 51,
	EVENT_SITES_INVITED = 52,
	EVENT_SITE_ANSWERED = 53,
	EVENT_LEAVE_ASKED = 54,
	EVENT_LEAVE_DECIDED = 55,
	EVENT_ROSTER_FROZEN = 56,
	EVENT_RULE_CHOSEN = 57,
	EVENT_EXPERT_INVITED = 58,
	EVENT_EXPERT_REVOKED = 59,
	EVENT_CLASS_OPENED = 60,
	EVENT_CLASS_PAUSED = 61,
	EVENT_CLASS_RESUMED = 62,
	EVENT_CLASS_CLOSED = 63,
	EVENT_PERSON_SIGNED_IN = 64,
	EVENT_PERSON_SIGNED_OUT = 65,
	EVENT_ASK_OPENED = 70,
	EVENT_ASK_ANSWERED = 71,
	EVENT_ASK_REFUSED = 72,
	EVENT_ASK_CLOSED = 73,
	EVENT_BALLOT_COUNTED = 77,
	EVENT_BALLOT_VOID = 78,
	EVENT_ABSENTEES_NOTED = 80,
	EVENT_FINDING_WRITTEN = 81,
	EVENT_FINDING_ANSWERED = 82,
	EVENT_RESULT = 90,
	EVENT_CREDIT_POSTED = 91,
	EVENT_APPEAL_WRITTEN = 92,
	EVENT_APPEAL_DECIDED = 93,
	EVENT_MINUTES_WRITTEN = 94,
	EVENT_MINUTES_SEALED = 95,
};

/* Pointers are borrowed by whoever takes the event, until return. */
struct event {
	enum event_kind kind;
	const char *room;           /* id; "" for the server's own */
	const char *seat;           /* pseudonymous id, one per (room, key) for the room's life; "" for none */
	const char *actor;          /* seat id of who did it; "" when the seat itself or the server did */
	const char *payload;        /* JSON object; names and free text stand only here */
	int64_t wall_us;
	int64_t boot_us;            /* clock_boot_us() */
};

#endif
