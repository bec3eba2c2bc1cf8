/*
 * The audit log as each may read it: what was done at organisations and to persons whose log one may view, what one did oneself, and
 * what was done to oneself. Whoever a row speaks of must be in sight when it is read; else the row says only that it happened.
 */
#include "attendance/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attendance/table/csv_write.h"
#include "media/base/utf8.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

#define EXPORT_ROWS_MAX 10000
#define ZONE_SECONDS (8 * 3600)         /* Asia/Shanghai */

static int64_t number(const json_t *row, const char *name)
{
	return json_integer_value(json_object_get(row, name));
}

static bool sees(const struct api_call *c, struct target target)
{
	return can_see(c->directory, &c->who, target, c->now_us);
}

static bool allowed(const struct api_call *c, enum act_kind act, struct target target)
{
	int64_t grant;

	return target.id > 0 && may(c->directory, &c->who, act, target, c->now_us, &grant) == 0;
}

/* ---- asking ---- */

/* Ids come in ascending order, as the directory gives them. How many. */
static size_t put_orgs(const struct api_call *c, enum act_kind act, int64_t below, int64_t *ret)
{
	const struct org *o = NULL;
	size_t n = 0;

	while ((o = directory_next_org(c->directory, o)))
		if ((!below || directory_is_below(c->directory, o->id, below)) && allowed(c, act, target_org(o->id)))
			ret[n++] = o->id;
	return n;
}

static size_t put_people(const struct api_call *c, enum act_kind act, int64_t below, int64_t *ret)
{
	const struct person *p = NULL;
	size_t n = 0;

	while ((p = directory_next_person(c->directory, p)))
		if ((!below || directory_is_below(c->directory, p->last_org, below)) && allowed(c, act, target_person(p->id)))
			ret[n++] = p->id;
	return n;
}

static struct audit_query *make_query(const struct api_call *c, enum act_kind act, uint32_t limit, size_t *ret_len)
{
	int64_t below = api_query_int(c, "org", 0);
	bool any = may_anywhere(c->directory, &c->who, act, c->now_us);
	size_t most = any ? directory_n_orgs(c->directory) + directory_n_people(c->directory) : 0;
	struct audit_query *q = calloc(1, sizeof(*q) + most * sizeof(int64_t));

	if (!q)
		return NULL;
	q->before = api_query_int(c, "cursor", INT64_MAX);
	q->from_us = api_query_time(c, "from_ms", 0);
	q->to_us = api_query_time(c, "to_ms", 0);
	q->person = api_query_int(c, "person", 0);
	http_query(c->request, "act", q->act, sizeof(q->act));
	q->own_account = below ? 0 : c->who.account;
	q->own_person = below ? 0 : c->who.person;
	q->limit = limit;
	if (any) {
		q->n_orgs = (uint32_t)put_orgs(c, act, below, q->ids);
		q->n_people = (uint32_t)put_people(c, act, below, q->ids + q->n_orgs);
	}
	*ret_len = sizeof(*q) + (q->n_orgs + q->n_people) * sizeof(int64_t);
	return q;
}

static void ask(struct api_call *c, enum act_kind act, uint32_t limit, void (*found)(struct api_call *c, const json_t *rows))
{
	int64_t org = api_query_int(c, "org", 0), person = api_query_int(c, "person", 0);
	struct audit_query *q;
	size_t len;

	if ((org && !sees(c, target_org(org))) || (person && !sees(c, target_person(person)))) {
		api_not_there(c);
		return;
	}
	q = make_query(c, act, limit, &len);
	if (q)
		api_read(c, audit_read, q, len, found);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
	free(q);
}

/* ---- answering ---- */

/* Asked again, since rights may have changed while the log was read. */
static bool shows(const struct api_call *c, enum act_kind act, const json_t *row)
{
	return number(row, "account") == c->who.account || (c->who.person && number(row, "subject") == c->who.person) || allowed(c, act, target_org(number(row, "org"))) ||
	       allowed(c, act, target_person(number(row, "subject")));
}

/* Two records of one person: as they are called now, beside the names of then. */
static void name_persons(const struct api_call *c, json_t *detail)
{
	static const char *const persons[] = { "from", "into" };

	for (size_t i = 0; i < ARRAY_LEN(persons); i++) {
		const struct person *p = directory_person(c->directory, number(detail, persons[i]));

		if (p)
			json_object_set_new(detail, persons[i], json_pack("{s:I, s:s}", "id", (json_int_t)p->id, "name", p->identity.name));
	}
}

