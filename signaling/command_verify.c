/* huitang verify: whether the records are what was written. */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "attendance/journal.h"
#include "signaling/command_line.h"

static const char help[] =
	"Usage: huitang verify --data DIR\n\n"
	"Reads the whole journal and checks its chain: no row is missing, doubled, reordered or changed. Rows whose contents were erased by\n"
	"order count as erased and do not break it. Prints the head of the chain: kept elsewhere, it shows later whether the end was cut off.\n"
	"Ends with 1 and names the first bad row where the chain is broken.\n\n"
	"  --data DIR        the server's data folder; the server may be running\n"
	"  --help            this text\n";

static int complain(const char *what)
{
	fprintf(stderr, "huitang verify: %s; see huitang verify --help\n", what);
	return 2;
}

/* 0; 1 for --help; 2 wrong. */
static int read_options(const char **ret_data, int argc, char **argv)
{
	static const struct option options[] = { { "data", required_argument, NULL, 'd' }, { "help", no_argument, NULL, 'h' }, { 0 } };
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'd': *ret_data = optarg; break;
		case 'h': fputs(help, stdout); return 1;
		default: return 2;
		}
	}
	if (optind < argc)
		return complain("unknown argument");
	return *ret_data ? 0 : complain("--data must be given");
}

static int tell(const struct chain_check *check, enum chain_fault fault)
{
	static const char *const faults[] = {
		[CHAIN_SEQUENCE] = "is missing, doubled or out of order", [CHAIN_PREVIOUS] = "does not continue the row before",
		[CHAIN_HASH] = "was changed", [CHAIN_PAYLOAD] = "has other contents than were written",
	};
	char head[2 * CHAIN_HASH_BYTES + 1];

	if (fault != CHAIN_OK) {
		printf("journal: BROKEN: row %" PRId64 " %s\n", check->sequence + 1, faults[fault]);
		return 1;
	}
	printf("journal: good, %" PRId64 " rows, %" PRIu64 " of them erased, head %s\n", check->sequence, check->erased,
	       sodium_bin2hex(head, sizeof(head), check->head, sizeof(check->head)));
	return 0;
}

int verify_main(int argc, char **argv)
{
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	char err[STORE_ERROR_BYTES] = "the database cannot be read";
	struct chain_check check = { 0 };
	enum chain_fault fault = CHAIN_OK;
	const char *data = NULL;
	int r = read_options(&data, argc, argv);

	if (r)
		return r == 1 ? 0 : 2;
	r = store_open_reader(&reader, data, err);
	if (r == 0)
		r = journal_verify(reader, &check, &fault);
	if (r == 0)
		return tell(&check, fault);
	fprintf(stderr, "huitang verify: %s\n", err);
	return 1;
}
