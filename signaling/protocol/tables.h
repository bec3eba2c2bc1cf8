/* The shape of the tables that generate.py writes from schema.json: what a message may look like. */
#ifndef HUITANG_SIGNALING_PROTOCOL_TABLES_H
#define HUITANG_SIGNALING_PROTOCOL_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_kind { WIRE_STRING, WIRE_INT, WIRE_BOOL, WIRE_ENUM, WIRE_OBJECT, WIRE_LIST };

struct wire_enum {
	const char *const *names;
	size_t n;
};

struct wire_field {
	const char *name;
	enum wire_kind kind;
	bool optional;
	int64_t min;                            /* string: bytes; int: value; list: items */
	int64_t max;
	union {                                 /* by kind */
		const struct wire_enum *enumeration;
		const struct wire_shape *object;
		const struct wire_field *item;
	};
};

struct wire_shape {
	const char *name;
	const struct wire_field *fields;
	size_t n;
};

struct wire_request {
	const char *name;
	const struct wire_shape *fields;
	const struct wire_shape *reply;
};

struct wire_event {
	const char *name;
	const struct wire_shape *fields;
};

#endif
