/* Small things that every file uses: ownership by cleanup attribute, array lengths, bounds. */
#ifndef HUITANG_BASE_MACROS_H
#define HUITANG_BASE_MACROS_H

#include <stddef.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define CLAMP(x, lo, hi) MAX((lo), MIN((x), (hi)))

#define CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* `CLEANUP(path_destroyp) struct path *p` ends p when its scope is left; STEAL(p) hands it on instead. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
#define STEAL(ptr)                               \
	({                                       \
		__auto_type steal_ptr_ = &(ptr); \
		__auto_type stolen_ = *steal_ptr_; \
		*steal_ptr_ = NULL;              \
		stolen_;                         \
	})

/* Defines `name##p(type **)` for CLEANUP from a destructor that accepts NULL. */
#define DEFINE_CLEANUP(type, name)               \
	static inline void name##p(type **ptr)   \
	{                                        \
		name(*ptr);                      \
	}

#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

#define CACHE_LINE 64                   /* bytes */

#endif
