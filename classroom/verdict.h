/* What the room answers to an act. Each has its word in `errors` of signaling/protocol/schema.json. */
#ifndef HUITANG_CLASSROOM_VERDICT_H
#define HUITANG_CLASSROOM_VERDICT_H

enum verdict {
	VERDICT_OK,
	VERDICT_BAD,            /* bad_message: a text too long or not UTF-8, a value out of range */
	VERDICT_FORBIDDEN,      /* forbidden */
	VERDICT_BLOCKED,        /* blocked_by_host */
	VERDICT_ENDED,          /* room_ended */
	VERDICT_LOCKED,         /* room_locked */
	VERDICT_FULL,           /* room_full */
	VERDICT_REMOVED,        /* removed */
	VERDICT_NO_SEAT,        /* no_such_seat: the target is not here */
	VERDICT_NOT_JOINED,     /* not_joined: the actor is not here */
	VERDICT_NOT_RECORDED,   /* not_recorded: on_event refused */
	VERDICT_NO_FLOOR,       /* no_floor: the target does not have it, or not any more */
	VERDICT_NO_MEMORY,      /* overloaded */
	VERDICTS
};

/** The schema's error code; "" for VERDICT_OK and out of range. */
const char *verdict_code(enum verdict verdict);

#endif
