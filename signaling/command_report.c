/* huitang report: the presence report of one room, while a server runs or not. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "attendance/report.h"
#include "media/base/clock.h"
#include "signaling/command_line.h"

static const char help[] =
	"Usage: huitang report --data DIR --room R --format csv|json [--epoch E]\n\n"
	"Prints a row per seat: first join, last leave, seconds present, reconnects.\n\n"
	"  --data DIR        the server's data folder; the server may be running\n"
	"  --room R          the room's id\n"
	"  --format F        csv (UTF-8 with byte order mark) or json\n"
	"  --epoch E         an earlier opening of the room (the last)\n"
	"  --help            this text\n";

static int complain(const char *what)
{
	fprintf(stderr, "huitang report: %s; see huitang report --help\n", what);
	return 2;
}

/* 0; 1 for --help; 2 wrong. */
static int read_options(struct report_cfg *cfg, const char **ret_data, int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' }, { "room", required_argument, NULL, 'r' }, { "format", required_argument, NULL, 'f' },
		{ "epoch", required_argument, NULL, 'e' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	const char *format = NULL;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'd': *ret_data = optarg; break;
		case 'r': cfg->room = optarg; break;
		case 'f': format = optarg; break;
		case 'e': cfg->epoch = optarg; break;
		case 'h': fputs(help, stdout); return 1;
		default: return 2;
		}
	}
	if (optind < argc)
		return complain("unknown argument");
	if (!*ret_data || !cfg->room || !format)
		return complain("--data, --room and --format must be given");
	if (strcmp(format, "csv") != 0 && strcmp(format, "json") != 0)
		return complain("--format is csv or json");
	cfg->format = strcmp(format, "csv") == 0 ? REPORT_CSV : REPORT_JSON;
	return 0;
}

int report_main(int argc, char **argv)
{
	struct report_cfg cfg = { .now_wall_us = clock_wall_us() };
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	char err[STORE_ERROR_BYTES] = "";
	const char *data = NULL;
	int r = read_options(&cfg, &data, argc, argv);

	if (r)
		return r == 1 ? 0 : 2;
	r = store_open_reader(&reader, data, err);
	if (r == 0)
		r = report_write(stdout, reader, &cfg, err);
	if (r == 0)
		return 0;
	fprintf(stderr, "huitang report: %s\n", err);
	return 1;
}
