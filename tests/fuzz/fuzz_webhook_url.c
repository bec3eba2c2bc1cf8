/* An address that somebody subscribes: what is taken goes to the host that stands in it, by https, with nothing hidden in it. */
#include <string.h>
#include <strings.h>

#include "attendance/webhook.h"
#include "media/base/mem.h"
#include "signaling/webhook_address.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_zalloc(size + 1);

	MUST(text);
	memcpy(text, data, size);
	if (webhook_url_valid(text, false)) {
		size_t host = strcspn(text + 8, "/?#");

		MUST(strncasecmp(text, "https://", 8) == 0 && host > 0 && !memchr(text + 8, '@', host) && !strchr(text, '#') && strlen(text) < WEBHOOK_URL_BYTES);
		MUST(webhook_url_valid(text, true));
	}
	mem_free(text);
	return 0;
}
