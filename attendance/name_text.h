/* The form in which names and what is looked for are compared: NFKC, case folded, without invisible characters. Pure; any thread. */
#ifndef HUITANG_ATTENDANCE_NAME_TEXT_H
#define HUITANG_ATTENDANCE_NAME_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Folds UTF-8 into at most `max` code points; what is longer is cut.
 *
 * Returns how many, or -EINVAL: not UTF-8. Spec: Unicode UAX #15, NFKC_Casefold
 */
int name_text_fold(uint32_t *ret, size_t max, const char *text);

/** Code points as UTF-8 with its 0, cut at a character when too long. Returns the bytes without the 0. */
size_t name_text_write(char *ret, size_t size, const uint32_t *characters, size_t n);

/** Spaces, hyphens, apostrophes and the dots between the parts of a name. */
bool name_text_separates(uint32_t character);

/** A Latin letter without its marks, as a to z, v for u with two dots; 0 for any other. `marked` is folded. */
char name_text_letter(uint32_t marked);

#endif
