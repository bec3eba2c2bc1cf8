/* See reader.h. This is the disposable process. */
#include "attendance/table/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "attendance/table/file.h"
#include "attendance/table/frame.h"
#include "attendance/table/sandbox.h"
#include "media/base/bytes.h"
#include "media/base/mem.h"

#define MEMORY_BYTES (1ULL << 30)
#define CPU_S 20
#define NICE 10                 /* pictures and voices go first */
#define INPUT_MAX (TABLE_FILE_MAX + SHEET_NAME_BYTES + 2)

struct input {
	char sheet[SHEET_NAME_BYTES];
	uint8_t *bytes;                 /* owned: all of it */
	const uint8_t *file;            /* in bytes */
	size_t file_len;
};

static int read_input(struct input *in)
{
	size_t len = 0, sheet_len;
	ssize_t n;

	in->bytes = mem_zalloc(INPUT_MAX);
	if (!in->bytes)
		return -ENOMEM;
	while (len < INPUT_MAX && (n = read(STDIN_FILENO, in->bytes + len, INPUT_MAX - len)) > 0)
		len += (size_t)n;
	sheet_len = len >= 2 ? read_u16(in->bytes) : 0;
	if (len < 2 + sheet_len || sheet_len >= SHEET_NAME_BYTES)
		return -EPROTO;
	memcpy(in->sheet, in->bytes + 2, sheet_len);
	in->file = in->bytes + 2 + sheet_len;
	in->file_len = len - 2 - sheet_len;
	return 0;
}

/* A frame of the table, or of what is wrong. Too little memory is told as a table that is too large: it has its bound. */
static int read_table(uint8_t **ret, size_t *ret_len, struct encodings *e)
{
	CLEANUP(table_destroyp) struct table *t = NULL;
	struct table_problem err = { .fault = TABLE_READER_FAILED };
	struct input in = { 0 };
	int r = read_input(&in);

	if (r == 0)
		r = table_create(&t);
	if (r == 0)
		r = file_read(t, e, in.file, in.file_len, in.sheet, &err);
	in.bytes = mem_free(in.bytes);
	if (r == 0)
		r = frame_write_table(ret, ret_len, t);
	if (r == 0)
		return 0;
	if (r == -ENOMEM)
		table_problem_set(&err, TABLE_TABLE_TOO_LARGE, 0, 0, NULL);
	return frame_write_problem(ret, ret_len, &err);
}

static void write_out(const uint8_t *bytes, size_t len)
{
	ssize_t n;

	while (len > 0 && (n = write(STDOUT_FILENO, bytes, len)) > 0) {
		bytes += n;
		len -= (size_t)n;
	}
}

/* What the C library would load later it loads now. */
static int shut_in(struct encodings **ret)
{
	const struct sandbox_cfg cfg = { .memory_bytes = MEMORY_BYTES, .cpu_s = CPU_S };
	int r;

	tzset();
	setpriority(PRIO_PROCESS, 0, NICE);
	r = encodings_open(ret);
	return r < 0 ? r : sandbox_enter(&cfg);
}

void table_reader_main(void)
{
	const struct table_problem no_sandbox = { .fault = TABLE_NO_SANDBOX };
	struct encodings *e = NULL;
	uint8_t *frame = NULL;
	size_t len = 0;

	if (shut_in(&e) < 0)
		frame_write_problem(&frame, &len, &no_sandbox);
	else
		read_table(&frame, &len, e);
	write_out(frame, len);
	/* Nothing is tidied up: exit handlers of libraries may want what the sandbox does not give. */
	_exit(0);
}
