/*
 * What is to be seen of one running room from above, for all who look at it: its sites with their counts, and its other seats. Kept only while somebody
 * looks; brought up to date once a second, in O(sites + seats), whoever and however many look. What changed since a version stands last in order of change, so that a
 * viewer costs only what changed.
 *
 *   meetings, sittings ─► look_boards_refresh() ─► boards ─► lookers (looker.h), REST (api/look.c), each with its own sight
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_LOOK_BOARD_H
#define HUITANG_SIGNALING_LOOK_BOARD_H

#include "classroom/class.h"
#include "classroom/seat.h"
#include "media/base/hash.h"

#define LOOK_LOBBY_US (10 * 60 * 1000000LL)     /* so long before its start a class is listed, */
#define LOOK_AFTER_US (10 * 60 * 1000000LL)     /* and so long after its close */

struct meeting;
struct server;
struct sitting;

/* The orders are those of the schema's enums. */
enum look_state { LOOK_LOBBY, LOOK_OPEN, LOOK_PAUSED, LOOK_CLOSED };
enum look_site_state { LOOK_SITE_HERE, LOOK_SITE_AWAY, LOOK_SITE_GONE, LOOK_SITE_NEVER };

/* What is told of a site. Compared as memory: zeroed before it is filled. */
struct look_site {
	struct class_count count;       /* with who sits in an own seat among the arrived */
	enum site_answer answer;
	enum look_site_state state;
	int64_t came_us;                /* wall: for the first time; 0 never */
	int64_t since_us;               /* boot clock: when its state began; 0 unknown */
	char seat[SEAT_ID_BYTES];       /* while it is there */
	uint8_t on;                     /* mask of sources that others may be shown */
};

/* Likewise, of a seat that is no site's of the class. Its names are the room's. */
struct look_seat {
	int64_t org, person;            /* look_place() */
	int64_t joined_us;
	enum seat_kind kind;
	enum role role;
	enum presence presence;
	uint8_t on;
};

/* A row of the board. */
struct look_row {
	int64_t site;                   /* of a row of sites, */
	char seat[SEAT_ID_BYTES];       /* or of seats */
	union {
		struct look_site now_site;
		struct look_seat now_seat;
	};
	union {
		struct look_site next_site;     /* while it is refreshed */
		struct look_seat next_seat;
	};
	uint64_t round;                 /* of the last refresh that found it */
	uint64_t version;               /* of the board, when it changed */
	struct look_row *prev, *next;   /* by change, the latest last */
	UT_hash_handle hh;
};

struct look_rows {
	struct look_row *hash;          /* owned; sites in order of invitation */
	struct look_row *by_change;
};

/* The last presence check. */
struct look_check {
	uint32_t ask;                   /* 0: none yet */
	uint32_t answered;
	bool open;
};

struct look_board {
	struct server *server;          /* given: owns us */
	char room[ROOM_ID_BYTES];
	int64_t class;                  /* 0: no class's */
	uint64_t version;               /* grows with each change, also over a board that was dropped and made anew */
	struct look_rows sites, seats;
	enum look_state state;
	int64_t since_us;               /* wall: when it was opened; 0 not yet */
	struct look_check check;
	uint64_t check_version;
	size_t n_findings;
	uint64_t round;                 /* of the last refresh */
	bool listed;                    /* it runs; else it is kept for who shows its details */
	uint64_t words;                 /* digest of its title, times and hosts */
	unsigned watchers;              /* who shows its details: kept for them */
	UT_hash_handle hh;              /* the server's, by room */
};

/** All rooms that run now; boards of those that do not any more go. */
void look_boards_refresh(struct server *s);

/** One room, also a class that is over; NULL: there is no such room, or no memory. */
struct look_board *look_board_refresh(struct server *s, const char *room);

/** NULL: not kept. */
struct look_board *look_board_find(const struct server *s, const char *room);

/** Nobody looks any more. */
void look_boards_drop(struct server *s);

#endif
