/* The disposable process: what it reads comes back whole, it can do nothing else, and no end of it harms who waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attendance/table/file.h"
#include "attendance/table/frame.h"
#include "attendance/table/reader.h"
#include "attendance/table/sandbox.h"
#include "media/base/clock.h"
#include "tests/unit/attendance/table/book.h"
#include "tests/unit/leaves_nothing.h"

#define CSV_TEXT "\xef\xbb\xbf姓名,备注\r\n张三,\"<script>\"\r\n,\r\n李四,4.4E+17\r\n"

static struct table *read_it(const void *bytes, size_t len)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;
	int r = table_read(&t, NULL, bytes, len, NULL, &err);

	if (r < 0)
		fail_msg("%d %s %s", r, table_fault_code(err.fault), err.text);
	return t;
}

static void expect_fault(const struct table_reader_cfg *cfg, const void *bytes, size_t len, const char *sheet, enum table_fault fault, uint32_t row)
{
	struct table_problem err = { 0 };
	struct table *t = NULL;

	assert_int_equal(table_read(&t, cfg, bytes, len, sheet, &err), -EBADMSG);
	assert_string_equal(table_fault_code(err.fault), table_fault_code(fault));
	assert_int_equal(err.row, row);
}

static void a_table_comes_back_whole(void **state)
{
	struct table *t = read_it(CSV_TEXT, strlen(CSV_TEXT));

	(void)state;
	assert_int_equal(table_rows(t), 3);
	assert_string_equal(table_cell(t, 1, 2).text, "<script>");
	assert_int_equal(table_row_number(t, 2), 4);
	assert_int_equal(table_cell(t, 2, 2).notes, CELL_NOTE_LOST_DIGITS);
	table_destroy(t);
}

static void a_workbook_and_gb18030_are_read_inside(void **state)
{
	static const char gb[] = "\xd0\xd5\xc3\xfb\n\xd5\xc5\xc8\xfd\n";
	const struct book_part parts[] = {
		{ "xl/worksheets/sheet2.xml", "<worksheet " MAIN_SPACE "><sheetData><row r=\"3\"><c r=\"B3\" s=\"0\"><v>1</v></c></row></sheetData>"
		  "<mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells></worksheet>", 0 },
		{ "xl/sharedStrings.xml", "<sst " MAIN_SPACE "/>", 0 },
		{ "xl/styles.xml", "<styleSheet " MAIN_SPACE "><cellXfs><xf numFmtId=\"14\"/></cellXfs></styleSheet>", 0 },
	};
	struct table_problem err = { 0 };
	struct table *t = NULL;
	size_t len, n;
	char *bytes;

	(void)state;
	book_make(&bytes, &len, parts, ARRAY_LEN(parts), 0);
	assert_int_equal(table_read(&t, NULL, bytes, len, "乙", &err), 0);
	assert_string_equal(table_cell(t, 0, 2).text, "1900-01-01");
	assert_string_equal(table_sheets(t, &n)[1], "乙");
	assert_int_equal(table_merges(t, &n)[0].last_row, 2);
	assert_int_equal(n, 1);
	table_destroy(t);
	expect_fault(NULL, bytes, len, "丙", TABLE_NO_SHEET, 0);
	free(bytes);
	t = read_it(gb, sizeof(gb) - 1);
	assert_string_equal(table_cell(t, 1, 1).text, "张三");
	table_destroy(t);
}

static void problems_come_back_with_their_place(void **state)
{
	char *large = calloc(1, TABLE_FILE_MAX + 1);

	(void)state;
	expect_fault(NULL, "a\nb,\"c", 6, NULL, TABLE_QUOTE_OPEN, 2);
	expect_fault(NULL, "", 0, NULL, TABLE_EMPTY, 0);
	expect_fault(NULL, large, TABLE_FILE_MAX + 1, NULL, TABLE_FILE_TOO_LARGE, 0);
	memset(large, 'x', SHEET_NAME_BYTES);
	expect_fault(NULL, "a", 1, large, TABLE_NO_SHEET, 0);
	/* As large as it may be, and all in one cell. */
	memset(large, 'x', TABLE_FILE_MAX);
	expect_fault(NULL, large, TABLE_FILE_MAX, NULL, TABLE_CELL_TOO_LONG, 1);
	free(large);
}

/* ---- readers that end badly ---- */

static void expect_script(const char *script, uint32_t timeout_ms, enum table_fault fault)
{
	char path[] = "/tmp/huitang-reader-XXXXXX";
	struct table_reader_cfg cfg = { path, timeout_ms };
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
	assert_int_equal(fchmod(fd, 0700), 0);
	close(fd);
	expect_fault(&cfg, CSV_TEXT, strlen(CSV_TEXT), NULL, fault, 0);
	unlink(path);
}

