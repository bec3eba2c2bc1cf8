/* See period_file.h. */
#include "attendance/period_file.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "attendance/local_day.h"
#include "attendance/period_words.h"
#include "attendance/table/workbook.h"

#define NAME_WIDTH 34
#define KIND_WIDTH 12
#define FIGURE_WIDTH 11
#define DAY_WIDTH 12
#define TIME_WIDTH 20
#define HASH_WIDTH 20
#define TEXT_BYTES 600
#define OFFSET_MS 1000                  /* of the JSON's milliseconds, in microseconds */

/* Of persons all that is a person's. */
static const enum period_figure org_figures[] = {
	FIGURE_HELD, FIGURE_INVITED, FIGURE_ACCEPTED, FIGURE_ATTENDED, FIGURE_EXPECTED, FIGURE_ARRIVED, FIGURE_ON_LEAVE, FIGURE_ABSENT, FIGURE_GUESTS,
	FIGURE_PRESENT_S, FIGURE_UNPROVED_S, FIGURE_MET, FIGURE_SENT, FIGURE_MILLI_HOURS,
};
static const enum period_figure person_figures[] = {
	FIGURE_EXPECTED, FIGURE_ARRIVED, FIGURE_ON_LEAVE, FIGURE_ABSENT, FIGURE_PRESENT_S, FIGURE_UNPROVED_S, FIGURE_MET, FIGURE_SENT, FIGURE_MILLI_HOURS,
};

struct filing {
	struct book *book;              /* given */
	const json_t *page;             /* given */
	enum period_language language;
	bool persons, csv;
	const enum period_figure *figures;
	size_t n_figures;
	int32_t from, to;
	char top[TEXT_BYTES], bottom[TEXT_BYTES], rules[TEXT_BYTES];
};

static const char *word(const struct filing *f, enum period_word w)
{
	return period_word(f->language, w);
}

static const char *text(const json_t *j, const char *name)
{
	const char *t = json_string_value(json_object_get(j, name));

	return t ? t : "";
}

static int64_t number(const json_t *j, const char *name)
{
	return json_integer_value(json_object_get(j, name));
}

/* ---- a line of figures ---- */

struct line {
	struct book_cell cells[BOOK_COLUMNS_MAX];
	size_t n;
};

static void add_text(struct line *l, const char *t)
{
	l->cells[l->n++] = (struct book_cell){ .type = BOOK_TEXT, .text = t };
}

static void add_number(struct line *l, enum book_type type, int64_t n)
{
	l->cells[l->n++] = (struct book_cell){ .type = type, .number = n };
}

static enum book_type type_of(enum period_figure figure)
{
	switch (figure) {
	case FIGURE_PRESENT_S:
	case FIGURE_UNPROVED_S:
		return BOOK_MINUTES;
	case FIGURE_MILLI_HOURS:
		return BOOK_HOURS;
	default:
		return BOOK_COUNT;
	}
}

/* The rate stands behind what it is made of. */
static void add_figures(const struct filing *f, struct line *l, const json_t *j)
{
	for (size_t i = 0; i < f->n_figures; i++) {
		add_number(l, type_of(f->figures[i]), number(j, period_figure_name(f->figures[i])));
		if (f->figures[i] != FIGURE_ABSENT)
			continue;
		add_number(l, BOOK_PERCENT, number(j, "rate_permille"));
		l->cells[l->n - 1].none = !json_is_integer(json_object_get(j, "rate_permille"));
	}
}

/* A CSV file has no further sheet: each row says what it is of. */
static void add_marks(const struct filing *f, struct line *l)
{
	const json_t *known = json_object_get(f->page, "known");

	if (!f->csv)
		return;
	add_number(l, BOOK_DAY, f->from);
	add_number(l, BOOK_DAY, f->to);
	add_number(l, BOOK_TIME, number(f->page, "as_of_ms") * OFFSET_MS);
	add_number(l, BOOK_COUNT, number(known, "sequence"));
	add_number(l, BOOK_TIME, number(known, "time_ms") * OFFSET_MS);
	add_text(l, f->rules);
	add_number(l, BOOK_COUNT, number(f->page, "report"));
	add_text(l, text(f->page, "hash"));
}

struct columns {
	struct book_column list[BOOK_COLUMNS_MAX];
	size_t n;
};

static void add_column(struct columns *c, const char *header, uint8_t width)
{
	c->list[c->n++] = (struct book_column){ header, width };
}

