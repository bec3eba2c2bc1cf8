/* See styles.h. */
#include "attendance/table/styles.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "media/base/mem.h"

struct reading {
	struct styles *styles;
	struct table_problem *err;
	bool in_cell_styles;            /* inside <cellXfs>; <cellStyleXfs> holds others */
};

static int grow(void **array, size_t *max, size_t n, size_t bytes)
{
	size_t wanted = MAX(2 * *max, (size_t)64);
	void *bigger;

	if (n < *max)
		return 0;
	bigger = mem_realloc(*array, wanted * bytes);
	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	*max = wanted;
	return 0;
}

static unsigned number_of(const char *text)
{
	return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static int add_format(struct reading *x, unsigned id, const char *code)
{
	struct styles *s = x->styles;

	if (s->n_formats == FORMATS_MAX)
		return table_problem_set(x->err, TABLE_DAMAGED, 0, 0, "number formats");
	if (grow((void **)&s->formats, &s->max_formats, s->n_formats, sizeof(*s->formats)) < 0)
		return -ENOMEM;
	s->formats[s->n_formats++] = (struct format){ id, number_kind_of_code(code ? code : "") };
	return 0;
}

static enum number_kind kind_of_format(const struct styles *s, unsigned id)
{
	for (size_t i = 0; i < s->n_formats; i++)
		if (s->formats[i].id == id)
			return s->formats[i].kind;
	return number_kind_of_id(id);
}

static int add_style(struct reading *x, unsigned format_id)
{
	struct styles *s = x->styles;

	if (s->n == STYLES_MAX)
		return table_problem_set(x->err, TABLE_DAMAGED, 0, 0, "styles");
	if (grow((void **)&s->kinds, &s->max, s->n, sizeof(*s->kinds)) < 0)
		return -ENOMEM;
	s->kinds[s->n++] = (uint8_t)kind_of_format(s, format_id);
	return 0;
}

/* Number formats stand before the styles that use them. */
static int on_start(void *user, const char *name, const char **attributes)
{
	struct reading *x = user;

	if (strcmp(name, "cellXfs") == 0)
		x->in_cell_styles = true;
	else if (strcmp(name, "xf") == 0 && x->in_cell_styles)
		return add_style(x, number_of(xml_attribute(attributes, "numFmtId")));
	else if (strcmp(name, "numFmt") == 0)
		return add_format(x, number_of(xml_attribute(attributes, "numFmtId")), xml_attribute(attributes, "formatCode"));
	return 0;
}

static int on_end(void *user, const char *name)
{
	struct reading *x = user;

	if (strcmp(name, "cellXfs") == 0)
		x->in_cell_styles = false;
	return 0;
}

int styles_read(struct styles *ret, const struct xml_source *source, struct table_problem *err)
{
	static const struct xml_events events = { .on_start = on_start, .on_end = on_end };
	struct reading x = { .styles = ret, .err = err };

	return xml_read(source, &events, &x, err);
}

void styles_done(struct styles *s)
{
	mem_free(s->kinds);
	mem_free(s->formats);
	*s = (struct styles){ 0 };
}

enum number_kind styles_kind(const struct styles *s, size_t style)
{
	return style < s->n ? (enum number_kind)s->kinds[style] : NUMBER_PLAIN;
}
