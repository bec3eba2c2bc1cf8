/* An immutable piece of text that many queues share. Control thread only, so a plain count. */
#ifndef HUITANG_SIGNALING_TEXT_H
#define HUITANG_SIGNALING_TEXT_H

#include <jansson.h>
#include <stddef.h>

struct text {
	unsigned refs;
	size_t len;             /* bytes, without the 0 */
	char data[];
};

/** One reference for the caller, ended by text_unref(); NULL without memory. */
struct text *text_new(const char *data, size_t len);

/** The compact JSON of `value`, whose reference is taken even on failure; NULL when it is NULL or without memory. */
struct text *text_new_json(json_t *value);

/**
 * The same of an object with one member more, a long string of ASCII without control characters but line ends, as SDP is; NULL: none.
 * Jansson takes three times as long for it as all the rest of a join's reply.
 */
struct text *text_new_json_with(json_t *object, const char *name, const char *string);

struct text *text_ref(struct text *t);

/** Accepts NULL, returns NULL. */
struct text *text_unref(struct text *t);

#endif
