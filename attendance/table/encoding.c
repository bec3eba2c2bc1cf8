/* See encoding.h. The converters are the C library's. */
#include "attendance/table/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "media/base/mem.h"
#include "media/base/utf8.h"

#define RIGHT_PER_WRONG 4       /* this many right characters of three bytes for each wrong byte, and it is damaged UTF-8 */

enum { GB18030, UTF16LE, UTF16BE, CONVERTERS };

static const char *const names[CONVERTERS] = { "GB18030", "UTF-16LE", "UTF-16BE" };

struct encodings {
	iconv_t converters[CONVERTERS];
	size_t n_open;
};

int encodings_open(struct encodings **ret)
{
	CLEANUP(encodings_closep) struct encodings *e = mem_zalloc(sizeof(*e));

	if (!e)
		return -ENOMEM;
	for (; e->n_open < CONVERTERS; e->n_open++) {
		e->converters[e->n_open] = iconv_open("UTF-8", names[e->n_open]);
		if (e->converters[e->n_open] == (iconv_t)-1) // NOLINT(performance-no-int-to-ptr)
			return errno == ENOMEM ? -ENOMEM : -ENOENT;
	}
	*ret = STEAL(e);
	return 0;
}

struct encodings *encodings_close(struct encodings *e)
{
	if (!e)
		return NULL;
	while (e->n_open > 0)
		iconv_close(e->converters[--e->n_open]);
	return mem_free(e);
}

static int refuse(struct table_problem *err, size_t lines_before, const char *names_text)
{
	return table_problem_set(err, TABLE_ENCODING, (uint32_t)MIN(lines_before + 1, UINT32_MAX), 0, names_text);
}

static size_t count_lines(const char *text, size_t len)
{
	size_t n = 0;

	for (const char *end = text + len; (text = memchr(text, '\n', (size_t)(end - text))); text++)
		n++;
	return n;
}

/* All of it by one converter. A character of n bytes becomes at most 2n of UTF-8 in these (two bytes of UTF-16: three). */
static int convert(iconv_t c, char **ret_text, size_t *ret_len, const char *bytes, size_t len, struct table_problem *err)
{
	size_t room = 2 * len + 1, left = len;
	CLEANUP(mem_freep) char *text = mem_zalloc(room);
	char *in = (char *)bytes, *out = text;

	if (!text)
		return -ENOMEM;
	iconv(c, NULL, NULL, NULL, NULL);
	room--;
	if (iconv(c, &in, &left, &out, &room) == (size_t)-1)
		return refuse(err, count_lines(text, (size_t)(out - text)), "UTF-8 / GB18030");
	*out = 0;
	*ret_len = (size_t)(out - text);
	*ret_text = STEAL(text);
	return 0;
}

static int take(char **ret_text, size_t *ret_len, const char *bytes, size_t len)
{
	char *text = mem_zalloc(len + 1);

	if (!text)
		return -ENOMEM;
	memcpy(text, bytes, len);
	*ret_text = text;
	*ret_len = len;
	return 0;
}

/* Text in GB18030 rarely has right characters of UTF-8 in it, and wrong bytes at every turn. */
static bool is_damaged_utf8(const char *bytes, size_t len)
{
	size_t right = 0, wrong = 0;
	uint32_t c = 0;

	for (size_t at = 0; at < len;) {
		size_t n = utf8_next(&c, bytes + at, len - at);

		right += n == 3;
		wrong += n == 0;
		at += n ? n : 1;
	}
	return right >= RIGHT_PER_WRONG * wrong;
}

static int decode_unmarked(struct encodings *e, char **ret_text, size_t *ret_len, const char *bytes, size_t len, struct table_problem *err)
{
	size_t valid = utf8_valid_bytes(bytes, len);

	if (valid == len)
		return take(ret_text, ret_len, bytes, len);
	if (is_damaged_utf8(bytes, len))
		return refuse(err, count_lines(bytes, valid), "UTF-8 / GB18030");
	return convert(e->converters[GB18030], ret_text, ret_len, bytes, len, err);
}

int encodings_decode(struct encodings *e, char **ret_text, size_t *ret_len, const char *bytes, size_t len, struct table_problem *err)
{
	size_t valid;

	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		valid = utf8_valid_bytes(bytes + 3, len - 3);
		if (valid < len - 3)
			return refuse(err, count_lines(bytes + 3, valid), "UTF-8");
		return take(ret_text, ret_len, bytes + 3, len - 3);
	}
	if (len >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0)
		return convert(e->converters[UTF16LE], ret_text, ret_len, bytes + 2, len - 2, err);
	if (len >= 2 && memcmp(bytes, "\xfe\xff", 2) == 0)
		return convert(e->converters[UTF16BE], ret_text, ret_len, bytes + 2, len - 2, err);
	return decode_unmarked(e, ret_text, ret_len, bytes, len, err);
}
