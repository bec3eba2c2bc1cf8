/* What the server itself asks the database (store.h), not for a request of somebody's. Thread: control. */
#ifndef HUITANG_SIGNALING_READS_H
#define HUITANG_SIGNALING_READS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attendance/store.h"

#define READ_DATA_BYTES 96

struct server;

/** `text` is borrowed, NULL with an error. `data` is a copy of what was given. */
typedef void (*read_done_fn)(struct server *s, const void *data, const char *text, int error);

/** Errors: of store_read(); `done` is not called then. */
int reads_begin(struct server *s, store_read_fn fn, const void *args, size_t args_len, read_done_fn done, const void *data, size_t len);

/** An answer of the store; false: it is no such question's. */
bool reads_on_read(struct server *s, uint64_t ticket, const char *text, int error);

void reads_destroy(struct server *s);

#endif