static void add_figure_columns(const struct filing *f, struct columns *c)
{
	for (size_t i = 0; i < f->n_figures; i++) {
		add_column(c, period_figure_title(f->language, f->figures[i]), FIGURE_WIDTH);
		if (f->figures[i] == FIGURE_ABSENT)
			add_column(c, word(f, WORD_RATE), FIGURE_WIDTH);
	}
}

static void add_mark_columns(const struct filing *f, struct columns *c)
{
	static const enum period_word marks[] = { WORD_FROM, WORD_TO, WORD_AS_OF, WORD_KNOWN, WORD_KNOWN_AT, WORD_RULES, WORD_REPORT, WORD_HASH };

	for (size_t i = 0; f->csv && i < ARRAY_LEN(marks); i++)
		add_column(c, word(f, marks[i]), TIME_WIDTH);
}

static int begin(struct filing *f, const struct columns *c, enum period_word name, bool lookup)
{
	struct book_sheet s = { .name = word(f, name), .top = f->top, .bottom = f->bottom, .columns = c->list, .n_columns = c->n, .lookup = lookup };

	return book_begin_sheet(f->book, &s);
}

/* ---- the rows ---- */

static int put_item(struct filing *f, const json_t *item)
{
	struct line l = { .n = 0 };
	char name[TEXT_BYTES];

	snprintf(name, sizeof(name), "%s%s", text(item, "name"), json_is_true(json_object_get(item, "own")) ? word(f, WORD_OWN) : "");
	add_text(&l, name);
	add_text(&l, f->persons ? text(item, "org_name") : period_kind_word(f->language, text(item, "kind")));
	add_figures(f, &l, item);
	add_marks(f, &l);
	return book_row(f->book, l.cells, l.n, false);
}

static int put_sum(struct filing *f, const char *name, const json_t *figures)
{
	struct line l = { .n = 0 };

	add_text(&l, name);
	add_text(&l, "");
	add_figures(f, &l, figures);
	add_marks(f, &l);
	return book_row(f->book, l.cells, l.n, true);
}

static int put_rows(struct filing *f)
{
	struct columns c = { .n = 0 };
	const json_t *item, *others = json_object_get(f->page, "others");
	size_t i;
	int r;

	add_column(&c, word(f, f->persons ? WORD_PERSON : WORD_ORG), f->persons ? DAY_WIDTH : NAME_WIDTH);
	add_column(&c, word(f, f->persons ? WORD_HOME : WORD_KIND), f->persons ? NAME_WIDTH : KIND_WIDTH);
	add_figure_columns(f, &c);
	add_mark_columns(f, &c);
	r = begin(f, &c, WORD_SHEET_ROWS, true);
	json_array_foreach(json_object_get(f->page, "items"), i, item)
		if (r == 0)
			r = put_item(f, item);
	if (r == 0 && others)
		r = put_sum(f, word(f, WORD_OTHERS), others);
	return r < 0 ? r : put_sum(f, word(f, WORD_TOTAL), json_object_get(f->page, "total"));
}

/* ---- the months ---- */

static int put_month(struct filing *f, const json_t *month)
{
	struct line l = { .n = 0 };
	int year = 0, of_year = 0;

	if (sscanf(text(month, "month"), "%4d-%2d", &year, &of_year) != 2)
		return -EBADMSG;
	add_number(&l, BOOK_MONTH, year * 100 + of_year);
	add_figures(f, &l, month);
	return book_row(f->book, l.cells, l.n, false);
}

static int put_months(struct filing *f)
{
	struct columns c = { .n = 0 };
	struct line l = { .n = 0 };
	const json_t *month;
	size_t i;
	int r;

	add_column(&c, word(f, WORD_MONTH), DAY_WIDTH);
	add_figure_columns(f, &c);
	r = begin(f, &c, WORD_SHEET_MONTHS, false);
	json_array_foreach(json_object_get(f->page, "months"), i, month)
		if (r == 0)
			r = put_month(f, month);
	add_text(&l, word(f, WORD_TOTAL));
	add_figures(f, &l, json_object_get(f->page, "total"));
	return r < 0 ? r : book_row(f->book, l.cells, l.n, true);
}

/* ---- how it was made ---- */

static int put_fact(struct filing *f, enum period_word name, struct book_cell value)
{
	const struct book_cell cells[] = { { .type = BOOK_TEXT, .text = name == PERIOD_WORDS ? "" : word(f, name) }, value };

	return book_row(f->book, cells, ARRAY_LEN(cells), false);
}

