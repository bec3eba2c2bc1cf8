/* See key_file.h. */
#include "attendance/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/base/macros.h"

static void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The folder that a file is or will be in. -errno. */
static int parent_of(char ret[PATH_MAX], const char *path)
{
	char copy[PATH_MAX];
	char *slash;

	if (strlen(path) >= sizeof(copy))
		return -ENAMETOOLONG;
	strcpy(copy, path);
	slash = strrchr(copy, '/');
	if (slash)
		slash[slash == copy ? 1 : 0] = 0;
	return realpath(slash ? copy : ".", ret) ? 0 : -errno;
}

int key_file_check_place(const char *path, const char *dir)
{
	char parent[PATH_MAX], real[PATH_MAX];
	size_t n;
	int r = parent_of(parent, path);

	if (r < 0)
		return r;
	if (!realpath(dir, real))
		return errno == ENOENT ? 0 : -errno;
	n = strlen(real);
	return strncmp(parent, real, n) == 0 && (parent[n] == '/' || parent[n] == 0) ? -EXDEV : 0;
}

static int write_bytes(int fd, const uint8_t *bytes, size_t n)
{
	ssize_t written;

	errno = EIO;    /* of a short write */
	written = write(fd, bytes, n);
	if (written != (ssize_t)n || fchmod(fd, 0400) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static int sync_parent(const char *path)
{
	char parent[PATH_MAX];
	CLEANUP(closep) int fd = -1;
	int r = parent_of(parent, path);

	if (r < 0)
		return r;
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* Under a name of its own until all of it is on disk; whose link() comes first has made it. */
int key_file_make(const char *path, const uint8_t *bytes, size_t n)
{
	char part[PATH_MAX];
	CLEANUP(closep) int fd = -1;
	int r;

	if (snprintf(part, sizeof(part), "%s.XXXXXX", path) >= (int)sizeof(part))
		return -ENAMETOOLONG;
	fd = mkostemp(part, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = write_bytes(fd, bytes, n);
	if (r == 0 && link(part, path) < 0 && errno != EEXIST)
		r = -errno;
	unlink(part);
	return r < 0 ? r : sync_parent(path);
}

int key_file_unlink(const char *path)
{
	if (unlink(path) < 0)
		return errno == ENOENT ? 0 : -errno;
	return sync_parent(path);
}
