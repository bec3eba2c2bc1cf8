/*
 * Attendance and credit over a period (attendance/period_report.h), as each may read it: totals of an organisation by a grant that allows it there, a site those of
 * its own; persons where they may be seen. What the caller sees is sent along with the question, and compared with what is seen once the answer is there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/local_day.h"
#include "attendance/period_page.h"
#include "attendance/policy_lookup.h"
#include "classroom/class_plan.h"
#include "signaling/api_handlers.h"
#include "signaling/exports.h"
#include "signaling/server.h"

#define LIMIT_USUAL 100

/* What is asked for. */
struct wanted {
	struct period_query query;
	uint64_t offset;
	uint32_t limit;
	bool by_rate;
};

/* ---- rights ---- */

/* Whether the grants reach what lies below as well: figures of others are not the organisation's own. */
static bool reaches_below(const struct api_call *c, int64_t org)
{
	const struct org *child = directory_org(c->directory, org)->child;
	int64_t grant;

	for (; child; child = child->sibling)
		if (may(c->directory, &c->who, ACT_REPORT_VIEW, target_org(child->id), c->now_us, &grant) < 0)
			return false;
	return true;
}

/* A site, which has no grant, reads the totals that are its own. */
static bool may_read(struct api_call *c, struct period_query *q)
{
	int64_t grant;

	if (!api_may(c, ACT_REPORT_VIEW, target_org(q->org), &grant))
		return false;
	if (grant == 0 && q->level == PERIOD_PERSONS)
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
	q->alone = grant == 0 || !reaches_below(c, q->org);
	return !c->request->replied;
}

static bool ranks(const struct api_call *c, int64_t org)
{
	return policy_at(c->directory, org, POLICY_RANKING, c->now_us).value != 0;
}

/* ---- what comes in ---- */

static bool wrong(struct api_call *c, const char *field, const char *why)
{
	api_refuse(c, "bad_message", why, field);
	return false;
}

static bool read_day(struct api_call *c, const char *name, int32_t missing, int32_t *ret)
{
	char text[24];

	*ret = missing;
	if (!http_has_query(c->request, name))
		return true;
	return (http_query(c->request, name, text, sizeof(text)) && day_parse(ret, text) == 0) || wrong(c, name, "A day is written 2026-11-26.");
}

/* This year up to today where nothing is said. */
static bool read_period(struct api_call *c, struct period_query *q)
{
	int32_t today = 0;

	local_day(CLASS_ZONE_USUAL, c->now_us, &today);
	if (!read_day(c, "from", today / 10000 * 10000 + 101, &q->from) || !read_day(c, "to", today, &q->to))
		return false;
	if (q->to < q->from)
		return wrong(c, "to", "The period ends before it begins.");
	return q->to - q->from < PERIOD_YEARS_MAX * 10000 || wrong(c, "to", "A report covers three years at most.");
}

static bool read_level(struct api_call *c, struct period_query *q)
{
	char text[16] = "children";

	if (http_has_query(c->request, "level") && !http_query(c->request, "level", text, sizeof(text)))
		return wrong(c, "level", "There are children, orgs and persons.");
	return period_level_parse(&q->level, text) || wrong(c, "level", "There are children, orgs and persons.");
}

/* "17.100": as it was known by row 17, from the hundredth row on. */
static bool read_cursor(struct api_call *c, struct wanted *w)
{
	char text[48], *end;

	w->query.known = api_query_int(c, "known", 0);
	if (!http_query(c->request, "cursor", text, sizeof(text)) || !*text)
		return true;
	errno = 0;
	w->query.known = strtoll(text, &end, 10);
	w->offset = *end == '.' ? strtoull(end + 1, &end, 10) : 0;
	return (!*end && !errno && w->query.known > 0) || wrong(c, "cursor", "This is no cursor of a report.");
}

static bool read_sort(struct api_call *c, struct wanted *w)
{
	char text[8] = "name";

	http_query(c->request, "sort", text, sizeof(text));
	w->by_rate = strcmp(text, "rate") == 0;
	if (!w->by_rate && strcmp(text, "name") != 0)
		return wrong(c, "sort", "There are name and rate.");
	if (!w->by_rate || ranks(c, w->query.org))
		return true;
	api_refuse(c, "policy.ranking", "Policy allows no ranking here.", "sort");
	return false;
}

static bool read_wanted(struct api_call *c, struct wanted *ret)
{
	struct wanted w = { .query = { .org = api_query_int(c, "org", 0) }, .limit = (uint32_t)CLAMP(api_query_int(c, "limit", LIMIT_USUAL), 1, API_PAGE_MAX) };
	int64_t grant;

	/* What cannot be seen is not there, whatever else is asked. */
	if (!api_may(c, ACT_REPORT_VIEW, target_org(w.query.org), &grant))
		return false;
	if (!read_level(c, &w.query) || !read_period(c, &w.query) || !read_cursor(c, &w) || !read_sort(c, &w) || !may_read(c, &w.query))
		return false;
	*ret = w;
	return true;
}

static struct period_ask *make_ask(struct api_call *c, const struct wanted *w, size_t *ret_len)
{
	struct period_ask *a = NULL;

	if (period_ask_make(&a, ret_len, c->directory, &c->who, c->now_us, &w->query) < 0) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return NULL;
	}
	a->offset = w->offset;
	a->limit = w->limit;
	a->by_rate = w->by_rate;
	return a;
}

/* ---- a page ---- */

/* The way down to it, of those whose reports the caller may read as well. */
static json_t *above_json(const struct api_call *c, const struct org *o)
{
	json_t *list = json_array();
	int64_t grant;

	while ((o = directory_org(c->directory, o->parent)) && may(c->directory, &c->who, ACT_REPORT_VIEW, target_org(o->id), c->now_us, &grant) == 0)
		json_array_insert_new(list, 0, json_pack("{s:I, s:s}", "org", (json_int_t)o->id, "name", o->name));
	return list;
}

