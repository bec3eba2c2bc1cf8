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

/* U+0080 to U+009F; U+200B to U+200F but the joiners, which emoji and scripts need; U+2028 to U+202E; U+2060 to U+206F; U+FEFF. */
static bool is_sign(const uint8_t *p)
{
	if (p[0] == 0xc2)
		return p[1] < 0xa0;
	if (p[0] == 0xef)
		return p[1] == 0xbb && p[2] == 0xbf;
	if (p[0] != 0xe2)
		return false;
	if (p[1] == 0x80)
		return p[2] == 0x8b || p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae);
	return p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf;
}

/* Spaces by themselves are nothing to see: U+0020, U+00A0, U+2000 to U+200D, U+3000. */
static bool is_blank(const uint8_t *p)
{
	return p[0] == ' ' || (p[0] == 0xc2 && p[1] == 0xa0) || (p[0] == 0xe2 && p[1] == 0x80 && p[2] <= 0x8d) ||
	       (p[0] == 0xe3 && p[1] == 0x80 && p[2] == 0x80);
}

bool utf8_is_name(const char *text)
{
	const uint8_t *p = (const uint8_t *)text;
	bool visible = false;

	for (; *p; p += character_bytes(p)) {
		if (*p < 0x20 || *p == 0x7f || is_sign(p))
			return false;
		visible |= !is_blank(p);
	}
	return visible;
}
