/*
 * A class of many: sites whose PCs are paired and in its room, members who come by the code on a site's screen and their name, and members whom the site's
 * delegate marks. Requests of many go out together, so that they meet in the server. Everything ends with the scenario.
 */
#ifndef SCENARIO_THRONG_H
#define SCENARIO_THRONG_H

#include "tests/scenario/attendee.h"
#include "tests/scenario/office.h"

#define THRONG_SITES 200
#define THRONG_PHONES 8         /* of a site, at most */
#define THRONG_MARKED 8

struct throng_phone {
	struct seat *seat;              /* its socket; NULL while it is gone */
	const char *claim;              /* whose it is: by the name that was typed */
	json_int_t person;
};

struct throng_site {
	json_int_t id;
	const char *cookie;             /* of the paired PC */
	struct seat *seat;
	const char *claim;              /* of the code on its screen; nobody's yet */
	struct throng_phone phones[THRONG_PHONES];
	json_int_t marked[THRONG_MARKED];       /* persons; 0 none */
	unsigned n_phones, n_marked;
};

struct throng {
	struct office admin;
	struct loop *loop;
	char room[32];
	json_int_t class;
	struct seat *host;              /* the administrator, with microphone and camera; number 100 */
	struct throng_site sites[THRONG_SITES];
	unsigned n_sites, n_media;      /* of the sites the first n_media have media, numbers 1000, 1010, … */
	unsigned n_phones, n_marked;    /* of all sites */
};

/** Plans a class of `target` and those below for soon, on the server that `admin` has, and waits until its roster is frozen. False: a check has failed. */
bool throng_plan(struct throng *t, const struct office *admin, json_int_t target);

/** Pairs a PC at each of the first `n_sites` sites that are invited. */
bool throng_pair(struct throng *t, unsigned n_sites);

/** Host and sites take their seats, again after a restart. */
bool throng_enter(struct throng *t);

/** Chooses of each site's roster who comes with a phone and who is marked, at most so many; names that a site has twice are left out. */
bool throng_choose(struct throng *t, unsigned phones, unsigned marked);

/** The phones scan and open their pages, with the class open or in its lobby. Again after a restart: by the claims that they have. */
bool throng_scan(struct throng *t);

/** The delegates mark those who are to be marked, all of a site in one. */
bool throng_mark(struct throng *t);

/** How many replies of one round had which code. */
struct throng_replies {
	unsigned good, refused, none;
	char code[64];                  /* of the last refusal */
};

/** An answer of each phone, all at once; `choice` -1: none, as a check has it. */
struct throng_replies throng_answer(struct throng *t, json_int_t ask, int choice);

/** By each delegate, for each who is marked there, all at once. */
struct throng_replies throng_answer_marked(struct throng *t, json_int_t ask, int choice);

/** Asks by the host; the number, 0 when it was refused. `spec` is for json_pack(). */
json_int_t throng_ask(struct throng *t, const char *format, ...);

/** An ask as ask.list of the host has it, borrowed; NULL for none. */
json_t *throng_asked(struct throng *t, json_int_t ask);

#endif
