/* JSON as text in memory of ours. jansson's json_dumps() leaves out a key when memory runs out in its middle, and says nothing. */
#ifndef HUITANG_CLASSROOM_JSON_TEXT_H
#define HUITANG_CLASSROOM_JSON_TEXT_H

#include <jansson.h>

/** Compact text. `flags` of json_dumps() beside. Owns: the caller's, mem_free(). NULL: without memory, or `json` is NULL or no array or object. */
char *json_text(const json_t *json, size_t flags);

#endif
