/* Runs a fuzz target over the files of a folder, so that seeds are a test in every build; libFuzzer brings its own main. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *dir, const char *name)
{
	char path[4096];
	uint8_t *data = NULL;
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (!f)
		return -1;
	data = malloc(1 << 20);
	if (data)
		len = fread(data, 1, 1 << 20, f);
	fclose(f);
	/* A copy of the exact size, so that the address sanitizer sees a read past its end. */
	uint8_t *exact = malloc(len ? len : 1);
	if (exact && data) {
		memcpy(exact, data, len);
		LLVMFuzzerTestOneInput(exact, len);
	}
	free(exact);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	struct dirent *e;
	int n = 0;
	DIR *d;

	if (argc != 2 || !(d = opendir(argv[1]))) {
		fprintf(stderr, "usage: %s SEEDS\n", argv[0]);
		return 2;
	}
	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && run_file(argv[1], e->d_name) == 0)
			n++;
	closedir(d);
	printf("%d seeds\n", n);
	return n > 0 ? 0 : 1;
}
