/* What somebody typed as a site's code: any bytes are bounded, and right only if the ten signs are. */
#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "classroom/site_code.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

#define NOW_US 1764115200000000LL

static const uint8_t key[SITE_CODE_KEY_BYTES] = { 7 };

static void check_same(const char *text, int64_t wall_us)
{
	char code[SITE_CODE_BYTES];
	unsigned n = 0;

	site_code_write(code, key, 3, 5, wall_us);
	for (; *text; text++)
		if (*text != ' ' && *text != '-') {
			MUST(n < sizeof(code) - 1 && toupper((unsigned char)*text) == code[n]);
			n++;
		}
	MUST(n == sizeof(code) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	enum site_code_verdict v;

	MUST(text && sodium_init() >= 0);
	v = site_code_check(text, key, 3, 5, NOW_US);
	if (v == SITE_CODE_FRESH)
		check_same(text, NOW_US);
	if (v == SITE_CODE_PREVIOUS)
		check_same(text, NOW_US - SITE_CODE_PERIOD_US);
	mem_free(text);
	return 0;
}
