/* See reader.h. This is the parent's side. The input is u16(bytes of the sheet's name), the name, the file: in a file in memory. */
#include "attendance/table/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attendance/table/file.h"
#include "attendance/table/frame.h"
#include "media/base/bytes.h"
#include "media/base/clock.h"
#include "media/base/mem.h"

#define TIMEOUT_MS 30000

struct child {
	pid_t pid;
	int out_fd;                     /* what it writes */
	int64_t deadline_us;
};

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		at += MAX(n, 0);
		len -= (size_t)MAX(n, 0);
	}
	return 0;
}

static int make_input(int *ret_fd, const void *bytes, size_t len, const char *sheet)
{
	size_t sheet_len = strlen(sheet);
	int fd = memfd_create("table", MFD_CLOEXEC);
	uint8_t head[2];
	int r;

	if (fd < 0)
		return -errno;
	write_u16(head, (uint16_t)sheet_len);
	r = write_all(fd, head, sizeof(head));
	if (r == 0)
		r = write_all(fd, sheet, sheet_len);
	if (r == 0)
		r = write_all(fd, bytes, len);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	if (r < 0)
		close(fd);
	else
		*ret_fd = fd;
	return r;
}

/* ---- the process ---- */

static int set_files(posix_spawn_file_actions_t *files, int in_fd, int out_fd)
{
	int e = posix_spawn_file_actions_adddup2(files, in_fd, STDIN_FILENO);

	if (e == 0)
		e = posix_spawn_file_actions_adddup2(files, out_fd, STDOUT_FILENO);
	if (e == 0)
		e = posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (e == 0)
		e = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
	return -e;
}

/* No signal is held back or ignored there, whatever this thread does. */
static int set_signals(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int e;

	sigemptyset(&none);
	sigfillset(&all);
	e = posix_spawnattr_setsigmask(attributes, &none);
	if (e == 0)
		e = posix_spawnattr_setsigdefault(attributes, &all);
	if (e == 0)
		e = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	return -e;
}

static int run(pid_t *ret, const char *program, int in_fd, int out_fd)
{
	/* Of the environment nothing is wanted; a zone given keeps the C library from opening files for it later. */
	char *const environment[] = { (char *)"TZ=UTC", NULL };
	char *const arguments[] = { (char *)"huitang", (char *)TABLE_READER_COMMAND, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int r;

	if (posix_spawn_file_actions_init(&files) != 0)
		return -ENOMEM;
	if (posix_spawnattr_init(&attributes) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return -ENOMEM;
	}
	r = set_files(&files, in_fd, out_fd);
	if (r == 0)
		r = set_signals(&attributes);
	if (r == 0)
		r = -posix_spawn(ret, program, &files, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

static int start(struct child *ret, const struct table_reader_cfg *cfg, int in_fd)
{
	const char *program = cfg && cfg->program ? cfg->program : "/proc/self/exe";
	uint32_t timeout_ms = cfg && cfg->timeout_ms ? cfg->timeout_ms : TIMEOUT_MS;
	int fds[2], r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	r = run(&ret->pid, program, in_fd, fds[1]);
	close(fds[1]);
	if (r != 0) {
		close(fds[0]);
		return r;
	}
	ret->out_fd = fds[0];
	ret->deadline_us = clock_boot_us() + (int64_t)timeout_ms * 1000;
	return 0;
}

/* Ends it, if it has not ended by itself; true when it was the limit of processor time that ended it. */
static bool end(const struct child *c)
{
	int status = 0;

	close(c->out_fd);
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
}

/* ---- what it writes ---- */

/* Exactly `len` bytes. -ETIME, -EPIPE: it ended before. */
static int read_exactly(const struct child *c, uint8_t *ret, size_t len)
{
	while (len > 0) {
		struct pollfd p = { c->out_fd, POLLIN, 0 };
		int64_t left_us = c->deadline_us - clock_boot_us();
		ssize_t n;

		if (left_us <= 0)
			return -ETIME;
		if (poll(&p, 1, (int)(left_us / 1000 + 1)) <= 0)
			continue;
		n = read(c->out_fd, ret, len);
		if (n == 0 || (n < 0 && errno != EINTR))
			return -EPIPE;
		ret += MAX(n, 0);
		len -= (size_t)MAX(n, 0);
	}
	return 0;
}

static int read_frame(uint8_t **ret, size_t *ret_len, const struct child *c)
{
	CLEANUP(mem_freep) uint8_t *bytes = NULL;
	uint8_t head[FRAME_HEAD_BYTES];
	uint64_t len;
	int r = read_exactly(c, head, sizeof(head));

	if (r < 0)
		return r;
	len = frame_bytes(head);
	if (len == 0)
		return -EPIPE;
	bytes = mem_zalloc(len);
	if (!bytes)
		return -ENOMEM;
	memcpy(bytes, head, sizeof(head));
	r = read_exactly(c, bytes + sizeof(head), len - sizeof(head));
	if (r < 0)
		return r;
	*ret = STEAL(bytes);
	*ret_len = len;
	return 0;
}

int table_read(struct table **ret, const struct table_reader_cfg *cfg, const void *bytes, size_t len, const char *sheet,
               struct table_problem *err)
{
	CLEANUP(mem_freep) uint8_t *frame = NULL;
	CLEANUP(close_fd) int in_fd = -1;
	struct child c = { .out_fd = -1 };
	size_t frame_len = 0;
	bool out_of_time;
	int r;

	if (len > TABLE_FILE_MAX)
		return table_problem_set(err, TABLE_FILE_TOO_LARGE, 0, 0, "32 MiB");
	if (sheet && strlen(sheet) >= SHEET_NAME_BYTES)
		return table_problem_set(err, TABLE_NO_SHEET, 0, 0, sheet);
	r = make_input(&in_fd, bytes, len, sheet ? sheet : "");
	if (r == 0)
		r = start(&c, cfg, in_fd);
	if (r != 0)
		return r;
	r = read_frame(&frame, &frame_len, &c);
	out_of_time = end(&c) || r == -ETIME;
	if (r == 0)
		return frame_read(ret, frame, frame_len, err);
	return r == -ENOMEM ? r : table_problem_set(err, out_of_time ? TABLE_READER_TIMEOUT : TABLE_READER_FAILED, 0, 0, NULL);
}
