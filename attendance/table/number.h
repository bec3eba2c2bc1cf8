/*
 * A workbook's numbers as texts. A date there is a number of days with a number format that shows a date: the format's code tells.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_NUMBER_H
#define HUITANG_ATTENDANCE_TABLE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#define NUMBER_TEXT_BYTES 32

enum number_kind {
	NUMBER_PLAIN,
	NUMBER_DATE,                    /* shows a year, month or day, perhaps a time too */
	NUMBER_TIME,                    /* shows only hours, minutes, seconds */
};

/** What a built-in format (id below 164) shows. Spec: ECMA-376-1 §18.8.30, with the Chinese ones (27 to 36, 50 to 58). */
enum number_kind number_kind_of_id(unsigned format_id);

/** What a format code shows, by its first section. */
enum number_kind number_kind_of_code(const char *code);

/**
 * Writes a number as the file holds it ("44197", "1.5E-3"): whole numbers without a fraction, dates as YYYY-MM-DD, with a time of day
 * as YYYY-MM-DDThh:mm:ss, times as hh:mm:ss. *ret_notes are CELL_NOTE_…: lost digits from 10^15 on, error for a date that is none.
 *
 * Errors: -EINVAL it is no number.
 */
int number_write(char ret[NUMBER_TEXT_BYTES], unsigned *ret_notes, const char *value, enum number_kind kind, bool from_1904);

#endif
