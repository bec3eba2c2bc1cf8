/* Allocation that tests can count and make fail. Everything of ours goes through here; libraries keep their own. */
#ifndef HUITANG_BASE_MEM_H
#define HUITANG_BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/**
 * Zeroed memory, or NULL.
 *
 * Owns:   the caller's; end it with mem_free().
 * Thread: any.
 */
void *mem_zalloc(size_t bytes) __attribute__((malloc, alloc_size(1)));

/** Zeroed array of `n` elements; NULL on overflow too. */
void *mem_calloc(size_t n, size_t bytes) __attribute__((malloc, alloc_size(1, 2)));

/** Zeroed memory that begins a cache line (64 bytes), for what one thread writes and another reads. */
void *mem_zalloc_line(size_t bytes) __attribute__((malloc, alloc_size(1)));

/** As realloc(); new bytes are not zeroed. On NULL the old block lives on. */
void *mem_realloc(void *ptr, size_t bytes) __attribute__((alloc_size(2)));

/** Copies of at most `len` bytes, always ended by 0. NULL gives NULL. */
char *mem_strdup(const char *s) __attribute__((malloc));
char *mem_strndup(const char *s, size_t len) __attribute__((malloc));
void *mem_memdup(const void *data, size_t bytes) __attribute__((malloc));

/** Ends a block; accepts NULL. Returns NULL always, so `p->x = mem_free(p->x)`. */
void *mem_free(void *ptr);

/** For CLEANUP on any pointer variable that mem owns. */
static inline void mem_freep(void *ptr)
{
	mem_free(*(void **)ptr);
}

/** Blocks alive now, in all threads: a test ends with the number that it began with. */
int64_t mem_live(void);

/** Makes the nth allocation from now return NULL (1 is the next); 0 ends the mode. Tests only, one thread. */
void mem_fail_at(uint64_t nth);

#endif
