/*
 * The zip archive that a workbook is. Nothing is unpacked to disk and no name in it is a path of ours: parts are looked up by
 * the names that the workbook's own relations give. What a part says of its size is not believed: bytes are counted as they come,
 * of one part and of all together, and a part that grows out of proportion ends the reading.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_ARCHIVE_H
#define HUITANG_ATTENDANCE_TABLE_ARCHIVE_H

#include <stddef.h>
#include <sys/types.h>

#include "attendance/table/problem.h"

#define ARCHIVE_ENTRIES_MAX 4096
#define ARCHIVE_PART_MAX (192U << 20)           /* bytes of one part, unpacked */
#define ARCHIVE_TOTAL_MAX (320U << 20)          /* of all parts that are read */
#define ARCHIVE_RATIO_MAX 200                   /* unpacked to packed, from ARCHIVE_RATIO_FROM on; real sheets reach 30 */
#define ARCHIVE_RATIO_FROM (1U << 20)

struct archive;
struct archive_part;

/**
 * Opens an archive in memory. `bytes` must outlive it.
 *
 * Owns:   *ret is the caller's; end it with archive_close() after its parts.
 * Errors: -EBADMSG with *err; -ENOMEM.
 */
int archive_open(struct archive **ret, const void *bytes, size_t len, struct table_problem *err);
struct archive *archive_close(struct archive *a);

/**
 * Opens a part by its name without leading "/"; case and the kind of slash do not matter.
 *
 * Owns:   *ret is the caller's; end it with archive_part_close().
 * Errors: -ENOENT no such part; -EBADMSG with *err (two of that name, locked, packed in a rare way); -ENOMEM.
 */
int archive_part_open(struct archive_part **ret, struct archive *a, const char *name, struct table_problem *err);
struct archive_part *archive_part_close(struct archive_part *p);

/** Reads on: the bytes read, 0 at the end (its checksum was right). Errors: -EBADMSG with *err. */
ssize_t archive_part_read(struct archive_part *p, void *ret, size_t size, struct table_problem *err);

DEFINE_CLEANUP(struct archive, archive_close)
DEFINE_CLEANUP(struct archive_part, archive_part_close)

#endif
