/* Imports of tables: begun with a file, looked at, mapped, applied. Only who began one sees it (imports.h). */
#include "signaling/imports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attendance/import/profile.h"
#include "attendance/table/value.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"
#include "signaling/api_handlers.h"
#include "signaling/server.h"

#define UPLOADS_MAX 8                   /* files on their way in */

static const char *const state_names[] = { "reading", "planning", "planned", "applying", "done", "failed" };
static const char *const kind_names[TABLE_KINDS] = { "people", "organisations" };

/* ---- how they are written ---- */

/* "C", as spreadsheets name a column. */
static json_t *column_json(uint32_t column)
{
	struct table_problem at = { .row = 1, .column = column };
	char place[64];

	table_problem_place(place, sizeof(place), &at);
	place[strcspn(place, "0123456789")] = 0;
	return json_string(place);
}

static void add_problem(json_t *j, const struct table_problem *p)
{
	char place[64], sentence[PROBLEM_SENTENCE_BYTES];

	table_problem_place(place, sizeof(place), p);
	json_object_set_new(j, "code", json_string(table_fault_code(p->fault)));
	json_object_set_new(j, "place", json_string(place));
	table_problem_say(sentence, p, TABLE_CHINESE);
	json_object_set_new(j, "zh", json_string(sentence));
	table_problem_say(sentence, p, TABLE_ENGLISH);
	json_object_set_new(j, "en", json_string(sentence));
}

static json_t *problems_json(const struct import_run *r)
{
	json_t *all = json_array();

	for (size_t i = 0; i < r->problems->n; i++) {
		json_t *j = json_object();

		add_problem(j, &r->problems->all[i]);
		json_array_append_new(all, j);
	}
	return all;
}

static json_t *header_json(const struct import_run *r, const struct mapping *m, uint32_t column)
{
	return json_pack("{s:o, s:s}", "column", column_json(column), "header", mapping_header(r->table, m->header, column).text);
}

static void add_mapping(json_t *j, const struct import_run *r)
{
	const struct mapping *m = &r->mapping;
	json_t *taken = json_array(), *ignored = json_array();

	for (int f = 0; f < FIELDS; f++) {
		json_t *c = m->columns[f] ? header_json(r, m, m->columns[f]) : NULL;

		if (!c)
			continue;
		json_object_set_new(c, "field", json_string(field_name((enum field)f)));
		json_array_append_new(taken, c);
	}
	for (size_t i = 0; i < m->n_ignored; i++)
		json_array_append_new(ignored, header_json(r, m, m->ignored[i]));
	json_object_set_new(j, "mapping", taken);
	json_object_set_new(j, "ignored", ignored);
	json_object_set_new(j, "header_row", json_integer(table_row_number(r->table, m->header)));
}

/* What the columns of such a table can be, for whoever corrects the mapping. */
static json_t *fields_json(enum table_kind kind)
{
	json_t *all = json_array();

	for (int i = 0; i < FIELDS; i++) {
		enum field f = (enum field)i;

		if (field_is_of(kind, f))
			json_array_append_new(all, json_pack("{s:s, s:s, s:b}", "field", field_name(f), "header", field_header(kind, f), "required", field_is_required(kind, f)));
	}
	return all;
}

/* Its fates tell of who is there already: they go with the right to import. */
static bool may_import(const struct api_call *c, const struct import_run *r)
{
	int64_t grant;

	return may(c->directory, &c->who, ACT_IMPORT_RUN, target_org(r->org), c->now_us, &grant) == 0;
}

