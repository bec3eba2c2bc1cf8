/* See permission.h. This file is the whole of what roles may do. */
#include "classroom/permission.h"

#include <stdint.h>


#define HOST (1u << ROLE_HOST)
#define COHOST (1u << ROLE_COHOST)
#define PRESENTER (1u << ROLE_PRESENTER)
#define PARTICIPANT (1u << ROLE_PARTICIPANT)
#define VIEWER (1u << ROLE_VIEWER)
#define INSPECTOR (1u << ROLE_INSPECTOR)

#define NOBODY 0u
#define LEADERS (HOST | COHOST)
#define SENDERS (LEADERS | PRESENTER | PARTICIPANT)
#define WRITERS (SENDERS | VIEWER)
#define ALL (WRITERS | INSPECTOR)

/*
 * ROW(action, in an open room, in a locked room, in a lobby). Nothing is allowed in a closed one. A host may enter a locked room, since
 * only a leader can open it again. In a lobby who waits may switch on what will be seen later.
 */
#define PERMISSIONS(ROW)                                        \
	ROW(JOIN, ALL, HOST, ALL)                               \
	ROW(WATCH, ALL, ALL, ALL)                               \
	ROW(SEE_ROSTER, ALL, ALL, ALL)                          \
	ROW(CHAT, WRITERS, WRITERS, WRITERS)                    \
	ROW(PUBLISH_MIC, SENDERS, SENDERS, SENDERS)             \
	ROW(PUBLISH_CAMERA, SENDERS, SENDERS, SENDERS)          \
	ROW(PUBLISH_SCREEN, SENDERS, SENDERS, SENDERS)          \
	ROW(PUBLISH_SCREEN_AUDIO, SENDERS, SENDERS, SENDERS)    \
	ROW(BE_SEEN, SENDERS, SENDERS, LEADERS | PRESENTER)     \
	ROW(MUTE, LEADERS, LEADERS, LEADERS)                    \
	ROW(STOP_VIDEO, LEADERS, LEADERS, LEADERS)              \
	ROW(ALLOW, LEADERS, LEADERS, LEADERS)                   \
	ROW(MUTE_ALL, LEADERS, LEADERS, LEADERS)                \
	ROW(REMOVE, LEADERS, LEADERS, LEADERS)                  \
	ROW(LOCK, LEADERS, LEADERS, NOBODY)                     \
	ROW(SET_ROLE, LEADERS, LEADERS, LEADERS)                \
	ROW(LINK, LEADERS, LEADERS, LEADERS)                    \
	ROW(SET_LINE, LEADERS, LEADERS, LEADERS)                \
	ROW(SEE_QUALITY, LEADERS, LEADERS, LEADERS)             \
	ROW(TEACH, LEADERS, LEADERS, LEADERS)                   \
	ROW(FOLLOW, LEADERS | PRESENTER, LEADERS | PRESENTER, LEADERS | PRESENTER) \
	ROW(RAISE_HAND, SENDERS, SENDERS, SENDERS)              \
	ROW(SEE_HANDS, LEADERS | PRESENTER, LEADERS | PRESENTER, LEADERS | PRESENTER) \
	ROW(GIVE_FLOOR, LEADERS, LEADERS, LEADERS)              \
	ROW(STAGE, LEADERS | PRESENTER, LEADERS | PRESENTER, LEADERS | PRESENTER) \
	ROW(SPOTLIGHT, LEADERS, LEADERS, LEADERS)               \
	ROW(RULE_SOURCES, LEADERS, LEADERS, LEADERS)            \
	ROW(READ_TO_HOST, LEADERS, LEADERS, LEADERS)            \
	ROW(HAND_OVER, HOST, HOST, HOST)                        \
	ROW(END, HOST, HOST, HOST)

#define ONE_ROW(action, open, locked, lobby) +1
#define TABLE_ROW(action, open, locked, lobby) \
	[ACTION_##action] = { [ROOM_CLOSED] = NOBODY, [ROOM_OPEN] = (open), [ROOM_LOCKED] = (locked), [ROOM_LOBBY] = (lobby) },

static const uint8_t allowed[ACTIONS][ROOM_STATES] = { PERMISSIONS(TABLE_ROW) };

/* As many rows as actions, and -Woverride-init refuses two of one: each action has its row. */
_Static_assert((0 PERMISSIONS(ONE_ROW)) == ACTIONS, "an action has no row in PERMISSIONS");
_Static_assert(ROLES <= 8, "a mask of roles is a byte");

/* Whom a role's acts reach. */
static const uint8_t reached[ROLES] = {
	[ROLE_HOST] = ALL,
	[ROLE_COHOST] = ALL & ~LEADERS,
};

bool permission_allows(enum role role, enum action action, enum room_state state)
{
	if ((unsigned)role >= ROLES || (unsigned)action >= ACTIONS || (unsigned)state >= ROOM_STATES)
		return false;
	return allowed[action][state] & (1u << role);
}

bool permission_reaches(enum role actor, enum role target)
{
	if ((unsigned)actor >= ROLES || (unsigned)target >= ROLES)
		return false;
	return reached[actor] & (1u << target);
}
