/* Secrets that lie in files, one line each: so that they stand in no list of processes. */
#ifndef HUITANG_SIGNALING_SECRET_FILE_H
#define HUITANG_SIGNALING_SECRET_FILE_H

#include <stddef.h>

/** Reads the one line of a file, `min` characters at least and less than `size`. Errors: -errno; -EINVAL another content. *ret stays untouched then. */
int secret_file_read(char *ret, size_t size, size_t min, const char *path);

#endif
