/* What somebody writes into minutes: what is taken is within its bounds and is written as it came; what is not names a member that exists, or none. */
#include <string.h>

#include "classroom/minutes_edit.h"
#include "tests/fuzz/must.h"

#define AGENDA 3

static void check(const json_t *edit)
{
	const json_t *speeches = json_object_get(edit, "speeches");

	MUST(json_array_size(json_object_get(edit, "notes")) <= AGENDA && json_array_size(speeches) <= MINUTES_SPEECHES_MAX);
	MUST(json_string_length(json_object_get(edit, "conclusion")) < MINUTES_CONCLUSION_BYTES);
	MUST(json_string_length(json_object_get(edit, "place")) < MINUTES_LINE_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *edit = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL), *written;
	const char *field = NULL;

	if (json_is_object(edit) && minutes_edit_check(edit, AGENDA, &field) == CLASS_FINE) {
		check(edit);
		written = minutes_edit_write(edit, 2);
		MUST(written && json_equal(json_object_get(written, "text"), edit));
		json_decref(written);
	} else if (field) {
		MUST(strlen(field) < 16);
	}
	json_decref(edit);
	return 0;
}
