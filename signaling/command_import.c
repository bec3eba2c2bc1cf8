/* huitang import: a table of people or organisations into the records of a server that is stopped. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "attendance/import/import.h"
#include "attendance/import/profile.h"
#include "attendance/table/file.h"
#include "attendance/table/reader.h"
#include "attendance/table/value.h"
#include "media/base/clock.h"
#include "media/base/mem.h"
#include "signaling/card_numbers.h"
#include "signaling/command_line.h"

#define STEP_ROWS 1000
#define TICKET 1
#define REFUSED 1
#define WRONG_USE 2

static const char help[] =
	"Usage: huitang import --data DIR --kind people|organisations [options] FILE\n\n"
	"Takes a CSV or XLSX table into the records; docs/import.md tells its columns. Rows that are not clear are refused, each with a sentence; all\n"
	"others are one act: all of it or nothing. The same file again changes nothing. While a server runs on the folder, import by its\n"
	"page or the API.\n\n"
	"  --data DIR        the server's data folder\n"
	"  --kind K          people or organisations\n"
	"  --org O           id or code: rows may name organisations at or below this one (any)\n"
	"  --sheet S         of a workbook (the first that is not hidden)\n"
	"  --profile P       for other headers: the name of a mapping profile that is kept for --org, or above it, or a file with a JSON object\n"
	"                    of header and field\n"
	"  --person-kind K   member, staff, talent or guest: people whom no column tells it of (as the titles say, else member)\n"
	"  --card-key FILE   key of card numbers (DIR.card-key)\n"
	"  --dry-run         tell what would happen, and write nothing\n"
	"  --help            this text\n\n"
	"Ends with 0 when no row was refused, with 1 when some were or nothing could be done, with 2 on wrong use.\n";

struct options {
	const char *data, *kind, *org, *sheet, *profile, *card_key, *person_kind, *file;
	bool dry_run;
};

struct run {
	struct options options;
	enum table_language language;
	int wake_fd;                    /* owned; -1 none */
	struct store *store;            /* owned */
	struct card_key *card_key;      /* owned */
	struct mapping_profile *profile;        /* owned */
	struct table *table;            /* owned */
	struct import *import;          /* owned */
	int written;                    /* 1: not yet; else as on_done() told it */
};

static int complain(const char *what)
{
	fprintf(stderr, "huitang import: %s; see huitang import --help\n", what);
	return WRONG_USE;
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "huitang import: %s: %s\n", what, why);
	return REFUSED;
}

/* -1: go on; else the exit status. */
static int read_options(struct options *ret, int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' }, { "kind", required_argument, NULL, 'k' }, { "org", required_argument, NULL, 'o' },
		{ "sheet", required_argument, NULL, 's' }, { "profile", required_argument, NULL, 'p' }, { "card-key", required_argument, NULL, 'c' },
		{ "person-kind", required_argument, NULL, 'k' + 256 }, { "dry-run", no_argument, NULL, 'n' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'd': ret->data = optarg; break;
		case 'k': ret->kind = optarg; break;
		case 'o': ret->org = optarg; break;
		case 's': ret->sheet = optarg; break;
		case 'p': ret->profile = optarg; break;
		case 'c': ret->card_key = optarg; break;
		case 'k' + 256: ret->person_kind = optarg; break;
		case 'n': ret->dry_run = true; break;
		case 'h': fputs(help, stdout); return 0;
		default: return WRONG_USE;
		}
	}
	if (!ret->data || !ret->kind || optind != argc - 1)
		return complain("--data, --kind and one file must be given");
	if (strcmp(ret->kind, "people") != 0 && strcmp(ret->kind, "organisations") != 0)
		return complain("--kind is people or organisations");
	if (ret->person_kind && !value_person_kind(ret->person_kind))
		return complain("--person-kind is member, staff, talent or guest");
	ret->file = argv[optind];
	return -1;
}

static enum table_kind kind_of(const struct run *u)
{
	return strcmp(u->options.kind, "people") == 0 ? TABLE_PEOPLE : TABLE_ORGANISATIONS;
}

static enum table_language own_language(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strncmp(value, "zh", 2) == 0 ? TABLE_CHINESE : TABLE_ENGLISH;
	}
	return TABLE_ENGLISH;
}

static int say_problem(const struct run *u, const char *what, const struct table_problem *p)
{
	char sentence[PROBLEM_SENTENCE_BYTES];

	table_problem_say(sentence, p, u->language);
	return fail(what, sentence);
}

/* ---- reading ---- */

