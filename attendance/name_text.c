/* See name_text.h. */
#include "attendance/name_text.h"

#include <errno.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "media/base/macros.h"

#define UNITS 1024              /* UTF-16 that are folded at most */

#define TWO_DOTS 0x308

/* UTF-8 to at most UNITS of UTF-16; -EINVAL. */
static int widen(UChar *ret, const char *text)
{
	int32_t at = 0, n = 0;
	UChar32 c;

	while (text[at] && n < UNITS - 1) {
		/* A 0 inside a sequence ends it, so nothing behind the text is read. */
		U8_NEXT(text, at, -1, c);
		if (c < 0)
			return -EINVAL;
		U16_APPEND_UNSAFE(ret, n, c);
	}
	return n;
}

int name_text_fold(uint32_t *ret, size_t max, const char *text)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *folding = unorm2_getNFKCCasefoldInstance(&error);
	UChar wide[UNITS], folded[UNITS * 4];
	size_t n = 0;
	int32_t len, at = 0;
	UChar32 c;

	len = widen(wide, text);
	if (len < 0)
		return len;
	len = unorm2_normalize(folding, wide, len, folded, ARRAY_LEN(folded), &error);
	if (error == U_BUFFER_OVERFLOW_ERROR)   /* one character can become eighteen: nobody's name */
		return -EINVAL;
	while (U_SUCCESS(error) && at < len && n < max) {
		U16_NEXT_UNSAFE(folded, at, c);
		ret[n++] = (uint32_t)c;
	}
	return U_SUCCESS(error) ? (int)n : -EINVAL;
}

size_t name_text_write(char *ret, size_t size, const uint32_t *characters, size_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < n && at + U8_LENGTH(characters[i]) < size; i++)
		U8_APPEND_UNSAFE(ret, at, characters[i]);
	ret[at] = 0;
	return at;
}

bool name_text_separates(uint32_t character)
{
	switch (character) {
	case '\'': case '-': case '.': case 0xb7: case 0x2010: case 0x2011: case 0x2018: case 0x2019: case 0x2022: case 0x2027: case 0x22c5:
	case 0x30fb: case 0x3002:
		return true;
	default:
		return u_isUWhiteSpace((UChar32)character);
	}
}

char name_text_letter(uint32_t marked)
{
	UErrorCode error = U_ZERO_ERROR;
	const UNormalizer2 *canonical = unorm2_getNFDInstance(&error);
	UChar parts[8];
	int32_t n;

	if (marked < 0x80)
		return marked >= 'a' && marked <= 'z' ? (char)marked : 0;
	n = unorm2_getDecomposition(canonical, (UChar32)marked, parts, ARRAY_LEN(parts), &error);
	if (U_FAILURE(error) || n < 1 || parts[0] < 'a' || parts[0] > 'z')
		return 0;
	return parts[0] == 'u' && u_memchr(parts, TWO_DOTS, n) ? 'v' : (char)parts[0];
}
