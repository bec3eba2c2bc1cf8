/* See xlsx_read.h. The package leads to the workbook, the workbook to its sheet, strings and styles. */
#include "attendance/table/xlsx_read.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "attendance/table/relations.h"
#include "attendance/table/sheet.h"
#include "media/base/utf8.h"

struct workbook {
	struct archive *archive;        /* owned */
	struct relations relations;     /* of the workbook */
	struct strings strings;
	struct styles styles;
	struct table *table;
	const char *wanted;             /* sheet; "" the first */
	struct table_problem *err;
	bool from_1904;
	char sheet_id[RELATION_ID_BYTES];       /* of the wanted sheet; "" not found yet */
};

static bool is_true(const char *text)
{
	return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
}

/* A sheet that is a chart has a relation of another kind, and does not count. */
static int on_sheet(struct workbook *b, const char *name, const char *state, const char *id)
{
	bool wanted = b->wanted[0] ? name && strcmp(name, b->wanted) == 0 : !state || strcmp(state, "visible") == 0;

	if (!name || !id || !relations_find(&b->relations, RELATION_SHEET, id))
		return 0;
	if (wanted && !b->sheet_id[0])
		snprintf(b->sheet_id, sizeof(b->sheet_id), "%s", id);
	return table_add_sheet(b->table, name);
}

static int on_start(void *user, const char *name, const char **attributes)
{
	struct workbook *b = user;

	if (strcmp(name, "workbookPr") == 0)
		b->from_1904 = is_true(xml_attribute(attributes, "date1904"));
	else if (strcmp(name, "sheet") == 0)
		return on_sheet(b, xml_attribute(attributes, "name"), xml_attribute(attributes, "state"), xml_attribute(attributes, "id"));
	return 0;
}

static int on_end(void *user, const char *name)
{
	(void)user, (void)name;
	return 0;
}

/* The part's name in `ret`. A zip without it is some other document. */
static int find_workbook(struct workbook *b, char ret[PART_NAME_BYTES])
{
	struct relations package = { 0 };
	const struct relation *document;
	int r = relations_read(&package, b->archive, "", b->err);

	document = r == 0 ? relations_find(&package, RELATION_DOCUMENT, NULL) : NULL;
	if (document)
		snprintf(ret, PART_NAME_BYTES, "%s", document->part);
	relations_done(&package);
	return (r == 0 && !document) || r == -ENOENT ? table_problem_set(b->err, TABLE_NOT_A_TABLE, 0, 0, NULL) : r;
}

static int absent_is_damaged(struct workbook *b, int r, const char *part)
{
	return r == -ENOENT ? table_problem_set(b->err, TABLE_DAMAGED, 0, 0, part) : r;
}

static int read_workbook(struct workbook *b)
{
	static const struct xml_events events = { .on_start = on_start, .on_end = on_end };
	char name[PART_NAME_BYTES];
	int r = find_workbook(b, name);

	if (r == 0)
		r = absent_is_damaged(b, relations_read(&b->relations, b->archive, name, b->err), name);
	if (r == 0)
		r = absent_is_damaged(b, archive_read_xml(b->archive, name, &events, b, b->err), name);
	if (r == 0 && !b->sheet_id[0])
		r = table_problem_set(b->err, TABLE_NO_SHEET, 0, 0, b->wanted);
	return r;
}

/* ---- the three parts that a sheet needs ---- */

static ssize_t read_part(void *user, void *ret, size_t size, struct table_problem *err)
{
	return archive_part_read(user, ret, size, err);
}

static int read_sheet(void *user, const struct xml_source *source, struct table_problem *err)
{
	struct workbook *b = user;
	struct sheet_cfg cfg = { &b->strings, &b->styles, b->from_1904 };

	return sheet_read(b->table, source, &cfg, err);
}

static int read_strings(void *user, const struct xml_source *source, struct table_problem *err)
{
	return strings_read(&((struct workbook *)user)->strings, source, err);
}

static int read_styles(void *user, const struct xml_source *source, struct table_problem *err)
{
	return styles_read(&((struct workbook *)user)->styles, source, err);
}

/* A workbook may do without strings and styles, but what it names must be there. */
static int read_related(struct workbook *b, enum relation_kind kind, const char *id,
                        int (*read)(void *user, const struct xml_source *source, struct table_problem *err))
{
	const struct relation *relation = relations_find(&b->relations, kind, id);
	CLEANUP(archive_part_closep) struct archive_part *part = NULL;
	struct xml_source source = { .read = read_part };
	int r;

	if (!relation)
		return 0;
	r = archive_part_open(&part, b->archive, relation->part, b->err);
	if (r < 0)
		return absent_is_damaged(b, r, relation->part);
	source.user = part;
	source.name = relation->part;
	return read(b, &source, b->err);
}

int xlsx_read(struct table *t, const void *bytes, size_t len, const char *sheet, struct table_problem *err)
{
	struct workbook b = { .table = t, .wanted = sheet ? sheet : "", .err = err };
	int r = archive_open(&b.archive, bytes, len, err);

	if (r == 0)
		r = read_workbook(&b);
	if (r == 0)
		r = read_related(&b, RELATION_STYLES, NULL, read_styles);
	if (r == 0)
		r = read_related(&b, RELATION_STRINGS, NULL, read_strings);
	if (r == 0)
		r = read_related(&b, RELATION_SHEET, b.sheet_id, read_sheet);
	if (r == 0 && table_rows(t) == 0)
		r = table_problem_set(err, TABLE_EMPTY, 0, 0, NULL);
	styles_done(&b.styles);
	strings_done(&b.strings);
	relations_done(&b.relations);
	archive_close(b.archive);
	return r;
}
