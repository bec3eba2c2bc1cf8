/* Events' payloads as JSON, written and read exactly as event.h says. */
#ifndef HUITANG_CLASSROOM_PAYLOAD_H
#define HUITANG_CLASSROOM_PAYLOAD_H

#include <jansson.h>

#include "classroom/room.h"

/* What SEAT_JOINED carries. Texts are borrowed. */
struct joined_payload {
	const char *key;
	const char *via;                /* "" none */
	const char *name;
	const char *org;
	int64_t site;                   /* 0 none */
	const char *person;             /* "" none */
	enum role role;
	enum role granted;
	enum seat_kind kind;
	uint8_t on;                     /* mask of enum seat_source */
	bool acting;                    /* host until another comes back */
	bool by_link;                   /* an expert without an account */
	uint8_t n_orgs;
	int64_t orgs[SEAT_ORGS_MAX];    /* the seat's organisation and those above */
};

/* Writers give a new reference, NULL without memory. */
json_t *payload_write_joined(const struct joined_payload *p);
json_t *payload_write_sources(uint8_t mask);    /* a list of words */

/**
 * Texts live as long as `payload`.
 *
 * Errors: -EBADMSG.
 */
int payload_parse_joined(struct joined_payload *ret, json_t *payload);
int payload_parse_source(enum seat_source *ret, json_t *payload);

#endif
