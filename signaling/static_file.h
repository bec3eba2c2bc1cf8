/* The built web client, read into memory at start: no path of a request ever reaches the file system. */
#ifndef HUITANG_SIGNALING_STATIC_FILE_H
#define HUITANG_SIGNALING_STATIC_FILE_H

struct files;

/**
 * Loads a folder with its subfolders (at most 4,000 files of 16 MiB, 256 MiB in all; hidden ones are left out) and packs what packs well.
 * A folder that is not there gives an empty set; pages then say so.
 *
 * Owns:   *ret is the caller's.
 * Errors: -ENOMEM, -EFBIG over the bounds.
 */
int files_create(struct files **ret, const char *dir);
struct files *files_destroy(struct files *f);

/** The folder beside the program: ../web-client/dist, else ../share/huitang/web. `size` bytes; "" without /proc. */
void files_default_dir(char *ret, unsigned long size);

#endif