static void readers_that_end_badly_are_told(void **state)
{
	(void)state;
	expect_script("#!/bin/sh\nexec sleep 60\n", 100, TABLE_READER_TIMEOUT);
	expect_script("#!/bin/sh\nprintf HTT1; exec sleep 60\n", 100, TABLE_READER_TIMEOUT);
	expect_script("#!/bin/sh\nkill -SEGV $$\n", 0, TABLE_READER_FAILED);
	expect_script("#!/bin/sh\nkill -XCPU $$\n", 0, TABLE_READER_TIMEOUT);
	expect_script("#!/bin/sh\necho this is no frame\n", 0, TABLE_READER_FAILED);
	expect_script("#!/bin/sh\nprintf 'HTT1\\377\\377\\377\\377'\n", 0, TABLE_READER_FAILED);
	expect_script("#!/bin/sh\nprintf 'HTT1\\0\\0\\0\\11\\0\\0\\0\\0\\0\\0\\0\\0\\1'\n", 0, TABLE_READER_FAILED);
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
	struct table_reader_cfg cfg = { "/nonexistent", 0 };
	struct table_problem err = { 0 };
	struct table *t = NULL;

	(void)state;
	assert_int_equal(table_read(&t, &cfg, "a", 1, NULL, &err), -ENOENT);
}

/* ---- the sandbox ---- */

static void do_nothing(void)
{
}

static void do_open(void)
{
	int fd = open("/etc/hostname", O_RDONLY | O_CLOEXEC);

	_exit(fd < 0 ? 1 : 0);
}

static void do_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	_exit(fd < 0 ? 1 : 0);
}

static void do_fork(void)
{
	if (fork() < 0)
		_exit(1);
}

static void do_exec(void)
{
	execl("/bin/true", "true", NULL);
}

static void do_kill(void)
{
	kill(getppid(), 0);
}

static void do_code(void)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	_exit(code == MAP_FAILED ? 1 : 0);
}

static void do_write(void)
{
	if (write(STDERR_FILENO, "", 0) < 0)
		_exit(1);
}

/* The status of a process that enters and does it. */
static int status_inside(void (*act)(void))
{
	const struct sandbox_cfg cfg = { 1ULL << 30, 10 };
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (sandbox_enter(&cfg) < 0)
			_exit(2);
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void the_sandbox_gives_nothing(void **state)
{
	static void (*const acts[])(void) = { do_open, do_socket, do_fork, do_exec, do_kill, do_code, do_write };
	int status = status_inside(do_nothing);

	(void)state;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	for (size_t i = 0; i < ARRAY_LEN(acts); i++) {
		status = status_inside(acts[i]);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSYS)
			fail_msg("act %zu: status %x", i, status);
	}
#else
	(void)acts;
#endif
}

/* ---- the frame ---- */

static void no_changed_frame_is_trusted(void **state)
{
	struct table *t = read_it(CSV_TEXT, strlen(CSV_TEXT)), *again = NULL;
	struct table_problem err;
	uint8_t *bytes, *copy;
	size_t len;
	int r;

	(void)state;
	assert_int_equal(frame_write_table(&bytes, &len, t), 0);
	copy = malloc(len);
	for (size_t cut = 0; cut < len; cut++) {
		memcpy(copy, bytes, cut);
		assert_int_equal(frame_read(&again, copy, cut, &err), -EBADMSG);
	}
	for (size_t at = 0; at < len; at++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(copy, bytes, len);
			copy[at] ^= (uint8_t)(1 << bit);
			r = frame_read(&again, copy, len, &err);
			assert_true(r == 0 || r == -EBADMSG);
			again = r == 0 ? table_destroy(again) : NULL;
		}
	}
	free(copy);
	mem_free(bytes);
	table_destroy(t);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LEAVES_NOTHING(a_table_comes_back_whole),
		LEAVES_NOTHING(a_workbook_and_gb18030_are_read_inside),
		LEAVES_NOTHING(problems_come_back_with_their_place),
		LEAVES_NOTHING(readers_that_end_badly_are_told),
		LEAVES_NOTHING(a_program_that_is_not_there_is_an_error),
		LEAVES_NOTHING(the_sandbox_gives_nothing),
		LEAVES_NOTHING(no_changed_frame_is_trusted),
	};

	/* table_read() runs this program again. */
	if (argc == 2 && strcmp(argv[1], TABLE_READER_COMMAND) == 0)
		table_reader_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
