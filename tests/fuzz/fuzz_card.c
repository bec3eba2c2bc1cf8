/* A card number from a form or a file: what is right stays so when it is read again, and fits its bounds. */
#include <string.h>

#include "attendance/card.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct card card = { .text = "none" }, again;

	if (text && card_parse(&card, text) == CARD_RIGHT) {
		MUST(strlen(card.text) >= CARD_CHARACTERS_MIN && strlen(card.text) < CARD_BYTES);
		MUST(card_parse(&again, card.text) == CARD_RIGHT);
		MUST(again.resident == card.resident && strcmp(again.text, card.text) == 0);
	} else {
		MUST(strcmp(card.text, "none") == 0);
	}
	mem_free(text);
	return 0;
}
