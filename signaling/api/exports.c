/*
 * People and organisations as tables, in the form that import reads: the same table imported again changes nothing. Only what the caller may
 * take along: nobody whose export is not allowed, phones only with the right to them, never a card number.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "attendance/table/field.h"
#include "attendance/table/table.h"
#include "attendance/table/value.h"
#include "signaling/api_handlers.h"
#include "signaling/exports.h"

#define CELL_BYTES 2048
#define ZONE_US (8LL * 3600 * 1000000)  /* Asia/Shanghai */
#define JOINED_CATEGORY "入党"

struct sheet {
	struct api_call *call;          /* given */
	int64_t org;                    /* the top of it */
	struct table *table;            /* owned */
	uint32_t row;
	int error;
};

static bool allowed(const struct api_call *c, enum act_kind act, struct target target)
{
	int64_t grant;

	return may(c->directory, &c->who, act, target, c->now_us, &grant) == 0;
}

static void put(struct sheet *s, uint32_t column, const char *text)
{
	struct table_problem problem;

	if (s->error == 0)
		s->error = table_put(s->table, s->row, column, text, strlen(text), 0, &problem);
}

static void put_header(struct sheet *s, enum table_kind kind, const enum field *fields, size_t n)
{
	s->row = 1;
	for (size_t i = 0; i < n; i++)
		put(s, (uint32_t)i + 1, field_header(kind, fields[i]));
}

/* ---- organisations ---- */

static bool exports_org(const struct sheet *s, const struct org *o)
{
	return o && o->closed_us == 0 && directory_is_below(s->call->directory, o->id, s->org) && allowed(s->call, ACT_PERSON_EXPORT, target_org(o->id));
}

/*
 * By code where there is one, since a name may stand twice; else the path from the top of the export down. "" and a shorter path where something between is not
 * the caller's to take along: grants may leave a gap.
 */
static void name_org(const struct sheet *s, const struct org *o, char ret[CELL_BYTES])
{
	const char *names[ORG_DEPTH_MAX];
	size_t n = 0, used = 0;

	*ret = 0;
	if (!exports_org(s, o))
		return;
	if (*o->code) {
		snprintf(ret, CELL_BYTES, "%s", o->code);
		return;
	}
	for (; exports_org(s, o) && n < ARRAY_LEN(names); o = o->id == s->org ? NULL : directory_org(s->call->directory, o->parent))
		names[n++] = o->name;
	while (n-- > 0 && used < CELL_BYTES)
		used += (size_t)snprintf(ret + used, CELL_BYTES - used, "%s%s", used ? "/" : "", names[n]);
}

static const enum field org_fields[] = { FIELD_NAME, FIELD_CODE, FIELD_PARENT, FIELD_KIND, FIELD_PHONE };

static void fill_orgs(struct sheet *s)
{
	const struct directory *d = s->call->directory;
	const struct org *o = NULL;
	char parent[CELL_BYTES];

	put_header(s, TABLE_ORGANISATIONS, org_fields, ARRAY_LEN(org_fields));
	while ((o = directory_next_org(d, o))) {
		if (!exports_org(s, o))
			continue;
		s->row++;
		*parent = 0;
		if (o->id != s->org)
			name_org(s, directory_org(d, o->parent), parent);
		put(s, 1, o->name);
		put(s, 2, o->code);
		put(s, 3, parent);
		put(s, 4, value_organisation_word(o->kind));
		put(s, 5, o->phone);
	}
}

/* ---- people ---- */

static const enum field person_fields[] = {
	FIELD_NAME, FIELD_ORG, FIELD_ORG_CODE, FIELD_KIND, FIELD_PHONE, FIELD_JOINED, FIELD_POST, FIELD_SECONDARY, FIELD_CATEGORY, FIELD_LOGIN,
};

static void add_one(char list[CELL_BYTES], const char *text)
{
	size_t used = strlen(list);

	if (used + strlen(text) + sizeof("、") < CELL_BYTES)
		snprintf(list + used, CELL_BYTES - used, "%s%s", used ? "、" : "", text);
}

static void list_posts(const struct sheet *s, const struct person *p, char ret[CELL_BYTES])
{
	const struct fact *f = NULL;

	*ret = 0;
	while ((f = directory_person_fact(s->call->directory, p->id, FACT_POST, f)))
		if (f->org == p->main_org && fact_holds(f, s->call->now_us))
			add_one(ret, f->text);
}

static void list_further(const struct sheet *s, const struct person *p, char ret[CELL_BYTES])
{
	const struct fact *f = NULL;
	char name[CELL_BYTES];

	*ret = 0;
	while ((f = directory_person_fact(s->call->directory, p->id, FACT_MEMBERSHIP, f))) {
		const struct org *o = directory_org(s->call->directory, f->org);

		if (f->flag || !fact_holds(f, s->call->now_us) || !exports_org(s, o) || !can_see_people_of(s->call->directory, &s->call->who, o->id, s->call->now_us))
			continue;
		name_org(s, o, name);
		add_one(ret, name);
	}
}

