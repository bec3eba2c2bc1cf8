/* See look_record.h. */
#include "media/base/hash.h"
#include "signaling/look_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/authority.h"
#include "classroom/event.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/mem.h"
#include "signaling/acts.h"
#include "signaling/audit_note.h"
#include "signaling/look_tell.h"
#include "signaling/meeting.h"
#include "signaling/server.h"

#define HOUR_US (3600LL * 1000000)
#define RECORDS_MAX 50000               /* in one hour; further ones are written without being remembered */

struct look_record {
	struct look_key {
		uint64_t wall;
		char room[ROOM_ID_BYTES], seat[SEAT_ID_BYTES];
	} key;
	UT_hash_handle hh;
};

/* What an act needs when its turn comes. */
struct look_act {
	int64_t account, org, person;   /* who looks; at whom: 0 none */
	bool told;                      /* policy let the seat know */
	char room[ROOM_ID_BYTES];
};

static_assert(sizeof(struct look_act) <= ACT_DATA_BYTES, "an act's data");

void look_records_drop(struct server *s)
{
	struct look_record *r, *next;

	HASH_ITER(hh, s->look_records, r, next) {
		HASH_DEL(s->look_records, r);
		mem_free(r);
	}
}

static struct changes *make_changes(struct server *s, const struct look_act *w)
{
	struct principal who = principal_of(s->directory, w->account);
	struct act act = act_by(s->directory, directory_account(s->directory, w->account), act_kind_name(ACT_WATCH));
	char detail[ROOM_ID_BYTES + 32];

	snprintf(detail, sizeof(detail), "{\"room\":\"%s\",\"told\":%s}", w->room, w->told ? "true" : "false");
	may(s->directory, &who, ACT_WATCH, target_org(w->org), clock_wall_us(), &act.grant);
	act.org = w->org;
	act.subject = w->person;
	act.detail = detail;
	return changes_new_act(&act);
}

static void begin(struct server *s, const void *data)
{
	audit_note_post(s, server_records(s) ? make_changes(s, data) : NULL);
}

static void remember(struct server *s, const struct look_key *key)
{
	struct look_record *r = HASH_COUNT(s->look_records) < RECORDS_MAX ? mem_zalloc(sizeof(*r)) : NULL;

	if (!r)
		return;
	r->key = *key;
	HASH_ADD(hh, s->look_records, key, sizeof(r->key), r);
	if (!HASH_ADDED(hh, r))
		mem_free(r);
}

void look_record(struct server *s, const struct look *look)
{
	int64_t hour = look->now.wall_us / HOUR_US;
	struct look_act w = { .account = look->account };
	struct look_record *known;
	struct look_key key;

	if (hour != s->look_hour)
		look_records_drop(s);
	s->look_hour = hour;
	memset(&key, 0, sizeof(key));
	key.wall = look->wall;
	snprintf(key.room, sizeof(key.room), "%s", look->room);
	snprintf(key.seat, sizeof(key.seat), "%s", look->seat);
	HASH_FIND(hh, s->look_records, &key, sizeof(key), known);
	if (known || s->closing)
		return;
	look_place(s, look->room, look->seat, &w.org, &w.person);
	w.told = look_is_told(s, w.org);
	snprintf(w.room, sizeof(w.room), "%s", look->room);
	if (acts_enqueue(s, begin, &w, sizeof(w)) == 0)
		remember(s, &key);
	else
		log_event(LOG_WARNING, "look.not_recorded");
}
