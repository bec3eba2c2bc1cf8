/* See look.h. No names in the log: the account and the seat are numbers. */
#include "media/base/hash.h"
#include "signaling/look.h"

#include "media/base/log.h"
#include "signaling/look_record.h"
#include "signaling/look_tell.h"
#include "signaling/meeting.h"
#include "signaling/server.h"

void look_note(struct server *s, const struct look *look, bool begins)
{
	struct meeting *m = server_find_meeting(s, look->room);

	if (m)
		look_tell(m, look->seat);
	server_add(s, COUNT_LOOKS, begins ? 1 : -1);
	if (begins) {
		server_add(s, COUNT_LOOKS_BEGUN, 1);
		look_record(s, look);
	}
	log_event(LOG_DEBUG, "look.%s account=%lld wall=%llu room=%s seat=%s source=%s ms=%lld", begins ? "begun" : "ended", (long long)look->account,
		  (unsigned long long)look->wall, look->room, look->seat, seat_source_name(look->source),
		  (long long)(look->now.boot_us - look->since.boot_us) / 1000);
}
