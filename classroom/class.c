/* See class.h. */
#include "classroom/class_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/macros.h"

#define ROOM_PREFIX "class-"

int class_create(struct class **ret, int64_t number)
{
	struct class *c = mem_zalloc(sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->number = number;
	snprintf(c->room, sizeof(c->room), ROOM_PREFIX "%" PRId64, number);
	c->plan = (struct class_plan){ .number = number, .title = "", .kind = "", .campaign = "", .way = "", .subject = "", .zone = CLASS_ZONE_USUAL };
	*ret = c;
	return 0;
}

struct class *class_destroy(struct class *c)
{
	struct class_site *site, *next_site;
	struct class_person *person, *next_person;

	if (!c)
		return NULL;
	HASH_ITER(hh, c->sites, site, next_site) {
		HASH_DEL(c->sites, site);
		mem_free(site->why);
		mem_free(site);
	}
	HASH_ITER(hh, c->persons, person, next_person) {
		HASH_DEL(c->persons, person);
		mem_free(person->leave_why);
		mem_free(person);
	}
	for (size_t i = 0; i < c->n_rules; i++)
		json_decref(c->rules[i]);
	json_decref(c->planned);
	mem_free(c->roster_why);
	return mem_free(c);
}

int64_t class_number(const struct class *c)
{
	return c->number;
}

const char *class_room(const struct class *c)
{
	return c->room;
}

int64_t class_number_of(const char *room)
{
	const char *digits = room + strlen(ROOM_PREFIX);
	char *end;
	int64_t number;

	if (strncmp(room, ROOM_PREFIX, strlen(ROOM_PREFIX)) != 0 || *digits < '1' || *digits > '9')
		return 0;
	errno = 0;
	number = strtoll(digits, &end, 10);
	return *end || errno ? 0 : number;
}

enum class_state class_state(const struct class *c)
{
	return c->state;
}

const struct class_plan *class_plan(const struct class *c)
{
	return &c->plan;
}

uint32_t class_revision(const struct class *c)
{
	return c->revision;
}

int64_t class_planned_us(const struct class *c)
{
	return c->planned_us;
}

bool class_not_held(const struct class *c, int64_t wall_us)
{
	return c->state == CLASS_PLANNED && wall_us >= c->plan.end_us;
}

enum class_fault class_may_open(const struct class *c, int64_t wall_us)
{
	if (c->state != CLASS_PLANNED)
		return CLASS_FAULT_NOT_PLANNED;
	if (class_not_held(c, wall_us))
		return CLASS_FAULT_MISSED;
	return wall_us < c->plan.start_us - CLASS_OPENS_BEFORE_US ? CLASS_FAULT_EARLY : CLASS_FINE;
}

int64_t class_opened_us(const struct class *c)
{
	return c->opened_us;
}

int64_t class_closed_us(const struct class *c)
{
	return c->closed_us;
}

int64_t class_taught_us(const struct class *c, int64_t wall_us)
{
	int64_t end = c->closed_us ? c->closed_us : c->state == CLASS_PAUSED ? c->paused_us : wall_us;

	return c->opened_us ? MAX(end - c->opened_us - c->pauses_us, 0) : 0;
}

uint32_t class_roster(const struct class *c)
{
	return c->roster;
}

const char *class_roster_why(const struct class *c)
{
	return c->roster_why ? c->roster_why : "";
}

bool class_absentees_noted(const struct class *c)
{
	return c->absentees_noted;
}

bool class_has_result(const struct class *c)
{
	return c->has_result;
}

uint32_t class_minutes(const struct class *c)
{
	return c->minutes;
}

const struct class_site *class_site(const struct class *c, int64_t id)
{
	struct class_site *found;

	HASH_FIND(hh, c->sites, &id, sizeof(id), found);
	return found;
}

const struct class_person *class_person(const struct class *c, const char *id)
{
	struct class_person *found;

	HASH_FIND_STR(c->persons, id, found);
	return found;
}

const struct class_site *class_next_site(const struct class *c, const struct class_site *after)
{
	return after ? after->hh.next : c->sites;
}

const struct class_person *class_next_person(const struct class *c, const struct class_person *after)
{
	return after ? after->hh.next : c->persons;
}

size_t class_n_sites(const struct class *c)
{
	return HASH_COUNT(c->sites);
}

size_t class_n_persons(const struct class *c)
{
	return HASH_COUNT(c->persons);
}

const json_t *const *class_rules(const struct class *c, size_t *ret_n)
{
	*ret_n = c->n_rules;
	return (const json_t *const *)c->rules;
}

static const char *const states[CLASS_STATES] = { "planned", "cancelled", "open", "paused", "closed", "sealed" };
static const char *const answers[SITE_ANSWERS] = { "", "seen", "accepted", "declined" };
static const char *const leaves[CLASS_LEAVES] = { "none", "asked", "granted", "refused" };

static const char *name_in(const char *const *names, size_t n, unsigned at)
{
	return at < n ? names[at] : "";
}

static int parse_in(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -EINVAL;
}

const char *class_state_name(enum class_state state)
{
	return name_in(states, CLASS_STATES, state);
}

const char *site_answer_name(enum site_answer answer)
{
	return name_in(answers, SITE_ANSWERS, answer);
}

const char *class_leave_name(enum class_leave leave)
{
	return name_in(leaves, CLASS_LEAVES, leave);
}

int site_answer_parse(enum site_answer *ret, const char *name)
{
	int i = parse_in(answers, SITE_ANSWERS, name);

	if (i < 1)      /* none at all is no answer */
		return -EINVAL;
	*ret = (enum site_answer)i;
	return 0;
}