static void write_day(int64_t wall_us, char ret[CELL_BYTES])
{
	time_t seconds = (time_t)((wall_us + ZONE_US) / 1000000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(ret, CELL_BYTES, "%Y-%m-%d", &tm);
}

static void list_categories(const struct sheet *s, const struct person *p, char ret[CELL_BYTES], char ret_joined[CELL_BYTES])
{
	const struct fact *f = NULL;

	*ret = *ret_joined = 0;
	while ((f = directory_person_fact(s->call->directory, p->id, FACT_CATEGORY, f))) {
		if (!fact_holds(f, s->call->now_us))
			continue;
		if (strcmp(f->text, JOINED_CATEGORY) == 0)
			write_day(f->valid_from_us, ret_joined);
		else
			add_one(ret, f->text);
	}
}

static void put_person(struct sheet *s, const struct person *p)
{
	const struct api_call *c = s->call;
	const struct org *o = directory_org(c->directory, p->main_org);
	const struct account *a = directory_account(c->directory, p->account);
	char place[CELL_BYTES], text[CELL_BYTES], joined[CELL_BYTES];

	name_org(s, o, place);
	put(s, 1, p->identity.name);
	put(s, 2, *o->code ? o->name : place);
	put(s, 3, o->code);
	put(s, 4, value_person_word(p->kind));
	put(s, 5, allowed(c, ACT_PERSON_CONTACT, target_person(p->id)) ? p->identity.phone : "");
	list_categories(s, p, text, joined);
	put(s, 6, joined);
	list_posts(s, p, place);
	put(s, 7, place);
	list_further(s, p, place);
	put(s, 8, place);
	put(s, 9, text);
	put(s, 10, a ? a->login : "");
	put(s, 11, p->identity.card_tail);
}

static void fill_people(struct sheet *s)
{
	const struct directory *d = s->call->directory;
	size_t n;
	const struct person *const *people = directory_people(d, &n);

	put_header(s, TABLE_PEOPLE, person_fields, ARRAY_LEN(person_fields));
	put(s, ARRAY_LEN(person_fields) + 1, field_header(TABLE_PEOPLE, FIELD_TAIL));
	for (size_t i = 0; i < n; i++) {
		const struct person *p = people[i];

		if (p->erased || p->merged_into || !exports_org(s, directory_org(d, p->main_org)) || !allowed(s->call, ACT_PERSON_EXPORT, target_person(p->id)))
			continue;
		s->row++;
		put_person(s, p);
	}
}

/* ---- the way there ---- */

static bool read_format(struct api_call *c, enum table_format *ret)
{
	char text[8] = "csv";

	http_query(c->request, "format", text, sizeof(text));
	*ret = strcmp(text, "xlsx") == 0 ? TABLE_XLSX : TABLE_CSV;
	if (*ret == TABLE_XLSX || strcmp(text, "csv") == 0)
		return true;
	api_refuse(c, "bad_message", "There are csv and xlsx.", "format");
	return false;
}

/* An act that changes nothing: the log says who took what along. `seen`: what must be seen at the organisation itself beside. */
static void begin(struct api_call *c, const char *kind, enum act_kind seen)
{
	int64_t org = api_query_int(c, "org", 0), grant;
	enum table_format format;

	if (api_may(c, seen, target_org(org), &grant) && api_may(c, ACT_PERSON_EXPORT, target_org(org), &grant) && read_format(c, &format))
		api_act(c, ACT_PERSON_EXPORT, grant, org, 0, json_pack("{s:s, s:s}", "kind", kind, "format", table_file_ending(format)));
}

/* Rights are asked anew for each row, as they are once the act is on record. */
static void send(struct api_call *c, const char *name, void (*fill)(struct sheet *s))
{
	struct sheet s = { .call = c, .org = api_query_int(c, "org", 0) };
	enum table_format format;

	if (!read_format(c, &format))
		return;
	s.error = table_create(&s.table);
	if (s.error == 0)
		fill(&s);
	if (s.error == 0) {
		exports_begin(c->request, s.table, format, name);
		return;
	}
	table_destroy(s.table);
	if (s.error == -EBADMSG)
		api_refuse(c, "too_large", "This is more than one table can hold: export parts of it.", NULL);
	else
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
}

void api_people_export(struct api_call *c)
{
	begin(c, "people", ACT_PERSON_VIEW);
}

void api_people_exported(struct api_call *c)
{
	send(c, "people", fill_people);
}

void api_orgs_export(struct api_call *c)
{
	begin(c, "organisations", ACT_ORG_VIEW);
}

void api_orgs_exported(struct api_call *c)
{
	send(c, "organisations", fill_orgs);
}

/* ---- to be filled in ---- */

/* The header of all columns and nothing else; in a workbook columns are texts, so that card numbers keep their digits. */
static void send_template(struct api_call *c, enum table_kind kind, const char *name)
{
	struct sheet s = { .call = c };
	enum field fields[FIELDS];
	enum table_format format;
	size_t n = 0;

	if (!read_format(c, &format))
		return;
	for (int f = 0; f < FIELDS; f++)
		if (f != FIELD_TAIL && field_is_of(kind, (enum field)f))
			fields[n++] = (enum field)f;
	s.error = table_create(&s.table);
	if (s.error == 0)
		put_header(&s, kind, fields, n);
	if (s.error == 0) {
		exports_begin(c->request, s.table, format, name);
		return;
	}
	table_destroy(s.table);
	api_refuse(c, "overloaded", "The server is short of memory.", NULL);
}

void api_people_template(struct api_call *c)
{
	send_template(c, TABLE_PEOPLE, "people");
}

void api_orgs_template(struct api_call *c)
{
	send_template(c, TABLE_ORGANISATIONS, "organisations");
}