static json_t *run_json(const struct api_call *c, const struct import_run *r)
{
	bool allowed = may_import(c, r);
	json_t *j = json_pack("{s:I, s:s, s:s, s:I, s:s, s:I}", "id", (json_int_t)r->id, "state", state_names[allowed ? r->state : IMPORT_FAILED], "kind", kind_names[r->kind], "org",
	                      (json_int_t)r->org, "file", r->file, "begun_ms", (json_int_t)(r->begun_us / 1000));
	json_t *counts = json_object();
	size_t planned = 0;

	for (int f = 0; allowed && r->import && f < IMPORT_FATES; f++) {
		size_t n = import_count(r->import, (enum import_fate)f);

		json_object_set_new(counts, import_fate_name((enum import_fate)f), json_integer((json_int_t)n));
		planned += n;
	}
	json_object_set_new(j, "counts", counts);
	json_object_set_new(j, "planned", json_integer((json_int_t)planned));
	json_object_set_new(j, "total", json_integer(allowed && r->import ? (json_int_t)import_n(r->import) : 0));
	if (r->error || !allowed)
		json_object_set_new(j, "error", json_string(allowed ? r->error : "forbidden"));
	return j;
}

static json_t *whole_json(const struct api_call *c, const struct import_run *r)
{
	json_t *j = run_json(c, r);

	if (may_import(c, r) && r->table && table_rows(r->table) > 0 && (r->import || r->state == IMPORT_FAILED))
		add_mapping(j, r);
	if (r->headers)
		json_object_set(j, "profile", r->headers);
	if (r->import && r->kind == TABLE_PEOPLE && !r->mapping.columns[FIELD_KIND])
		json_object_set_new(j, "person_kind", json_string(import_person_kind(r->import)));
	json_object_set_new(j, "fields", fields_json(r->kind));
	json_object_set_new(j, "sheets", r->sheets ? json_copy(r->sheets) : json_array());
	json_object_set_new(j, "other_sheets", json_boolean(r->bytes != NULL));
	json_object_set_new(j, "sheet", json_string(r->sheet));
	json_object_set_new(j, "problems", problems_json(r));
	return j;
}

/* ---- beginning ---- */

static bool is_table_type(const char *type)
{
	static const char *const types[] = { "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream" };
	size_t len = strcspn(type, "; \t");

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strlen(types[i]) == len && strncasecmp(type, types[i], len) == 0)
			return true;
	return false;
}

/* Those that have been admitted, whether their first byte is here or not. */
static unsigned uploads(const struct server *s)
{
	const struct request *q;
	unsigned n = 0;

	for (q = s->requests; q; q = q->hh.next)
		n += !q->body_done && !q->replied && q->content_length > API_BODY_MAX;
	return n;
}

const char *api_table_kind_name(enum table_kind kind)
{
	return kind_names[kind];
}

bool api_table_kind(struct api_call *c, const char *name, enum table_kind *ret)
{
	for (int k = 0; k < TABLE_KINDS; k++) {
		if (strcmp(name, kind_names[k]) == 0) {
			*ret = (enum table_kind)k;
			return true;
		}
	}
	api_refuse(c, "bad_message", "A table is of people or of organisations.", "kind");
	return false;
}

static bool read_kind(struct api_call *c, enum table_kind *ret)
{
	char kind[16] = "";

	http_query(c->request, "kind", kind, sizeof(kind));
	return api_table_kind(c, kind, ret);
}

static bool admit(struct api_call *c, enum table_kind *ret_kind)
{
	int64_t org = api_query_int(c, "org", 0), grant;
	const struct org *o = directory_org(c->directory, org);

	if (!read_kind(c, ret_kind) || !api_may(c, ACT_IMPORT_RUN, target_org(org), &grant))
		return false;
	if (o->closed_us)
		api_refuse(c, "closed", "This organisation has been closed.", "org");
	else if (!is_table_type(c->request->content_type))
		http_problem(c->request, 415, "bad_message", "The Content-Type is not that of a table.", 0);
	return !c->request->replied;
}

/* Files are large: whose file would be refused need not send it. */
void api_import_check(struct request *q)
{
	struct api_call c;
	enum table_kind kind;

	if (q->method == HTTP_POST && api_admit(&c, q) && admit(&c, &kind) && uploads(q->server) > UPLOADS_MAX)
		api_refuse(&c, "overloaded", "Many files are coming in; try again in a moment.", NULL);
}

