/* huitang export: the journal as lines of JSON, while a server runs or not. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "attendance/event_form.h"
#include "attendance/export.h"
#include "signaling/command_line.h"

static const char help[] =
	"Usage: huitang export --data DIR [--room R] --format jsonl\n"
	"       huitang export --schema\n\n"
	"Prints the events on record, one JSON object a line, in order. docs/export.md explains them.\n\n"
	"  --data DIR        the server's data folder; the server may be running\n"
	"  --room R          the events of one room (all, with those of the server and the directory)\n"
	"  --format jsonl    lines of JSON\n"
	"  --schema          prints the JSON Schema of a line, and nothing else\n"
	"  --help            this text\n";

struct wanted {
	const char *data, *room, *format;
	bool schema;
};

static int complain(const char *what)
{
	fprintf(stderr, "huitang export: %s; see huitang export --help\n", what);
	return 2;
}

/* 0; 1 for --help; 2 wrong. */
static int read_options(struct wanted *w, int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' }, { "room", required_argument, NULL, 'r' }, { "format", required_argument, NULL, 'f' },
		{ "schema", no_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'd': w->data = optarg; break;
		case 'r': w->room = optarg; break;
		case 'f': w->format = optarg; break;
		case 's': w->schema = true; break;
		case 'h': fputs(help, stdout); return 1;
		default: return 2;
		}
	}
	if (optind < argc)
		return complain("unknown argument");
	if (w->schema)
		return 0;
	if (!w->data || !w->format)
		return complain("--data and --format must be given");
	return strcmp(w->format, "jsonl") == 0 ? 0 : complain("--format is jsonl");
}

int export_main(int argc, char **argv)
{
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	char err[STORE_ERROR_BYTES] = "";
	struct wanted w = { 0 };
	int r = read_options(&w, argc, argv);

	if (r)
		return r == 1 ? 0 : 2;
	if (w.schema) {
		event_form_write_schema(stdout);
		return 0;
	}
	r = store_open_reader(&reader, w.data, err);
	if (r == 0)
		r = export_write(stdout, reader, w.room, err);
	if (r == 0)
		return 0;
	fprintf(stderr, "huitang export: %s\n", err);
	return 1;
}
