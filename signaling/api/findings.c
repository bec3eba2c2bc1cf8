/* Findings about sites in classes: written by who looks from above, answered by the site, read by both. Texts are in the journal alone. */
#include "signaling/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "signaling/api_class.h"
#include "signaling/api_handlers.h"
#include "signaling/notices.h"
#include "signaling/server.h"

/* ---- reading ---- */

/* Whoever may view findings there, and the site itself. */
static bool sees(const struct api_call *c, const struct finding *f)
{
	int64_t grant;

	return api_acts_for_site(c, ACT_FINDING_VIEW, f->site, &grant);
}

static bool may_answer(const struct api_call *c, const struct finding *f, int64_t *ret_grant)
{
	return !f->answered_us && api_acts_for_site(c, ACT_FINDING_ANSWER, f->site, ret_grant);
}

static void put_name(const struct api_call *c, json_t *j, const char *name, const char *pseudonym)
{
	const struct person *p = *pseudonym ? directory_pseudonym(c->directory, pseudonym) : NULL;

	if (p && !p->erased && can_see(c->directory, &c->who, target_person(p->id), c->now_us))
		json_object_set_new(j, name, json_string(p->identity.name));
}

static const char *org_name(const struct api_call *c, int64_t org)
{
	const struct org *o = directory_org(c->directory, org);

	return o ? o->name : "";
}

static const char *class_title(const struct api_call *c, int64_t class)
{
	char room[ROOM_ID_BYTES];
	const struct room_record *r;

	snprintf(room, sizeof(room), "class-%" PRId64, class);
	r = directory_room(c->directory, room);
	return r ? r->title : "";
}

/* `texts` is what findings_read_texts() gave for it. */
static json_t *finding_json(const struct api_call *c, const struct finding *f, const json_t *texts)
{
	int64_t grant;
	json_t *j = json_pack("{s:I, s:I, s:s, s:I, s:I, s:s, s:I, s:I, s:s, s:b}", "id", (json_int_t)f->id, "class", (json_int_t)f->class, "class_title", class_title(c, f->class),
	                      "finding", (json_int_t)f->number, "site", (json_int_t)f->site, "site_name", org_name(c, f->site), "look_ms", (json_int_t)(f->look_us / 1000), "written_ms",
	                      (json_int_t)(f->written_us / 1000), "by_org", org_name(c, f->org), "may_answer", may_answer(c, f, &grant));

	if (!j)
		return NULL;
	put_name(c, j, "by", f->author);
	json_object_update(j, (json_t *)(uintptr_t)texts);
	if (f->answered_us) {
		json_object_set_new(j, "answered_ms", json_integer(f->answered_us / 1000));
		put_name(c, j, "answer_by", f->answerer);
	}
	return j;
}

static const json_t *texts_of(const json_t *rows, const struct finding *f)
{
	char name[24];

	snprintf(name, sizeof(name), "%" PRId64, f->id);
	return json_object_get(rows, name);
}

static bool is_wanted(const struct api_call *c, const struct finding *f)
{
	int64_t org = api_query_int(c, "org", 0), class = api_query_int(c, "class", 0), cursor = api_query_int(c, "cursor", 0);

	if ((cursor && f->id >= cursor) || (class && f->class != class) || (org && !directory_is_below(c->directory, f->site, org)))
		return false;
	return !(api_query_int(c, "open", 0) && f->answered_us) && sees(c, f);
}

/* Those that the database does not have any more are left out. */
static void list_found(struct api_call *c, const json_t *rows)
{
	const struct finding *f = NULL;
	struct api_page page;

	api_page_begin(&page, c);
	page.started = true;
	while (!page.full && (f = finding_before(c->server, f))) {
		const json_t *texts = is_wanted(c, f) ? texts_of(rows, f) : NULL;

		if (texts && api_page_wants(&page, f->id))
			api_page_add(&page, f->id, finding_json(c, f, texts));
	}
	api_reply(c, 200, api_page_end(&page));
}

/* One more than the page has, so that it knows whether there is another. */
void api_findings_list(struct api_call *c)
{
	int64_t org = api_query_int(c, "org", 0);
	size_t limit = (size_t)CLAMP(api_query_int(c, "limit", 100), 1, FINDINGS_A_PAGE - 1) + 1;
	struct finding_texts *q;
	const struct finding *f = NULL;

	if (org && !can_see(c->directory, &c->who, target_org(org), c->now_us)) {
		api_not_there(c);
		return;
	}
	q = mem_zalloc(sizeof(*q) + limit * sizeof(q->ids[0]));
	if (!q) {
		api_refuse(c, "overloaded", "The server is short of memory.", NULL);
		return;
	}
	while (q->n < limit && (f = finding_before(c->server, f)))
		if (is_wanted(c, f))
			q->ids[q->n++] = f->id;
	api_read(c, findings_read_texts, q, sizeof(*q) + q->n * sizeof(q->ids[0]), list_found);
	mem_free(q);
}

/* ---- one, as an act left it ---- */

/* The path of an answer has the number, that of a new one has not: then the act told which. */
static const struct finding *finding_of(const struct api_call *c)
{
	return finding_find(c->server, c->ids[0], c->ids[1] ? c->ids[1] : c->result);
}

