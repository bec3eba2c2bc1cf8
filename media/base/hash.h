/* uthash on our allocator, and so that a table that cannot grow says so instead of ending the process. */
#ifndef HUITANG_BASE_HASH_H
#define HUITANG_BASE_HASH_H

#include "media/base/mem.h"

#define HASH_NONFATAL_OOM 1
#define uthash_malloc(bytes) mem_zalloc(bytes)
#define uthash_free(ptr, bytes) mem_free(ptr)

#ifdef __clang_analyzer__               /* takes bytes of a key for unset ones, and half of its time for that */
unsigned hash_of_key(const void *key, size_t len);
#define HASH_FUNCTION(key, len, hash) ((hash) = hash_of_key(key, (size_t)(len)))
#endif

#include <uthash.h>
#include <utlist.h>

/* After HASH_ADD_*: whether the element is in the table. */
#define HASH_ADDED(hh, element) ((element)->hh.tbl != NULL)

#endif
