/*
 * The one permission table: role x action x room state, deny by default (permission.c). An action without a row does not
 * build. Everything that a seat may do or send is asked here, by the room itself and at the packet's gate.
 */
#ifndef HUITANG_CLASSROOM_PERMISSION_H
#define HUITANG_CLASSROOM_PERMISSION_H

#include <stdbool.h>

#include "classroom/role.h"

enum action {
	ACTION_JOIN,                    /* as somebody new; whoever was here may come back into a locked room */
	ACTION_WATCH,                   /* receive media */
	ACTION_SEE_ROSTER,
	ACTION_CHAT,
	ACTION_PUBLISH_MIC,             /* these four in the order of enum seat_source */
	ACTION_PUBLISH_CAMERA,
	ACTION_PUBLISH_SCREEN,
	ACTION_PUBLISH_SCREEN_AUDIO,
	ACTION_BE_SEEN,                 /* what is published reaches others */
	ACTION_MUTE,                    /* another's mic or screen audio */
	ACTION_STOP_VIDEO,              /* another's camera or screen */
	ACTION_ALLOW,                   /* give back what the two above took */
	ACTION_MUTE_ALL,                /* and lift it */
	ACTION_REMOVE,
	ACTION_LOCK,                    /* and unlock */
	ACTION_SET_ROLE,
	ACTION_LINK,                    /* make a guest link */
	ACTION_SET_LINE,                /* another's line profile */
	ACTION_SEE_QUALITY,             /* how everybody's line is */
	ACTION_TEACH,                   /* open, pause and close a class, ask */
	ACTION_FOLLOW,                  /* see how many are there */
	ACTION_RAISE_HAND,
	ACTION_SEE_HANDS,               /* everybody's, with their speakers; the own one sees each */
	ACTION_GIVE_FLOOR,              /* extend it, take it back, lower hands */
	ACTION_STAGE,                   /* bring a site on the stage and send it down */
	ACTION_SPOTLIGHT,
	ACTION_RULE_SOURCES,            /* who may switch on what, by role, subtree or site */
	ACTION_READ_TO_HOST,            /* chat that is for the host */
	ACTION_HAND_OVER,
	ACTION_END,
	ACTIONS
};

enum room_state {
	ROOM_CLOSED,                    /* not opened yet, or ended */
	ROOM_OPEN,
	ROOM_LOCKED,
	ROOM_LOBBY,                     /* of a class that has not begun: who comes waits, leaders and presenters are seen */
	ROOM_STATES
};

/** Whether the table allows it; values out of range are denied. */
bool permission_allows(enum role role, enum action action, enum room_state state);

/** Whether `actor` may act upon a seat of role `target` at all: the host upon all, a co-host upon all but leaders. */
bool permission_reaches(enum role actor, enum role target);

#endif
