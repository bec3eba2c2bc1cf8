/*
 * CSV as RFC 4180 writes it and as spreadsheet programs do: comma, semicolon or tab (told from the first lines), fields in quotation
 * marks, line ends of any kind, line ends within quotes. Rows are counted as a spreadsheet program does: an empty line is one, a record of
 * several lines is one.
 *
 * Two habits of other programs are understood: a first line "sep=;" names the separator, and ="00123" is the text 00123.
 *
 * An apostrophe that csv_write_cell() puts before what a spreadsheet would run is taken off again. A number that a spreadsheet
 * program has shortened ("4.40106E+17") is noted as CELL_NOTE_LOST_DIGITS.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_CSV_READ_H
#define HUITANG_ATTENDANCE_TABLE_CSV_READ_H

#include "attendance/table/table.h"

/**
 * Adds all records to an empty table. `text` (UTF-8, `len` bytes) is used up: it is rewritten on the way.
 *
 * Errors: -EBADMSG with *err (also for a file without contents); -ENOMEM.
 */
int csv_read(struct table *t, char *text, size_t len, struct table_problem *err);

#endif
