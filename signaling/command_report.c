/* huitang report: the presence report of one room, or attendance and credit of an organisation over a period, while a server runs or not. */
#include <errno.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attendance/directory.h"
#include "attendance/local_day.h"
#include "attendance/period_file.h"
#include "attendance/period_page.h"
#include "attendance/report.h"
#include "media/base/clock.h"
#include "media/base/mem.h"
#include "signaling/command_line.h"

static const char help[] =
	"Usage: huitang report --data DIR --room R --format csv|json [--epoch E]\n"
	"       huitang report --data DIR --org O --from DAY --to DAY --format csv|json|xlsx [--level L] [--known ROW] [--lang zh|en]\n\n"
	"Of a room a row per seat: first join, last leave, seconds present, reconnects. Of an organisation what its classes came to in a period:\n"
	"sites, persons expected, arrived, on leave and absent, minutes, checks, hours credited, by the organisations as they were then.\n\n"
	"  --data DIR        the server's data folder; the server may be running\n"
	"  --format F        csv (UTF-8 with byte order mark), json, or xlsx (of an organisation)\n"
	"  --room R          the room's id\n"
	"  --epoch E         an earlier opening of the room (the last)\n"
	"  --org O           the organisation's id, or its code\n"
	"  --from DAY        first day, as 2026-11-26: of classes by their start, in their own zones\n"
	"  --to DAY          last day\n"
	"  --level L         a row for each of children (right below), orgs (all below) or persons (children)\n"
	"  --known ROW       as it was known by that row of the journal (the last)\n"
	"  --lang L          words of a csv or xlsx file, zh or en (zh)\n"
	"  --help            this text\n";

struct options {
	const char *data, *format, *room, *epoch, *org, *from, *to, *level, *known, *lang;
};

static int complain(const char *what)
{
	fprintf(stderr, "huitang report: %s; see huitang report --help\n", what);
	return 2;
}

/* 0; 1 for --help; 2 wrong. */
static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "data", required_argument, NULL, 'd' }, { "room", required_argument, NULL, 'r' }, { "format", required_argument, NULL, 'f' },
		{ "epoch", required_argument, NULL, 'e' }, { "org", required_argument, NULL, 'o' }, { "from", required_argument, NULL, 'a' },
		{ "to", required_argument, NULL, 'b' }, { "level", required_argument, NULL, 'l' }, { "known", required_argument, NULL, 'k' },
		{ "lang", required_argument, NULL, 'g' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'd': o->data = optarg; break;
		case 'r': o->room = optarg; break;
		case 'f': o->format = optarg; break;
		case 'e': o->epoch = optarg; break;
		case 'o': o->org = optarg; break;
		case 'a': o->from = optarg; break;
		case 'b': o->to = optarg; break;
		case 'l': o->level = optarg; break;
		case 'k': o->known = optarg; break;
		case 'g': o->lang = optarg; break;
		case 'h': fputs(help, stdout); return 1;
		default: return 2;
		}
	}
	if (optind < argc)
		return complain("unknown argument");
	if (!o->data || !o->format || !o->room == !o->org)
		return complain("--data, --format, and one of --room and --org must be given");
	if (o->room && (o->from || o->to || o->level || o->known || o->lang))
		return complain("--from, --to, --level, --known and --lang go with --org");
	if (o->org && (o->epoch || !o->from || !o->to))
		return complain("with --org go --from and --to, and no --epoch");
	return 0;
}

/* ---- of a room ---- */

static int report_room(struct store_reader *reader, const struct options *o, char err[STORE_ERROR_BYTES])
{
	struct report_cfg cfg = { .room = o->room, .epoch = o->epoch, .format = strcmp(o->format, "csv") == 0 ? REPORT_CSV : REPORT_JSON, .now_wall_us = clock_wall_us() };

	return report_write(stdout, reader, &cfg, err);
}

/* ---- of a period ---- */

static const struct org *find_org(const struct directory *d, const char *name)
{
	char *end;
	int64_t id = strtoll(name, &end, 10);
	const struct org *o = directory_org_code(d, name);

	return o ? o : *end ? NULL : directory_org(d, id);
}

