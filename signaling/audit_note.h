/*
 * Rows of the audit log that are no acts of the API's: somebody looked at a person's record, signed in, signed out, led a room. Who looks at the same
 * again is noted once in an hour. The answer does not wait for the row, but who reads the log does; what
 * cannot be written now is told in the server's log.
 *
 * Thread: control.
 */
#ifndef HUITANG_SIGNALING_AUDIT_NOTE_H
#define HUITANG_SIGNALING_AUDIT_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "attendance/authority.h"

struct changes;
struct server;

/* All bytes count: begin with zeros. */
struct audit_note {
	int64_t account;                /* whose act it is */
	int64_t org, subject;           /* what was looked at; 0 none */
	int64_t class;                  /* of which class; 0 none */
	char act[32];                   /* "person.view" */
	char seen[16];                  /* which part of the record: "credit"; "" of no look */
	char after[32];                 /* to what it was set: "viewer"; "" of no such thing */
};

void audit_note(struct server *s, const struct audit_note *note);

/** Of a sign-in or its end, each time. */
void audit_note_session(struct server *s, const char *act, int64_t account);

/** Of what an account did by /ws in a room, and perhaps to a seat (else NULL): "seat.role". `after` as above. What an open room shows is in the journal, too. */
void audit_note_room(struct server *s, const char *act, int64_t account, const char *room, const char *seat, const char *after);

/** It is the turn (acts.h) of such a row, whoever made it: it is written, and the turn goes on. `c` is taken, and may be NULL. */
void audit_note_post(struct server *s, struct changes *c);

/** The server ends. */
void audit_notes_drop(struct server *s);

#endif
