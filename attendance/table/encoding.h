/*
 * Text files as Chinese offices save them, to UTF-8: with a byte order mark what it says (UTF-8, UTF-16 either way), without one
 * UTF-8 where all of it is, else GB18030 (which holds GBK and GB 2312). A UTF-8 file with a few wrong bytes is told from GB18030 by
 * its many right ones, and refused rather than read as another text.
 */
#ifndef HUITANG_ATTENDANCE_TABLE_ENCODING_H
#define HUITANG_ATTENDANCE_TABLE_ENCODING_H

#include <stddef.h>

#include "attendance/table/problem.h"

struct encodings;

/**
 * Opens the converters: the C library loads files for them, so do it before a sandbox shuts.
 *
 * Owns:   *ret is the caller's; end it with encodings_close().
 * Thread: any; one user at a time.
 * Errors: -ENOENT a converter is not installed; -ENOMEM.
 */
int encodings_open(struct encodings **ret);
struct encodings *encodings_close(struct encodings *e);

/**
 * Converts the bytes. *ret_text, of *ret_len bytes and ended by 0, is the caller's (mem_free()), without byte order mark.
 *
 * Errors: -EBADMSG with *err: the line of the first wrong bytes; -ENOMEM.
 */
int encodings_decode(struct encodings *e, char **ret_text, size_t *ret_len, const char *bytes, size_t len, struct table_problem *err);

DEFINE_CLEANUP(struct encodings, encodings_close)

#endif
