/* See json_text.h. */
#include "classroom/json_text.h"

#include "media/base/mem.h"

char *json_text(const json_t *json, size_t flags)
{
	size_t bytes = json ? json_dumpb(json, NULL, 0, JSON_COMPACT | flags) : 0;
	char *text = bytes ? mem_zalloc(bytes + 1) : NULL;

	if (text && json_dumpb(json, text, bytes, JSON_COMPACT | flags) == bytes)
		return text;
	return mem_free(text);
}