static bool read_text(struct api_call *c, const char *name, char *ret, size_t size)
{
	if (!http_query(c->request, name, ret, size))
		*ret = 0;
	if (!*ret || utf8_is_name(ret))
		return true;
	api_refuse(c, "bad_message", "This is no name.", name);
	return false;
}

static bool is_person_kind(const char *code)
{
	return value_person_kind(code) && strcmp(value_person_kind(code), code) == 0;
}

static bool read_person_kind(struct api_call *c, struct import_run *ret)
{
	if (!http_query(c->request, "person_kind", ret->person_kind, sizeof(ret->person_kind)))
		*ret->person_kind = 0;
	if (!*ret->person_kind || is_person_kind(ret->person_kind))
		return true;
	api_refuse(c, "bad_message", "People are members, staff, talents or guests.", "person_kind");
	return false;
}

/* ?profile= is one that is kept. *ret NULL: none was asked for. */
static bool find_profile(struct api_call *c, int64_t org, enum table_kind kind, const struct fact **ret)
{
	int64_t id = api_query_int(c, "profile", 0);

	*ret = id ? api_profile(c, org, id) : NULL;
	if (!id || (*ret && import_profile_kind(*ret) == kind))
		return true;
	api_not_there(c);
	return false;
}

void api_import_begin(struct api_call *c)
{
	const struct fact *kept = NULL;
	struct import_run given = { .account = c->who.account, .org = api_query_int(c, "org", 0), .state = IMPORT_READING }, *run;
	char location[64];
	int r;

	if (!admit(c, &given.kind) || !read_person_kind(c, &given) || !read_text(c, "name", given.file, sizeof(given.file)) || !read_text(c, "sheet", given.sheet, sizeof(given.sheet)) ||
	    !find_profile(c, given.org, given.kind, &kept))
		return;
	if (c->request->body_len == 0) {
		api_refuse(c, "bad_message", "The body is empty: it is the file.", NULL);
		return;
	}
	r = imports_begin(c->server, &given, kept ? kept->note : NULL, STEAL(c->request->body), c->request->body_len, &run);
	if (r == -EBUSY) {
		api_refuse(c, "too_many", "Too many imports are open: finish or drop one.", NULL);
		return;
	}
	if (r < 0) {
		api_refuse(c, "overloaded", "Many files wait to be read; try again in a moment.", NULL);
		return;
	}
	snprintf(location, sizeof(location), "/api/v1/imports/%lld", (long long)run->id);
	http_add_header(c->request, "location:", location);
	api_reply(c, 202, whole_json(c, run));
}

/* ---- looking ---- */

static struct import_run *own_run(struct api_call *c)
{
	struct import_run *r = imports_find(c->server, c->who.account, c->ids[0]);

	if (!r)
		api_not_there(c);
	return r;
}

void api_imports_list(struct api_call *c)
{
	json_t *items = json_array();
	struct import_run *r = NULL;

	while ((r = imports_next(c->server, c->who.account, r)))
		json_array_append_new(items, run_json(c, r));
	api_reply(c, 200, json_pack("{s:o}", "items", items));
}

void api_import_read(struct api_call *c)
{
	const struct import_run *r = own_run(c);

	if (r)
		api_reply(c, 200, whole_json(c, r));
}

static json_t *row_json(const struct import_row *row)
{
	json_t *j = json_pack("{s:I, s:s, s:s}", "row", (json_int_t)row->number, "name", row->name, "fate", import_fate_name(row->fate));

	if (row->fate == IMPORT_REFUSED)
		add_problem(j, &row->problem);
	return j;
}

/* FATES: all. */
static enum import_fate read_fate(const struct api_call *c)
{
	char text[16] = "";
	int f = 0;

	http_query(c->request, "fate", text, sizeof(text));
	while (f < IMPORT_FATES && strcmp(text, import_fate_name((enum import_fate)f)) != 0)
		f++;
	return (enum import_fate)f;
}

