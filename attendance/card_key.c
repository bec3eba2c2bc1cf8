/* See card_key.h. */
#include "attendance/card_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attendance/key_file.h"

struct card_key {                       /* sodium_malloc() */
	char id[CARD_KEY_ID_BYTES];
	uint8_t bytes[CARD_KEY_BYTES];
};

static void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int say(char err[CARD_KEY_ERROR_BYTES], int error, const char *path, const char *what)
{
	snprintf(err, CARD_KEY_ERROR_BYTES, "card key %s: %s%s%s", path, what ? what : "", what ? "" : "cannot be used: ", what ? "" : strerror(error));
	return -error;
}

int card_key_path(char *ret, size_t size, const char *dir)
{
	char real[PATH_MAX];

	if (!realpath(dir, real))
		return -errno;
	if (strcmp(real, "/") == 0)
		return -EINVAL;
	if (strlen(real) + strlen(".card-key") >= size)
		return -ENAMETOOLONG;
	snprintf(ret, size, "%s.card-key", real);
	return 0;
}

static int make_key(const char *path)
{
	uint8_t bytes[CARD_KEY_BYTES];
	int r;

	randombytes_buf(bytes, sizeof(bytes));
	r = key_file_make(path, bytes, sizeof(bytes));
	sodium_memzero(bytes, sizeof(bytes));
	return r;
}

static int check_file(int fd, const char *path, char err[CARD_KEY_ERROR_BYTES])
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return say(err, errno, path, NULL);
	if (!S_ISREG(st.st_mode))
		return say(err, EBADMSG, path, "is no regular file");
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return say(err, EPERM, path, "belongs to another user");
	if (st.st_mode & 077)
		return say(err, EPERM, path, "others may read or write it; chmod 400 it, and if it lay open, make a new one and enter the numbers again");
	if (st.st_size != CARD_KEY_BYTES)
		return say(err, EBADMSG, path, "does not hold 32 bytes");
	return 0;
}

static void name_key(struct card_key *key)
{
	uint8_t hash[crypto_generichash_BYTES];

	crypto_generichash(hash, sizeof(hash), key->bytes, sizeof(key->bytes), NULL, 0);
	sodium_bin2hex(key->id, sizeof(key->id), hash, (CARD_KEY_ID_BYTES - 1) / 2);
}

static int read_key(struct card_key **ret, int fd, const char *path, char err[CARD_KEY_ERROR_BYTES])
{
	struct card_key *key = sodium_malloc(sizeof(*key));
	ssize_t n;

	if (!key)
		return say(err, ENOMEM, path, NULL);
	errno = EIO;
	n = read(fd, key->bytes, sizeof(key->bytes));
	if (n != (ssize_t)sizeof(key->bytes)) {
		n = errno;
		sodium_free(key);
		return say(err, (int)n, path, NULL);
	}
	name_key(key);
	sodium_mprotect_readonly(key);
	*ret = key;
	return 0;
}

static int open_file(const char *path, bool make, char err[CARD_KEY_ERROR_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int r;

	if (fd < 0 && errno == ENOENT && make) {
		r = make_key(path);
		if (r < 0)
			return say(err, -r, path, NULL);
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	}
	if (fd >= 0)
		return fd;
	if (errno == ENOENT && !make)
		return say(err, ENOENT, path, "is missing, and card numbers are on record that only it can find; put it back where it was");
	return say(err, errno, path, NULL);
}

int card_key_open(struct card_key **ret, const char *path, const char *dir, bool make, char err[CARD_KEY_ERROR_BYTES])
{
	CLEANUP(closep) int fd = -1;
	int r;

	if (sodium_init() < 0)
		return say(err, ENOMEM, path, NULL);
	r = key_file_check_place(path, dir);
	if (r == -EXDEV)
		return say(err, EXDEV, path, "is inside the data folder, and so in its backups; it must be elsewhere");
	if (r < 0)
		return say(err, -r, path, NULL);
	fd = open_file(path, make, err);
	if (fd < 0)
		return fd;
	r = check_file(fd, path, err);
	return r < 0 ? r : read_key(ret, fd, path, err);
}

struct card_key *card_key_close(struct card_key *key)
{
	sodium_free(key);
	return NULL;
}

const uint8_t *card_key_bytes(const struct card_key *key)
{
	return key->bytes;
}

const char *card_key_id(const struct card_key *key)
{
	return key->id;
}
