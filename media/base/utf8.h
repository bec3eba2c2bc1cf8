/* UTF-8: checked where it comes in, read and written character by character. Pure. */
#ifndef HUITANG_MEDIA_BASE_UTF8_H
#define HUITANG_MEDIA_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Reads the character at the start of `len` (> 0) bytes into *ret. Overlong forms, surrogates and values over U+10FFFF are none.
 * Returns its bytes, 0 when the bytes are not a character.
 */
size_t utf8_next(uint32_t *ret, const char *text, size_t len);

/** Writes a character; returns its bytes, 0 for what is none. */
size_t utf8_put(char ret[4], uint32_t character);

/** Bytes from the start that are whole characters; `len` when all are. */
size_t utf8_valid_bytes(const char *text, size_t len);

/** True for control characters other than tab, line feed and carriage return, and for U+FFFE and U+FFFF: not text. */
bool utf8_is_control(uint32_t character);

/** The narrow form of what Chinese input writes wide: letters, digits and signs of ASCII, and the space. Others stay. */
uint32_t utf8_narrow(uint32_t character);

/** Copies as much as fits, cut at a character, ended by 0. */
void utf8_copy(char *ret, size_t size, const char *text);

/** True for valid UTF-8 that fits into `bytes` with its 0. NULL is false. Spec: RFC 3629 §4 */
bool utf8_fits(const char *text, size_t bytes);

/**
 * Whether valid UTF-8 can be shown as a name: something to see, no control characters, line ends, nor signs that turn the direction
 * of what stands beside it. Names of guests come from strangers, and stand in lists, logs of chat and spreadsheets.
 */
bool utf8_is_name(const char *text);

#endif
