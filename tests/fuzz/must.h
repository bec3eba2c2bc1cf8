/* What a fuzz target promises; unlike assert() it stands in every build. */
#ifndef HUITANG_FUZZ_MUST_H
#define HUITANG_FUZZ_MUST_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define MUST(condition)          \
	do {                     \
		if (!(condition)) \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
