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

static void closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int say(char err[STORE_ERROR_BYTES], const char *dir, const char *what, int error)
{
	snprintf(err, STORE_ERROR_BYTES, "data folder %s: %s: %s", dir, what, strerror(error));
	return -error;
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
	return pwrite(fd, pid, (size_t)len, 0) == len ? 0 : -(errno ? errno : EIO);
}

int folder_take(int *ret_fd, const char *dir, char err[STORE_ERROR_BYTES])
{
	CLEANUP(closep) int fd = -1;
	CLEANUP(closep) int folder = -1;
	int r = make(dir, err);

	if (r < 0)
		return r;
	folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return say(err, dir, "cannot be opened", errno);
	fd = openat(folder, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return say(err, dir, "cannot be written to", errno);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? say_busy(err, dir, fd) : say(err, dir, "cannot be locked", errno);
	errno = 0;
	r = note_pid(fd);
	if (r < 0)
		return say(err, dir, "cannot be written to", -r);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

char *folder_database(const char *dir)
{
	size_t size = strlen(dir) + sizeof("/" DATABASE_NAME);
	char *path = mem_zalloc(size);

	if (path)
		snprintf(path, size, "%s/" DATABASE_NAME, dir);
	return path;
}
