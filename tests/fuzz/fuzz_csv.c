/* Text files: whatever the bytes, a table within its bounds that passes between processes unchanged, or a problem with a sentence. */
#include <errno.h>
#include <string.h>

#include "attendance/table/file.h"
#include "attendance/table/frame.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

static void check_same(const struct table *a, const struct table *b)
{
	MUST(table_rows(a) == table_rows(b));
	for (size_t row = 0; row < table_rows(a); row++) {
		MUST(table_row_number(a, row) == table_row_number(b, row));
		MUST(table_row_columns(a, row) == table_row_columns(b, row) && table_row_columns(a, row) <= TABLE_COLUMNS_MAX);
		for (uint32_t column = 1; column <= table_row_columns(a, row); column++) {
			struct table_cell x = table_cell(a, row, column), y = table_cell(b, row, column);

			MUST(x.len == strlen(x.text) && x.len <= TABLE_CELL_MAX);
			MUST(x.len == y.len && x.notes == y.notes && memcmp(x.text, y.text, x.len) == 0);
		}
	}
}

static void check_passes(const struct table *t)
{
	struct table_problem err;
	struct table *again = NULL;
	uint8_t *bytes = NULL;
	size_t len;

	MUST(frame_write_table(&bytes, &len, t) == 0);
	MUST(frame_read(&again, bytes, len, &err) == 0);
	check_same(t, again);
	table_destroy(again);
	mem_free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct encodings *e;
	char sentence[PROBLEM_SENTENCE_BYTES];
	struct table_problem err = { 0 };
	struct table *t = NULL;
	int r;

	if (!e)
		MUST(encodings_open(&e) == 0);
	MUST(table_create(&t) == 0);
	r = file_read(t, e, data, size, NULL, &err);
	MUST(r == 0 || r == -EBADMSG);
	if (r == 0) {
		check_passes(t);
	} else {
		MUST(table_fault_code(err.fault)[0]);
		table_problem_say(sentence, &err, TABLE_CHINESE);
		MUST(sentence[0]);
	}
	table_destroy(t);
	return 0;
}
