/*
 * What the minutes of a class say by themselves: version 1, as the server writes it once the result is there. A pure function of the class, its asks,
 * and what the journal's other rows add up to. Persons stand in it as pseudonyms: names are found when it is read. Later versions hold only what
 * people write (minutes_edit.h); docs/class.md has both.
 *
 *   "facts"     time, topic, kind, way, hosts, numbers             one object
 *   "agenda", "sites", "persons", "asks", "speakers", "gaps"       lists, in as many rows of the journal as they need
 */
#ifndef HUITANG_CLASSROOM_MINUTES_H
#define HUITANG_CLASSROOM_MINUTES_H

#include <jansson.h>

#include "classroom/asks.h"
#include "classroom/class.h"

#define MINUTES_ROW_BYTES 49152         /* of text in one row, but for an item that is longer alone */

/* One person of the result. */
struct minutes_person {
	const char *person;
	int64_t home, site, present_s;
};

struct minutes_sources {
	const struct class *class;      /* closed, with a result */
	const struct asks *asks;        /* its ballots are counted or void: minutes_can_be() */
	const struct minutes_person *persons;   /* the result's, `n_persons` */
	size_t n_persons;
	const json_t *hosts;            /* [pseudonym…] */
	const json_t *speakers, *gaps;  /* attendance/minutes_facts.h */
	const char *(*org_name)(void *user, int64_t org);       /* as it is called now; never NULL */
	void *user;
};

/** Takes a payload of MINUTES_WRITTEN, JSON; non-zero ends and is returned. */
typedef int (*minutes_payload_fn)(void *user, const char *payload);

/** Whether all that was asked is settled: no ballot waits for its count. */
bool minutes_can_be(const struct asks *asks);

/** One payload after another, the last with `last`. Errors: what `made` returned; -ENOMEM. */
int minutes_write(const struct minutes_sources *src, minutes_payload_fn made, void *user);

#endif
