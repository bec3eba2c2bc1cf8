/* A secret in a file of its own: made whole or not at all, mode 0400, on disk when it is said to be. Inside attendance/ only. Thread: any that may wait for a disk. */
#ifndef HUITANG_ATTENDANCE_KEY_FILE_H
#define HUITANG_ATTENDANCE_KEY_FILE_H

#include <stddef.h>
#include <stdint.h>

/** Whether `path`, whose folder must exist, lies outside the data folder `dir`, which need not. Errors: -EXDEV it lies inside; -errno. */
int key_file_check_place(const char *path, const char *dir);

/** Writes a file that is not there yet; also when two programs do it at once, one of them has written all of it. One that is there stays as it is. -errno. */
int key_file_make(const char *path, const uint8_t *bytes, size_t n);

/** Removes it, on disk. None there: 0. -errno. */
int key_file_unlink(const char *path);

#endif
