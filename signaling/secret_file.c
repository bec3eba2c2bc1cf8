/* See secret_file.h. */
#include "signaling/secret_file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 1024

static int read_line(char line[LINE_BYTES], const char *path)
{
	FILE *f = fopen(path, "re");
	char more;
	int r = 0;

	if (!f)
		return -errno;
	if (!fgets(line, LINE_BYTES, f) || fread(&more, 1, 1, f) > 0)
		r = -EINVAL;
	fclose(f);
	line[strcspn(line, "\r\n")] = 0;
	return r;
}

int secret_file_read(char *ret, size_t size, size_t min, const char *path)
{
	char line[LINE_BYTES] = "";
	int r = read_line(line, path);

	if (r == 0 && (strlen(line) < min || strlen(line) >= size))
		r = -EINVAL;
	if (r == 0)
		memcpy(ret, line, strlen(line) + 1);
	sodium_memzero(line, sizeof(line));
	return r;
}