/* At most `max` bytes; one more is read, so that a reader sees that it is too long. */
static int read_file(const char *path, size_t max, char **ret, size_t *ret_len)
{
	FILE *in = fopen(path, "rbe");
	char *bytes = in ? mem_zalloc(max + 1) : NULL;
	size_t len = bytes ? fread(bytes, 1, max + 1, in) : 0;
	int r = in && bytes && !ferror(in) ? 0 : fail(path, strerror(errno ? errno : EIO));

	if (in)
		fclose(in);
	if (r)
		mem_free(bytes);
	else {
		*ret = bytes;
		*ret_len = len;
	}
	return r;
}

static int read_table(struct run *u)
{
	CLEANUP(mem_freep) char *bytes = NULL;
	struct table_problem problem = { 0 };
	size_t len = 0;
	int r = read_file(u->options.file, TABLE_FILE_MAX, &bytes, &len);

	if (r)
		return r;
	r = table_read(&u->table, NULL, bytes, len, u->options.sheet, &problem);
	if (r == -EBADMSG)
		return say_problem(u, u->options.file, &problem);
	return r < 0 ? fail(u->options.file, strerror(-r)) : 0;
}

/* 0 any; -1 there is none. */
static int64_t find_org(const struct run *u)
{
	const struct directory *d = store_directory(u->store);
	const char *name = u->options.org;
	const struct org *o;

	if (!name)
		return 0;
	o = directory_org_code(d, name);
	if (!o && *name && strlen(name) <= 18 && strspn(name, "0123456789") == strlen(name))
		o = directory_org(d, atoll(name));
	return o && !o->closed_us ? o->id : -1;
}

/* One that is kept: for the organisation or above it, or without --org the only one of that name. NULL: a file, then. */
static const struct fact *find_profile(const struct run *u)
{
	const struct directory *d = store_directory(u->store);
	const struct fact *found = NULL, *f;
	int64_t org = find_org(u), now_us = clock_wall_us();

	if (org != 0)
		return import_profile_for(d, org, kind_of(u), u->options.profile, now_us);
	for (const struct org *o = NULL; (o = directory_next_org(d, o));) {
		f = import_profile_at(d, o->id, kind_of(u), u->options.profile, now_us);
		if (f && found)
			return NULL;
		found = f ? f : found;
	}
	return found;
}

static int read_profile(struct run *u)
{
	CLEANUP(mem_freep) char *bytes = NULL;
	struct table_problem problem = { 0 };
	size_t len = 0;
	const struct fact *kept = u->options.profile ? find_profile(u) : NULL;
	int r = u->options.profile && !kept ? read_file(u->options.profile, MAPPING_PROFILE_BYTES, &bytes, &len) : 0;

	if (r || !u->options.profile)
		return r;
	r = mapping_profile_read(&u->profile, kind_of(u), kept ? kept->note : bytes, kept ? strlen(kept->note) : len, &problem);
	if (r == -EBADMSG)
		return say_problem(u, u->options.profile, &problem);
	return r < 0 ? fail(u->options.profile, strerror(-r)) : 0;
}

/* ---- the records ---- */

/* Store thread. */
static void wake(void *user)
{
	const struct run *u = user;
	uint64_t one = 1;
	ssize_t ignored = write(u->wake_fd, &one, sizeof(one));

	(void)ignored;
}

static void on_done(void *user, uint64_t ticket, int64_t sequence, int error)
{
	struct run *u = user;

	(void)sequence;
	if (ticket == TICKET)
		u->written = error;
}

static int open_records(struct run *u)
{
	struct store_cfg cfg = { .dir = u->options.data, .wake = wake, .user = u };
	char err[STORE_ERROR_BYTES] = "", key_err[CARD_KEY_ERROR_BYTES] = "", path[4096];
	int r;

	snprintf(path, sizeof(path), "%s/huitang.db", u->options.data);
	if (access(path, F_OK) < 0)
		return fail(u->options.data, "there are no records here; start a server on this folder first");
	u->wake_fd = eventfd(0, EFD_CLOEXEC);
	r = u->wake_fd < 0 ? -errno : store_open(&u->store, &cfg, err);
	if (r == -EBUSY)
		return fail(u->options.data, "a server runs on this folder; import by its page or the API, or stop it first");
	if (r < 0)
		return fail(u->options.data, *err ? err : strerror(-r));
	if (kind_of(u) == TABLE_PEOPLE &&
	    card_numbers_open(&u->card_key, u->options.card_key ? u->options.card_key : "", u->options.data, store_directory(u->store), key_err) < 0)
		fprintf(stderr, "huitang import: %s; card numbers will be refused\n", *key_err ? key_err : "no card key");
	return 0;
}

/* Many a workbook begins with a sheet of instructions. */
static void tell_sheets(const struct run *u)
{
	size_t n = 0;
	const char *const *names = table_sheets(u->table, &n);

	for (size_t i = 0; n > 1 && i < n; i++)
		fprintf(stderr, u->language == TABLE_CHINESE ? "  工作表：%s（--sheet）\n" : "  it has a sheet %s (--sheet)\n", names[i]);
}

