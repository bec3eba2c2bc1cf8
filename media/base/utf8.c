/* See utf8.h. */
#include "media/base/utf8.h"

#include <string.h>

/* Bytes of the character that begins with `first`, 0 for none; *ret_bits are those of the first byte. */
static size_t lead(uint32_t *ret_bits, uint8_t first)
{
	if (first < 0x80)
		return *ret_bits = first, 1;
	if (first >= 0xc2 && first <= 0xdf)
		return *ret_bits = first & 0x1f, 2;
	if (first >= 0xe0 && first <= 0xef)
		return *ret_bits = first & 0x0f, 3;
	if (first >= 0xf0 && first <= 0xf4)
		return *ret_bits = first & 0x07, 4;
	return 0;
}

size_t utf8_next(uint32_t *ret, const char *text, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c = 0;
	size_t n = lead(&c, (uint8_t)text[0]);

	if (n == 0 || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((uint8_t)text[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return n;
}

size_t utf8_put(char ret[4], uint32_t c)
{
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (c < 0x80)
		return ret[0] = (char)c, 1;
	if (c < 0x800) {
		ret[0] = (char)(0xc0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		ret[0] = (char)(0xe0 | c >> 12);
		ret[1] = (char)(0x80 | (c >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | c >> 18);
	ret[1] = (char)(0x80 | (c >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (c >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

size_t utf8_valid_bytes(const char *text, size_t len)
{
	size_t at = 0, n = 0;
	uint32_t c;

	while (at < len) {
		if ((uint8_t)text[at] < 0x80) {
			at++;
			continue;
		}
		n = utf8_next(&c, text + at, len - at);
		if (n == 0)
			break;
		at += n;
	}
	return at;
}

bool utf8_is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c < 0xa0) || c == 0xfffe || c == 0xffff;
}

uint32_t utf8_narrow(uint32_t c)
{
	if (c == 0x3000)
		return ' ';
	return c >= 0xff01 && c <= 0xff5e ? c - 0xff01 + '!' : c;
}

void utf8_copy(char *ret, size_t size, const char *text)
{
	size_t len = strlen(text), n = 0;

	if (size == 0)
		return;
	n = len < size ? len : size - 1;
	while (n > 0 && n < len && ((uint8_t)text[n] & 0xc0) == 0x80)
		n--;
	memcpy(ret, text, n);
	ret[n] = 0;
}

bool utf8_fits(const char *text, size_t bytes)
{
	size_t len = text ? strnlen(text, bytes) : bytes;

	return len < bytes && utf8_valid_bytes(text, len) == len;
}

/* Control characters; those without width but the joiners, which emoji and scripts need; line and paragraph ends; signs of direction. */
static bool is_sign(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/* Spaces by themselves are nothing to see. */
static bool is_blank(uint32_t c)
{
	return c == ' ' || c == 0xa0 || (c >= 0x2000 && c <= 0x200d) || c == 0x3000;
}

bool utf8_is_name(const char *text)
{
	size_t left = strlen(text), n;
	bool visible = false;
	uint32_t c;

	for (; left > 0; text += n, left -= n) {
		n = utf8_next(&c, text, left);
		if (n == 0 || is_sign(c))
			return false;
		visible |= !is_blank(c);
	}
	return visible;
}
