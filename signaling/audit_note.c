/* See audit_note.h. */
#include "media/base/hash.h"
#include "signaling/audit_note.h"

#include <stdio.h>
#include <string.h>

#include "classroom/class.h"
#include "media/base/clock.h"
#include "media/base/log.h"
#include "media/base/mem.h"
#include "signaling/acts.h"
#include "signaling/look_tell.h"
#include "signaling/room_right.h"
#include "signaling/server.h"

#define HOUR_US (3600LL * 1000000)
#define NOTES_MAX 50000                 /* in one hour; further ones are written without being remembered */
#define DETAIL_BYTES 128

struct noted {
	struct audit_note key;
	UT_hash_handle hh;
};

static_assert(sizeof(struct audit_note) <= ACT_DATA_BYTES, "an act's data");

void audit_notes_drop(struct server *s)
{
	struct noted *n, *next;

	HASH_ITER(hh, s->noted, n, next) {
		HASH_DEL(s->noted, n);
		mem_free(n);
	}
}

/* The grant by which it was seen; 0: an own matter, or the class's. */
static int64_t find_grant(struct server *s, const struct principal *who, const struct audit_note *note)
{
	int64_t now_us = clock_wall_us(), grant = 0;
	const char *name;

	for (enum act_kind act = 0; act < ACTS; act++) {
		name = act_kind_name(act);
		if (strcmp(name, note->act) == 0)
			may(s->directory, who, act, note->subject ? target_person(note->subject) : target_org(note->org), now_us, &grant);
	}
	return grant;
}

/* Words of ours alone: nothing in them is to be escaped. */
static void write_detail(char ret[DETAIL_BYTES], const struct audit_note *note)
{
	char class[40] = "";

	if (note->class)
		snprintf(class, sizeof(class), "\"class\":%lld", (long long)note->class);
	if (*note->seen || *note->after)
		snprintf(ret, DETAIL_BYTES, "{\"%s\":\"%s\"%s%s}", *note->seen ? "seen" : "after", *note->seen ? note->seen : note->after, *class ? "," : "", class);
	else
		snprintf(ret, DETAIL_BYTES, "{%s}", class);
}

static struct changes *make_changes(struct server *s, const struct audit_note *note)
{
	struct principal who = principal_of(s->directory, note->account);
	struct act act = act_by(s->directory, directory_account(s->directory, note->account), note->act);
	char detail[DETAIL_BYTES];

	write_detail(detail, note);
	act.grant = find_grant(s, &who, note);
	act.org = note->org;
	act.subject = note->subject;
	act.detail = detail;
	return changes_new_act(&act);
}

static void done(struct server *s, const void *data, int64_t sequence, int error)
{
	(void)s;
	(void)data;
	(void)sequence;
	if (error)
		log_event(LOG_WARNING, "audit.not_noted err=%d", error);
}

void audit_note_post(struct server *s, struct changes *c)
{
	if (c && acts_post(s, c, done, "", 0) == 0)
		return;
	log_event(LOG_WARNING, "audit.not_noted");
	acts_pass(s);
}

static void begin(struct server *s, const void *data)
{
	audit_note_post(s, server_records(s) ? make_changes(s, data) : NULL);
}

static bool enqueue(struct server *s, const struct audit_note *note)
{
	bool enqueued = !s->closing && acts_enqueue(s, begin, note, sizeof(*note)) == 0;

	if (!enqueued && !s->closing)
		log_event(LOG_WARNING, "audit.not_noted");
	return enqueued;
}

static void remember(struct server *s, const struct audit_note *note)
{
	struct noted *n = HASH_COUNT(s->noted) < NOTES_MAX ? mem_zalloc(sizeof(*n)) : NULL;

	if (!n)
		return;
	n->key = *note;
	HASH_ADD(hh, s->noted, key, sizeof(n->key), n);
	if (!HASH_ADDED(hh, n))
		mem_free(n);
}

void audit_note(struct server *s, const struct audit_note *note)
{
	int64_t hour = clock_wall_us() / HOUR_US;
	struct noted *known;

	if (hour != s->noted_hour)
		audit_notes_drop(s);
	s->noted_hour = hour;
	HASH_FIND(hh, s->noted, note, sizeof(*note), known);
	if (!known && enqueue(s, note))
		remember(s, note);
}

void audit_note_session(struct server *s, const char *act, int64_t account)
{
	const struct account *a = directory_account(s->directory, account);
	struct audit_note note;

	if (!a)
		return;
	memset(&note, 0, sizeof(note));
	note.account = account;
	note.org = a->org;
	note.subject = a->person;
	snprintf(note.act, sizeof(note.act), "%s", act);
	enqueue(s, &note);
}

void audit_note_room(struct server *s, const char *act, int64_t account, const char *room, const char *seat, const char *after)
{
	struct room_place place = { 0 };
	struct audit_note note;

	if (!directory_account(s->directory, account) || !room_place(s, room, &place))
		return;
	memset(&note, 0, sizeof(note));
	note.account = account;
	note.org = place.org;
	note.class = class_number_of(room);
	if (seat)
		look_place(s, room, seat, &note.org, &note.subject);
	snprintf(note.act, sizeof(note.act), "%s", act);
	snprintf(note.after, sizeof(note.after), "%s", after);
	enqueue(s, &note);
}
