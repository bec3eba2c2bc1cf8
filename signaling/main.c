/* huitang: one program, many commands. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/table/reader.h"
#include "media/base/macros.h"
#include "signaling/command_line.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} programs[] = {
	{ "serve", serve_main, "run the server" },
	{ "token", token_main, "print a token for scripts, encoders and tests" },
	{ "report", report_main, "print who was in a room and for how long" },
	{ "export", export_main, "print the events on record, for whoever wants to compute or verify anew" },
	{ "import", import_main, "take a table of people or organisations into the records" },
	{ "verify", verify_main, "check that the records are what was written" },
};

static void print_help(FILE *out)
{
	fputs("Usage: huitang COMMAND [options]\n\n", out);
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		fprintf(out, "  %-8s %s\n", programs[i].name, programs[i].about);
	fputs("\n`huitang COMMAND --help` tells the options.\n", out);
}

int main(int argc, char **argv)
{
	if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)) {
		print_help(stdout);
		return 0;
	}
	/* Hidden: we ourselves start it, to read a stranger's file. */
	if (argc == 2 && strcmp(argv[1], TABLE_READER_COMMAND) == 0)
		table_reader_main();
	if (sodium_init() < 0) {
		fputs("huitang: no source of randomness\n", stderr);
		return 1;
	}
	for (size_t i = 0; argc >= 2 && i < ARRAY_LEN(programs); i++)
		if (strcmp(argv[1], programs[i].name) == 0)
			return programs[i].run(argc - 1, argv + 1);
	if (argc >= 2)
		fprintf(stderr, "huitang: unknown command '%s'\n", argv[1]);
	print_help(stderr);
	return 2;
}
