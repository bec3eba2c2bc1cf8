/* See mem.h. */
#include "media/base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE_BYTES 64

static _Atomic int64_t live_blocks;
static _Atomic uint64_t fail_countdown;

static bool must_fail(void)
{
	uint64_t left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);

	if (left == 0)
		return false;
	atomic_store_explicit(&fail_countdown, left - 1, memory_order_relaxed);
	return left == 1;
}

static void *counted(void *ptr)
{
	if (ptr)
		atomic_fetch_add_explicit(&live_blocks, 1, memory_order_relaxed);
	return ptr;
}

void *mem_zalloc(size_t bytes)
{
	return mem_calloc(1, bytes);
}

void *mem_calloc(size_t n, size_t bytes)
{
	return must_fail() ? NULL : counted(calloc(n, bytes));
}

void *mem_zalloc_line(size_t bytes)
{
	size_t whole = (bytes + CACHE_LINE_BYTES - 1) / CACHE_LINE_BYTES * CACHE_LINE_BYTES;
	void *ret = must_fail() ? NULL : aligned_alloc(CACHE_LINE_BYTES, whole);

	if (ret)
		memset(ret, 0, whole);
	return counted(ret);
}

void *mem_realloc(void *ptr, size_t bytes)
{
	void *ret;

	if (must_fail())
		return NULL;
	ret = realloc(ptr, bytes);
	return ptr ? ret : counted(ret);
}

char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
	size_t n;
	char *ret;

	if (!s)
		return NULL;
	n = strnlen(s, len);
	ret = mem_zalloc(n + 1);
	if (ret)
		memcpy(ret, s, n);
	return ret;
}

void *mem_memdup(const void *data, size_t bytes)
{
	void *ret = mem_zalloc(bytes ? bytes : 1);

	if (ret && bytes)
		memcpy(ret, data, bytes);
	return ret;
}

void *mem_free(void *ptr)
{
	if (ptr) {
		atomic_fetch_sub_explicit(&live_blocks, 1, memory_order_relaxed);
		free(ptr);
	}
	return NULL;
}

int64_t mem_live(void)
{
	return atomic_load_explicit(&live_blocks, memory_order_relaxed);
}

void mem_fail_at(uint64_t nth)
{
	atomic_store_explicit(&fail_countdown, nth, memory_order_relaxed);
}
