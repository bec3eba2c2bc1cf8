/* See ballot_key.h. A file is "ID.ROOM.ASK" and holds the secret key; the public one follows from it. */
#include "attendance/ballot_key.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attendance/key_file.h"
#include "media/base/macros.h"

#define SUFFIX ".ballot-keys"
#define NAME_SIGNS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
#define ASK_DIGITS_MAX 9

_Static_assert(BALLOT_KEY_BYTES == crypto_box_PUBLICKEYBYTES, "of crypto_box");
_Static_assert(BALLOT_KEY_BYTES == crypto_box_SECRETKEYBYTES, "of crypto_box");

static void closep(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void closedirp(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int name_folder(char ret[PATH_MAX], const char *folder, const char *dir)
{
	char real[PATH_MAX];
	int n;

	if (*folder)
		n = snprintf(ret, PATH_MAX, "%s", folder);
	else if (!realpath(dir, real))
		return -errno;
	else if (strcmp(real, "/") == 0)
		return -EINVAL;
	else
		n = snprintf(ret, PATH_MAX, "%s" SUFFIX, real);
	return n < PATH_MAX ? 0 : -ENAMETOOLONG;
}

/* The folder may be there already, and be the data folder itself. */
static int check_place(const char *folder, const char *dir)
{
	char inside[PATH_MAX];
	struct stat st;

	if (stat(folder, &st) < 0)
		return key_file_check_place(folder, dir);
	if (snprintf(inside, sizeof(inside), "%s/key", folder) >= (int)sizeof(inside))
		return -ENAMETOOLONG;
	return key_file_check_place(inside, dir);
}

int ballot_keys_init(struct ballot_keys *ret, const char *folder, const char *dir, const uint8_t secret[STORE_KEY_BYTES])
{
	uint8_t hash[crypto_generichash_BYTES];
	int r = name_folder(ret->folder, folder, dir);

	if (r == 0)
		r = check_place(ret->folder, dir);
	if (r < 0)
		return r;
	crypto_generichash(hash, sizeof(hash), (const uint8_t *)SUFFIX, strlen(SUFFIX), secret, STORE_KEY_BYTES);
	sodium_bin2hex(ret->id, sizeof(ret->id), hash, (sizeof(ret->id) - 1) / 2);
	return 0;
}

static int path_of(char ret[PATH_MAX], const struct ballot_keys *k, const char *room, uint32_t ask)
{
	if (!*room || room[strspn(room, NAME_SIGNS)])
		return -EINVAL;
	return snprintf(ret, PATH_MAX, "%s/%s.%s.%u", k->folder, k->id, room, ask) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int ballot_key_make(const struct ballot_keys *k, const char *room, uint32_t ask)
{
	uint8_t public_key[BALLOT_KEY_BYTES], secret[BALLOT_KEY_BYTES];
	char path[PATH_MAX];
	int r = path_of(path, k, room, ask);

	if (r < 0)
		return r;
	if (mkdir(k->folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (access(path, F_OK) == 0)
		return 0;
	crypto_box_keypair(public_key, secret);
	r = key_file_make(path, secret, sizeof(secret));
	sodium_memzero(secret, sizeof(secret));
	return r;
}

static int check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_size != BALLOT_KEY_BYTES)
		return -EBADMSG;
	return (st.st_uid != geteuid() && st.st_uid != 0) || (st.st_mode & 077) ? -EPERM : 0;
}

int ballot_key_read(const struct ballot_keys *k, const char *room, uint32_t ask, struct ballot_pair *ret)
{
	CLEANUP(closep) int fd = -1;
	char path[PATH_MAX];
	int r = path_of(path, k, room, ask);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	r = fd < 0 ? -errno : check_file(fd);
	if (r < 0)
		return r;
	if (read(fd, ret->secret, BALLOT_KEY_BYTES) != BALLOT_KEY_BYTES)
		return -EIO;
	crypto_scalarmult_base(ret->public_key, ret->secret);
	return 0;
}

/* What the file system keeps of it is no longer the key, where it overwrites in place at all. */
static void overwrite(const char *path)
{
	static const uint8_t nothing[BALLOT_KEY_BYTES];
	int fd = chmod(path, 0600) < 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return;
	if (write(fd, nothing, sizeof(nothing)) == (ssize_t)sizeof(nothing))
		fdatasync(fd);
	close(fd);
}

int ballot_key_unlink(const struct ballot_keys *k, const char *room, uint32_t ask)
{
	char path[PATH_MAX];
	int r = path_of(path, k, room, ask);

	if (r < 0)
		return r;
	if (access(path, F_OK) < 0)
		return errno == ENOENT ? 0 : -errno;
	overwrite(path);
	return key_file_unlink(path);
}

/* "ID.ROOM.ASK" of this database; false: something else. */
static bool parse_name(const struct ballot_keys *k, const char *name, char room[ROOM_ID_BYTES], uint32_t *ret_ask)
{
	size_t id = strlen(k->id), len;
	const char *ask;

	if (strncmp(name, k->id, id) != 0 || name[id] != '.')
		return false;
	name += id + 1;
	len = strspn(name, NAME_SIGNS);
	ask = name + len + 1;
	if (len == 0 || len >= ROOM_ID_BYTES || name[len] != '.' || !*ask || strlen(ask) > ASK_DIGITS_MAX || ask[strspn(ask, "0123456789")])
		return false;
	snprintf(room, ROOM_ID_BYTES, "%.*s", (int)len, name);
	*ret_ask = (uint32_t)strtoul(ask, NULL, 10);
	return true;
}

/* A file that key_file_make() has left: killed before it had the name. */
static void drop_half(const struct ballot_keys *k, const char *name)
{
	char path[PATH_MAX];

	if (strncmp(name, k->id, strlen(k->id)) == 0 && name[strlen(k->id)] == '.' &&
	    snprintf(path, sizeof(path), "%s/%s", k->folder, name) < (int)sizeof(path))
		key_file_unlink(path);
}

int ballot_keys_each(const struct ballot_keys *k, int (*fn)(void *user, const char *room, uint32_t ask), void *user)
{
	CLEANUP(closedirp) DIR *dir = opendir(k->folder);
	char room[ROOM_ID_BYTES];
	struct dirent *entry;
	uint32_t ask;
	int r = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (r == 0 && (entry = readdir(dir)))
		if (parse_name(k, entry->d_name, room, &ask))
			r = fn(user, room, ask);
		else
			drop_half(k, entry->d_name);
	return r;
}
