/*
 * What one asker is shown of a report, as JSON (openapi.json, Report): a page of its rows by name, what the others add up to, the total. The same text goes
 * to pages, is the whole of `huitang report --format json`, and becomes a file (period_file.h).
 */
#ifndef HUITANG_ATTENDANCE_PERIOD_PAGE_H
#define HUITANG_ATTENDANCE_PERIOD_PAGE_H

#include "attendance/period_ask.h"

/** Arguments of store_read(): a period_ask. Where there is no row `known` the text says so. Errors: of period_report_read(). */
int period_page_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

/** Whether such a text says that there is no row `known`. */
bool period_page_unknown(const char *text);

/** The mark that stands first in such a text. False: it is none. */
bool period_page_mark(const char *text, char ret[PERIOD_MARK_BYTES]);

#endif
