/* Names that nobody can guess. */
#ifndef HUITANG_SIGNALING_RANDOM_H
#define HUITANG_SIGNALING_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/** Writes 2 x bytes lower-case hex digits and 0. */
void random_hex(char *ret, size_t bytes);

/** Writes `chars` characters of the ice-char alphabet without + and / (RFC 8839 §5.4), and 0. */
void random_ice_text(char *ret, size_t chars);

/** Any value but 0. The array's: the kernel is asked once for all. */
uint32_t random_nonzero_u32(void);
void random_nonzero_u32s(uint32_t *ret, size_t n);

#endif
