/*
 * Reads a stranger's file in a process of its own: this program once more, by its hidden command `read-table`, with the file as
 * its input, shut in before it looks at a byte (sandbox.h), ended when it takes too long. What comes back is checked again (frame.h).
 * A file can end its reader; it cannot end or hold up the server.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_READER_H
#define HUITANG_ATTENDANCE_TABLE_READER_H

#include <stdint.h>

#include "attendance/table/table.h"

#define TABLE_READER_COMMAND "read-table"

struct table_reader_cfg {
	const char *program;            /* is run as PROGRAM read-table; NULL: this program */
	uint32_t timeout_ms;            /* of the whole reading; 0: 30,000 */
};

/**
 * Reads CSV or XLSX, whichever it is. `sheet` of a workbook; NULL or "" takes the first that is not hidden.
 *
 * Owns:   *ret is the caller's; end it with table_destroy(). `cfg` may be NULL.
 * Thread: any but control and media: it waits. The caller bounds how many wait at once; each takes up to 1 GiB for a moment.
 * Errors: -EBADMSG with *err, which says it; -ENOMEM, -EMFILE, -EAGAIN and the like: the system has no room.
 */
int table_read(struct table **ret, const struct table_reader_cfg *cfg, const void *bytes, size_t len, const char *sheet,
               struct table_problem *err);

/** The hidden command, the whole of that process: the file comes on its input, the frame leaves on its output. Does not return. */
_Noreturn void table_reader_main(void);

#endif
