/* Frames from a reader that may be a stranger's by now: a table within its bounds, or a problem. */
#include <errno.h>
#include <string.h>

#include "attendance/table/frame.h"
#include "media/base/bytes.h"
#include "media/base/mem.h"
#include "tests/fuzz/must.h"

static void check_table(const struct table *t)
{
	uint8_t *bytes = NULL;
	uint32_t before = 0;
	size_t len;

	for (size_t row = 0; row < table_rows(t); row++) {
		MUST(table_row_number(t, row) > before);
		before = table_row_number(t, row);
		for (uint32_t column = 1; column <= table_row_columns(t, row); column++)
			MUST(strlen(table_cell(t, row, column).text) == table_cell(t, row, column).len);
	}
	MUST(frame_write_table(&bytes, &len, t) == 0);
	mem_free(bytes);
}

static void read_frame(const uint8_t *bytes, size_t len)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;
	int r = frame_read(&t, bytes, len, &err);

	MUST(r == 0 || (r == -EBADMSG && !t && table_fault_code(err.fault)[0] && memchr(err.text, 0, sizeof(err.text))));
	if (r == 0)
		check_table(t);
	table_destroy(t);
}

/* As it is, and as the body of a sound head. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *framed = malloc(size + FRAME_HEAD_BYTES);

	read_frame(data, size);
	memcpy(framed, "HTT1", 4);
	write_u32(framed + 4, (uint32_t)size);
	if (size > 0)
		memcpy(framed + FRAME_HEAD_BYTES, data, size);
	read_frame(framed, size + FRAME_HEAD_BYTES);
	free(framed);
	return 0;
}
