/* See past_months.h. Days and hours are the county's, UTC+8. */
#include "signaling/past_months.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/log.h"
#include "signaling/past_county.h"
#include "signaling/past_lesson.h"
#include "signaling/past_plots.h"
#include "signaling/server.h"

#define ZONE_US (8 * WORLD_HOUR_US)
#define EVENTS_MAX 160

enum happening { COUNTY, PLAN, ANSWER, ANSWER_SOME, HOLD, WRITE_MINUTES, SEAL, FIND, FIND_ANSWER, APPEAL, DECIDE };

struct happened {
	int64_t at_us;
	unsigned order;
	enum happening what;
	struct lesson *lesson;          /* given; NULL of the county's */
	const struct plot_lesson *row;
	int (*county)(struct world *w);
};

struct months {
	struct world *world;
	int64_t today_us;               /* its midnight */
	struct lesson lessons[PLOT_LESSONS_MAX];
	struct happened all[EVENTS_MAX];
	unsigned n;
};

static void add(struct months *m, struct happened h)
{
	h.order = m->n;
	if (m->n < EVENTS_MAX)
		m->all[m->n++] = h;
}

static int64_t midnight(int64_t wall_us)
{
	return (wall_us + ZONE_US) / WORLD_DAY_US * WORLD_DAY_US - ZONE_US;
}

#define SOON_US (25 * WORLD_MINUTE_US)
#define MARK_US (5 * WORLD_MINUTE_US)   /* classes begin at such */

/* `days` from today (before: negative); what falls on a weekend is held on the working day before, or of what is to come on the Monday. */
static int64_t moment(const struct months *m, int days, int minutes)
{
	int64_t day_us = m->today_us + days * WORLD_DAY_US;
	int weekday = (int)(((day_us + ZONE_US) / WORLD_DAY_US + 4) % 7);       /* 0: Sunday */

	if (weekday == 0)
		day_us += days > 0 ? WORLD_DAY_US : -2 * WORLD_DAY_US;
	if (weekday == 6)
		day_us += days > 0 ? 2 * WORLD_DAY_US : -WORLD_DAY_US;
	return day_us + minutes * WORLD_MINUTE_US;
}

/* The same hour of a working day: offices are closed on weekends. */
static int64_t workday(int64_t wall_us)
{
	int weekday = (int)(((midnight(wall_us) + ZONE_US) / WORLD_DAY_US + 4) % 7);

	return wall_us + (weekday == 0 ? WORLD_DAY_US : weekday == 6 ? 2 * WORLD_DAY_US : 0);
}

/* ---- one of them ---- */

static int64_t org_of(struct world *w, const char *name)
{
	return strcmp(name, PLOT_MEMBER_BRANCH) == 0 ? county_member_branch(w) : county_org(w, name);
}

/* Who holds what is known by then: organisations may have been founded meanwhile. */
static int plan(struct world *w, const struct happened *h)
{
	struct lesson *l = h->lesson;

	l->host = world_account(w, h->row->host);
	l->org = org_of(w, h->row->org);
	l->target = org_of(w, h->row->target);
	return lesson_plan(w, l);
}

static int64_t site_of(struct world *w, const struct plot_lesson *row)
{
	return county_org(w, row->finding_site);
}

static int find(struct world *w, const struct happened *h)
{
	char path[64];

	snprintf(path, sizeof(path), "classes/%lld/findings", (long long)h->lesson->number);
	return world_ask(w, world_account(w, h->row->finder), HTTP_POST, path,
	                 json_pack("{s:I, s:s, s:I}", "site", (json_int_t)site_of(w, h->row), "text", h->row->finding, "look_ms", (json_int_t)((h->lesson->start_us + 30 * WORLD_MINUTE_US) / 1000)), NULL);
}

static int64_t site_account(struct world *w, int64_t site)
{
	const struct account *a = NULL;

	while ((a = directory_next_account(world_server(w)->directory, a)))
		if (!a->person && a->org == site)
			return a->id;
	return 0;
}

static int answer_finding(struct world *w, const struct happened *h)
{
	char path[64];

	snprintf(path, sizeof(path), "classes/%lld/findings/1/answer", (long long)h->lesson->number);
	return world_ask(w, site_account(w, site_of(w, h->row)), HTTP_POST, path, json_pack("{s:s}", "text", h->row->finding_answer), NULL);
}

static int appeal(struct world *w, const struct happened *h)
{
	const struct account *a = directory_login(world_server(w)->directory, h->row->late);
	char path[64];

	snprintf(path, sizeof(path), "people/%lld/appeals", (long long)a->person);
	return world_ask(w, a->id, HTTP_POST, path, json_pack("{s:I, s:s}", "class", (json_int_t)h->lesson->number, "text", h->row->appeal), NULL);
}

