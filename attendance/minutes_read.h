/* The minutes of a class as they stand in the journal: for store_read(). */
#ifndef HUITANG_ATTENDANCE_MINUTES_READ_H
#define HUITANG_ATTENDANCE_MINUTES_READ_H

#include "attendance/minutes_facts.h"

/**
 * Arguments: struct minutes_query. Text: {"versions": [{version, at_ms, by}…] the first first, "facts": the text of version 1 with its lists put together,
 * "version", "edit": that version and its text ({} of version 1), "sealed"?: {version, hash, at_ms, by}, "erased"?: true where a row has no contents any more,
 * "record"?: as class_record_read() has it, of a class that is sealed}. `by`: a pseudonym, "" the server. Without the version asked for "version" is 0.
 */
int minutes_read(struct store_reader *r, const void *args, size_t len, char **ret_text);

#endif
