/* What person_presence.c folds the events into, and person_presence_count.c counts. Of those two files only. */
#ifndef HUITANG_ATTENDANCE_PERSON_PRESENCE_STATE_H
#define HUITANG_ATTENDANCE_PERSON_PRESENCE_STATE_H

#include "attendance/interval.h"
#include "attendance/person_presence.h"

/* Things by id: pseudonyms, seats. */
struct named {
	char id[SEAT_ID_BYTES];
};

struct names {
	struct named **list;            /* owned, in order of id */
	size_t n, max;
};

struct proof {
	int64_t row, at_us;
};

/* At one site, from a sign-in on. */
struct site_span {
	int64_t site;
	struct span span;
};

struct sent_check {
	size_t ask;
	bool met;
};

/* One pseudonym, before twins are made one. */
struct person_line {
	struct named name;
	int64_t site;                   /* signed in there now; 0: nowhere */
	int64_t since_us;
	enum sign_in_grade grade;
	struct site_span *spans;        /* owned; those that have ended */
	size_t n_spans, max_spans;
	struct sign_in *sign_ins;       /* owned */
	size_t n_sign_ins, max_sign_ins;
	struct proof *proofs;           /* owned, in order of rows */
	size_t n_proofs, max_proofs;
	struct sent_check *checks;      /* owned */
	size_t n_checks, max_checks;
};

/* What the joins of a seat said. */
struct seat_place {
	struct named name;
	int64_t site;                   /* 0: none */
	struct person_line *person;     /* NULL: none */
};

struct class_ask {
	int64_t id, row, opened_us;
	bool check, open;
	bool stopped;                   /* the server stopped while it was open, or the class was closed */
};

struct member;

/* What person_presence_persons() gave. */
struct counted {
	struct present_person *persons; /* owned, n, with their lists */
	struct member *members;         /* owned: where their ids stand */
	size_t n;
};

struct person_presence {
	char room[ROOM_ID_BYTES];
	struct presence *seats;         /* owned */
	struct names lines, places;     /* of struct person_line, struct seat_place; owned */
	struct class_ask *asks;         /* owned, in order of rows */
	size_t n_asks, max_asks;
	struct spans gaps, pauses;
	int64_t row, now_us;
	int64_t opened_us, closed_us, paused_us;        /* 0: not */
	struct counted counted;
	struct spans window;            /* what person_presence_window() gave */
};

/** Where `id` is or would be. */
size_t names_index(const struct names *names, const char *id);
void *names_find(const struct names *names, const char *id);

/** Room for one element more of `size`. Errors: -ENOMEM. */
int grow_list(void *list, size_t *max, size_t n, size_t size);

void counted_done(struct counted *c);

#endif
