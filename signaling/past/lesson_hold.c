/* What happens in the room of a class of the past, in order of time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classroom/room_floor.h"
#include "media/base/hash.h"
#include "media/base/log.h"
#include "signaling/audit_note.h"
#include "signaling/client.h"
#include "signaling/expert.h"
#include "signaling/meeting.h"
#include "signaling/past_chance.h"
#include "signaling/past_lesson.h"
#include "signaling/server.h"
#include "signaling/sitting.h"
#include "signaling/sitting_clock.h"
#include "signaling/sitting_rule.h"

#define SECOND_US 1000000LL
#define ALIVE_US (25 * SECOND_US)       /* a hole of half a minute is bridged (attendance/interval.h) */
#define CHECK_SPAN_US (90 * SECOND_US)
#define TURN_S 90                       /* of a site that has the floor */
#define LATE_US (5 * WORLD_MINUTE_US)
#define EARLY_US (15 * WORLD_MINUTE_US) /* the host is there before the start */
#define CHECKS_MAX 4

enum deed {
	DEED_ALIVE, DEED_HOST_COMES, DEED_EXPERT_COMES, DEED_SITE_COMES, DEED_OPEN, DEED_SIGN_IN, DEED_SIGN_OUT, DEED_ASK, DEED_ANSWER, DEED_HAND, DEED_FLOOR, DEED_SPEAK, DEED_CLOSE, DEED_GO,
};

struct step {
	int64_t at_us;
	uint32_t order;                 /* of steps at one moment */
	enum deed deed;
	int64_t who;                    /* site, or person */
	uint32_t ask;
};

/* A site in it. */
struct place {
	int64_t site, account;
	int64_t comes_us;               /* 0: does not */
	char seat[SEAT_ID_BYTES];       /* "" not there */
	bool phones;                    /* its members sign in by the code on its screen, else the delegate marks them */
	UT_hash_handle hh;
};

struct play {
	struct world *world;
	struct server *server;
	const struct lesson *lesson;
	struct sitting *sitting;
	struct meeting *meeting;
	struct place *places;           /* owned, by site */
	char host[SEAT_ID_BYTES], expert[SEAT_ID_BYTES];
	int64_t open_us, close_us;
	int64_t late;                   /* person */
	struct step *steps;             /* owned */
	size_t n, size;
	int error;
};

/* ---- the order of things ---- */

static void add(struct play *p, int64_t at_us, enum deed deed, int64_t who, uint32_t ask)
{
	if (p->n == p->size) {
		size_t size = p->size ? 2 * p->size : 1024;
		struct step *steps = mem_calloc(size, sizeof(*steps));

		if (!steps) {
			p->error = -ENOMEM;
			return;
		}
		if (p->n)
			memcpy(steps, p->steps, p->n * sizeof(*steps));
		mem_free(p->steps);
		p->steps = steps;
		p->size = size;
	}
	p->steps[p->n] = (struct step){ .at_us = at_us, .order = (uint32_t)p->n, .deed = deed, .who = who, .ask = ask };
	p->n++;
}

