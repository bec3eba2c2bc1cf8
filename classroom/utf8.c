/* See utf8.h. */
#include "classroom/utf8.h"

#include <stdint.h>
#include <string.h>

/* A range of first bytes, the bytes that follow, and the range of the second, which excludes overlong forms and surrogates. */
static const struct {
	uint8_t first_lo, first_hi, follow, second_lo, second_hi;
} forms[] = {
	{ 0x01, 0x7f, 0, 0x00, 0x00 }, { 0xc2, 0xdf, 1, 0x80, 0xbf }, { 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf }, { 0xed, 0xed, 2, 0x80, 0x9f }, { 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf }, { 0xf1, 0xf3, 3, 0x80, 0xbf }, { 0xf4, 0xf4, 3, 0x80, 0x8f },
};

/* Length of the character at `p`, 0 for none. The text ends with 0, which no form takes as a follower. */
static size_t character_bytes(const uint8_t *p)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (p[0] < forms[i].first_lo || p[0] > forms[i].first_hi)
			continue;
		if (forms[i].follow > 0 && (p[1] < forms[i].second_lo || p[1] > forms[i].second_hi))
			return 0;
		for (size_t k = 2; k <= forms[i].follow; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return 1u + forms[i].follow;
	}
	return 0;
}

bool utf8_fits(const char *text, size_t bytes)
{
	const uint8_t *p = (const uint8_t *)text;
	size_t len;

	if (!text || strnlen(text, bytes) >= bytes)
		return false;
	for (; *p; p += len) {
		len = character_bytes(p);
		if (len == 0)
			return false;
	}
	return true;
}
