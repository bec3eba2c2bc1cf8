/*
 * The journal as lines of JSON, for whoever wants to compute anew what we computed, or to verify the chain (docs/export.md).
 *
 * Rows are read a piece at a time, each in a short read transaction that ends before the piece is written out: a slow reader of the output
 * holds nothing up, and memory stays bounded however long the journal is. What is appended meanwhile is left for the next export.
 */
#ifndef HUITANG_ATTENDANCE_EXPORT_H
#define HUITANG_ATTENDANCE_EXPORT_H

#include <stdio.h>

#include "attendance/store.h"

/**
 * Writes a line for each event up to the head at the call, of one room or (NULL) of all.
 *
 * Errors: -ENOENT no such room; -EBADMSG a row that is damaged or of a newer program; -EIO also of `out`; -ENOMEM. `err` says it in a sentence.
 */
int export_write(FILE *out, struct store_reader *r, const char *room, char err[STORE_ERROR_BYTES]);

#endif
