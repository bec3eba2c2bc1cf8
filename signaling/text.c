/* Shared text with a count. */
#include "signaling/text.h"

#include <string.h>

#include "media/base/mem.h"

struct text *text_new(const char *data, size_t len)
{
	struct text *t = mem_zalloc(sizeof(*t) + len + 1);

	if (!t)
		return NULL;
	t->refs = 1;
	t->len = len;
	if (data)
		memcpy(t->data, data, len);
	return t;
}

struct text *text_new_json(json_t *value)
{
	size_t len = value ? json_dumpb(value, NULL, 0, JSON_COMPACT) : 0;
	struct text *t = len ? text_new(NULL, len) : NULL;

	if (t)
		json_dumpb(value, t->data, len, JSON_COMPACT);
	json_decref(value);
	return t;
}

struct text *text_ref(struct text *t)
{
	if (t)
		t->refs++;
	return t;
}

struct text *text_unref(struct text *t)
{
	if (t && --t->refs == 0)
		mem_free(t);
	return NULL;
}