/* What else a detail may name: organisations beyond the caller's sight are left out of it, and with an unseen person all of it. */
static json_t *write_detail(const struct api_call *c, const json_t *row)
{
	static const char *const places[] = { "before", "after", "parent", "org", "into" };
	const json_t *detail = json_object_get(row, "detail");
	int64_t org = number(row, "org"), subject = number(row, "subject"), from = number(detail, "from"), into = number(detail, "into");
	json_t *copy;

	if (!json_is_object(detail) || (subject && !sees(c, target_person(subject))) || (!subject && org && !sees(c, target_org(org))))
		return NULL;
	if ((from && !sees(c, target_person(from))) || (into && !sees(c, subject ? target_person(into) : target_org(into))))
		return NULL;
	copy = json_copy((json_t *)detail);
	if (subject)
		name_persons(c, copy);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const json_t *place = json_object_get(copy, places[i]);
		const struct org *o = json_is_integer(place) ? directory_org(c->directory, json_integer_value(place)) : NULL;

		if (json_is_integer(place))
			json_object_set_new(copy, places[i], o && sees(c, target_org(o->id)) ? json_pack("{s:I, s:s}", "id", (json_int_t)o->id, "name", o->name) : json_null());
	}
	return copy;
}

static void write_actor(json_t *j, const struct api_call *c, const json_t *row)
{
	const struct person *p = directory_person(c->directory, number(row, "person"));
	const struct account *a = directory_account(c->directory, number(row, "account"));

	json_object_set(j, "role", json_object_get(row, "role"));
	if (p && sees(c, target_person(p->id))) {
		json_object_set_new(j, "by", json_integer(p->id));
		json_object_set_new(j, "by_name", json_string(p->identity.name));
	} else if (!p && a && sees(c, target_org(a->org))) {
		json_object_set_new(j, "by_name", json_string(a->name));
	}
}

static json_t *write_row(const struct api_call *c, const json_t *row)
{
	const struct org *o = directory_org(c->directory, number(row, "org"));
	const struct person *p = directory_person(c->directory, number(row, "subject"));
	json_t *j = json_pack("{s:I, s:I, s:O}", "id", (json_int_t)number(row, "sequence"), "time_ms", (json_int_t)(number(row, "wall_us") / 1000), "act", json_object_get(row, "act"));
	json_t *detail = write_detail(c, row);
	const char *key = json_string_value(json_object_get(detail, "key"));

	write_actor(j, c, row);
	if (o && sees(c, target_org(o->id))) {
		json_object_set_new(j, "org", json_integer(o->id));
		json_object_set_new(j, "org_name", json_string(o->name));
	}
	if (p && sees(c, target_person(p->id))) {
		json_object_set_new(j, "subject", json_integer(p->id));
		json_object_set_new(j, "subject_name", json_string(p->identity.name));
	}
	if (key)
		json_object_set_new(j, "title", api_policy_title(key));
	if (detail)
		json_object_set_new(j, "detail", detail);
	if (json_is_null(json_object_get(row, "detail")))
		json_object_set_new(j, "erased", json_true());
	return j;
}

static uint32_t page_limit(const struct api_call *c)
{
	return (uint32_t)CLAMP(api_query_int(c, "limit", 100), 1, API_PAGE_MAX);
}

/* Of the one whose log it is, else any: the first that allows it. */
static int64_t find_grant(const struct api_call *c, enum act_kind act, struct target of, int64_t *ret_org)
{
	const struct org *o = NULL;
	int64_t grant = 0;

	if (of.id) {
		*ret_org = of.kind == TARGET_ORG ? of.id : 0;
		return may(c->directory, &c->who, act, of, c->now_us, &grant) == 0 ? grant : 0;
	}
	while (!grant && (o = directory_next_org(c->directory, o)))
		if (may(c->directory, &c->who, act, target_org(o->id), c->now_us, &grant) == 0)
			*ret_org = directory_fact(c->directory, FACT_GRANT, grant)->org;
	return grant;
}

