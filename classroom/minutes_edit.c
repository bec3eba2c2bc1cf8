/* See minutes_edit.h. */
#include "classroom/minutes_edit.h"

#include <stdbool.h>
#include <string.h>

#include "classroom/class_plan.h"
#include "classroom/json_text.h"
#include "media/base/macros.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"

static bool is_line(const json_t *j)
{
	const char *text = json_string_value(j);

	return text && strlen(text) == json_string_length(j) && utf8_fits(text, MINUTES_LINE_BYTES) && (!*text || utf8_is_name(text));
}

/* Of many lines. */
static bool is_text(const json_t *j, size_t bytes)
{
	const char *text = json_string_value(j);
	size_t len = json_string_length(j);

	if (!text || strlen(text) != len || !utf8_fits(text, bytes))
		return false;
	for (size_t i = 0, n; i < len; i += n) {
		uint32_t c;

		n = utf8_next(&c, text + i, len - i);
		if (n == 0 || utf8_is_control(c))
			return false;
	}
	return true;
}

static bool are_notes(const json_t *list, size_t n_agenda)
{
	const json_t *note;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > n_agenda)
		return false;
	json_array_foreach(list, i, note)
		if (!is_text(note, MINUTES_NOTE_BYTES))
			return false;
	return true;
}

static bool are_speeches(const json_t *list)
{
	const json_t *one;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > MINUTES_SPEECHES_MAX)
		return false;
	json_array_foreach(list, i, one)
		if (json_object_size(one) != 2 || !is_line(json_object_get(one, "speaker")) || !is_text(json_object_get(one, "text"), MINUTES_NOTE_BYTES))
			return false;
	return true;
}

static bool is_good(const char *name, const json_t *value, size_t n_agenda, const char **ret_field)
{
	static const char *const known[] = { "place", "recorder", "notes", "speeches", "conclusion" };
	size_t i = 0;

	while (i < ARRAY_LEN(known) && strcmp(known[i], name) != 0)
		i++;
	*ret_field = i < ARRAY_LEN(known) ? known[i] : NULL;
	switch (i) {
	case 0:
	case 1:
		return is_line(value);
	case 2:
		return are_notes(value, n_agenda);
	case 3:
		return are_speeches(value);
	case 4:
		return is_text(value, MINUTES_CONCLUSION_BYTES);
	default:
		return false;
	}
}

enum class_fault minutes_edit_check(const json_t *edit, size_t n_agenda, const char **ret_field)
{
	const char *name;
	json_t *value;
	char *text;
	bool fits;

	json_object_foreach((json_t *)(uintptr_t)edit, name, value)
		if (!is_good(name, value, n_agenda, ret_field))
			return CLASS_FAULT_TEXT;
	text = json_text(edit, 0);
	fits = text && strlen(text) <= MINUTES_EDIT_BYTES;
	mem_free(text);
	*ret_field = NULL;
	return fits ? CLASS_FINE : CLASS_FAULT_TEXT;
}

json_t *minutes_edit_write(const json_t *edit, uint32_t version)
{
	return json_pack("{s:I, s:b, s:o}", "version", (json_int_t)version, "last", 1, "text", json_deep_copy(edit));
}
