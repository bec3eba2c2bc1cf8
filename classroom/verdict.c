/* See verdict.h. */
#include "classroom/verdict.h"

static const char *const codes[VERDICTS] = {
	[VERDICT_OK] = "",
	[VERDICT_BAD] = "bad_message",
	[VERDICT_FORBIDDEN] = "forbidden",
	[VERDICT_BLOCKED] = "blocked_by_host",
	[VERDICT_ENDED] = "room_ended",
	[VERDICT_LOCKED] = "room_locked",
	[VERDICT_FULL] = "room_full",
	[VERDICT_REMOVED] = "removed",
	[VERDICT_NO_SEAT] = "no_such_seat",
	[VERDICT_NOT_JOINED] = "not_joined",
	[VERDICT_NOT_RECORDED] = "not_recorded",
	[VERDICT_NO_FLOOR] = "no_floor",
	[VERDICT_NO_MEMORY] = "overloaded",
};

const char *verdict_code(enum verdict verdict)
{
	return (unsigned)verdict < VERDICTS ? codes[verdict] : "";
}