/* Reading the log is in it as well: of one person, of one organisation, of all. */
static void note_reading(struct api_call *c)
{
	int64_t org = api_query_int(c, "org", 0), person = api_query_int(c, "person", 0), at = 0;

	if (find_grant(c, ACT_AUDIT_VIEW, person ? target_person(person) : target_org(org), &at))
		api_looked(c, ACT_AUDIT_VIEW, person ? target_person(person) : target_org(at), "log", 0);
}

static void found_page(struct api_call *c, const json_t *rows)
{
	json_t *items = json_array(), *all, *row = NULL;
	char cursor[24];
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		if (shows(c, ACT_AUDIT_VIEW, row))
			json_array_append_new(items, write_row(c, row));
	all = json_pack("{s:o}", "items", items);
	if (json_array_size(rows) == page_limit(c)) {
		snprintf(cursor, sizeof(cursor), "%lld", (long long)number(json_array_get(rows, json_array_size(rows) - 1), "sequence"));
		json_object_set_new(all, "next", json_string(cursor));
	}
	note_reading(c);
	api_reply(c, 200, all);
}

void api_audit_list(struct api_call *c)
{
	ask(c, ACT_AUDIT_VIEW, page_limit(c), found_page);
}

/* ---- export ---- */

static void write_cell(FILE *out, const json_t *j, const char *name, bool last)
{
	const char *text = json_string_value(json_object_get(j, name));

	csv_write_cell(out, text ? text : "");
	fputs(last ? CSV_LINE_END : ",", out);
}

static void write_line(FILE *out, const json_t *j)
{
	int64_t wall_s = number(j, "time_ms") / 1000;
	time_t local = (time_t)(wall_s + ZONE_SECONDS);
	char *detail = json_dumps(json_object_get(j, "detail"), JSON_COMPACT);
	char when[40];
	struct tm tm;

	gmtime_r(&local, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S+08:00", &tm);
	csv_write_cell(out, when);
	fputs(",", out);
	write_cell(out, j, "act", false);
	write_cell(out, j, "by_name", false);
	write_cell(out, j, "role", false);
	write_cell(out, j, "org_name", false);
	write_cell(out, j, "subject_name", false);
	csv_write_cell(out, detail ? detail : "");
	fputs(CSV_LINE_END, out);
	free(detail);
}

static void found_export(struct api_call *c, const json_t *rows)
{
	char *data = NULL;
	size_t len = 0, i;
	FILE *out = open_memstream(&data, &len);
	struct text *text;
	json_t *row;

	if (out)
		fputs(CSV_BYTE_ORDER_MARK "\"time\",\"act\",\"by\",\"role\",\"org\",\"person\",\"detail\"" CSV_LINE_END, out);
	json_array_foreach((json_t *)rows, i, row) {
		json_t *j = out && shows(c, ACT_AUDIT_EXPORT, row) ? write_row(c, row) : NULL;

		if (j)
			write_line(out, j);
		json_decref(j);
	}
	text = out && fclose(out) == 0 ? text_new(data, len) : NULL;
	free(data);
	if (!text) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	http_add_header(c->request, "content-disposition:", "attachment; filename=\"audit.csv\"");
	http_reply(c->request, 200, "text/csv; charset=utf-8", text);
}

/* An act that changes nothing: the log says who took it along, and how much of it. */
void api_audit_export(struct api_call *c)
{
	int64_t org = api_query_int(c, "org", 0), person = api_query_int(c, "person", 0), at = 0, grant;
	char act[ACT_NAME_BYTES] = "";

	http_query(c->request, "act", act, sizeof(act));
	if (!may_anywhere(c->directory, &c->who, ACT_AUDIT_EXPORT, c->now_us)) {
		api_refuse(c, "forbidden", "Your grants do not allow this.", NULL);
		return;
	}
	if ((org && !sees(c, target_org(org))) || (person && !sees(c, target_person(person)))) {
		api_not_there(c);
		return;
	}
	grant = find_grant(c, ACT_AUDIT_EXPORT, person ? target_person(person) : target_org(org), &at);
	api_act(c, ACT_AUDIT_EXPORT, grant, at, person, json_pack("{s:I, s:I, s:s}", "from_ms", (json_int_t)api_query_int(c, "from_ms", 0), "to_ms",
	        (json_int_t)api_query_int(c, "to_ms", 0), "act", utf8_fits(act, sizeof(act)) ? act : ""));
}

void api_audit_exported(struct api_call *c)
{
	ask(c, ACT_AUDIT_EXPORT, EXPORT_ROWS_MAX, found_export);
}
