/* See shared_strings.h. */
#include "attendance/table/shared_strings.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/table/table.h"
#include "media/base/utf8.h"

struct reading {
	struct strings *strings;
	struct table_problem *err;
	bool in_text;                   /* of a <t> that counts */
	unsigned phonetic;              /* inside <rPh>: how a name is read, not the name */
};

static int on_start(void *user, const char *name, const char **attributes)
{
	struct reading *x = user;

	(void)attributes;
	x->phonetic += strcmp(name, "rPh") == 0;
	x->in_text = strcmp(name, "t") == 0 && !x->phonetic;
	return 0;
}

static int end_string(struct strings *s, struct table_problem *err)
{
	size_t start = s->n > 0 ? s->ends[s->n - 1] : 0;
	uint32_t *bigger;

	if (s->n == TABLE_CELLS_MAX)
		return table_problem_set(err, TABLE_TABLE_TOO_LARGE, 0, 0, NULL);
	if (s->n == s->max) {
		s->max = MAX(2 * s->max, (size_t)256);
		bigger = mem_realloc(s->ends, s->max * sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		s->ends = bigger;
	}
	if (s->bytes.len > start)
		s->bytes.len = start + strings_unescape(s->bytes.bytes + start, s->bytes.len - start);
	s->ends[s->n++] = (uint32_t)s->bytes.len;
	return 0;
}

static int on_end(void *user, const char *name)
{
	struct reading *x = user;

	x->in_text = false;
	x->phonetic -= x->phonetic && strcmp(name, "rPh") == 0;
	return strcmp(name, "si") == 0 ? end_string(x->strings, x->err) : 0;
}

static int on_text(void *user, const char *text, size_t len)
{
	struct reading *x = user;
	int r = x->in_text ? text_append(&x->strings->bytes, text, len, TABLE_BYTES_MAX) : 0;

	return r == -EFBIG ? table_problem_set(x->err, TABLE_TABLE_TOO_LARGE, 0, 0, NULL) : r;
}

int strings_read(struct strings *ret, const struct xml_source *source, struct table_problem *err)
{
	static const struct xml_events events = { on_start, on_end, on_text };
	struct reading x = { .strings = ret, .err = err };

	return xml_read(source, &events, &x, err);
}

void strings_done(struct strings *s)
{
	text_done(&s->bytes);
	mem_free(s->ends);
	*s = (struct strings){ 0 };
}

const char *strings_at(const struct strings *s, size_t n, size_t *ret_len)
{
	size_t start = n > 0 && n <= s->n ? s->ends[n - 1] : 0;

	if (n >= s->n)
		return NULL;
	*ret_len = s->ends[n] - start;
	return *ret_len > 0 ? s->bytes.bytes + start : "";
}

/* The character of an escape at `at`, or 0. */
static uint32_t escaped(const char *at, size_t len)
{
	char digits[5] = { 0 };

	if (len < 7 || at[0] != '_' || at[1] != 'x' || at[6] != '_')
		return 0;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)at[2 + i]))
			return 0;
		digits[i] = at[2 + i];
	}
	return (uint32_t)strtoul(digits, NULL, 16);
}

size_t strings_unescape(char *text, size_t len)
{
	size_t out = 0;

	for (size_t at = 0; at < len;) {
		uint32_t c = escaped(text + at, len - at);
		char bytes[4];
		size_t n = c ? utf8_put(bytes, c) : 0;

		if (n > 0) {
			memcpy(text + out, bytes, n);
			out += n;
			at += 7;
		} else {
			text[out++] = text[at++];
		}
	}
	return out;
}

char *strings_escape(const char *text)
{
	static const char underscore[] = "_x005F";
	size_t len = strlen(text), n = 0, out = 0;
	char *copy;

	for (size_t at = 0; at < len; at++)
		n += escaped(text + at, len - at) > 0;
	copy = mem_zalloc(len + n * (sizeof(underscore) - 1) + 1);
	for (size_t at = 0; copy && at < len; at++) {
		if (escaped(text + at, len - at)) {
			memcpy(copy + out, underscore, sizeof(underscore) - 1);
			out += sizeof(underscore) - 1;
		}
		copy[out++] = text[at];
	}
	return copy;
}
