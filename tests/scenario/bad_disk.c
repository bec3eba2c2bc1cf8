/*
 * Preloaded into the server (LD_PRELOAD): what its calls do to the files of its database goes through here, to be slow or to fail as a full disk does.
 * Other files are left alone. Needs no file system of its own, and so no rights.
 */
#undef _FILE_OFFSET_BITS    /* both forms of each name are ours */

#include "bad_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct bad_disk *disk;

__attribute__((constructor)) static void map(void)
{
	const char *path = getenv(BAD_DISK_ENV);
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	disk = at == MAP_FAILED ? NULL : at;
	if (fd >= 0)
		close(fd);
}

static bool is_database(int fd)
{
	char link[40], name[512];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n <= 0)
		return false;
	name[n] = 0;
	return strstr(name, "/huitang.db") != NULL;
}

static bool is_full(int fd)
{
	if (!disk || !atomic_load(&disk->full) || !is_database(fd))
		return false;
	atomic_fetch_add(&disk->refused, 1);
	errno = ENOSPC;
	return true;
}

static int sync_slowly(long call, int fd)
{
	if (disk && is_database(fd)) {
		atomic_fetch_add(&disk->syncs, 1);
		usleep(atomic_load(&disk->sync_us));
	}
	return (int)syscall(call, fd);
}

int fsync(int fd)
{
	return sync_slowly(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return sync_slowly(SYS_fdatasync, fd);
}

ssize_t write(int fd, const void *data, size_t len)
{
	return is_full(fd) ? -1 : syscall(SYS_write, fd, data, len);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
	return is_full(fd) ? -1 : syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
	return is_full(fd) ? -1 : syscall(SYS_pwrite64, fd, data, len, at);
}

int ftruncate64(int fd, off64_t len)
{
	return is_full(fd) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate(int fd, off_t len)
{
	return is_full(fd) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int posix_fallocate64(int fd, off64_t at, off64_t len)
{
	return is_full(fd) ? ENOSPC : (int)syscall(SYS_fallocate, fd, 0, at, len) ? errno : 0;
}

int posix_fallocate(int fd, off_t at, off_t len)
{
	return is_full(fd) ? ENOSPC : (int)syscall(SYS_fallocate, fd, 0, at, len) ? errno : 0;
}
