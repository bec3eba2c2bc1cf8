/* See csv_read.h. Debian's libcsv knows neither places of errors nor other separators than one set beforehand. */
#include "attendance/table/csv_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "attendance/table/csv_write.h"

#define LINES_LOOKED_AT 20

struct csv {
	char *at, *end;
	char separator;
	uint32_t row, column;
};

struct field {
	char *text;
	size_t len;
	bool last;              /* of its record */
};

/* ---- the separator ---- */

/* Counts `c` outside of quotation marks on the line at *at, and steps over the line. */
static size_t count_on_line(const char **at, const char *end, char c)
{
	bool quoted = false;
	size_t n = 0;

	for (; *at < end && (quoted || (**at != '\n' && **at != '\r')); (*at)++) {
		quoted ^= **at == '"';
		n += !quoted && **at == c;
	}
	while (*at < end && (**at == '\n' || **at == '\r'))
		(*at)++;
	return n;
}

struct parting {
	size_t lines;           /* of the first ones that it parts into as many fields as most */
	size_t most;            /* of one line */
};

static struct parting parting_by(const char *at, const char *end, char c)
{
	struct parting ret = { 0 };
	size_t n[LINES_LOOKED_AT];
	int lines = 0;

	for (; lines < LINES_LOOKED_AT && at < end; lines++) {
		n[lines] = count_on_line(&at, end, c);
		ret.most = MAX(ret.most, n[lines]);
	}
	for (int i = 0; i < lines; i++) {
		size_t alike = 0;

		for (int other = 0; other < lines && n[i] > 0; other++)
			alike += n[other] == n[i];
		ret.lines = MAX(ret.lines, alike);
	}
	return ret;
}

/* What stands within the fields parts lines in this way and that. */
static char find_separator(const char *text, const char *end)
{
	static const char candidates[] = { ',', '\t', ';', '|' };
	struct parting most = { 0 };
	char best = ',';

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		struct parting p = parting_by(text, end, candidates[i]);

		if (p.lines > most.lines || (p.lines == most.lines && p.most > most.most)) {
			most = p;
			best = candidates[i];
		}
	}
	return best;
}

/* ---- fields ---- */

/* Behind the field: steps over a separator or a line end. */
static void end_field(struct csv *c, struct field *f)
{
	f->last = c->at == c->end || *c->at != c->separator;
	if (c->at == c->end)
		return;
	if (*c->at == '\r' && c->at + 1 < c->end && c->at[1] == '\n')
		c->at++;
	c->at++;
}

static bool is_end(const struct csv *c)
{
	return c->at == c->end || *c->at == c->separator || *c->at == '\n' || *c->at == '\r';
}

/* Behind the opening mark, up to behind the closing one; doubled marks become one, in place. False: it is not closed. */
static bool unquote(struct csv *c, struct field *f)
{
	char *out = c->at;

	f->text = out;
	while (c->at < c->end) {
		if (*c->at == '"' && (++c->at == c->end || *c->at != '"')) {
			f->len = (size_t)(out - f->text);
			return true;
		}
		*out++ = *c->at++;
	}
	return false;
}

static int read_quoted(struct csv *c, struct field *f, struct table_problem *err)
{
	c->at++;
	if (!unquote(c, f))
		return table_problem_set(err, TABLE_QUOTE_OPEN, c->row, c->column, NULL);
	while (c->at < c->end && *c->at == ' ')
		c->at++;
	if (!is_end(c))
		return table_problem_set(err, TABLE_QUOTE, c->row, c->column, NULL);
	end_field(c, f);
	return 0;
}

static int read_field(struct csv *c, struct field *f, struct table_problem *err)
{
	if (c->at < c->end && *c->at == '"')
		return read_quoted(c, f, err);
	f->text = c->at;
	while (!is_end(c))
		c->at++;
	f->len = (size_t)(c->at - f->text);
	end_field(c, f);
	return 0;
}

/* "4.40106E+17", as a spreadsheet program shows and then saves a long number. */
static bool is_shortened(const char *text, size_t len)
{
	size_t at = 1;

	if (len < 6 || len > 24 || !isdigit((unsigned char)text[0]) || text[1] != '.')
		return false;
	while (++at < len && isdigit((unsigned char)text[at]))
		;
	if (at + 3 > len || (text[at] != 'E' && text[at] != 'e') || text[at + 1] != '+')
		return false;
	for (at += 2; at < len && isdigit((unsigned char)text[at]); at++)
		;
	return at == len;
}

/* What keeps a spreadsheet program from taking a text for a number: ="00123". */
static bool is_text_formula(const char *text, size_t len)
{
	return len > 3 && text[0] == '=' && text[1] == '"' && memchr(text + 2, '"', len - 2) == text + len - 1;
}

static int put_field(struct table *t, struct csv *c, struct field *f, struct table_problem *err)
{
	unsigned notes = is_shortened(f->text, f->len) ? CELL_NOTE_LOST_DIGITS : 0;
	size_t skip = csv_added_apostrophe(f->text, f->len);

	if (is_text_formula(f->text, f->len))
		return table_put(t, c->row, c->column, f->text + 2, f->len - 3, 0, err);
	return table_put(t, c->row, c->column, f->text + skip, f->len - skip, notes, err);
}

/* A first line "sep=;", as one spreadsheet program writes and heeds it. */
static void take_separator_line(struct csv *c)
{
	static const char word[] = "sep=";
	size_t len = (size_t)(c->end - c->at);

	if (len < sizeof(word) || strncasecmp(c->at, word, sizeof(word) - 1) != 0 || !strchr(",;\t|", c->at[4]) || !c->at[4])
		return;
	if (len > sizeof(word) && c->at[5] != '\n' && c->at[5] != '\r')
		return;
	c->separator = c->at[4];
	c->at += sizeof(word);
	if (c->end - c->at > 1 && c->at[0] == '\r' && c->at[1] == '\n')
		c->at++;
	c->at += c->at < c->end;
	c->row = 1;
}

int csv_read(struct table *t, char *text, size_t len, struct table_problem *err)
{
	struct csv c = { .at = text, .end = text + len, .separator = find_separator(text, text + len) };
	struct field f = { .last = true };
	int r = 0;

	take_separator_line(&c);
	while (r == 0 && c.at < c.end) {
		c.row = f.last ? c.row + 1 : c.row;
		c.column = f.last ? 1 : c.column + 1;
		r = read_field(&c, &f, err);
		if (r == 0)
			r = put_field(t, &c, &f, err);
	}
	if (r < 0)
		return r;
	return table_rows(t) == 0 ? table_problem_set(err, TABLE_EMPTY, 0, 0, NULL) : 0;
}
