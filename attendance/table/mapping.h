/*
 * Which column of a table is which field: found by the headers, or told by a profile. Titles above the header are stepped over.
 * Of several columns for one field the one with the surest header is taken. Those that are not taken are listed, so that people see it.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_MAPPING_H
#define HUITANG_ATTENDANCE_TABLE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/table/field.h"
#include "attendance/table/table.h"

#define MAPPING_ROWS_LOOKED_AT 20       /* in which the header must be */
#define MAPPING_PROFILE_BYTES 65536     /* of a profile's JSON */

struct mapping_profile;

struct mapping {
	enum table_kind kind;
	size_t header;                  /* the header's row in the table; data begin in the next */
	uint32_t columns[FIELDS];       /* of each field, from 1; 0: the table has none */
	uint32_t ignored[TABLE_COLUMNS_MAX];    /* columns with a header that are not taken, in order */
	size_t n_ignored;
};

/**
 * Reads a profile: a JSON object of header and field name; null or "" instead of a field leaves that column out. A field that a
 * profile gives is looked for under the profile's headers only; the others by their own.
 *
 * Owns:   *ret is the caller's; end it with mapping_profile_destroy().
 * Errors: -EBADMSG with *err; -ENOMEM.
 */
int mapping_profile_read(struct mapping_profile **ret, enum table_kind kind, const char *json, size_t len, struct table_problem *err);
struct mapping_profile *mapping_profile_destroy(struct mapping_profile *p);

/**
 * Finds the header and the columns. `profile` may be NULL; without `needs_org` a table of people need not tell organisations. Pure.
 *
 * Errors: -EBADMSG: *problems has got them: no header, columns missing or doubled, headers merged from side to side. *ret is filled
 * as far as it goes when a header was found, so that a page can show what was understood.
 */
int mapping_find(struct mapping *ret, const struct table *t, enum table_kind kind, const struct mapping_profile *profile, bool needs_org,
                 struct table_problems *problems);

/**
 * What stands over a column in a row of headers: of a cell that is merged with some above it, what the uppermost says (a header of two rows).
 * Rows and columns as in table.h; columns up to mapping_header_columns().
 */
struct table_cell mapping_header(const struct table *t, size_t row, uint32_t column);
uint32_t mapping_header_columns(const struct table *t, size_t row);

/** The row that would be the header where none is known: of the first ones the first that has most texts. The table has rows. */
size_t mapping_guess_header(const struct table *t);

/** True when a merged range makes it unclear whether it means a row with a value in a column that is taken. */
bool mapping_takes(const struct mapping *m, const struct table_range *range);

/** A field's cell in a row; empty when the table has no such column. */
struct table_cell mapping_cell(const struct mapping *m, const struct table *t, size_t row, enum field f);

/**
 * What is wrong with a field's cell as it came, before its value is looked at: an error, no kept result; for a card, a phone and a code
 * also lost digits. 0, or -EBADMSG with *ret (its text is the field's header).
 */
int mapping_check(const struct mapping *m, const struct table *t, size_t row, enum field f, struct table_problem *ret);

DEFINE_CLEANUP(struct mapping_profile, mapping_profile_destroy)

#endif
