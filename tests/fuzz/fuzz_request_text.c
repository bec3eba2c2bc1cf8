/*
 * What a request says beside its body: parameters (decoded, parted by byte 0 here as there), cookies, days. What is found lies within the text and fits, and
 * only a day is a day.
 */
#include <stdio.h>
#include <string.h>

#include "attendance/local_day.h"
#include "media/base/mem.h"
#include "signaling/http.h"
#include "tests/fuzz/must.h"

static const char *const names[] = { "cursor", "limit", "from", "to", "org", "q", "" };

static void check_day(const char *text)
{
	char again[24];
	int32_t day = -1;

	if (day_parse(&day, text) < 0) {
		MUST(day == -1);
		return;
	}
	snprintf(again, sizeof(again), "%04d-%02d-%02d", day / 10000, day / 100 % 100, day % 100);
	MUST(strcmp(again, text) == 0);
}

static void check_found(const char *source, size_t size, const char *value, size_t room)
{
	size_t len = strlen(value);

	MUST(len < room && (len == 0 || memmem(source, size, value, len)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_zalloc(size + 2), value[24];
	struct request q = { .query = text, .cookie = text, .authorization = text };

	MUST(text);
	memcpy(text, data, size);
	check_day(text);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (http_query(&q, names[i], value, sizeof(value))) {
			MUST(http_has_query(&q, names[i]));
			check_found(text, size, value, sizeof(value));
			check_day(value);
		}
		if (http_cookie(&q, names[i], value, sizeof(value)))
			check_found(text, size, value, sizeof(value));
	}
	MUST(!http_bearer(&q) || http_bearer(&q) == text + 7);
	mem_free(text);
	return 0;
}
