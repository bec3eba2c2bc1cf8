/* huitang serve. */
#include "media/base/hash.h"

#include "signaling/command_line.h"
#include "signaling/config.h"
#include "signaling/server.h"

int serve_main(int argc, char **argv)
{
	static struct config config;
	char err[CONFIG_ERROR_BYTES];
	int r = config_read(&config, argc, argv, stdout, err);

	if (r == 1)
		return 0;
	if (r < 0) {
		fprintf(stderr, "huitang serve: %s\n", err);
		return 2;
	}
	return server_run(&config) < 0 ? 1 : 0;
}