/* The cursor is the index of the row behind the last one of the page before. */
void api_import_rows(struct api_call *c)
{
	const struct import_run *r = own_run(c);
	size_t i = (size_t)api_query_int(c, "cursor", 0), limit = (size_t)CLAMP(api_query_int(c, "limit", 100), 1, API_PAGE_MAX);
	size_t n = r && r->import ? import_n(r->import) : 0;
	enum import_fate fate = read_fate(c);
	json_t *items, *all;
	char cursor[24];

	if (!r)
		return;
	if (!may_import(c, r)) {
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
		return;
	}
	items = json_array();
	for (; i < n && json_array_size(items) < limit; i++) {
		struct import_row row = import_row(r->import, i);

		if (fate == IMPORT_FATES || row.fate == fate)
			json_array_append_new(items, row_json(&row));
	}
	all = json_pack("{s:o}", "items", items);
	if (i < n) {
		snprintf(cursor, sizeof(cursor), "%zu", i);
		json_object_set_new(all, "next", json_string(cursor));
	}
	api_reply(c, 200, all);
}

/* ---- orders ---- */

static void reply_order(struct api_call *c, const struct import_run *r, int error)
{
	if (error == 0)
		api_reply(c, 202, whole_json(c, r));
	else if (error == -EINVAL)
		api_refuse(c, "conflict", "The import is not at this point.", NULL);
	else
		api_refuse(c, "overloaded", "Many acts wait already; try again in a moment.", NULL);
}

void api_import_map(struct api_call *c)
{
	struct import_run *r = own_run(c);
	json_t *body = r ? json_loadb(c->request->body_len ? c->request->body : "", c->request->body_len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	json_t *profile = json_object_get(body, "profile"), *kind = json_object_get(body, "person_kind");
	struct table_problem problem = { 0 };
	char sentence[PROBLEM_SENTENCE_BYTES];
	int e;

	if (!r)
		return;
	if (!json_is_object(profile) && !json_is_null(profile)) {
		api_refuse(c, "bad_message", "The profile is an object of header and field, or null.", "profile");
		json_decref(body);
		return;
	}
	if (kind && (!json_is_string(kind) || !is_person_kind(json_string_value(kind)))) {
		api_refuse(c, "bad_message", "People are members, staff, talents or guests.", "person_kind");
		json_decref(body);
		return;
	}
	e = imports_map(c->server, r, json_is_object(profile) ? json_incref(profile) : NULL, json_string_value(kind), &problem);
	json_decref(body);
	if (e == -EBADMSG) {
		table_problem_say(sentence, &problem, TABLE_ENGLISH);
		api_refuse(c, "bad_message", sentence, "profile");
		return;
	}
	reply_order(c, r, e);
}

/* Of a workbook with several sheets: another one is read and planned. */
void api_import_sheet(struct api_call *c)
{
	struct import_run *r = own_run(c);
	json_t *body = r ? json_loadb(c->request->body_len ? c->request->body : "", c->request->body_len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const char *name = json_string_value(json_object_get(body, "sheet"));

	if (!r)
		return;
	if (!name || !*name || strlen(name) >= SHEET_NAME_BYTES || !utf8_is_name(name))
		api_refuse(c, "bad_message", "Say which sheet.", "sheet");
	else
		reply_order(c, r, imports_read_sheet(c->server, r, name));
	json_decref(body);
}

void api_import_apply(struct api_call *c)
{
	struct import_run *r = own_run(c);

	if (!r)
		return;
	if (!server_records(c->server))
		api_refuse(c, "not_recorded", "The server cannot write its records just now.", NULL);
	else
		reply_order(c, r, imports_apply(c->server, r));
}

void api_import_drop(struct api_call *c)
{
	struct import_run *r = own_run(c);

	if (!r)
		return;
	imports_drop(c->server, r);
	http_reply(c->request, 204, NULL, NULL);
}