static json_t *page_json(const struct api_call *c, const struct wanted *w, const json_t *rows)
{
	json_t *j = json_copy((json_t *)(uintptr_t)rows);
	const struct org *o = directory_org(c->directory, w->query.org);
	int64_t grant;

	json_object_del(j, "view");
	json_object_set_new(j, "above", above_json(c, o));
	json_object_set_new(j, "ranking", json_boolean(ranks(c, o->id)));
	json_object_set_new(j, "persons", json_boolean(can_see_people_of(c->directory, &c->who, o->id, c->now_us)));
	json_object_set_new(j, "may_export", json_boolean(may(c->directory, &c->who, ACT_REPORT_EXPORT, target_org(o->id), c->now_us, &grant) == 0));
	return j;
}

static bool refuse_unknown(struct api_call *c, bool unknown)
{
	if (unknown)
		api_refuse(c, "bad_message", "There is no such row in the journal.", "known");
	return unknown;
}

static void found(struct api_call *c, const json_t *rows)
{
	const char *mark = json_string_value(json_object_get(rows, "view"));
	struct period_ask *a;
	struct wanted w;
	size_t len;

	if (!read_wanted(c, &w))
		return;
	a = make_ask(c, &w, &len);
	if (!a || refuse_unknown(c, json_is_true(json_object_get(rows, "unknown")))) {
		mem_free(a);
		return;
	}
	if (mark && strcmp(mark, a->mark) == 0) {
		if (w.query.level == PERIOD_PERSONS)
			api_looked(c, ACT_REPORT_VIEW, target_org(w.query.org), "persons", 0);
		api_reply(c, 200, page_json(c, &w, rows));
	} else
		api_read(c, period_page_read, a, len, found);
	mem_free(a);
}

void api_report_attendance(struct api_call *c)
{
	struct period_ask *a;
	struct wanted w;
	size_t len;

	if (!read_wanted(c, &w))
		return;
	a = make_ask(c, &w, &len);
	if (a)
		api_read(c, period_page_read, a, len, found);
	mem_free(a);
}

/* ---- a file ---- */

static bool read_format(struct api_call *c, enum table_format *ret, enum period_language *ret_language)
{
	char format[8] = "csv", language[4] = "zh";

	http_query(c->request, "format", format, sizeof(format));
	http_query(c->request, "lang", language, sizeof(language));
	*ret = strcmp(format, "xlsx") == 0 ? TABLE_XLSX : TABLE_CSV;
	*ret_language = strcmp(language, "en") == 0 ? PERIOD_EN : PERIOD_ZH;
	if (*ret == TABLE_CSV && strcmp(format, "csv") != 0)
		return wrong(c, "format", "There are csv and xlsx.");
	return *ret_language == PERIOD_EN || strcmp(language, "zh") == 0 || wrong(c, "lang", "There are zh and en.");
}

static bool read_file(struct api_call *c, struct wanted *w, enum table_format *ret_format, enum period_language *ret_language)
{
	if (!read_wanted(c, w) || !read_format(c, ret_format, ret_language))
		return false;
	w->offset = w->limit = 0;
	return true;
}

static void ask_for_file(struct api_call *c);

/* Its text goes to the thread that makes the file as it came, since there may be much of it. */
static void on_file_read(struct request *q, const char *text, int error)
{
	char mark[PERIOD_MARK_BYTES], name[64], from[DAY_BYTES], to[DAY_BYTES];
	enum period_language language;
	enum table_format format;
	struct period_ask *a;
	struct api_call c;
	struct wanted w;
	size_t len;

	q->on_read = NULL;
	if (!api_admit(&c, q))
		return;
	if (error || !period_page_mark(text, mark)) {
		api_refuse(&c, "overloaded", "The records could not be read just now.", NULL);
		return;
	}
	if (!read_file(&c, &w, &format, &language) || !(a = make_ask(&c, &w, &len)))
		return;
	day_write(from, w.query.from);
	day_write(to, w.query.to);
	snprintf(name, sizeof(name), "attendance-%s-%s", from, to);
	if (strcmp(mark, a->mark) != 0)
		ask_for_file(&c);
	else if (!refuse_unknown(&c, period_page_unknown(text)))
		exports_begin_report(q, text, format, language, name);
	mem_free(a);
}

static void ask_for_file(struct api_call *c)
{
	enum period_language language;
	enum table_format format;
	struct period_ask *a;
	struct wanted w;
	size_t len;

	if (!read_file(c, &w, &format, &language) || !(a = make_ask(c, &w, &len)))
		return;
	c->request->on_read = on_file_read;
	if (store_read(c->server->store, period_page_read, a, len, c->request->serial) < 0)
		api_refuse(c, "overloaded", "Many others read the records; try again in a moment.", NULL);
	mem_free(a);
}

/* An act that changes nothing: the log says who took what along. */
void api_report_export(struct api_call *c)
{
	int64_t org = api_query_int(c, "org", 0), grant;
	char from[DAY_BYTES], to[DAY_BYTES];
	enum period_language language;
	enum table_format format;
	struct wanted w;

	if (!read_file(c, &w, &format, &language) || !api_may(c, ACT_REPORT_EXPORT, target_org(org), &grant))
		return;
	day_write(from, w.query.from);
	day_write(to, w.query.to);
	api_act(c, ACT_REPORT_EXPORT, grant, org, 0, json_pack("{s:s, s:s, s:s, s:s}", "from", from, "to", to, "level", period_level_name(w.query.level), "format", table_file_ending(format)));
}

void api_report_exported(struct api_call *c)
{
	ask_for_file(c);
}
