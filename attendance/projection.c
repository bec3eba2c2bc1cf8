/* See projection.h. */
#include "attendance/projection.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>

#include "attendance/appeal_index.h"
#include "attendance/credit_index.h"
#include "attendance/db.h"
#include "media/base/mem.h"

enum statement {
	OPEN_ROOM,
	END_ROOM,
	PLAN_CLASS,
	OPEN_CLASS,
	CLOSE_CLASS,
	SET_CLASS_STATE,
	INVITE_SITE,
	ANSWER_SITE,
	WRITE_FINDING,
	ANSWER_FINDING,
	N_STATEMENTS,
};

static const char *const statements[N_STATEMENTS] = {
	/* An opening of what is open already goes on with it: replay then begins where it first opened. */
	[OPEN_ROOM] = ("INSERT INTO room (id, title, epoch, opened_us, opened_sequence, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5, ?4)"
	              " ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch,"
	              " opened_us = iif(opened_us IS NOT NULL AND ended_us IS NULL, opened_us, excluded.opened_us),"
	              " opened_sequence = iif(opened_us IS NOT NULL AND ended_us IS NULL, opened_sequence, excluded.opened_sequence),"
	              " ended_us = NULL"),
	[END_ROOM] = "UPDATE room SET ended_us = ? WHERE id = ?",
	[PLAN_CLASS] = ("INSERT INTO class (room, org, title, kind, campaign, start_us, end_us, state, planned_sequence) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'planned', ?8)"
	               " ON CONFLICT (room) DO UPDATE SET org = excluded.org, title = excluded.title, kind = excluded.kind, campaign = excluded.campaign,"
	               " start_us = excluded.start_us, end_us = excluded.end_us, planned_sequence = excluded.planned_sequence"),
	[OPEN_CLASS] = "UPDATE class SET state = 'open', opened_us = ? WHERE room = ?",
	[CLOSE_CLASS] = "UPDATE class SET state = 'closed', closed_us = ? WHERE room = ?",
	[SET_CLASS_STATE] = "UPDATE class SET state = ? WHERE room = ?",
	[INVITE_SITE] = "INSERT INTO class_site (room, site, answer) VALUES (?, ?, '') ON CONFLICT (room, site) DO NOTHING",
	[WRITE_FINDING] = "INSERT INTO finding (id, class, number, site, org, author, look_us, written_us) VALUES (?, CAST(substr(?, 7) AS INTEGER), ?, ?, ?, ?, ?, ?)",
	[ANSWER_FINDING] = "UPDATE finding SET answer = ?, answered_us = ?, answerer = ? WHERE class = CAST(substr(?, 7) AS INTEGER) AND number = ? AND answer IS NULL",
	[ANSWER_SITE] = "UPDATE class_site SET answer = ? WHERE room = ? AND site = ?",
};

struct projection {
	sqlite3_stmt *st[N_STATEMENTS];         /* owned */
	struct credit_index *credit;            /* owned */
	struct appeal_index *appeals;           /* owned */
};

int projection_create(struct projection **ret, sqlite3 *db)
{
	CLEANUP(projection_destroyp) struct projection *p = mem_zalloc(sizeof(*p));
	int r = 0;

	if (!p)
		return -ENOMEM;
	for (int i = 0; i < N_STATEMENTS && r == 0; i++)
		r = db_prepare(db, &p->st[i], statements[i]);
	if (r == 0)
		r = credit_index_create(&p->credit, db);
	if (r == 0)
		r = appeal_index_create(&p->appeals, db);
	if (r < 0)
		return r;
	*ret = STEAL(p);
	return 0;
}

struct projection *projection_destroy(struct projection *p)
{
	if (!p)
		return NULL;
	for (int i = 0; i < N_STATEMENTS; i++)
		sqlite3_finalize(p->st[i]);
	credit_index_destroy(p->credit);
	appeal_index_destroy(p->appeals);
	return mem_free(p);
}

static int run(sqlite3_stmt *st, int bound)
{
	return bound < 0 ? bound : db_run(st);
}

static const char *text_of(const json_t *payload, const char *name)
{
	const char *text = json_string_value(json_object_get(payload, name));

	return text ? text : "";
}

static int64_t number_of(const json_t *payload, const char *name)
{
	return json_integer_value(json_object_get(payload, name));
}

static int open_room(struct projection *p, const struct event *ev, const json_t *payload, int64_t sequence)
{
	const char *title = text_of(payload, "title");
	sqlite3_stmt *st = p->st[OPEN_ROOM];

	return run(st, db_bind(st, "tttii", ev->room, *title ? title : ev->room, text_of(payload, "epoch"), ev->wall_us, sequence));
}

