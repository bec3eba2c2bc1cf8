/* See past_lesson.h: what is asked by the API. What happens in the room: past/lesson_hold.c. */
#include "signaling/past_lesson.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "media/base/hash.h"
#include "signaling/past_chance.h"
#include "signaling/server.h"
#include "signaling/sitting.h"

#define LEAVE_OF_1000 12
#define LEAVES_MAX 12           /* of one class */

static json_t *agenda_json(const struct lesson_plot *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < LESSON_AGENDA_MAX && p->agenda[i].title; i++)
		json_array_append_new(list, json_pack("{s:i, s:s, s:s}", "minutes", p->agenda[i].minutes, "title", p->agenda[i].title, "speaker", p->agenda[i].speaker ? p->agenda[i].speaker : ""));
	return list;
}

static json_t *plan_json(const struct lesson *l)
{
	const struct lesson_plot *p = l->plot;

	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:o}", "org", (json_int_t)l->org, "title", p->title, "kind", p->kind, "campaign", p->campaign ? p->campaign : "", "way", "video",
	                 "start_ms", (json_int_t)(l->start_us / 1000), "end_ms", (json_int_t)(l->end_us / 1000), "target", (json_int_t)l->target, "subtree", l->subtree, "agenda", agenda_json(p));
}

int lesson_plan(struct world *w, struct lesson *l)
{
	json_t *planned = NULL;
	char path[64];
	int r = world_ask(w, l->host, HTTP_POST, "classes", plan_json(l), &planned);

	l->number = json_integer_value(json_object_get(planned, "id"));
	json_decref(planned);
	if (r < 0 || !l->plot->expert)
		return r;
	world_go(w, world_now(w).wall_us + 3 * WORLD_MINUTE_US);
	snprintf(path, sizeof(path), "classes/%lld/experts", (long long)l->number);
	return world_ask(w, l->host, HTTP_POST, path, json_pack("{s:s}", "name", l->plot->expert), NULL);
}

/* ---- answers ---- */

static int answer(struct world *w, const struct lesson *l, int64_t account, int64_t site)
{
	bool declines = l->subtree && chance_below(l->number, site, CHANCE_DECLINES, 60) == 0;
	char path[64];

	world_go(w, world_now(w).wall_us + (5 + chance_below(l->number, site, CHANCE_ARRIVES, 40)) * 1000000LL);
	snprintf(path, sizeof(path), "classes/%lld/answer", (long long)l->number);
	return world_ask(w, account, HTTP_POST, path, json_pack("{s:I, s:s, s:s}", "site", (json_int_t)site, "answer", declines ? "declined" : "accepted", "why",
	                                                       declines ? "会议室停电检修，改日补课" : ""), NULL);
}

static int leave(struct world *w, const struct lesson *l, int64_t account, int64_t person)
{
	static const char *const whys[] = { "外出务工，不在本地", "住院治疗", "参加上级培训", "值班" };
	unsigned why = chance_below(l->number, person, CHANCE_OPTION, ARRAY_LEN(whys));
	char path[64];
	int r;

	snprintf(path, sizeof(path), "classes/%lld/leave", (long long)l->number);
	r = world_ask(w, account, HTTP_POST, path, json_pack("{s:I, s:s}", "person", (json_int_t)person, "why", whys[why]), NULL);
	if (r < 0)
		return r;
	world_go(w, world_now(w).wall_us + 5 * WORLD_MINUTE_US);
	snprintf(path, sizeof(path), "classes/%lld/leave/decide", (long long)l->number);
	return world_ask(w, l->host, HTTP_POST, path, json_pack("{s:I, s:b}", "person", (json_int_t)person, "granted", why != 3), NULL);
}

static int ask_for_leave(struct world *w, const struct lesson *l, int64_t account, int64_t site, unsigned *left)
{
	const struct directory *d = world_server(w)->directory;
	const struct fact *m = NULL;
	int r = 0;

	while (r == 0 && *left > 0 && (m = directory_org_fact(d, site, FACT_MEMBERSHIP, m))) {
		const struct person *p = directory_person(d, m->person);

		if (!m->flag || !p || strcmp(p->kind, "member") != 0 || p->account || chance_below(l->number, p->id, CHANCE_LEAVE, 1000) >= LEAVE_OF_1000)
			continue;
		--*left;
		r = leave(w, l, account, p->id);
		break;          /* facts may have moved in memory */
	}
	return r;
}

/* A site that has declined is not asked for its members. */
static bool answers_now(const struct sitting *t, const struct lesson *l, const struct account *a, unsigned of_ten)
{
	const struct class_site *s = a->person ? NULL : class_site(t->class, a->org);

	return s && s->answer == SITE_UNANSWERED && chance_below(l->number, a->org, CHANCE_ANSWERS, 10) < of_ten;
}

int lesson_answer(struct world *w, const struct lesson *l, unsigned of_ten)
{
	const struct directory *d = world_server(w)->directory;
	const struct sitting *t = sitting_find(world_server(w), l->number);
	const struct account *a = NULL;
	int64_t account = 0, site;
	unsigned leaves = LEAVES_MAX;
	int r = t ? 0 : -EPROTO;

	while (r == 0 && (a = directory_next_account(d, account ? directory_account(d, account) : NULL))) {
		account = a->id;
		site = a->org;
		if (!answers_now(t, l, a, of_ten))
			continue;
		r = answer(w, l, account, site);
		if (r == 0)
			r = ask_for_leave(w, l, account, site, &leaves);
	}
	return r;
}

/* ---- minutes ---- */

static json_t *notes_json(const struct lesson *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < LESSON_AGENDA_MAX && l->plot->agenda[i].title; i++)
		json_array_append_new(list, json_sprintf("已按议程进行：%s。", l->plot->agenda[i].title));
	return list;
}

int lesson_write_minutes(struct world *w, const struct lesson *l)
{
	const struct directory *d = world_server(w)->directory;
	const struct account *a = directory_account(d, l->host);
	char path[64];
	int r;

	snprintf(path, sizeof(path), "classes/%lld/minutes", (long long)l->number);
	r = world_ask(w, l->host, HTTP_GET, path, NULL, NULL);
	if (r < 0)
		return r;
	return world_ask(w, l->host, HTTP_PUT, path, json_pack("{s:s, s:s, s:o, s:s}", "place", "主会场设在举办单位会议室，其余会场视频参加", "recorder", a->name, "notes", notes_json(l), "conclusion",
	                                                     l->plot->conclusion ? l->plot->conclusion : ""), NULL);
}

int lesson_seal(struct world *w, const struct lesson *l)
{
	char path[64];

	snprintf(path, sizeof(path), "classes/%lld/minutes/seal", (long long)l->number);
	return world_ask(w, l->host, HTTP_POST, path, json_pack("{s:i}", "version", 2), NULL);
}
