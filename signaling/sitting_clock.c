/* See sitting_clock.h. */
#include "signaling/sitting_clock.h"

#include <errno.h>
#include <string.h>

#include "media/base/log.h"
#include "signaling/absentees.h"
#include "signaling/expert.h"
#include "signaling/server.h"
#include "signaling/sitting_asks.h"
#include "signaling/sitting_minutes.h"
#include "signaling/sitting_result.h"
#include "signaling/sitting_tell.h"

#define PERSONS_A_ROW 1000

static bool is_expected(const struct person *p, int64_t site)
{
	return p->main_org == site && !p->erased && !p->merged_into && strcmp(p->kind, "member") == 0;
}

static int write_row(struct sitting *t, struct instant now, int64_t site, json_t *persons, bool last)
{
	return sitting_write(t, now, EVENT_ROSTER_FROZEN, "", "",
	                     json_pack("{s:i, s:I, s:O, s:b}", "version", 1, "site", (json_int_t)site, "persons", persons, "last", last), 0);
}

/* The members of one site, in rows; the last row of the last site makes the version complete. */
static int freeze_site(struct sitting *t, struct instant now, const struct class_site *s)
{
	const struct fact *m = NULL;
	json_t *persons = json_array();
	int r = persons ? 0 : -ENOMEM;

	while (r == 0 && (m = directory_org_fact(t->server->directory, s->id, FACT_MEMBERSHIP, m))) {
		const struct person *p = directory_person(t->server->directory, m->person);

		if (!m->flag || !fact_holds(m, now.wall_us) || !p || !is_expected(p, s->id))
			continue;
		json_array_append_new(persons, json_string(p->pseudonym));
		if (json_array_size(persons) < PERSONS_A_ROW)
			continue;
		r = write_row(t, now, s->id, persons, false);
		json_array_clear(persons);
	}
	if (r == 0)
		r = write_row(t, now, s->id, persons, class_next_site(t->class, s) == NULL);
	json_decref(persons);
	return r;
}

int sitting_freeze(struct sitting *t, struct instant now)
{
	int r = 0;

	if (class_roster(t->class) > 0)
		return 0;
	for (const struct class_site *s = NULL; r == 0 && (s = class_next_site(t->class, s));)
		r = freeze_site(t, now, s);
	return r;
}

static void freeze_in_time(struct sitting *t, struct instant now)
{
	bool due = class_state(t->class) == CLASS_PLANNED && class_roster(t->class) == 0 && class_plan(t->class)->start_us - now.wall_us <= ROSTER_FREEZES_US;

	if (due && server_records(t->server) && sitting_freeze(t, now) < 0)
		log_event(LOG_WARNING, "class.roster_not_frozen room=%s", class_room(t->class));
}

void sittings_on_second(struct server *s, struct instant now)
{
	for (struct sitting *t = NULL; (t = sitting_next(s, t));) {
		freeze_in_time(t, now);
		experts_show_out(t, now);
		sitting_asks_on_second(t, now);
		absentees_on_second(t, now);
		sitting_tell_counts(t);
		sitting_result_on_second(t);
		sitting_minutes_on_second(t);
	}
}