static int plan_class(struct projection *p, const struct event *ev, const json_t *payload, int64_t sequence)
{
	sqlite3_stmt *st = p->st[PLAN_CLASS];

	return run(st, db_bind(st, "titttiii", ev->room, number_of(payload, "org"), text_of(payload, "title"), text_of(payload, "kind"),
	                       text_of(payload, "campaign"), number_of(payload, "start_ms") * 1000, number_of(payload, "end_ms") * 1000, sequence));
}

static int invite_sites(struct projection *p, const struct event *ev, const json_t *payload)
{
	sqlite3_stmt *st = p->st[INVITE_SITE];
	const json_t *site;
	size_t i;
	int r = 0;

	json_array_foreach(json_object_get(payload, "sites"), i, site)
		if (r == 0)
			r = run(st, db_bind(st, "ti", ev->room, (int64_t)json_integer_value(site)));
	return r;
}

static int set_state(struct projection *p, const struct event *ev, const char *state)
{
	return run(p->st[SET_CLASS_STATE], db_bind(p->st[SET_CLASS_STATE], "tt", state, ev->room));
}

static int write_finding(struct projection *p, const struct event *ev, const json_t *payload, int64_t sequence)
{
	sqlite3_stmt *st = p->st[WRITE_FINDING];

	return run(st, db_bind(st, "itiiitii", sequence, ev->room, number_of(payload, "finding"), number_of(payload, "site"), number_of(payload, "org"), ev->actor,
	                       number_of(payload, "look_ms") * 1000, ev->wall_us));
}

static int answer_finding(struct projection *p, const struct event *ev, const json_t *payload, int64_t sequence)
{
	return run(p->st[ANSWER_FINDING], db_bind(p->st[ANSWER_FINDING], "iitti", sequence, ev->wall_us, ev->actor, ev->room, number_of(payload, "finding")));
}

static int project(struct projection *p, const struct event *ev, const json_t *payload, int64_t sequence)
{
	switch (ev->kind) {
	case EVENT_ROOM_OPENED:
		return open_room(p, ev, payload, sequence);
	case EVENT_ROOM_ENDED:
		return run(p->st[END_ROOM], db_bind(p->st[END_ROOM], "it", ev->wall_us, ev->room));
	case EVENT_CLASS_PLANNED:
		return plan_class(p, ev, payload, sequence);
	case EVENT_CLASS_CANCELLED:
		return set_state(p, ev, "cancelled");
	case EVENT_CLASS_OPENED:
		return run(p->st[OPEN_CLASS], db_bind(p->st[OPEN_CLASS], "it", ev->wall_us, ev->room));
	case EVENT_CLASS_CLOSED:
		return run(p->st[CLOSE_CLASS], db_bind(p->st[CLOSE_CLASS], "it", ev->wall_us, ev->room));
	case EVENT_MINUTES_SEALED:
		return set_state(p, ev, "sealed");
	case EVENT_SITES_INVITED:
		return invite_sites(p, ev, payload);
	case EVENT_SITE_ANSWERED:
		return run(p->st[ANSWER_SITE], db_bind(p->st[ANSWER_SITE], "tti", text_of(payload, "answer"), ev->room, number_of(payload, "site")));
	case EVENT_FINDING_WRITTEN:
		return write_finding(p, ev, payload, sequence);
	case EVENT_FINDING_ANSWERED:
		return answer_finding(p, ev, payload, sequence);
	case EVENT_RESULT:
	case EVENT_CREDIT_POSTED:
		return credit_index_event(p->credit, ev, payload, sequence);
	case EVENT_APPEAL_WRITTEN:
	case EVENT_APPEAL_DECIDED:
		return appeal_index_event(p->appeals, ev, payload, sequence);
	default:
		return 0;
	}
}

/* Kinds whose payload is not looked at are many, and come often. */
static bool is_projected(enum event_kind kind)
{
	return kind == EVENT_ROOM_OPENED || kind == EVENT_ROOM_ENDED || (kind >= EVENT_CLASS_PLANNED && kind <= EVENT_SITE_ANSWERED) ||
	       kind == EVENT_CLASS_OPENED || kind == EVENT_CLASS_CLOSED ||
	       kind == EVENT_FINDING_WRITTEN || kind == EVENT_FINDING_ANSWERED || (kind >= EVENT_RESULT && kind <= EVENT_APPEAL_DECIDED) || kind == EVENT_MINUTES_SEALED;
}

int projection_event(struct projection *p, const struct event *ev, int64_t sequence)
{
	json_t *payload;
	int r;

	if (!is_projected(ev->kind))
		return 0;
	payload = json_loads(ev->payload, 0, NULL);
	r = project(p, ev, payload, sequence);
	json_decref(payload);
	return r;
}
