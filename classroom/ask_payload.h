/* Payloads of a class's asks as JSON, written and read exactly as docs/class.md says (events 70 to 78). */
#ifndef HUITANG_CLASSROOM_ASK_PAYLOAD_H
#define HUITANG_CLASSROOM_ASK_PAYLOAD_H

#include <jansson.h>

#include "classroom/asks.h"

/* What ASK_OPENED carries. Texts are borrowed from the payload, `sites` are the parser's. */
struct asked_payload {
	uint32_t id;
	struct ask_spec spec;
	int64_t deadline_ms;            /* wall */
};

/* What ASK_ANSWERED carries. */
struct answered_payload {
	uint32_t id;
	const char *person;             /* "" none */
	int64_t site;
	uint32_t choice;
	enum proof_grade grade;
};

/* What ASK_CLOSED carries. */
struct closed_payload {
	uint32_t id;
	enum actor_kind by;
	uint32_t refused;
};

/* What BALLOT_COUNTED carries. */
struct counted_payload {
	uint32_t id;
	uint32_t votes[ASK_OPTIONS_MAX];
	unsigned n;
	uint32_t voters, spoiled;
	bool unanimous;
};

/* Writers give a new reference, NULL without memory. */
json_t *ask_payload_write_opened(const struct asked_payload *p);
json_t *ask_payload_write_answered(const struct answered_payload *p, enum actor_kind by);
json_t *ask_payload_write_refused(uint32_t id, const char *person, int64_t site, const char *why);
json_t *ask_payload_write_closed(const struct closed_payload *p);

/** Indexes of a mask's bits, ascending. */
json_t *ask_payload_write_mask(uint32_t mask);

/**
 * `sites` has room for ASK_SITES_MAX, and ret->spec.sites points into it, ascending without repetitions. Whether the spec can be asked is checked.
 *
 * Errors: -EBADMSG.
 */
int ask_payload_parse_opened(struct asked_payload *ret, int64_t *sites, json_t *payload);

/** Errors: -EBADMSG. Whether the ask has such options is the caller's to check. */
int ask_payload_parse_answered(struct answered_payload *ret, json_t *payload);
int ask_payload_parse_closed(struct closed_payload *ret, json_t *payload);
int ask_payload_parse_counted(struct counted_payload *ret, json_t *payload);
int ask_payload_parse_void(uint32_t *ret_id, enum ask_void *ret_why, json_t *payload);

/** The ask's number alone: of ASK_REFUSED. Errors: -EBADMSG. */
int ask_payload_parse_id(uint32_t *ret, json_t *payload);

#endif
