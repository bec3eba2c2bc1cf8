/* See sitting_minutes.h. */
#include "signaling/sitting_minutes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "attendance/minutes_facts.h"
#include "classroom/minutes.h"
#include "media/base/log.h"
#include "signaling/acts.h"
#include "signaling/reads.h"
#include "signaling/server.h"

#define AGAIN_S 5               /* after a failure */

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	const int64_t *class = data;
	struct sitting *t = sitting_find(s, *class);

	(void)sequence;
	if (t) {
		t->minuting = false;
		t->minutes_wait_s = error ? AGAIN_S : 0;
	}
	if (error)
		log_event(LOG_ERROR, "class.minutes_not_written class=%" PRId64 " err=%d", *class, error);
}

/* It is tried again. */
static void give_up(struct server *s, int64_t class, int error)
{
	struct sitting *t = sitting_find(s, class);

	if (t) {
		t->minuting = false;
		t->minutes_wait_s = AGAIN_S;
	}
	log_event(LOG_ERROR, "class.minutes_failed class=%" PRId64 " err=%d", class, error);
	acts_pass(s);
}

/* Who was to lead: persons by their pseudonym, a site's account by the site. */
static json_t *hosts_json(const struct sitting *t)
{
	json_t *list = json_array();
	const json_t *host;
	size_t i;

	json_array_foreach(class_plan(t->class)->hosts, i, host) {
		const struct account *a = directory_account(t->server->directory, json_integer_value(host));
		const struct person *p = a && a->person ? directory_person(t->server->directory, a->person) : NULL;

		if (p)
			json_array_append_new(list, json_pack("{s:s}", "person", p->pseudonym));
		else if (a && a->org)
			json_array_append_new(list, json_pack("{s:I}", "site", (json_int_t)a->org));
	}
	return list;
}

static const char *org_name(void *user, int64_t org)
{
	const struct sitting *t = user;
	const struct org *o = directory_org(t->server->directory, org);

	return o ? o->name : "";
}

static int read_persons(const json_t *list, struct minutes_person *ret)
{
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row) {
		ret[i].person = json_string_value(json_array_get(row, 0));
		ret[i].home = json_integer_value(json_array_get(row, 1));
		ret[i].site = json_integer_value(json_array_get(row, 2));
		ret[i].present_s = json_integer_value(json_array_get(row, 3));
		if (!ret[i].person)
			return -EBADMSG;
	}
	return 0;
}

struct making {
	const struct sitting *sitting;
	struct changes *changes;
};

static int keep(void *user, const char *payload)
{
	const struct making *m = user;

	changes_event(m->changes, EVENT_MINUTES_WRITTEN, class_room(m->sitting->class), "", payload);
	return 0;
}

static int write_rows(struct sitting *t, const json_t *found, struct changes *c)
{
	const json_t *list = json_object_get(found, "persons");
	struct minutes_person *persons = mem_calloc(json_array_size(list) + 1, sizeof(*persons));
	json_t *hosts = hosts_json(t);
	struct minutes_sources src = {
		.class = t->class, .asks = t->asks, .persons = persons, .n_persons = json_array_size(list), .hosts = hosts, .speakers = json_object_get(found, "speakers"),
		.gaps = json_object_get(found, "gaps"), .org_name = org_name, .user = t,
	};
	int r = persons && hosts ? read_persons(list, persons) : -ENOMEM;

	if (r == 0)
		r = minutes_write(&src, keep, &(struct making){ t, c });
	json_decref(hosts);
	mem_free(persons);
	return r;
}

static int make_changes(struct sitting *t, const json_t *found, struct changes **ret)
{
	CLEANUP(changes_destroyp) struct changes *c = changes_new();
	struct act act = { .name = "class.minutes", .org = class_plan(t->class)->org };
	char detail[64];
	int r;

	snprintf(detail, sizeof(detail), "{\"class\":%" PRId64 ",\"version\":1}", t->number);
	act.detail = detail;
	r = c ? changes_set_act(c, &act) : -ENOMEM;
	if (r == 0)
		r = write_rows(t, found, c);
	if (r == 0)
		*ret = STEAL(c);
	return r;
}

static void on_found(struct server *s, const void *data, const char *text, int error)
{
	const int64_t *class = data;
	struct sitting *t = sitting_find(s, *class);
	json_t *found = text ? json_loads(text, 0, NULL) : NULL;
	struct changes *c = NULL;
	int r = error ? error : !t ? -ENOENT : !found ? -ENOMEM : make_changes(t, found, &c);

	json_decref(found);
	if (r == 0)
		r = acts_post(s, c, on_written, class, sizeof(*class));
	if (r < 0)
		give_up(s, *class, r);
}

static void begin(struct server *s, const void *data)
{
	const int64_t *class = data;
	struct minutes_query q = { .class = *class };
	int r = reads_begin(s, minutes_facts_read, &q, sizeof(q), on_found, class, sizeof(*class));

	if (r < 0)
		give_up(s, *class, r);
}

void sitting_minutes_on_second(struct sitting *t)
{
	bool due = class_state(t->class) == CLASS_CLOSED && class_has_result(t->class) && class_minutes(t->class) == 0 && !t->minuting && minutes_can_be(t->asks);

	if (!due || !server_records(t->server))
		return;
	if (t->minutes_wait_s > 0) {
		t->minutes_wait_s--;
		return;
	}
	t->minuting = acts_enqueue(t->server, begin, &t->number, sizeof(t->number)) == 0;
}
