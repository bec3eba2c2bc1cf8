/*
 * A report of a period as a file: CSV with what identifies the report at the end of each row, or a workbook of three sheets: rows, months, and how it was made.
 * Made of the JSON of period_page.h, so that nothing is in it that its reader was not shown.
 */
#ifndef HUITANG_ATTENDANCE_PERIOD_FILE_H
#define HUITANG_ATTENDANCE_PERIOD_FILE_H

#include <stddef.h>

#include "attendance/table/write.h"

enum period_language { PERIOD_ZH, PERIOD_EN };

/**
 * Owns:   *ret_bytes, *ret_len of them, are the caller's (free()).
 * Thread: any but control and media.
 * Errors: -EBADMSG no such JSON; of table/workbook.h.
 */
int period_file_write(const char *page, enum table_format format, enum period_language language, char **ret_bytes, size_t *ret_len);

#endif
