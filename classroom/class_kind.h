/* The kinds of meetings that organisations know, and the ways in which they are held (records.md, Meetings). Pure data. */
#ifndef HUITANG_CLASSROOM_CLASS_KIND_H
#define HUITANG_CLASSROOM_CLASS_KIND_H

#include <stddef.h>

struct class_kind {
	const char *id;                 /* in plans: "lecture" */
	const char *zh, *en;
};

/** All kinds, all ways; *ret_n of them. */
const struct class_kind *class_kinds(size_t *ret_n);
const struct class_kind *class_ways(size_t *ret_n);

/** NULL for an unknown id. */
const struct class_kind *class_kind(const char *id);
const struct class_kind *class_way(const char *id);

#endif
