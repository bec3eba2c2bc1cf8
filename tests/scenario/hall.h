/* A class that begins soon, with who leads it and the PC of one of its sites in its room. Everything ends with the scenario. */
#ifndef SCENARIO_HALL_H
#define SCENARIO_HALL_H

#include "tests/scenario/attendee.h"
#include "tests/scenario/office.h"

#define SITE 4                  /* whose PC signs in as branch001 */

struct hall {
	struct office admin;
	struct loop *loop;
	char room[32];
	json_int_t class, ann, bob;     /* two members of SITE, besides those of the demo */
	struct seat *host, *site;       /* numbers 100, 200 */
};

/** Plans it for the whole city and enters. False: a check has failed. */
bool hall_open(struct hall *h);

/** Both take their seats, again after a restart. */
bool hall_enter(struct hall *h);

/** The claim of a phone that scans the site's screen; "" when it was refused. */
const char *hall_scan(struct hall *h, struct office *phone);

/** A phone's socket, by a sign-in or a claim, each NULL for none. */
struct seat *hall_phone(struct hall *h, const char *cookie, const char *claim);

/** Opens its page, with a visit (NULL: none); the state. A check fails when it is refused. */
json_t *hall_page(struct hall *h, struct seat *phone, const char *visit, const char *device);

#endif
