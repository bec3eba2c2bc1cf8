/* huitang verify: whether the records are what was written. */
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "attendance/credit_verify.h"
#include "attendance/journal.h"
#include "attendance/minutes_verify.h"
#include "signaling/command_line.h"

static const char help[] =
	"Usage: huitang verify --data DIR\n\n"
	"Reads the whole journal and checks its chain: no row is missing, doubled, reordered or changed. Rows whose contents were erased by\n"
	"order count as erased and do not break it. Prints the head of the chain: kept elsewhere, it shows later whether the end was cut off.\n"
	"Then checks results of classes and the ledger of credit: the tables are what the journal says, each result is what the events of its class\n"
	"give when it is computed anew, each posting what a result or a granted appeal asked for. Then that sealed minutes are what was sealed.\n"
	"Ends with 1 and names the first bad row where something is wrong.\n\n"
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

static int tell_credit(const struct credit_check *check)
{
	if (check->bad_sequence) {
		printf("credit: BROKEN: row %" PRId64 " %s\n", check->bad_sequence, check->why);
		return 1;
	}
	printf("credit: good, %" PRId64 " classes (%" PRId64 " results not computed anew, for erased rows), %" PRId64 " results of persons, %" PRId64 " postings\n",
	       check->classes, check->erased, check->results, check->postings);
	return 0;
}

static int tell_minutes(const struct minutes_check *check)
{
	if (check->bad_sequence) {
		printf("minutes: BROKEN: row %" PRId64 " %s\n", check->bad_sequence, check->why);
		return 1;
	}
	printf("minutes: good, %" PRId64 " sealed (%" PRId64 " more not computed anew, for erased rows)\n", check->sealed, check->erased);
	return 0;
}

/* Which minutes were changed is told whatever else is wrong: they are what people look for. */
static int verify(struct store_reader *reader)
{
	struct chain_check chain = { 0 };
	enum chain_fault fault = CHAIN_OK;
	struct credit_check credit;
	struct minutes_check minutes;
	int r = journal_verify(reader, &chain, &fault), broken;

	if (r < 0)
		return r;
	broken = tell(&chain, fault);
	if (!broken) {
		r = credit_verify(reader, &credit);
		if (r < 0)
			return r;
		broken = tell_credit(&credit);
	}
	r = minutes_verify(reader, &minutes);
	return r < 0 ? r : tell_minutes(&minutes) | broken;
}

int verify_main(int argc, char **argv)
{
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	char err[STORE_ERROR_BYTES] = "the database cannot be read";
	const char *data = NULL;
	int r = read_options(&data, argc, argv);

	if (r)
		return r == 1 ? 0 : 2;
	r = store_open_reader(&reader, data, err);
	if (r == 0)
		r = verify(reader);
	if (r >= 0)
		return r;
	fprintf(stderr, "huitang verify: %s\n", err);
	return 1;
}
