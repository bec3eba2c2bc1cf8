/* See long_string.h. */
#include "signaling/long_string.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "media/base/macros.h"
#include "media/base/mem.h"

/* Behind the closing quote of the string that begins at `at`; NULL: it does not end. */
static const char *skip_string(const char *at, const char *end)
{
	for (at++; at < end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	return at < end ? at + 1 : NULL;
}

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
		at++;
	return at;
}

/* The opening quote of the value of `name`, which is a string; NULL: none is found. */
static const char *find_value(const char *text, const char *end, const char *name)
{
	size_t len = strlen(name);
	unsigned depth = 0;

	for (const char *at = text, *next; at < end; at = next) {
		next = at + 1;
		if (*at == '{' || *at == '[') {
			depth++;
		} else if (*at == '}' || *at == ']') {
			depth -= depth > 0;
		} else if (*at == '"') {
			next = skip_string(at, end);
			if (!next)
				return NULL;
			if (depth != 1 || (size_t)(next - at) != len + 2 || memcmp(at + 1, name, len) != 0)
				continue;
			at = skip_space(next, end);
			if (at == end || *at != ':')
				continue;
			at = skip_space(at + 1, end);
			return at < end && *at == '"' ? at : NULL;
		}
	}
	return NULL;
}

/* The character that `\letter` stands for; 0: none that is simple. */
static char unescaped(char letter)
{
	static const char letters[] = "rn\"\\/t", characters[] = "\r\n\"\\/\t";
	const char *found = letter ? strchr(letters, letter) : NULL;

	return found ? characters[found - letters] : 0;
}

/* Into `out`, from behind the opening quote; returns the closing one, NULL when it is not simple. */
static const char *unescape(char *out, size_t *ret_len, const char *at, const char *end)
{
	const char *begin = out;

	for (; at < end && *at != '"'; at++) {
		char c = *at;

		if (c == '\\')
			c = ++at < end ? unescaped(*at) : 0;
		else if (c < 0x20 || c > 0x7e)
			c = 0;
		if (!c)
			return NULL;
		*out++ = c;
	}
	*out = 0;
	*ret_len = (size_t)(out - begin);
	return at < end ? at : NULL;
}

int long_string_cut(struct long_string *ret, const char *text, size_t len, const char *name)
{
	CLEANUP(mem_freep) char *value = NULL, *left = NULL;
	const char *end = text + len, *from = find_value(text, end, name), *to;
	size_t value_len, head, tail;

	if (!from)
		return -ENOENT;
	value = mem_zalloc((size_t)(end - from));
	if (!value)
		return -ENOMEM;
	to = unescape(value, &value_len, from + 1, end);
	if (!to)
		return -ENOENT;
	head = (size_t)(from + 1 - text);
	tail = (size_t)(end - to);
	left = mem_zalloc(head + tail);
	if (!left)
		return -ENOMEM;
	memcpy(left, text, head);
	memcpy(left + head, to, tail);
	*ret = (struct long_string){ STEAL(left), head + tail, STEAL(value), value_len };
	return 0;
}

void long_string_done(struct long_string *s)
{
	s->text = mem_free(s->text);
	s->value = mem_free(s->value);
}
