/* See absentees.h. */
#include "signaling/absentees.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "media/base/log.h"
#include "signaling/acts.h"
#include "signaling/look_board.h"
#include "signaling/notices.h"
#include "signaling/server.h"

/* What one organisation above sites is told. */
struct superior {
	int64_t org;
	struct org_notice notice;
	UT_hash_handle hh;
};

struct noting {
	struct server *server;
	struct sitting *sitting;
	struct changes *changes;        /* owned */
	struct superior *superiors;     /* owned */
	int64_t sites, absent, expected;        /* sites that lack somebody; over all of them */
};

static struct superior *need_superior(struct noting *n, int64_t org)
{
	struct superior *s;

	HASH_FIND(hh, n->superiors, &org, sizeof(org), s);
	if (s)
		return s;
	s = mem_zalloc(sizeof(*s));
	if (!s)
		return NULL;
	s->org = org;
	s->notice = (struct org_notice){ .org = org, .kind = ORG_NOTICE_ABSENTEES_BELOW, .class = n->sitting->number };
	HASH_ADD(hh, n->superiors, org, sizeof(s->org), s);
	return HASH_ADDED(hh, s) ? s : mem_free(s);
}

/* Where it ends: at whoever holds the class, or right above the site where that is not above it. */
static int64_t highest_above(const struct noting *n, const struct org *site)
{
	int64_t holder = class_plan(n->sitting->class)->org;

	return site->id != holder && directory_is_below(n->server->directory, site->id, holder) ? holder : site->parent;
}

static int tell_superiors(struct noting *n, const struct org *site, const struct org_notice *of_site)
{
	const struct org *o = site;
	int64_t highest = highest_above(n, site);

	for (unsigned i = 0; o && o->parent && i < ORG_DEPTH_MAX; i++) {
		struct superior *s = need_superior(n, o->parent);

		if (!s)
			return -ENOMEM;
		s->notice.sites++;
		s->notice.absent += of_site->absent;
		s->notice.unproved += of_site->unproved;
		s->notice.expected += of_site->expected;
		if (o->parent == highest)
			break;
		o = directory_org(n->server->directory, o->parent);
	}
	return 0;
}

static void add_event(struct noting *n, const struct org_notice *row)
{
	char payload[128];

	snprintf(payload, sizeof(payload), "{\"site\":%" PRId64 ",\"absent\":%" PRId64 ",\"unproved\":%" PRId64 ",\"expected\":%" PRId64 "}", row->site, row->absent, row->unproved,
	         row->expected);
	changes_event(n->changes, EVENT_ABSENTEES_NOTED, class_room(n->sitting->class), "", payload);
}

static int note_site(struct noting *n, const struct look_row *r)
{
	const struct class_count *c = &r->now_site.count;
	const struct org *site = directory_org(n->server->directory, r->site);
	struct org_notice notice = { .org = r->site, .kind = ORG_NOTICE_ABSENTEES, .class = n->sitting->number, .site = r->site, .unproved = (int64_t)c->unproved, .expected = (int64_t)c->expected };

	notice.absent = notice.expected - (int64_t)MIN(c->arrived, c->expected);
	n->expected += notice.expected;
	if (notice.absent == 0)
		return 0;
	n->sites++;
	n->absent += notice.absent;
	add_event(n, &notice);
	notice_add(n->server, n->changes, notice);
	return site ? tell_superiors(n, site, &notice) : 0;
}

/* That nobody is missing anywhere is noted, too: it is not looked at again. */
static void note_none(struct noting *n)
{
	struct org_notice none = { .expected = n->expected };

	add_event(n, &none);
}

static int fill(struct noting *n, const struct look_board *b)
{
	struct act act = { .name = "class.absentees", .org = class_plan(n->sitting->class)->org };
	char detail[96];
	int r = 0;

	for (const struct look_row *row = b->sites.hash; r == 0 && row; row = row->hh.next)
		r = note_site(n, row);
	if (n->sites == 0)
		note_none(n);
	for (const struct superior *s = n->superiors; s; s = s->hh.next)
		notice_add(n->server, n->changes, s->notice);
	snprintf(detail, sizeof(detail), "{\"class\":%" PRId64 ",\"sites\":%" PRId64 ",\"absent\":%" PRId64 "}", n->sitting->number, n->sites, n->absent);
	act.detail = detail;
	return r < 0 ? r : changes_set_act(n->changes, &act);
}

static struct changes *make_changes(struct server *s, struct sitting *t)
{
	struct noting n = { .server = s, .sitting = t, .changes = changes_new() };
	const struct look_board *b = look_board_refresh(s, class_room(t->class));
	struct superior *superior, *next;
	int r = n.changes && b ? fill(&n, b) : -ENOMEM;

	HASH_ITER(hh, n.superiors, superior, next) {
		HASH_DEL(n.superiors, superior);
		mem_free(superior);
	}
	return r < 0 ? changes_destroy(n.changes) : n.changes;
}

static void on_written(struct server *s, const void *data, int64_t sequence, int error)
{
	const int64_t *class = data;
	struct sitting *t = sitting_find(s, *class);

	(void)sequence;
	if (t)
		t->noting_absentees = false;
	if (error)
		log_event(LOG_WARNING, "class.absentees_not_noted class=%" PRId64 " err=%d", *class, error);
}

static bool is_due(const struct sitting *t, int64_t now_us)
{
	enum class_state state = class_state(t->class);
	int64_t after_us = t->server->config->absentees_after_s * 1000000LL;

	return (state == CLASS_OPEN || state == CLASS_PAUSED) && !class_absentees_noted(t->class) && now_us - class_opened_us(t->class) >= after_us;
}

static void begin(struct server *s, const void *data)
{
	const int64_t *class = data;
	struct sitting *t = sitting_find(s, *class);
	struct changes *c = t && is_due(t, server_now().wall_us) ? make_changes(s, t) : NULL;

	if (c && acts_post(s, c, on_written, class, sizeof(*class)) == 0)
		return;
	if (t)
		t->noting_absentees = false;    /* it is tried again, if it is due */
	acts_pass(s);
}

void absentees_on_second(struct sitting *t, struct instant now)
{
	if (t->noting_absentees || !is_due(t, now.wall_us) || !server_records(t->server))
		return;
	t->noting_absentees = acts_enqueue(t->server, begin, &t->number, sizeof(t->number)) == 0;
}
