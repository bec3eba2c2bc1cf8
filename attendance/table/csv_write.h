/*
 * CSV that every spreadsheet program opens rightly and none runs: UTF-8 with byte order mark (Excel takes it for another
 * encoding without), CRLF, RFC 4180. A cell that begins with = + - @, tab or carriage return gets an apostrophe in front; one
 * that begins with apostrophes and then one of these gets one more, so that reading takes exactly one off again.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_CSV_WRITE_H
#define HUITANG_ATTENDANCE_TABLE_CSV_WRITE_H

#include <stddef.h>
#include <stdio.h>

#define CSV_BYTE_ORDER_MARK "\xef\xbb\xbf"
#define CSV_LINE_END "\r\n"

/** Writes one cell, quoted always (one rule, and no text can end its cell), without separator. */
void csv_write_cell(FILE *out, const char *text);

/** 1 when `text` begins with an apostrophe that csv_write_cell() has put there, else 0. */
size_t csv_added_apostrophe(const char *text, size_t len);

#endif
