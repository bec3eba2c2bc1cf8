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

/* Fields that one separator makes of the first lines, at the most of one line. */
static size_t most_on_a_line(const char *at, const char *end, char c)
{
	size_t most = 0;

	for (int i = 0; i < LINES_LOOKED_AT && at < end; i++) {
		size_t n = count_on_line(&at, end, c);

		most = MAX(most, n);
	}
	return most;
}

static char find_separator(const char *text, const char *end)
{
	static const char candidates[] = { ',', '\t', ';' };
	size_t most = 0;
	char best = ',';

	for (size_t i = 0; i < ARRAY_LEN(candidates); i++) {
		size_t n = most_on_a_line(text, end, candidates[i]);

		if (n > most) {
			most = n;
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
