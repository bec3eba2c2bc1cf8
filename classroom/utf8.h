/* Whether a text may stand in a record: bounded, and UTF-8 without surrogates or overlong forms. */
#ifndef HUITANG_CLASSROOM_UTF8_H
#define HUITANG_CLASSROOM_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/** True for valid UTF-8 that fits into `bytes` with its 0. NULL is false. Spec: RFC 3629 §4 */
bool utf8_fits(const char *text, size_t bytes);

/**
 * Whether valid UTF-8 can be shown as a name: something to see, no control characters, line ends, nor signs that turn the direction
 * of what stands beside it. Names of guests come from strangers, and stand in lists, logs of chat and spreadsheets.
 */
bool utf8_is_name(const char *text);

#endif
