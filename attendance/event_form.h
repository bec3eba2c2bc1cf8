/*
 * What each kind of event looks like outside, and for how long its payload is kept: one table, event_form.c. A kind without a row does not
 * build. `huitang export` and its JSON Schema, docs/export.md (held to it by a test) and the erasing by days (retention.h) all come from it.
 *
 * Pure. Any thread.
 */
#ifndef HUITANG_ATTENDANCE_EVENT_FORM_H
#define HUITANG_ATTENDANCE_EVENT_FORM_H

#include <stdbool.h>
#include <stdio.h>

#include "attendance/policy.h"
#include "classroom/event.h"

#define EVENT_KEPT POLICY_KEYS          /* says nothing about a person: as long as the journal */
#define EVENT_FIELD_BYTES 32

struct event_form {
	enum event_kind kind;
	const char *name;               /* as in enum event_kind: "SEAT_JOINED" */
	const char *fields;             /* of the payload: "key:text via?:text on:texts", see event_field_next(); "" for none */
	enum policy_key keep;           /* whose days the payload stays, or EVENT_KEPT */
};

enum event_field_type { EVENT_TEXT, EVENT_TEXTS, EVENT_INT, EVENT_INTS, EVENT_BOOL, EVENT_OBJECT, EVENT_OBJECTS, EVENT_ANY, EVENT_FIELD_TYPES };

struct event_field {
	char name[EVENT_FIELD_BYTES];
	bool optional;
	enum event_field_type type;
};

/** NULL for a number that is no kind (damage, or a newer program's). */
const struct event_form *event_form(enum event_kind kind);

/** One after another, beginning behind NULL; NULL behind the last. */
const struct event_form *event_form_next(const struct event_form *after);

/** Takes the next field off *at. False at the end; a row of the table that reads wrongly does not pass its test. */
bool event_field_next(const char **at, struct event_field *ret);

/** The JSON Schema (2020-12) of a line of `huitang export`. */
void event_form_write_schema(FILE *out);

#endif
