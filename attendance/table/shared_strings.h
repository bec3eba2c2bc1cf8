/* The texts that cells of a workbook share. Inside attendance/table/ only. Spec: ECMA-376-1 §18.4 */
#ifndef HUITANG_ATTENDANCE_TABLE_SHARED_STRINGS_H
#define HUITANG_ATTENDANCE_TABLE_SHARED_STRINGS_H

#include <stddef.h>
#include <stdint.h>

#include "attendance/table/text.h"
#include "attendance/table/xml.h"

struct strings {
	struct text bytes;              /* all, one behind the other */
	uint32_t *ends;                 /* owned: of each, in bytes */
	size_t n, max;
};

/** Reads the part into an empty *ret; end it with strings_done(), also after an error. Errors: as xml_read(). */
int strings_read(struct strings *ret, const struct xml_source *source, struct table_problem *err);
void strings_done(struct strings *s);

/** One of them, *ret_len bytes (not ended by 0); NULL when there is none of that number. */
const char *strings_at(const struct strings *s, size_t n, size_t *ret_len);

/**
 * Puts right what XLSX writes as _xHHHH_ (characters that XML cannot hold), in place; the new length. A text may hold what is no
 * text then: whoever keeps it checks that.
 */
size_t strings_unescape(char *text, size_t len);

/** The other way round, of what looks like an escape: a copy, mem_free(); NULL when there is no memory. */
char *strings_escape(const char *text);

#endif
