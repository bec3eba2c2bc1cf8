/* A text that grows up to a bound. Inside attendance/table/ only. */
#ifndef HUITANG_ATTENDANCE_TABLE_TEXT_H
#define HUITANG_ATTENDANCE_TABLE_TEXT_H

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

struct text {
	char *bytes;            /* owned; ended by 0 once something was added */
	size_t len, max;
};

/** Appends. Errors: -EFBIG it would be longer than `bound`; -ENOMEM. */
static inline int text_append(struct text *t, const char *bytes, size_t len, size_t bound)
{
	size_t wanted = MAX(2 * t->max, t->len + len + 1);
	char *bigger;

	if (len > bound || t->len > bound - len)
		return -EFBIG;
	if (t->len + len >= t->max) {
		bigger = mem_realloc(t->bytes, wanted);
		if (!bigger)
			return -ENOMEM;
		t->bytes = bigger;
		t->max = wanted;
	}
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	t->bytes[t->len] = 0;
	return 0;
}

static inline void text_done(struct text *t)
{
	mem_free(t->bytes);
	*t = (struct text){ 0 };
}

#endif