static int plan(struct run *u)
{
	struct import_cfg cfg = { .directory = store_directory(u->store), .org = find_org(u), .card_key = u->card_key, .profile = u->profile, .person_kind = u->options.person_kind, .now_us = clock_wall_us() };
	CLEANUP(mem_freep) struct table_problems *problems = mem_zalloc(sizeof(*problems));
	int r;

	if (cfg.org < 0)
		return fail(u->options.org, "there is no such organisation");
	if (!problems)
		return fail("plan", strerror(ENOMEM));
	r = import_begin(&u->import, &cfg, kind_of(u), u->table, problems);
	for (size_t i = 0; i < problems->n; i++)
		say_problem(u, u->options.file, &problems->all[i]);
	if (r < 0 && problems->n > 0 && problems->all[0].fault == TABLE_NO_HEADER)
		tell_sheets(u);
	while (r == 0)
		r = import_step(u->import, STEP_ROWS);
	if (r < 0 && problems->n == 0)
		return fail("plan", strerror(-r));
	return r < 0 ? REFUSED : 0;
}

/* As one act. */
static int post(struct run *u, struct changes *changes)
{
	static const struct store_events events = { .on_done = on_done };
	char detail[200];
	struct act act = { .detail = detail };
	struct pollfd p = { .fd = u->wake_fd, .events = POLLIN };
	uint64_t seen;
	int r;

	snprintf(act.name, sizeof(act.name), "%s", act_kind_name(ACT_IMPORT_RUN));
	snprintf(detail, sizeof(detail), "{\"kind\":\"%s\",\"added\":%zu,\"changed\":%zu,\"same\":%zu,\"refused\":%zu}", u->options.kind, import_count(u->import, IMPORT_ADDED),
	         import_count(u->import, IMPORT_CHANGED), import_count(u->import, IMPORT_SAME), import_count(u->import, IMPORT_REFUSED));
	r = changes_set_act(changes, &act);
	r = r < 0 ? r : store_start(u->store);
	r = r < 0 ? r : changes_post(u->store, changes, TICKET);
	for (u->written = 1; r == 0 && u->written == 1;) {
		if (poll(&p, 1, -1) > 0 && read(u->wake_fd, &seen, sizeof(seen)) > 0)
			store_dispatch(u->store, &events, u);
	}
	return r < 0 ? r : u->written;
}

static int apply(struct run *u)
{
	struct changes *changes = import_take_changes(u->import);
	int r = changes_n(changes) > 0 ? post(u, changes) : 0;

	u->store = store_close(u->store);       /* until then it may read them */
	changes_destroy(changes);
	return r < 0 ? fail(u->options.data, strerror(-r)) : 0;
}

/* ---- telling ---- */

static void print_refused(const struct run *u)
{
	char sentence[PROBLEM_SENTENCE_BYTES];

	for (size_t i = 0; i < import_n(u->import); i++) {
		struct import_row row = import_row(u->import, i);

		if (row.fate != IMPORT_REFUSED)
			continue;
		table_problem_say(sentence, &row.problem, u->language);
		printf(u->language == TABLE_CHINESE ? "第 %u 行 %s：%s\n" : "row %u %s: %s\n", row.number, row.name, sentence);
	}
}

static void print_counts(const struct run *u)
{
	size_t added = import_count(u->import, IMPORT_ADDED), changed = import_count(u->import, IMPORT_CHANGED), same = import_count(u->import, IMPORT_SAME);
	size_t refused = import_count(u->import, IMPORT_REFUSED);
	bool dry = u->options.dry_run;

	if (u->language == TABLE_CHINESE)
		printf("%s：新增 %zu，变更 %zu，不变 %zu，未导入 %zu\n", dry ? "试导入" : "已导入", added, changed, same, refused);
	else
		printf("%s: %zu added, %zu changed, %zu same, %zu refused\n", dry ? "would be" : "imported", added, changed, same, refused);
}

static int run(struct run *u)
{
	int r = open_records(u);

	r = r ? r : read_table(u);
	r = r ? r : read_profile(u);
	r = r ? r : plan(u);
	if (r)
		return r;
	print_refused(u);
	if (!u->options.dry_run)
		r = apply(u);
	if (r == 0)
		print_counts(u);
	return r ? r : import_count(u->import, IMPORT_REFUSED) > 0;
}

int import_main(int argc, char **argv)
{
	struct run u = { .wake_fd = -1, .language = own_language() };
	int r = read_options(&u.options, argc, argv);

	if (r >= 0)
		return r;
	r = run(&u);
	import_end(u.import);
	table_destroy(u.table);
	mapping_profile_destroy(u.profile);
	card_key_close(u.card_key);
	store_close(u.store);
	if (u.wake_fd >= 0)
		close(u.wake_fd);
	return r;
}
