/* See memory_file.h. */
#include "attendance/table/memory_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int memory_file_create(char ret_path[MEMORY_FILE_PATH_BYTES])
{
	int fd = memfd_create("table", MFD_CLOEXEC);

	if (fd < 0)
		return -ENOMEM;
	snprintf(ret_path, MEMORY_FILE_PATH_BYTES, "/proc/self/fd/%d", fd);
	return fd;
}

int memory_file_read(int fd, char **ret_bytes, size_t *ret_len)
{
	struct stat st;
	char *bytes;
	size_t at = 0;
	ssize_t n = 0;

	if (fstat(fd, &st) < 0)
		return -EIO;
	bytes = malloc((size_t)st.st_size + 1);
	if (!bytes)
		return -ENOMEM;
	while (at < (size_t)st.st_size && (n = pread(fd, bytes + at, (size_t)st.st_size - at, (off_t)at)) > 0)
		at += (size_t)n;
	if (at < (size_t)st.st_size) {
		free(bytes);
		return -EIO;
	}
	*ret_bytes = bytes;
	*ret_len = at;
	return 0;
}
