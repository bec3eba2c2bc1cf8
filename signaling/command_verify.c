/* huitang verify: whether the records are what was written. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attendance/credit_verify.h"
#include "attendance/index_verify.h"
#include "attendance/journal.h"
#include "attendance/minutes_verify.h"
#include "signaling/command_line.h"

static const char help[] =
	"Usage: huitang verify --data DIR [--head HASH]\n\n"
	"Reads the whole journal and checks its chain: no row is missing, doubled, reordered or changed. Rows whose contents were erased by\n"
	"order count as erased and do not break it. Prints the head of the chain: kept elsewhere, it shows later whether the end was cut off.\n"
	"Then checks what lies beside it: the audit log, lists of classes, sites and ballots, and the facts of organisations and persons that acts wrote.\n"
	"Then checks results of classes and the ledger of credit: the tables are what the journal says, each result is what the events of its class\n"
	"give when it is computed anew, each posting what a result or a granted appeal asked for. Then that sealed minutes are what was sealed.\n"
	"Ends with 1 and names the first bad row where something is wrong.\n\n"
	"  --data DIR        the server's data folder; the server may be running\n"
	"  --head HASH       a head that was printed before: the row must still be there\n"
	"  --help            this text\n";

struct options {
	const char *data;
	bool has_head;
	uint8_t head[CHAIN_HASH_BYTES];
};

static int complain(const char *what)
{
	fprintf(stderr, "huitang verify: %s; see huitang verify --help\n", what);
	return 2;
}

/* 0; 1 for --help; 2 wrong. */
static int read_options(struct options *ret, int argc, char **argv)
{
	static const struct option options[] = { { "data", required_argument, NULL, 'd' }, { "head", required_argument, NULL, 'H' }, { "help", no_argument, NULL, 'h' }, { 0 } };
	size_t len;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'd': ret->data = optarg; break;
		case 'H':
			ret->has_head = sodium_hex2bin(ret->head, sizeof(ret->head), optarg, strlen(optarg), NULL, &len, NULL) == 0 && len == sizeof(ret->head);
			if (!ret->has_head)
				return complain("--head is not 64 hexadecimal digits");
			break;
		case 'h': fputs(help, stdout); return 1;
		default: return 2;
		}
	}
	if (optind < argc)
		return complain("unknown argument");
	return ret->data ? 0 : complain("--data must be given");
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

/* Behind the kept head there may be more, but it must be there. */
static int check_head(struct store_reader *reader, const struct options *o, const struct chain_check *check)
{
	int64_t sequence;
	int r = o->has_head ? journal_find_head(reader, o->head, &sequence) : 0;

	if (r == -ENODATA)
		printf("journal: BROKEN: row %" PRId64 " is not there, or another: the head that was kept is not in the chain\n", check->sequence + 1);
	return r == -ENODATA ? 1 : r;
}

static int tell_index(const struct index_check *check)
{
	if (check->bad_sequence) {
		printf("tables: BROKEN: row %" PRId64 " %s\n", check->bad_sequence, check->why);
		return 1;
	}
	printf("tables: good, %" PRId64 " facts of %" PRId64 " acts\n", check->facts, check->acts);
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
static int verify(struct store_reader *reader, const struct options *o)
{
	struct chain_check chain = { 0 };
	enum chain_fault fault = CHAIN_OK;
	struct index_check index;
	struct credit_check credit;
	struct minutes_check minutes;
	int r = journal_verify(reader, &chain, &fault), broken;

	if (r < 0)
		return r;
	broken = tell(&chain, fault);
	r = broken ? 0 : check_head(reader, o, &chain);
	if (r < 0)
		return r;
	broken |= r;
	if (!broken) {
		r = index_verify(reader, &index);
		if (r < 0)
			return r;
		broken = tell_index(&index);
	}
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
	struct options o = { 0 };
	int r = read_options(&o, argc, argv);

	if (r)
		return r == 1 ? 0 : 2;
	r = store_open_reader(&reader, o.data, err);
	if (r == 0)
		r = verify(reader, &o);
	if (r >= 0)
		return r;
	fprintf(stderr, "huitang verify: %s\n", err);
	return 1;
}