static int compare_steps(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int64_t asked_us(const struct play *p, uint32_t ask)
{
	return p->open_us + (p->close_us - p->open_us) * (2 * (int64_t)ask - 1) / (2 * (p->lesson->plot->checks + 1));
}

static int64_t voted_us(const struct play *p)
{
	return p->close_us - 12 * WORLD_MINUTE_US;
}

/* Whether the ask is the vote, which comes behind the checks. */
static bool is_vote(const struct play *p, uint32_t ask)
{
	return ask > p->lesson->plot->checks;
}

static uint32_t n_asks(const struct play *p)
{
	return p->lesson->plot->checks + (p->lesson->plot->question != NULL);
}

static void plan_answers(struct play *p, int64_t person, int64_t from_us, int64_t to_us)
{
	for (uint32_t ask = 1; ask <= n_asks(p); ask++) {
		int64_t at_us = (is_vote(p, ask) ? voted_us(p) : asked_us(p, ask)) + (4 + chance_below(p->lesson->number, person, CHANCE_CHECK + 16 * ask, 70)) * SECOND_US;

		if (at_us > from_us && at_us < to_us && chance_below(p->lesson->number, person, CHANCE_CHECK + 16 * ask + 8, 100) < 96)
			add(p, at_us, DEED_ANSWER, person, ask);
	}
}

/* When somebody comes, and how long that one stays. */
static void plan_person(struct play *p, const struct place *at, const struct person *who)
{
	int64_t number = p->lesson->number, from_us, to_us = p->close_us;
	bool late = who->id == p->late || chance_below(number, who->id, CHANCE_LATE, 100) < 4;

	if (who->id != p->late && chance_below(number, who->id, CHANCE_COMES, 100) >= p->lesson->plot->attendance && !who->account)
		return;
	from_us = p->open_us - 8 * WORLD_MINUTE_US + chance_below(number, who->id, CHANCE_ARRIVES, 720) * SECOND_US;
	if (late)
		from_us = p->open_us + (who->id == p->late ? 21 : 6 + chance_below(number, who->id, CHANCE_ARRIVES, 18)) * WORLD_MINUTE_US;
	from_us = MAX(from_us, at->comes_us + (10 + chance_below(number, who->id, CHANCE_ARRIVES, 90)) * SECOND_US);
	if (chance_below(number, who->id, CHANCE_GOES, 100) < 2 && !who->account)
		to_us -= (p->close_us - p->open_us) * (20 + chance_below(number, who->id, CHANCE_ARRIVES, 40)) / 100;
	add(p, from_us, DEED_SIGN_IN, who->id, 0);
	if (to_us < p->close_us)
		add(p, to_us, DEED_SIGN_OUT, who->id, 0);
	plan_answers(p, who->id, from_us, to_us);
}

static void plan_people(struct play *p)
{
	for (const struct class_person *c = NULL; (c = class_next_person(p->sitting->class, c));) {
		const struct person *who = directory_pseudonym(p->server->directory, c->id);
		struct place *at;

		HASH_FIND(hh, p->places, &c->home, sizeof(c->home), at);
		if (who && at && at->comes_us && c->leave != CLASS_LEAVE_GRANTED)
			plan_person(p, at, who);
	}
}

static int add_place(struct play *p, const struct account *a)
{
	int64_t number = p->lesson->number, start_us = p->lesson->start_us;
	const struct class_site *s = class_site(p->sitting->class, a->org);
	struct place *at = mem_zalloc(sizeof(*at));

	if (!at)
		return -ENOMEM;
	at->site = a->org;
	at->account = a->id;
	at->phones = chance_below(number, a->org, CHANCE_DELEGATE, 10) < 7;
	if (s->answer == SITE_ACCEPTED && chance_below(number, a->org, CHANCE_SITE_LATE, 50) == 0)
		at->comes_us = start_us + (3 + chance_below(number, a->org, CHANCE_SITE_ARRIVES, 5)) * WORLD_MINUTE_US;
	else if (s->answer == SITE_ACCEPTED)
		at->comes_us = start_us - (90 + chance_below(number, a->org, CHANCE_SITE_ARRIVES, 650)) * SECOND_US;
	HASH_ADD(hh, p->places, site, sizeof(at->site), at);
	if (!HASH_ADDED(hh, at)) {
		mem_free(at);
		return -ENOMEM;
	}
	if (at->comes_us)
		add(p, at->comes_us, DEED_SITE_COMES, at->site, 0);
	return 0;
}

static int plan_places(struct play *p)
{
	const struct account *a = NULL;
	int r = 0;

	while (r == 0 && (a = directory_next_account(p->server->directory, a)))
		if (!a->person && class_site(p->sitting->class, a->org))
			r = add_place(p, a);
	return r;
}

/* The first two sites that came have something to say. */
static void plan_speakers(struct play *p)
{
	int64_t at_us = p->open_us + (p->close_us - p->open_us) * 6 / 10;
	unsigned n = 0;

	for (const struct place *s = p->places; s && n < 2; s = s->hh.next) {
		if (!s->comes_us || s->comes_us > p->open_us)
			continue;
		add(p, at_us - 40 * SECOND_US, DEED_HAND, s->site, 0);
		add(p, at_us, DEED_FLOOR, s->site, 0);
		add(p, at_us + 3 * SECOND_US, DEED_SPEAK, s->site, 0);
		at_us += (TURN_S + 30) * SECOND_US;
		n++;
	}
}

static void plan_room(struct play *p)
{
	add(p, p->lesson->start_us - EARLY_US, DEED_HOST_COMES, 0, 0);
	if (p->lesson->plot->expert)
		add(p, p->lesson->start_us - EARLY_US / 2, DEED_EXPERT_COMES, 0, 0);
	add(p, p->open_us, DEED_OPEN, 0, 0);
	for (uint32_t ask = 1; ask <= n_asks(p); ask++)
		add(p, is_vote(p, ask) ? voted_us(p) : asked_us(p, ask), DEED_ASK, 0, ask);
	add(p, p->close_us, DEED_CLOSE, 0, 0);
	add(p, p->close_us + 2 * WORLD_MINUTE_US, DEED_GO, 0, 0);
	for (int64_t at_us = p->lesson->start_us - EARLY_US; at_us < p->close_us + 2 * WORLD_MINUTE_US; at_us += ALIVE_US)
		add(p, at_us + SECOND_US / 2, DEED_ALIVE, 0, 0);
}

/* ---- what they do ---- */

static int said(enum verdict v, const char *what)
{
	if (v == VERDICT_OK)
		return 0;
	log_event(LOG_ERROR, "past.room_refused act=%s verdict=%d", what, (int)v);
	return -EPROTO;
}

static int come(struct play *p, struct join *join, char ret_seat[SEAT_ID_BYTES])
{
	struct joined joined;
	int r = said(room_join(p->meeting->room, world_now(p->world), join, &joined), "join");

	if (r == 0)
		snprintf(ret_seat, SEAT_ID_BYTES, "%s", joined.seat->id);
	return r;
}

static int account_comes(struct play *p, int64_t account, char ret_seat[SEAT_ID_BYTES])
{
	const struct directory *d = p->server->directory;
	const struct account *a = directory_account(d, account);
	const struct person *who = directory_person(d, a->person);
	char key[SEAT_KEY_BYTES], org[SEAT_ORG_BYTES];
	struct join join = { .key = key, .name = a->name, .org = org, .kind = SEAT_BROWSER, .camera = true, .site = who ? 0 : a->org, .person = who ? who->pseudonym : NULL, .mic = who != NULL };

	if (!sitting_role(p->sitting, account, &join.granted))
		return -EPROTO;
	client_write_account_key(key, account);
	directory_account_org(d, a, org, sizeof(org));
	for (const struct org *o = directory_org(d, who ? who->main_org : a->org); o && join.n_orgs < SEAT_ORGS_MAX; o = directory_org(d, o->parent))
		join.orgs[join.n_orgs++] = o->id;
	return come(p, &join, ret_seat);
}

static int expert_comes(struct play *p)
{
	size_t n;
	const struct class_expert *e = class_experts(p->sitting->class, &n);
	char key[SEAT_KEY_BYTES], seat[EXPERT_SEAT_BYTES];
	struct join join = { .key = key, .org = "", .kind = SEAT_BROWSER, .granted = ROLE_PRESENTER, .by_link = true, .mic = true, .camera = true };

	if (n == 0)
		return -EPROTO;
	class_expert_seat(seat, e->number);
	snprintf(key, sizeof(key), "seat:%s", seat);
	join.name = e->name;
	return come(p, &join, p->expert);
}

static void note(struct play *p, const char *act)
{
	audit_note_room(p->server, act, p->lesson->host, p->meeting->id, NULL, "");
}

static int write_class(struct play *p, enum event_kind kind, const char *act)
{
	int r = sitting_write(p->sitting, world_now(p->world), kind, p->host, "", json_object(), 0);

	if (r == 0)
		note(p, act);
	return r;
}

static int open_class(struct play *p)
{
	struct instant now = world_now(p->world);
	int r = class_may_open(p->sitting->class, now.wall_us) == CLASS_FINE ? sitting_freeze(p->sitting, now) : -EPROTO;

	if (r == 0)
		r = sitting_choose_rules(p->sitting, now);
	return r < 0 ? r : write_class(p, EVENT_CLASS_OPENED, "class.open");
}

static struct place *place_of(struct play *p, const struct class_person *c)
{
	struct place *at;

	HASH_FIND(hh, p->places, &c->home, sizeof(c->home), at);
	return at;
}

static const struct class_person *person_of(const struct play *p, int64_t id)
{
	const struct person *who = directory_person(p->server->directory, id);

	return who ? class_person(p->sitting->class, who->pseudonym) : NULL;
}

static bool by_phone(const struct play *p, const struct place *at, int64_t person)
{
	const struct person *who = directory_person(p->server->directory, person);

	return (who && who->account) || (at->phones && chance_below(p->lesson->number, person, CHANCE_DELEGATE, 10) < 8);
}

static int sign_in(struct play *p, int64_t person)
{
	const struct class_person *c = person_of(p, person);
	const struct place *at = c ? place_of(p, c) : NULL;
	struct instant now = world_now(p->world);
	bool phone = at && by_phone(p, at, person), late = class_opened_us(p->sitting->class) && now.wall_us - class_opened_us(p->sitting->class) > LATE_US;

	if (!at || !*at->seat)
		return -EPROTO;
	if (phone)
		return sitting_write(p->sitting, now, EVENT_PERSON_SIGNED_IN, "", c->id,
		                     json_pack("{s:s, s:I, s:s, s:s, s:b}", "person", c->id, "site", (json_int_t)at->site, "grade", proof_grade_name(PROOF_QR), "by", "person", "shared", false), 0);
	return sitting_write(p->sitting, now, EVENT_PERSON_SIGNED_IN, at->seat, "",
	                     json_pack("{s:s, s:I, s:s, s:s, s:s, s:b, s:b}", "person", c->id, "site", (json_int_t)at->site, "grade", proof_grade_name(PROOF_DELEGATE), "by", "seat", "seat",
	                               at->seat, "late", late, "together", false), 0);
}

static int sign_out(struct play *p, int64_t person)
{
	const struct class_person *c = person_of(p, person);

	return !c || !c->site ? 0 : sitting_write(p->sitting, world_now(p->world), EVENT_PERSON_SIGNED_OUT, "", c->id,
	                                          json_pack("{s:s, s:I, s:s}", "person", c->id, "site", (json_int_t)c->site, "by", "person"), 0);
}

static int ask(struct play *p, uint32_t number)
{
	const struct lesson_plot *plot = p->lesson->plot;
	struct ask_spec spec = { .kind = is_vote(p, number) ? ASK_VOTE : ASK_CHECK, .audience = ASK_PERSONS, .prompt = is_vote(p, number) ? plot->question : "" };
	const struct actor by = { ACTOR_SEAT, p->host };
	uint32_t id;

	while (is_vote(p, number) && spec.n_options < LESSON_OPTIONS_MAX && plot->options[spec.n_options]) {
		spec.options[spec.n_options] = plot->options[spec.n_options];
		spec.n_options++;
	}
	if (asks_open(p->sitting->asks, world_now(p->world), &by, &spec, CHECK_SPAN_US, 0, &id) != ASK_TAKEN || id != number)
		return -EPROTO;
	if (spec.kind == ASK_CHECK)
		check_plan_opened(&p->sitting->checks, class_taught_us(p->sitting->class, world_now(p->world).wall_us), 0);
	note(p, "ask.open");
	return 0;
}

/* Most take the first option. */
static uint32_t choose(const struct play *p, uint32_t ask, int64_t person)
{
	unsigned n = asks_get(p->sitting->asks, ask)->spec.n_options;

	return n == 0 ? 0 : 1u << (chance_below(p->lesson->number, person, CHANCE_OPTION, 10) < 7 ? 0 : chance_below(p->lesson->number, person, CHANCE_OPTION + 1, n));
}

static int answer(struct play *p, int64_t person, uint32_t ask)
{
	const struct class_person *c = person_of(p, person);
	const struct place *at = c && c->site ? place_of(p, c) : NULL;
	struct ask_answer a = { .ask = ask };
	enum ask_verdict v;

	if (!at || !asks_get(p->sitting->asks, ask))
		return 0;
	a.person = c->id;
	a.choice = choose(p, ask, person);
	a.grade = c->grade;
	a.by = by_phone(p, at, person) ? (struct actor){ ACTOR_PERSON, c->id } : (struct actor){ ACTOR_SEAT, at->seat };
	a.site = a.by.by == ACTOR_SEAT ? at->site : 0;
	v = asks_answer(p->sitting->asks, world_now(p->world), &a);
	return v == ASK_TAKEN || v == ASK_LATE ? 0 : -EPROTO;
}

static int speak(struct play *p, int64_t site, enum deed deed)
{
	struct instant now = world_now(p->world);
	struct room *room = p->meeting->room;
	struct place *at;

	HASH_FIND(hh, p->places, &site, sizeof(site), at);
	if (deed == DEED_HAND)
		return said(room_raise_hand(room, now, at->seat, NULL), "hand");
	if (deed == DEED_FLOOR)
		return said(room_give_floor(room, now, p->host, at->seat, TURN_S), "floor");
	return said(room_source_set(room, now, at->seat, SEAT_MIC, true), "speak");
}

static bool is_noted(const void *user)
{
	return !((const struct sitting *)user)->noting_absentees;
}

/* Whoever is there is alive; turns that are over end. Who is missing is noted while the class is open, so that the class waits for the disk here. */
static int live(struct play *p)
{
	const char *seats[1024];
	size_t n = 0;
	int r;

	if (*p->host)
		seats[n++] = p->host;
	if (*p->expert)
		seats[n++] = p->expert;
	for (const struct place *s = p->places; s && n < ARRAY_LEN(seats); s = s->hh.next)
		if (*s->seat)
			seats[n++] = s->seat;
	room_tick(p->meeting->room, world_now(p->world));
	world_tick(p->world);
	r = world_wait(p->world, is_noted, p->sitting);
	return r < 0 ? r : room_alive(p->meeting->room, world_now(p->world), seats, n);
}

static int go(struct play *p)
{
	struct instant now = world_now(p->world);

	for (struct place *s = p->places; s; s = s->hh.next)
		if (*s->seat)
			room_leave(p->meeting->room, now, s->seat, LEAVE_LEFT);
	if (*p->expert)
		room_leave(p->meeting->room, now, p->expert, LEAVE_LEFT);
	room_leave(p->meeting->room, now, p->host, LEAVE_LEFT);
	return 0;
}

static int site_comes(struct play *p, int64_t site)
{
	struct place *at;

	HASH_FIND(hh, p->places, &site, sizeof(site), at);
	return account_comes(p, at->account, at->seat);
}

static int take_step(struct play *p, const struct step *s)
{
	world_go(p->world, s->at_us);
	switch (s->deed) {
	case DEED_ALIVE: return live(p);
	case DEED_HOST_COMES: return account_comes(p, p->lesson->host, p->host);
	case DEED_EXPERT_COMES: return expert_comes(p);
	case DEED_SITE_COMES: return site_comes(p, s->who);
	case DEED_OPEN: return open_class(p);
	case DEED_SIGN_IN: return sign_in(p, s->who);
	case DEED_SIGN_OUT: return sign_out(p, s->who);
	case DEED_ASK: return ask(p, s->ask);
	case DEED_ANSWER: return answer(p, s->who, s->ask);
	case DEED_HAND:
	case DEED_FLOOR:
	case DEED_SPEAK: return speak(p, s->who, s->deed);
	case DEED_CLOSE: return write_class(p, EVENT_CLASS_CLOSED, "class.close");
	case DEED_GO: return go(p);
	}
	return -EINVAL;
}

/* ---- all of it ---- */

static bool is_frozen(const void *user)
{
	const struct sitting *t = user;

	return class_roster(t->class) > 0;
}

static bool is_written(const void *user)
{
	const struct sitting *t = user;

	return class_absentees_noted(t->class) && class_has_result(t->class) && class_minutes(t->class) > 0;
}

/* The roster is what steps are made of: it freezes as the clock says so. */
static int prepare(struct play *p)
{
	const struct account *late = p->lesson->late_login ? directory_login(p->server->directory, p->lesson->late_login) : NULL;
	int r;

	p->open_us = p->lesson->start_us + (20 + chance_below(p->lesson->number, 0, CHANCE_LATE, 90)) * SECOND_US;
	p->close_us = p->lesson->end_us + chance_below(p->lesson->number, 0, CHANCE_GOES, 240) * SECOND_US;
	p->late = late ? late->person : 0;
	plan_room(p);
	r = plan_places(p);
	if (r < 0)
		return r;
	plan_speakers(p);
	qsort(p->steps, p->n, sizeof(*p->steps), compare_steps);
	return p->error;
}

/* Up to the freezing; from there on with the people of the roster. */
static int play(struct play *p)
{
	int64_t freezes_us = p->lesson->start_us - ROSTER_FREEZES_US;
	size_t i = 0;
	int r = prepare(p);

	for (; r == 0 && i < p->n && p->steps[i].at_us < freezes_us; i++)
		r = take_step(p, &p->steps[i]);
	world_go(p->world, freezes_us);
	if (r == 0)
		r = world_wait(p->world, is_frozen, p->sitting);
	if (r == 0)
		plan_people(p);
	if (r < 0 || p->error)
		return r < 0 ? r : p->error;
	qsort(p->steps + i, p->n - i, sizeof(*p->steps), compare_steps);
	for (; r == 0 && i < p->n; i++)
		r = take_step(p, &p->steps[i]);
	if (r < 0)
		log_event(LOG_ERROR, "past.step class=%lld deed=%d err=%d", (long long)p->lesson->number, (int)p->steps[i - 1].deed, r);
	return r < 0 ? r : world_wait(p->world, is_written, p->sitting);
}

int lesson_hold(struct world *w, const struct lesson *l)
{
	struct play p = { .world = w, .server = world_server(w), .lesson = l, .sitting = sitting_find(world_server(w), l->number) };
	struct place *s, *next;
	char room[ROOM_ID_BYTES];
	int r;

	snprintf(room, sizeof(room), "class-%lld", (long long)l->number);
	p.meeting = server_find_meeting(p.server, room);
	r = p.sitting && p.meeting ? play(&p) : -EPROTO;
	HASH_ITER(hh, p.places, s, next) {
		HASH_DEL(p.places, s);
		mem_free(s);
	}
	mem_free(p.steps);
	return r;
}