static int fail(char err[STORE_ERROR_BYTES], int error, const char *what)
{
	snprintf(err, STORE_ERROR_BYTES, "%s", what);
	return error;
}

static int print_json(const char *page)
{
	json_t *j = json_loads(page, 0, NULL);
	int r = j ? 0 : -ENOMEM;

	json_object_del(j, "view");
	if (r == 0 && json_dumpf(j, stdout, JSON_INDENT(2)) < 0)
		r = -EIO;
	fputc('\n', stdout);
	json_decref(j);
	return r;
}

static int print_file(const char *page, const struct options *o)
{
	char *bytes = NULL;
	size_t len = 0;
	int r = period_file_write(page, strcmp(o->format, "xlsx") == 0 ? TABLE_XLSX : TABLE_CSV, o->lang && strcmp(o->lang, "en") == 0 ? PERIOD_EN : PERIOD_ZH, &bytes, &len);

	if (r == 0 && fwrite(bytes, 1, len, stdout) != len)
		r = -EIO;
	free(bytes);
	return r;
}

static int print(const char *page, const struct options *o, char err[STORE_ERROR_BYTES])
{
	int r;

	if (period_page_unknown(page))
		return fail(err, -EINVAL, "the journal has no row of the number of --known");
	r = strcmp(o->format, "json") == 0 ? print_json(page) : print_file(page, o);
	if (r == 0 && fflush(stdout) != 0)
		r = -EIO;
	return r < 0 ? fail(err, r, "the report could not be written") : 0;
}

static int report_period(struct store_reader *reader, const struct options *o, struct period_query *query, char err[STORE_ERROR_BYTES])
{
	const struct directory *d = store_reader_directory(reader);
	const struct org *org = d ? find_org(d, o->org) : NULL;
	CLEANUP(mem_freep) struct period_ask *ask = NULL;
	char *page = NULL;
	size_t len;
	int r;

	if (!d || !org)
		return fail(err, -ENOENT, d ? "there is no such organisation" : "the organisations could not be read");
	query->org = org->id;
	r = period_ask_make(&ask, &len, d, NULL, clock_wall_us(), query);
	if (r == 0)
		r = period_page_read(reader, ask, len, &page);
	r = r < 0 ? fail(err, r, "the report could not be made") : print(page, o, err);
	free(page);
	return r;
}

/* 0, or 2 wrong. */
static int read_query(struct period_query *ret, const struct options *o)
{
	char *end = NULL;

	if (day_parse(&ret->from, o->from) < 0 || day_parse(&ret->to, o->to) < 0 || ret->to < ret->from)
		return complain("--from and --to are days as 2026-11-26, in that order");
	if (o->level && !period_level_parse(&ret->level, o->level))
		return complain("--level is children, orgs or persons");
	if (o->lang && strcmp(o->lang, "zh") != 0 && strcmp(o->lang, "en") != 0)
		return complain("--lang is zh or en");
	if (o->known)
		ret->known = strtoll(o->known, &end, 10);
	return o->known && (*end || ret->known <= 0) ? complain("--known is the number of a row") : 0;
}

static int check_format(const struct options *o)
{
	if (strcmp(o->format, "csv") == 0 || strcmp(o->format, "json") == 0 || (o->org && strcmp(o->format, "xlsx") == 0))
		return 0;
	return complain(o->org ? "--format is csv, json or xlsx" : "--format is csv or json");
}

int report_main(int argc, char **argv)
{
	CLEANUP(store_reader_closep) struct store_reader *reader = NULL;
	struct period_query query = { .level = PERIOD_CHILDREN };
	char err[STORE_ERROR_BYTES] = "";
	struct options o = { 0 };
	int r = read_options(&o, argc, argv);

	if (r == 0)
		r = check_format(&o);
	if (r == 0 && o.org)
		r = read_query(&query, &o);
	if (r)
		return r == 1 ? 0 : 2;
	r = store_open_reader(&reader, o.data, err);
	if (r == 0)
		r = o.org ? report_period(reader, &o, &query, err) : report_room(reader, &o, err);
	if (r == 0)
		return 0;
	fprintf(stderr, "huitang report: %s\n", err);
	return 1;
}
