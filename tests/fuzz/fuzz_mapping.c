/* A profile (up to a first byte 0) and a table behind it: columns that are there, and values in the one form that reads as itself. */
#include <errno.h>
#include <string.h>

#include "attendance/table/csv_read.h"
#include "attendance/table/mapping.h"
#include "attendance/table/value.h"
#include "media/base/mem.h"
#include "media/base/utf8.h"
#include "tests/fuzz/must.h"

/* What a reading gives, it gives again. */
static void check_value(int (*read)(char *, const char *), const char *text)
{
	char once[VALUE_CODE_BYTES], twice[VALUE_CODE_BYTES];

	if (read(once, text) < 0)
		return;
	MUST(read(twice, once) == 0 && strcmp(once, twice) == 0);
}

static void check_cell(const char *text)
{
	const char *at = text, *before;
	char value[300], again[300];
	int r;

	check_value(value_code, text);
	check_value(value_phone, text);
	check_value(value_date, text);
	if (value_person_name(value, sizeof(value), text) == 0)
		MUST(*value && value_person_name(again, sizeof(again), value) == 0 && strcmp(value, again) == 0);
	if (value_text(value, sizeof(value), text) == 0)
		MUST(value_text(again, sizeof(again), value) == 0 && strcmp(value, again) == 0);
	if (value_path(value, sizeof(value), text) == 0)
		MUST(value_path(again, sizeof(again), value) == 0 && strcmp(value, again) == 0);
	if (value_person_kind(text))
		MUST(value_person_word(value_person_kind(text))[0]);
	if (value_organisation_kind(text))
		MUST(value_organisation_word(value_organisation_kind(text))[0]);
	do {
		before = at;
		r = value_next(&at, value, sizeof(value));
		MUST(r <= 0 || (at > before && value[0]));
	} while (r > 0);
}

static void check_mapping(const struct table *t, enum table_kind kind, const struct mapping_profile *profile)
{
	struct table_problems *problems = calloc(1, sizeof(*problems));
	struct mapping m = { 0 };
	int r = mapping_find(&m, t, kind, profile, true, problems);

	MUST(r == 0 ? problems->n == 0 : r == -EBADMSG && problems->n > 0);
	if (r == 0)
		MUST(m.header < table_rows(t) && m.columns[FIELD_NAME] > 0);
	for (size_t f = 0; f < FIELDS && m.header < table_rows(t); f++)
		MUST(m.columns[f] <= mapping_header_columns(t, m.header));
	for (size_t row = 0; row < table_rows(t); row++)
		for (uint32_t column = 1; column <= table_row_columns(t, row); column++)
			check_cell(table_cell(t, row, column).text);
	free(problems);
}

static void read_both(const char *json, size_t json_len, char *csv, size_t csv_len)
{
	struct mapping_profile *profile = NULL;
	struct table_problem err = { 0 };
	struct table *t = NULL;

	MUST(table_create(&t) == 0);
	if (csv_read(t, csv, csv_len, &err) == 0) {
		for (int kind = 0; kind < TABLE_KINDS; kind++) {
			mapping_profile_read(&profile, (enum table_kind)kind, json, json_len, &err);
			check_mapping(t, (enum table_kind)kind, profile);
			profile = mapping_profile_destroy(profile);
		}
	}
	table_destroy(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
	size_t json_len = zero ? (size_t)(zero - data) : 0, csv_at = zero ? json_len + 1 : 0;
	char *csv = malloc(size - csv_at + 1);

	if (size > csv_at)
		memcpy(csv, data + csv_at, size - csv_at);
	if (utf8_valid_bytes(csv, size - csv_at) == size - csv_at)
		read_both((const char *)data, json_len, csv, size - csv_at);
	free(csv);
	return 0;
}
