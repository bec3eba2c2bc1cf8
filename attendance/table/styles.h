/* Which cell styles of a workbook show dates. Inside attendance/table/ only. Spec: ECMA-376-1 §18.8 */
#ifndef HUITANG_ATTENDANCE_TABLE_STYLES_H
#define HUITANG_ATTENDANCE_TABLE_STYLES_H

#include <stddef.h>
#include <stdint.h>

#include "attendance/table/number.h"
#include "attendance/table/xml.h"

#define STYLES_MAX 65536                /* what spreadsheet programs allow */
#define FORMATS_MAX 4096

struct format {
	unsigned id;
	enum number_kind kind;
};

struct styles {
	uint8_t *kinds;                 /* owned: enum number_kind of each style */
	size_t n, max;
	struct format *formats;         /* owned: those of the workbook's own */
	size_t n_formats, max_formats;
};

/** Reads the part into an empty *ret; end it with styles_done(), also after an error. Errors: as xml_read(). */
int styles_read(struct styles *ret, const struct xml_source *source, struct table_problem *err);
void styles_done(struct styles *s);

/** What a cell of that style shows; plain when there is no such style. */
enum number_kind styles_kind(const struct styles *s, size_t style);

#endif
