/* See past.h. It is made in a folder beside the data folder, so that whoever is killed meanwhile begins anew. */
#include "signaling/past.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "media/base/clock.h"
#include "media/base/log.h"
#include "signaling/past_months.h"

#define DATABASE "huitang.db"
#define PATH_BYTES (CONFIG_TEXT_BYTES + 64)

static void path_of(char ret[PATH_BYTES], const char *dir, const char *name)
{
	snprintf(ret, PATH_BYTES, "%s%s", dir, name);
}

static void clear(const char *making)
{
	static const char *const left[] = { "/" DATABASE, "/" DATABASE "-wal", "/" DATABASE "-shm", "/lock" };
	char path[PATH_BYTES];

	for (size_t i = 0; i < ARRAY_LEN(left); i++) {
		path_of(path, making, left[i]);
		unlink(path);
	}
	path_of(path, making, ".ballot-keys");
	rmdir(path);
	rmdir(making);
}

static int live(const struct config *config, const char *making)
{
	int64_t now_us = clock_wall_us();
	struct world *w = NULL;
	int r = world_create(&w, config, making, now_us - MONTHS_DAYS * WORLD_DAY_US);

	if (r == 0)
		r = months_live(w, now_us);
	world_destroy(w);
	return r;
}

/* The file is whole, and nobody has it open: its log went into it as its server stopped. */
static int move_in(const struct config *config, const char *making)
{
	char from[PATH_BYTES], to[PATH_BYTES];

	path_of(from, making, "/" DATABASE);
	path_of(to, config->data, "/" DATABASE);
	if (mkdir(config->data, 0700) < 0 && errno != EEXIST)
		return -errno;
	return rename(from, to) < 0 ? -errno : 0;
}

int past_make(const struct config *config)
{
	char path[PATH_BYTES], making[CONFIG_TEXT_BYTES];
	int64_t begun_us = clock_boot_us();
	int r;

	path_of(path, config->data, "/" DATABASE);
	if (access(path, F_OK) == 0)
		return 0;
	if ((size_t)snprintf(making, sizeof(making), "%s.making", config->data) >= sizeof(making))
		return -ENAMETOOLONG;
	clear(making);
	r = live(config, making);
	if (r == 0)
		r = move_in(config, making);
	clear(making);
	log_event(r < 0 ? LOG_ERROR : LOG_INFO, "past.made err=%d ms=%lld", r, (long long)((clock_boot_us() - begun_us) / 1000));
	return r;
}
