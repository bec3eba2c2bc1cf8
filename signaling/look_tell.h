/*
 * Telling those who are looked at: while somebody watches a seat from outside its room, and the policy of the organisation that is watched says so
 * (tell_sites_of_looks), the seat's page knows that, and for which organisations. Who of them looks is in the audit log alone.
 *
 * What is told is worked out from what the walls show, so that it needs no account of beginnings and ends. Thread: control.
 */
#ifndef HUITANG_SIGNALING_LOOK_TELL_H
#define HUITANG_SIGNALING_LOOK_TELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOKERS_MAX 8                   /* organisations that are named; further ones look unnamed */

struct client;
struct meeting;
struct server;

/* Embedded in a client: what its page knows. */
struct looked_at {
	bool looking;
	size_t n;
	int64_t orgs[LOOKERS_MAX];      /* ascending */
	uint64_t round;                 /* of look_tell_all(), which looks at each once */
};

/** Tells the seat, if what it knows is not so any more. */
void look_tell(struct meeting *m, const char *seat);

/** Its page knows nothing, as it was loaded anew or missed too much. */
void look_tell_anew(struct client *c);

/** All seats: policy, the tree or grants have changed. */
void look_tell_all(struct server *s);

/**
 * Whose a seat is: of a site's seat that organisation, of a person's own that of the main membership; of a guest the room's. The person, 0 for a site or guest.
 */
void look_place(const struct server *s, const char *room, const char *seat, int64_t *ret_org, int64_t *ret_person);

/** Whether policy lets a seat of the organisation know. */
bool look_is_told(const struct server *s, int64_t org);

#endif
