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

/* Most fit into the scratch; those that do not are written twice. Room for `more` bytes stays behind. */
static struct text *dump(const json_t *value, size_t more)
{
	static char scratch[32768];
	size_t len = value ? json_dumpb(value, scratch, sizeof(scratch), JSON_COMPACT) : 0;
	struct text *t = len ? text_new(NULL, len + more) : NULL;

	if (t && len <= sizeof(scratch))
		memcpy(t->data, scratch, len);
	else if (t)
		json_dumpb(value, t->data, len, JSON_COMPACT);
	if (t)
		t->len = len;
	return t;
}

struct text *text_new_json(json_t *value)
{
	struct text *t = dump(value, 0);

	json_decref(value);
	return t;
}

/* Quoted; returns the end. */
static char *write_string(char *out, const char *s)
{
	static const char escaped[] = "\r\n\"\\";
	static const char letters[] = "rn\"\\";

	*out++ = '"';
	for (size_t n = strcspn(s, escaped);; n = strcspn(s, escaped)) {
		memcpy(out, s, n);
		out += n;
		s += n;
		if (!*s)
			break;
		*out++ = '\\';
		*out++ = letters[strchr(escaped, *s++) - escaped];
	}
	*out++ = '"';
	return out;
}

struct text *text_new_json_with(json_t *object, const char *name, const char *string)
{
	struct text *t = dump(object, string ? 2 * (strlen(name) + strlen(string)) + 8 : 0);
	char *end;

	json_decref(object);
	if (!t || !string)
		return t;
	end = t->data + t->len - 1;     /* where the brace is */
	if (t->len > 2)
		*end++ = ',';
	end = write_string(end, name);
	*end++ = ':';
	end = write_string(end, string);
	*end++ = '}';
	t->len = (size_t)(end - t->data);
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
