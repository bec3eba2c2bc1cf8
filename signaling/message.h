/* A request from a client: bounded JSON, checked against the tables of the schema before any handler sees it. */
#ifndef HUITANG_SIGNALING_MESSAGE_H
#define HUITANG_SIGNALING_MESSAGE_H

#include <jansson.h>

#include "protocol.gen.h"

#define MESSAGE_MAX_BYTES (64 * 1024)
#define MESSAGE_MAX_ANSWER_BYTES (192 * 1024)   /* only for the type named `answer` */
#define MESSAGE_MAX_DEPTH 8
#define MESSAGE_FIELD_BYTES 64
#define MESSAGE_MAX_ID 9007199254740991LL       /* 2^53 - 1: what JavaScript counts exactly */

/* Why a request was refused, as its sender reads it. */
struct refusal {
	enum wire_error code;                   /* WIRE_OK: not refused */
	char field[MESSAGE_FIELD_BYTES];        /* "" for none */
	unsigned retry_ms;                      /* 0 for none */
};

struct message {
	const struct wire_request *request;     /* given: a row of wire_requests */
	int64_t id;                             /* 0 when it could not be read */
	json_t *body;                           /* owned */
};

/**
 * Reads one request. Duplicate keys, unknown fields and types, deep nesting and bad UTF-8 are refused.
 *
 * Owns:   ret->body is the caller's: message_done(). On failure only ret->id is set, 0 if unknown.
 * Errors: -EBADMSG with *why (bad_message or too_large); -ENOMEM with internal.
 */
int message_parse(struct message *ret, const char *text, size_t len, struct refusal *why);
void message_done(struct message *m);

/** Checks an object against a shape. Errors: -EBADMSG with the field's name in *why. */
int message_check(const struct wire_shape *shape, const json_t *object, struct refusal *why);

/** A checked field: the string, NULL when an optional one is absent. Borrowed from the message. */
const char *message_string(const struct message *m, const char *field);
int64_t message_int(const struct message *m, const char *field, int64_t absent);
bool message_bool(const struct message *m, const char *field);

/** Index of an enum field's value, -1 when absent. */
int message_enum(const struct message *m, const char *field, const struct wire_enum *enumeration);

/** Index of a name, -1 when it is not one. */
int wire_enum_index(const struct wire_enum *enumeration, const char *name);

/** Fills *why and returns -EBADMSG, so that `return refuse(why, WIRE_FORBIDDEN, "seat")` reads well. */
int refuse(struct refusal *why, enum wire_error code, const char *field);

/** The same for what came too soon: WIRE_RATE_LIMITED, to be tried again after `wait_us`. */
int refuse_for_now(struct refusal *why, const char *field, int64_t wait_us);

#endif
