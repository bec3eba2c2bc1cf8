/* See picture_coding.h. */
#include "classroom/picture_coding.h"

const char *picture_coding_name(enum picture_coding coding)
{
	static const char *const names[] = { "usual", "vp9", "av1" };

	return names[coding];
}