static struct book_cell a_text(const char *t)
{
	return (struct book_cell){ .type = BOOK_TEXT, .text = t };
}

static struct book_cell a_number(enum book_type type, int64_t n)
{
	return (struct book_cell){ .type = type, .number = n };
}

static int put_about(struct filing *f)
{
	static const enum period_word notes[] = { WORD_NOTE_TREE, WORD_NOTE_RATE, WORD_NOTE_HOURS, WORD_NOTE_OTHERS };
	const json_t *known = json_object_get(f->page, "known");
	const struct { enum period_word name; struct book_cell value; } facts[] = {
		{ WORD_ORG, a_text(text(f->page, "org_name")) }, { WORD_FROM, a_number(BOOK_DAY, f->from) }, { WORD_TO, a_number(BOOK_DAY, f->to) },
		{ WORD_AS_OF, a_number(BOOK_TIME, number(f->page, "as_of_ms") * OFFSET_MS) }, { WORD_KNOWN, a_number(BOOK_COUNT, number(known, "sequence")) },
		{ WORD_KNOWN_AT, a_number(BOOK_TIME, number(known, "time_ms") * OFFSET_MS) }, { WORD_KNOWN_HASH, a_text(text(known, "hash")) },
		{ WORD_RULES, a_text(f->rules) }, { WORD_REPORT, a_number(BOOK_COUNT, number(f->page, "report")) }, { WORD_HASH, a_text(text(f->page, "hash")) },
	};
	struct columns c = { .n = 0 };
	int r;

	add_column(&c, word(f, WORD_ABOUT), HASH_WIDTH);
	add_column(&c, word(f, WORD_VALUE), 70);
	r = begin(f, &c, WORD_SHEET_ABOUT, false);
	for (size_t i = 0; i < ARRAY_LEN(facts) && r == 0; i++)
		r = put_fact(f, facts[i].name, facts[i].value);
	for (size_t i = 0; i < ARRAY_LEN(notes) && r == 0; i++)
		r = put_fact(f, PERIOD_WORDS, a_text(word(f, notes[i])));
	return r;
}

/* ---- the file ---- */

static void write_rules(struct filing *f)
{
	const json_t *version;
	size_t i, used = 0;

	json_array_foreach(json_object_get(f->page, "rules"), i, version) {
		int64_t v = json_integer_value(version);

		if (used + 32 >= sizeof(f->rules))
			break;
		if (v)
			used += (size_t)snprintf(f->rules + used, sizeof(f->rules) - used, "%s%" PRId64, used ? " " : "", v);
		else
			used += (size_t)snprintf(f->rules + used, sizeof(f->rules) - used, "%s%s", used ? " " : "", word(f, WORD_USUAL_RULE));
	}
}

static int prepare(struct filing *f)
{
	f->persons = strcmp(text(f->page, "level"), period_level_name(PERIOD_PERSONS)) == 0;
	f->figures = f->persons ? person_figures : org_figures;
	f->n_figures = f->persons ? ARRAY_LEN(person_figures) : ARRAY_LEN(org_figures);
	if (!json_is_object(f->page) || day_parse(&f->from, text(f->page, "from")) < 0 || day_parse(&f->to, text(f->page, "to")) < 0)
		return -EBADMSG;
	snprintf(f->top, sizeof(f->top), "%s · %s · %s – %s", text(f->page, "org_name"), word(f, WORD_TITLE), text(f->page, "from"), text(f->page, "to"));
	snprintf(f->bottom, sizeof(f->bottom), "%s %.16s…", word(f, WORD_HASH), text(f->page, "hash"));
	write_rules(f);
	return 0;
}

static int write_all(struct filing *f, char **ret_bytes, size_t *ret_len)
{
	int r = prepare(f);

	if (r == 0)
		r = put_rows(f);
	if (r == 0 && !f->csv)
		r = put_months(f);
	if (r == 0 && !f->csv)
		r = put_about(f);
	return r < 0 ? r : book_end(f->book, ret_bytes, ret_len);
}

int period_file_write(const char *page, enum table_format format, enum period_language language, char **ret_bytes, size_t *ret_len)
{
	CLEANUP(book_destroyp) struct book *book = NULL;
	struct filing f = { .language = language, .csv = format == TABLE_CSV };
	json_t *json = json_loads(page, 0, NULL);
	int r = book_create(&book, format);

	f.book = book;
	f.page = json;
	if (r == 0)
		r = write_all(&f, ret_bytes, ret_len);
	json_decref(json);
	return r;
}
