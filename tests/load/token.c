/* See token.h. */
#include "tests/load/token.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *token_make(const char *program, const char *data, const char *room, const char *role)
{
	const char *argv[] = { program, "token", "--data", data, "--room", room, "--role", role, NULL };
	g_autofree char *out = NULL, *err = NULL;
	g_autoptr(GError) error = NULL;
	int status = 0;

	if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error)) {
		fprintf(stderr, "huitang-load: %s: %s\n", program, error->message);
		return NULL;
	}
	if (!g_spawn_check_wait_status(status, NULL)) {
		fprintf(stderr, "huitang-load: no token for the room %s: %s", room, err);
		return NULL;
	}
	return strdup(g_strstrip(out));
}

char *token_program(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
	g_autofree char *path = g_build_filename(folder, "huitang", NULL);

	return strdup(path);
}