/* What the class is worth is granted. */
static int decide(struct world *w, const struct happened *h)
{
	json_t *waiting = NULL, *whole = NULL;
	char path[64];
	int64_t id;
	int r = world_ask(w, h->lesson->host, HTTP_GET, "appeals", NULL, &waiting);

	id = json_integer_value(json_object_get(json_array_get(json_object_get(waiting, "items"), 0), "id"));
	snprintf(path, sizeof(path), "appeals/%lld", (long long)id);
	if (r == 0)
		r = world_ask(w, h->lesson->host, HTTP_GET, path, NULL, &whole);
	snprintf(path, sizeof(path), "appeals/%lld/decide", (long long)id);
	if (r == 0)
		r = world_ask(w, h->lesson->host, HTTP_POST, path, json_pack("{s:b, s:s, s:O}", "granted", true, "text", h->row->decision, "milli_hours", json_object_get(whole, "worth")), NULL);
	json_decref(waiting);
	json_decref(whole);
	return r;
}

static int happen(struct world *w, const struct happened *h)
{
	world_go(w, h->at_us);
	switch (h->what) {
	case COUNTY: return h->county(w);
	case PLAN: return plan(w, h);
	case ANSWER: return lesson_answer(w, h->lesson, 10);
	case ANSWER_SOME: return lesson_answer(w, h->lesson, 6);
	case HOLD: return lesson_hold(w, h->lesson);
	case WRITE_MINUTES: return lesson_write_minutes(w, h->lesson);
	case SEAL: return lesson_seal(w, h->lesson);
	case FIND: return find(w, h);
	case FIND_ANSWER: return answer_finding(w, h);
	case APPEAL: return appeal(w, h);
	case DECIDE: return decide(w, h);
	}
	return -EINVAL;
}

/* ---- their order ---- */

static void add_lesson(struct months *m, const struct plot_lesson *row, struct lesson *l, enum happening what, int64_t at_us)
{
	add(m, (struct happened){ .at_us = at_us, .what = what, .lesson = l, .row = row });
}

static void add_consequences(struct months *m, const struct plot_lesson *row, struct lesson *l)
{
	if (row->minutes)
		add_lesson(m, row, l, WRITE_MINUTES, l->end_us + WORLD_HOUR_US);
	if (row->finding)
		add_lesson(m, row, l, FIND, l->end_us + 20 * WORLD_MINUTE_US);
	if (row->finding_answer)
		add_lesson(m, row, l, FIND_ANSWER, workday(midnight(l->end_us) + 34 * WORLD_HOUR_US));
	if (row->appeal)
		add_lesson(m, row, l, APPEAL, l->end_us + 4 * WORLD_HOUR_US);
	if (row->decision)
		add_lesson(m, row, l, DECIDE, workday(midnight(l->end_us) + 58 * WORLD_HOUR_US));
	if (row->sealed)
		add_lesson(m, row, l, SEAL, workday(midnight(l->end_us) + 60 * WORLD_HOUR_US));
}

static void schedule_lesson(struct months *m, const struct plot_lesson *row, struct lesson *l, int64_t until_us)
{
	bool held = row->days < 0;

	l->plot = &row->plot;
	l->subtree = row->subtree;
	l->late_login = row->late;
	l->start_us = row->days ? moment(m, row->days, row->at_minutes) : (until_us + SOON_US + MARK_US) / MARK_US * MARK_US;
	l->end_us = l->start_us + row->minutes_long * WORLD_MINUTE_US;
	add_lesson(m, row, l, PLAN, moment(m, MIN(row->days, 0) - (held ? 6 : 3), 9 * 60 + 40));
	add_lesson(m, row, l, held ? ANSWER : ANSWER_SOME, moment(m, MIN(row->days, 0) - (held ? 3 : 2), 10 * 60));
	if (!held)
		return;
	add_lesson(m, row, l, HOLD, l->start_us - 30 * WORLD_MINUTE_US);
	add_consequences(m, row, l);
}

static void schedule_county(struct months *m)
{
	static const struct {
		int days;
		int (*happens)(struct world *w);
	} list[] = {
		{ -119, county_rule }, { -118, county_move }, { -117, county_import }, { -116, county_found }, { -115, county_people }, { -114, county_begin }, { -60, county_merge }, { -44, county_close },
	};

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		add(m, (struct happened){ .at_us = moment(m, list[i].days, 9 * 60 + 30), .what = COUNTY, .county = list[i].happens });
}

static int compare(const void *a, const void *b)
{
	const struct happened *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int live(struct months *m, int64_t until_us)
{
	size_t n;
	const struct plot_lesson *rows = plot_lessons(&n);
	int r = 0;

	m->today_us = midnight(until_us);
	schedule_county(m);
	for (size_t i = 0; i < n && i < PLOT_LESSONS_MAX; i++)
		schedule_lesson(m, &rows[i], &m->lessons[i], until_us);
	qsort(m->all, m->n, sizeof(m->all[0]), compare);
	for (unsigned i = 0; r == 0 && i < m->n; i++) {
		r = happen(m->world, &m->all[i]);
		if (r < 0)
			log_event(LOG_ERROR, "past.failed what=%d class=%lld err=%d", (int)m->all[i].what, m->all[i].lesson ? (long long)m->all[i].lesson->number : 0, r);
	}
	world_go(m->world, until_us);
	return r;
}

int months_live(struct world *w, int64_t until_us)
{
	CLEANUP(mem_freep) struct months *m = mem_zalloc(sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->world = w;
	return live(m, until_us);
}
