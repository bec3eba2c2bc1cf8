/*
 * A long string member taken out of a JSON object's text before the library reads it: jansson takes some 10 ns a character, and an
 * answer's SDP is tens of thousands of them. Pure.
 */
#ifndef HUITANG_SIGNALING_LONG_STRING_H
#define HUITANG_SIGNALING_LONG_STRING_H

#include <stddef.h>

struct long_string {
	char *text;                     /* owned: what is left for the library, the value as "" */
	size_t text_len;
	char *value;                    /* owned: the value, unescaped, ended by 0 */
	size_t value_len;
};

/**
 * Looks for the first member `name` of the outermost object. Taken is only what is simple: printable ASCII, and the escapes of one
 * letter that stand for it or for a line end or tab. `text` need not be JSON: what is left is right or wrong exactly when it was.
 *
 * Owns:   on 0 *ret is the caller's, long_string_done().
 * Errors: -ENOENT nothing simple of that name; -ENOMEM.
 */
int long_string_cut(struct long_string *ret, const char *text, size_t len, const char *name);
void long_string_done(struct long_string *s);

#endif
