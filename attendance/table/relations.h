/* Which part of a workbook is which: the relation files of its package. Inside attendance/table/ only. Spec: ECMA-376-2 §9.3 */
#ifndef HUITANG_ATTENDANCE_TABLE_RELATIONS_H
#define HUITANG_ATTENDANCE_TABLE_RELATIONS_H

#include <stddef.h>

#include "attendance/table/archive.h"
#include "attendance/table/xml.h"

#define PART_NAME_BYTES 256
#define RELATION_ID_BYTES 64
#define RELATIONS_MAX 512               /* of the kinds below */

enum relation_kind { RELATION_DOCUMENT, RELATION_SHEET, RELATION_STRINGS, RELATION_STYLES };

struct relation {
	enum relation_kind kind;
	char id[RELATION_ID_BYTES];
	char part[PART_NAME_BYTES];     /* from the archive's root */
};

struct relations {
	struct relation *all;           /* owned */
	size_t n;
};

/**
 * Reads a part of the archive as XML.
 *
 * Errors: as archive_part_open() and xml_read().
 */
int archive_read_xml(struct archive *a, const char *name, const struct xml_events *events, void *user, struct table_problem *err);

/**
 * Reads the relations of a part ("" is the package itself) into an empty *ret; end it with relations_done(), also after an error.
 * Those of other kinds, and those that lead out of the package, are left out.
 *
 * Errors: -ENOENT it has none; -EBADMSG with *err; -ENOMEM.
 */
int relations_read(struct relations *ret, struct archive *a, const char *part, struct table_problem *err);
void relations_done(struct relations *r);

/** The first of a kind, with the id if one is given; NULL when there is none. */
const struct relation *relations_find(const struct relations *r, enum relation_kind kind, const char *id);

#endif
