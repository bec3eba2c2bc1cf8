/* See folder.h. */
#include "attendance/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/base/mem.h"

static int say(char err[STORE_ERROR_BYTES], const char *dir, const char *what, int error)
{
	snprintf(err, STORE_ERROR_BYTES, "data folder %s: %s: %s", dir, what, strerror(error));
	return -error;
}

static char *in_folder(const char *dir, const char *name)
{
	size_t size = strlen(dir) + strlen(name) + 2;
	char *path = mem_zalloc(size);

	if (path)
		snprintf(path, size, "%s/%s", dir, name);
	return path;
}

static int make(const char *dir, char err[STORE_ERROR_BYTES])
{
	struct stat st;

	if (mkdir(dir, 0700) == 0)
		return 0;
	if (errno != EEXIST)
		return say(err, dir, "cannot be created", errno);
	if (stat(dir, &st) < 0)
		return say(err, dir, "cannot be read", errno);
	return S_ISDIR(st.st_mode) ? 0 : say(err, dir, "cannot be used", ENOTDIR);
}

static int say_busy(char err[STORE_ERROR_BYTES], const char *dir, int fd)
{
	char pid[24] = { 0 };
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[strspn(pid, "0123456789")] = 0;
	snprintf(err, STORE_ERROR_BYTES, "data folder %s is in use by another server (process %s); stop that one or choose another folder",
	         dir, n > 0 && pid[0] ? pid : "unknown");
	return -EBUSY;
}

static int note_pid(int fd)
{
	char pid[24];
	int len = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) < 0)
		return -errno;
	errno = EIO;    /* of a short write */
	return pwrite(fd, pid, (size_t)len, 0) == len ? 0 : -errno;
}

static int open_lock(int *ret, const char *dir, char err[STORE_ERROR_BYTES])
{
	CLEANUP(mem_freep) char *path = in_folder(dir, LOCK_NAME);
	int fd;

	if (!path)
		return say(err, dir, "cannot be opened", ENOMEM);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return say(err, dir, "cannot be written to", errno);
	*ret = fd;
	return 0;
}

static int take_lock(int fd, const char *dir, char err[STORE_ERROR_BYTES])
{
	int r;

	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? say_busy(err, dir, fd) : say(err, dir, "cannot be locked", errno);
	r = note_pid(fd);
	return r < 0 ? say(err, dir, "cannot be written to", -r) : 0;
}

int folder_take(int *ret_fd, const char *dir, char err[STORE_ERROR_BYTES])
{
	int r = make(dir, err);
	int fd = -1;

	if (r == 0)
		r = open_lock(&fd, dir, err);
	if (r < 0)
		return r;
	r = take_lock(fd, dir, err);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	return 0;
}

char *folder_database(const char *dir)
{
	return in_folder(dir, DATABASE_NAME);
}