/* To the site, and to everybody above it up to whoever holds the class; to the author's organisation if that is higher. */
static void add_notices(struct api_call *c, enum org_notice_kind kind, const struct finding *f, int64_t highest)
{
	struct org_notice n = { .kind = kind, .class = f->class, .site = f->site, .about = f->number };
	const struct org *o = directory_org(c->directory, f->site);

	for (unsigned i = 0; o && i < ORG_DEPTH_MAX; i++) {
		n.org = o->id;
		notice_add(c->server, c->changes, n);
		if (o->id == highest)
			break;
		o = directory_org(c->directory, o->parent);
	}
}

static void add_event(struct api_call *c, int64_t class, enum event_kind kind, json_t *payload)
{
	char room[ROOM_ID_BYTES];
	const struct person *p = directory_person(c->directory, c->who.person);

	snprintf(room, sizeof(room), "class-%" PRId64, class);
	api_event(c, kind, room, p ? p->pseudonym : "", payload);
}

/* Whose right a grant is. */
static int64_t org_of_grant(const struct api_call *c, int64_t grant)
{
	const struct fact *g = directory_fact(c->directory, FACT_GRANT, grant);

	return g ? g->org : c->who.org;
}

/* {site, text, look_ms} */
void api_finding_write(struct api_call *c)
{
	struct finding f = { .class = c->ids[0] };
	const char *text = "";
	int64_t grant;
	const struct api_field fields[] = {
		{ "site", FIELD_ID, true, 0, &f.site }, { "text", FIELD_TEXT, true, FINDING_TEXT_BYTES, &text }, { "look_ms", FIELD_TIME_MS, true, 0, &f.look_us },
	};
	struct sitting *t = api_seen_class(c);

	if (!t || !api_fields(c, fields, ARRAY_LEN(fields)))
		return;
	if (!class_site(t->class, f.site)) {
		api_not_there(c);
		return;
	}
	if (!api_may(c, ACT_FINDING_WRITE, target_org(f.site), &grant) || !api_check_text(c, text, FINDING_TEXT_BYTES, "bad_message"))
		return;
	if (f.look_us > c->now_us + 60 * 1000000LL) {
		api_refuse(c, "bad_message", "This moment is to come.", "look_ms");
		return;
	}
	f.number = finding_next(c->server, f.class);
	f.org = org_of_grant(c, grant);
	if (!f.number) {
		api_refuse(c, "finding.many", "There are as many findings in this class as there may be.", NULL);
		return;
	}
	c->result = f.number;
	if (!api_act(c, ACT_FINDING_WRITE, grant, f.site, 0, json_pack("{s:I, s:I}", "class", (json_int_t)f.class, "finding", (json_int_t)f.number)))
		return;
	add_event(c, f.class, EVENT_FINDING_WRITTEN, json_pack("{s:I, s:I, s:I, s:s, s:I}", "finding", (json_int_t)f.number, "site", (json_int_t)f.site, "org", (json_int_t)f.org, "text", text,
	                                                      "look_ms", (json_int_t)(f.look_us / 1000)));
	add_notices(c, ORG_NOTICE_FINDING_WRITTEN, &f, f.org);
}

/* {text}; the class may be over for long. */
void api_finding_answer(struct api_call *c)
{
	const struct finding *f = finding_of(c);
	const char *text = "";
	const struct api_field fields[] = { { "text", FIELD_TEXT, true, FINDING_TEXT_BYTES, &text } };
	int64_t grant;

	if (!f || !sees(c, f)) {
		api_not_there(c);
		return;
	}
	if (!api_fields(c, fields, ARRAY_LEN(fields)) || !api_check_text(c, text, FINDING_TEXT_BYTES, "bad_message"))
		return;
	if (!api_acts_for_site(c, ACT_FINDING_ANSWER, f->site, &grant)) {
		api_refuse(c, "forbidden", "Your grants do not allow this here.", NULL);
		return;
	}
	if (f->answered_us) {
		api_refuse(c, "finding.answered", "It has been answered.", NULL);
		return;
	}
	c->result = f->number;
	if (!api_act(c, ACT_FINDING_ANSWER, grant, f->site, 0, json_pack("{s:I, s:I}", "class", (json_int_t)f->class, "finding", (json_int_t)f->number)))
		return;
	add_event(c, f->class, EVENT_FINDING_ANSWERED, json_pack("{s:I, s:I, s:s}", "finding", (json_int_t)f->number, "site", (json_int_t)f->site, "text", text));
	add_notices(c, ORG_NOTICE_FINDING_ANSWERED, f, f->org);
}

static void one_found(struct api_call *c, const json_t *rows)
{
	const char *id = json_object_iter_key(json_object_iter((json_t *)(uintptr_t)rows));
	const struct finding *f = id ? finding_by_id(c->server, strtoll(id, NULL, 10)) : NULL;

	if (f && sees(c, f))
		api_reply(c, c->ids[1] ? 200 : 201, finding_json(c, f, texts_of(rows, f)));
	else
		http_reply(c->request, 204, NULL, NULL);
}

void api_finding_done(struct api_call *c)
{
	const struct finding *f = finding_of(c);
	struct { uint32_t n; int64_t id; } q = { .n = 1, .id = f ? f->id : 0 };

	if (f)
		api_read(c, findings_read_texts, &q, sizeof(q), one_found);
	else
		http_reply(c->request, 204, NULL, NULL);
}
