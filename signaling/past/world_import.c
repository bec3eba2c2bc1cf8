/* See past_world.h: a table of people in one act. */
#include <errno.h>
#include <stdio.h>

#include "attendance/import/import.h"
#include "attendance/table/reader.h"
#include "media/base/log.h"
#include "signaling/acts.h"
#include "signaling/past_world.h"
#include "signaling/server.h"

#define ROWS_A_STEP 1000

struct importing {
	const char *text;               /* given, `len` bytes */
	size_t len;
	struct world *world;
	struct table *table;            /* owned */
	struct import *import;          /* owned */
	struct principal who;
	int64_t org;
	bool over;
	int error;
};

static int plan(struct importing *i)
{
	struct import_cfg cfg = { .directory = world_server(i->world)->directory, .who = &i->who, .org = i->org, .person_kind = "", .now_us = world_now(i->world).wall_us };
	CLEANUP(mem_freep) struct table_problems *problems = mem_zalloc(sizeof(*problems));
	struct table_problem problem = { 0 };
	int r = problems ? table_read(&i->table, NULL, i->text, i->len, NULL, &problem) : -ENOMEM;

	r = r < 0 ? r : import_begin(&i->import, &cfg, TABLE_PEOPLE, i->table, problems);
	while (r == 0)
		r = import_step(i->import, ROWS_A_STEP);
	if (r >= 0 && import_count(i->import, IMPORT_REFUSED) > 0) {
		log_event(LOG_ERROR, "past.rows_refused n=%zu", import_count(i->import, IMPORT_REFUSED));
		return -EPROTO;
	}
	return MIN(r, 0);
}

static int name_act(const struct importing *i, struct changes *c)
{
	const struct directory *d = world_server(i->world)->directory;
	const struct person *p = directory_person(d, i->who.person);
	char detail[160];
	struct act act = { .account = i->who.account, .person = i->who.person, .org = i->org, .detail = detail };
	int r = may(d, &i->who, ACT_IMPORT_RUN, target_org(i->org), world_now(i->world).wall_us, &act.grant);

	if (r < 0)
		return r;
	snprintf(act.name, sizeof(act.name), "%s", act_kind_name(ACT_IMPORT_RUN));
	snprintf(act.actor, sizeof(act.actor), "%s", p ? p->pseudonym : "");
	snprintf(detail, sizeof(detail), "{\"kind\":\"people\",\"added\":%zu,\"changed\":%zu,\"same\":%zu,\"refused\":0}", import_count(i->import, IMPORT_ADDED),
	         import_count(i->import, IMPORT_CHANGED), import_count(i->import, IMPORT_SAME));
	return changes_set_act(c, &act);
}

static void end(struct importing *i, int error)
{
	i->error = error;
	i->over = true;
}

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	(void)s;
	(void)sequence;
	end(*(struct importing *const *)data, error);
}

/* In its turn: the directory does not change between the plan and the posting. */
static void begin(struct server *s, const void *data)
{
	struct importing *i = *(struct importing *const *)data;
	struct changes *c = NULL;
	int r = plan(i);

	if (r == 0)
		c = import_take_changes(i->import);
	if (c)
		r = name_act(i, c);
	if (r == 0)
		r = acts_post(s, c, on_written, &i, sizeof(i));
	else
		changes_destroy(c);
	if (r == 0)
		return;
	end(i, r);
	acts_pass(s);
}

static bool is_over(const void *user)
{
	return ((const struct importing *)user)->over;
}

int world_import(struct world *w, int64_t account, int64_t org, const char *text, size_t len)
{
	struct importing i = { .text = text, .len = len, .world = w, .who = principal_of(world_server(w)->directory, account), .org = org }, *self = &i;
	int r = acts_enqueue(world_server(w), begin, &self, sizeof(self));

	if (r == 0)
		r = world_wait(w, is_over, &i);
	import_end(i.import);
	table_destroy(i.table);
	return r < 0 ? r : i.error;
}
