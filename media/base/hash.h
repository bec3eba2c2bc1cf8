/* uthash on our allocator, and so that a table that cannot grow says so instead of ending the process. */
#ifndef HUITANG_BASE_HASH_H
#define HUITANG_BASE_HASH_H

#include "media/base/mem.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(bytes) mem_zalloc(bytes)
#define uthash_free(ptr, bytes) mem_free(ptr)

#include <uthash.h>
#include <utlist.h>

/* After HASH_ADD_*: whether the element is in the table. */
#define HASH_ADDED(hh, element) ((element)->hh.tbl != NULL)

#endif
