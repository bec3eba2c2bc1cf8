/*
 * A table, or the problem that stood in its way, as bytes between two processes. Whoever reads them does not trust whoever wrote them:
 * the writer has just read a stranger's file.
 *
 *   frame    = "HTT1" u32(body bytes) body
 *   body     = u8 1, problem | u8 0, table
 *   problem  = u16 fault, u32 row, u32 column, u32 last row, u32 last column, text
 *   table    = u16 n, n sheet names (text); u16 n, n merges (4 x u32); u32 n, n rows; nothing more
 *   row      = u32 number, u16 n, n cells;  cell = u16 column, u8 notes, text;  text = u16 bytes, UTF-8
 *
 * Numbers are big-endian.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_FRAME_H
#define HUITANG_ATTENDANCE_TABLE_FRAME_H

#include <stdint.h>

#include "attendance/table/table.h"

#define FRAME_HEAD_BYTES 8
/* What a table within its bounds takes at the most, with room for its rows, sheets and merges. */
#define FRAME_BYTES_MAX (TABLE_BYTES_MAX + 5ULL * TABLE_CELLS_MAX + (1U << 20))

/** Writes a table; *ret_bytes of *ret_len bytes is the caller's (mem_free()). Errors: -ENOMEM. */
int frame_write_table(uint8_t **ret_bytes, size_t *ret_len, const struct table *t);

/** Writes a problem, as frame_write_table(). */
int frame_write_problem(uint8_t **ret_bytes, size_t *ret_len, const struct table_problem *p);

/** Bytes of a whole frame by its head (FRAME_HEAD_BYTES); 0 when it is none or too long. */
uint64_t frame_bytes(const uint8_t head[FRAME_HEAD_BYTES]);

/**
 * Reads a whole frame.
 *
 * Owns:   *ret is the caller's; end it with table_destroy().
 * Errors: -EBADMSG with *err: the problem that was written, or TABLE_READER_FAILED for what is no frame; -ENOMEM.
 */
int frame_read(struct table **ret, const uint8_t *bytes, size_t len, struct table_problem *err);

#endif
