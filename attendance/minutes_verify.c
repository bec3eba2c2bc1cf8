/* See minutes_verify.h. */
#include "attendance/minutes_verify.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attendance/credit_index.h"
#include "attendance/db.h"
#include "attendance/minutes_hash.h"
#include "attendance/writes.h"

#define BAD (-ECANCELED)                /* something is wrong, and said */

/* The class whose rows are gone through. */
struct verification {
	struct minutes_check check;
	int64_t class;
	struct minutes_hash hash;
	bool erased, sealed;
};

PRINTF_LIKE(3, 4)
static int bad(struct verification *v, int64_t sequence, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(v->check.why, sizeof(v->check.why), format, args);
	va_end(args);
	v->check.bad_sequence = sequence;
	return BAD;
}

static int on_written(struct verification *v, int64_t sequence, const json_t *payload)
{
	int r;

	if (v->sealed)
		return bad(v, sequence, "writes minutes of class %" PRId64 ", which were sealed before", v->class);
	if (v->erased)
		return 0;
	r = minutes_hash_add(&v->hash, payload);
	return r == -EBADMSG ? bad(v, sequence, "is no version of the minutes of class %" PRId64 " that follows those before", v->class) : r;
}

static int on_sealed(struct verification *v, int64_t sequence, const json_t *payload)
{
	const char *said = json_string_value(json_object_get(payload, "hash"));
	int64_t version = json_integer_value(json_object_get(payload, "version"));
	char hex[2 * MINUTES_HASH_BYTES + 1];

	if (v->sealed)
		return bad(v, sequence, "seals the minutes of class %" PRId64 " once more", v->class);
	v->sealed = true;
	if (v->erased) {
		v->check.erased++;
		return 0;
	}
	sodium_bin2hex(hex, sizeof(hex), v->hash.last, sizeof(v->hash.last));
	if (version != v->hash.version || version == 0)
		return bad(v, sequence, "seals version %" PRId64 " of the minutes of class %" PRId64 ", whose last is %" PRId64, version, v->class, v->hash.version);
	if (!said || strcmp(said, hex) != 0)
		return bad(v, sequence, "sealed another text than stands in version %" PRId64 " of the minutes of class %" PRId64, version, v->class);
	v->check.sealed++;
	return 0;
}

static int on_row(void *user, const struct journal_row *row)
{
	struct verification *v = user;
	int64_t class = credit_class_of(row->event.room);
	json_t *payload;
	int r;

	if (class != v->class) {
		v->class = class;
		v->erased = v->sealed = false;
		minutes_hash_init(&v->hash, class);
	}
	payload = json_loads(row->event.payload, 0, NULL);
	v->erased = v->erased || !*row->event.payload;
	r = row->event.kind == EVENT_MINUTES_WRITTEN ? on_written(v, row->sequence, payload) : on_sealed(v, row->sequence, payload);
	json_decref(payload);
	return r;
}

int minutes_verify(struct store_reader *reader, struct minutes_check *ret)
{
	struct verification v = { .class = -1 };
	int r = journal_select(store_reader_db(reader), "j.kind BETWEEN ?1 AND ?2 ORDER BY j.room, j.sequence", EVENT_MINUTES_WRITTEN, EVENT_MINUTES_SEALED, on_row, &v);

	static_assert(EVENT_MINUTES_SEALED == EVENT_MINUTES_WRITTEN + 1, "one after the other");
	if (r < 0 && r != BAD)
		return r;
	*ret = v.check;
	return 0;
}
