/*
 * Lines of "KIND PAYLOAD" as the journal would give them to a class. Whatever they are: bounded, counts agree with a count from the start, and a refused
 * line changes nothing that can be seen.
 */
#include <stdio.h>
#include <string.h>

#include "classroom/class.h"
#include "classroom/class_expert.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

#define LINES_MAX 64
#define SEEN_BYTES 262144

static const enum event_kind kinds[] = {
	EVENT_CLASS_PLANNED, EVENT_CLASS_CANCELLED, EVENT_SITES_INVITED, EVENT_SITE_ANSWERED, EVENT_LEAVE_ASKED, EVENT_LEAVE_DECIDED, EVENT_ROSTER_FROZEN,
	EVENT_RULE_CHOSEN, EVENT_EXPERT_INVITED, EVENT_EXPERT_REVOKED, EVENT_CLASS_OPENED, EVENT_CLASS_PAUSED, EVENT_CLASS_RESUMED, EVENT_CLASS_CLOSED,
	EVENT_PERSON_SIGNED_IN, EVENT_PERSON_SIGNED_OUT, EVENT_ABSENTEES_NOTED, EVENT_RESULT, EVENT_MINUTES_WRITTEN, EVENT_MINUTES_SEALED, EVENT_SEAT_JOINED,
};

static bool same_count(const struct class_count *a, const struct class_count *b)
{
	return a->expected == b->expected && a->arrived == b->arrived && a->late == b->late && a->left == b->left && a->on_leave == b->on_leave &&
	       a->here == b->here && a->unproved == b->unproved;
}

static void check_counts(const struct class *c)
{
	size_t n = class_n_sites(c), i = 0;
	struct class_count *counts = mem_zalloc((n + 1) * sizeof(*counts));

	MUST(counts && class_count(c, counts) == 0);
	for (const struct class_site *s = class_next_site(c, NULL); s; s = class_next_site(c, s), i++) {
		MUST(s->id > 0 && (unsigned)s->answer < SITE_ANSWERS && s->why && strlen(s->why) < CLASS_WHY_BYTES);
		MUST(same_count(&s->count, &counts[i]) && counts[i].late <= counts[i].arrived);
	}
	MUST(i == n);
	mem_free(counts);
}

static void check_persons(const struct class *c)
{
	size_t n = 0;

	for (const struct class_person *p = class_next_person(c, NULL); p; p = class_next_person(c, p), n++) {
		MUST(memchr(p->id, 0, sizeof(p->id)) && class_person(c, p->id) == p && (unsigned)p->leave < CLASS_LEAVES);
		MUST(p->roster <= class_roster(c) + 1 && p->leave_why && strlen(p->leave_why) < CLASS_WHY_BYTES);
	}
	MUST(n == class_n_persons(c));
}

/* What others can see of it, as text. */
static void write_seen(char ret[SEEN_BYTES], const struct class *c)
{
	size_t n_experts, n_rules, len;

	class_experts(c, &n_experts);
	class_rules(c, &n_rules);
	MUST(n_experts <= CLASS_EXPERTS_MAX);
	len = (size_t)snprintf(ret, SEEN_BYTES, "%s %u %lld %lld %lld %u %u %d %d %zu %zu %s|%s|", class_state_name(class_state(c)), class_revision(c), (long long)class_planned_us(c),
	                       (long long)class_opened_us(c), (long long)class_closed_us(c), class_roster(c), class_minutes(c), class_has_result(c),
	                       class_absentees_noted(c), n_experts, n_rules, class_plan(c)->title, class_roster_why(c));
	for (const struct class_site *s = class_next_site(c, NULL); s && len < SEEN_BYTES; s = class_next_site(c, s))
		len += (size_t)snprintf(ret + len, SEEN_BYTES - len, "%lld %d %s %lld|", (long long)s->id, s->answer, s->why, (long long)s->arrived_us);
	for (const struct class_person *p = class_next_person(c, NULL); p && len < SEEN_BYTES; p = class_next_person(c, p))
		len += (size_t)snprintf(ret + len, SEEN_BYTES - len, "%s %lld %u %d %s %lld %lld|", p->id, (long long)p->home, p->roster, p->leave, p->leave_why, (long long)p->site,
		                        (long long)p->since_us);
}

static void apply_line(struct class *c, const char *line, int64_t wall_us)
{
	struct event ev = { .kind = kinds[(uint8_t)line[0] % ARRAY_LEN(kinds)], .room = "class-17", .seat = "", .actor = "", .payload = line + 1, .wall_us = wall_us };
	static char before[SEEN_BYTES], after[SEEN_BYTES];

	write_seen(before, c);
	if (class_apply(c, &ev) < 0) {
		write_seen(after, c);
		MUST(strcmp(before, after) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_zalloc(size + 1), *rest = text, *line;
	int64_t wall_us = 3600000000000;
	struct class *c = NULL;

	MUST(text && class_create(&c, 17) == 0);
	memcpy(text, data, size);
	for (unsigned i = 0; i < LINES_MAX && (line = strsep(&rest, "\n")); i++, wall_us += 60000000) {
		if (line[0])
			apply_line(c, line, wall_us);
		check_counts(c);
		check_persons(c);
		MUST(class_taught_us(c, wall_us) >= 0);
	}
	class_destroy(c);
	mem_free(text);
	return 0;
}
