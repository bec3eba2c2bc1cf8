/*
 * XML of a workbook's parts as events, by expat. A document type declaration ends the reading, so there are no entities but the
 * five of XML and nothing external. Elements of namespaces that are not a workbook's are left out with all that is in them.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_XML_H
#define HUITANG_ATTENDANCE_TABLE_XML_H

#include <stddef.h>
#include <sys/types.h>

#include "attendance/table/problem.h"

#define XML_DEPTH_MAX 64

/* Names come without namespace. A callback that returns below 0 ends the reading with that; it has set the problem when it is -EBADMSG. */
struct xml_events {
	int (*on_start)(void *user, const char *name, const char **attributes);
	int (*on_end)(void *user, const char *name);
	int (*on_text)(void *user, const char *text, size_t len);       /* in pieces; NULL: not wanted */
};

/* Where the bytes come from: as archive_part_read(). */
struct xml_source {
	ssize_t (*read)(void *user, void *ret, size_t size, struct table_problem *err);
	void *user;
	const char *name;               /* of the part, for messages */
};

/** Reads all of it. Errors: -EBADMSG with *err; -ENOMEM; what a callback returned. */
int xml_read(const struct xml_source *source, const struct xml_events *events, void *user, struct table_problem *err);

/** An attribute's value by its name without namespace; NULL when it is not there. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
