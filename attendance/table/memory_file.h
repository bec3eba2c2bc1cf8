/* A file in memory for libraries that write to a path. Inside attendance/table/ only. */
#ifndef HUITANG_ATTENDANCE_TABLE_MEMORY_FILE_H
#define HUITANG_ATTENDANCE_TABLE_MEMORY_FILE_H

#include <stddef.h>

#define MEMORY_FILE_PATH_BYTES 40

/** Its descriptor, which is the caller's (close()), and its path for this process. Errors: -ENOMEM. */
int memory_file_create(char ret_path[MEMORY_FILE_PATH_BYTES]);

/** All of it: *ret_len bytes, the caller's (free()). Errors: -EIO, -ENOMEM. */
int memory_file_read(int fd, char **ret_bytes, size_t *ret_len);

#endif
