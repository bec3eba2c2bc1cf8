/* See han_reading.h. */
#include "attendance/han_reading.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *key, const void *row)
{
	uint32_t a = *(const uint32_t *)key, b = ((const struct han_sparse *)row)->character;

	return (a > b) - (a < b);
}

const char *han_reading(uint32_t character)
{
	const struct han_sparse *row;

	if (character >= HAN_DENSE_FIRST && character <= HAN_DENSE_LAST)
		return han_syllables[han_dense[character - HAN_DENSE_FIRST]];
	row = bsearch(&character, han_sparse, han_sparse_n, sizeof(han_sparse[0]), compare);
	return row ? han_syllables[row->syllable] : "";
}

uint32_t han_character_read(const char *reading)
{
	unsigned syllable = 1;

	while (syllable < han_syllables_n && strcmp(han_syllables[syllable], reading) != 0)
		syllable++;
	for (uint32_t c = 0x4e00; syllable < han_syllables_n && c <= HAN_DENSE_LAST; c++)
		if (han_dense[c - HAN_DENSE_FIRST] == syllable)
			return c;
	return 0;
}
