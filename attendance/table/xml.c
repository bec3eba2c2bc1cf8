/* See xml.h. */
#include "attendance/table/xml.h"

#include <errno.h>
#include <expat.h>
#include <stdbool.h>
#include <string.h>

#define SEPARATOR '|'           /* expat puts it between namespace and name */
#define PIECE_BYTES 32768

struct reading {
	XML_Parser parser;
	const struct xml_events *events;
	const struct xml_source *source;
	void *user;
	struct table_problem *err;
	unsigned depth;
	unsigned foreign_depth;         /* of the outermost foreign element that we are in; 0: none */
	int result;
};

static bool is_ours(const char *name, size_t namespace_len)
{
	static const char *const spaces[] = {
		"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
		"http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/package/2006/relationships",
	};

	for (size_t i = 0; i < ARRAY_LEN(spaces); i++)
		if (strlen(spaces[i]) == namespace_len && memcmp(spaces[i], name, namespace_len) == 0)
			return true;
	return false;
}

static const char *local_name(const char *name)
{
	const char *at = strrchr(name, SEPARATOR);

	return at ? at + 1 : name;
}

static void stop(struct reading *x, int result)
{
	if (x->result == 0)
		x->result = result;
	XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
	struct reading *x = user;
	const char *local = local_name(name);
	int r;

	if (++x->depth > XML_DEPTH_MAX) {
		stop(x, table_problem_set(x->err, TABLE_DAMAGED, 0, 0, x->source->name));
		return;
	}
	if (!x->foreign_depth && (local == name || !is_ours(name, (size_t)(local - name - 1))))
		x->foreign_depth = x->depth;
	if (x->foreign_depth || x->result < 0)
		return;
	r = x->events->on_start(x->user, local, attributes);
	if (r < 0)
		stop(x, r);
}

static void XMLCALL on_end(void *user, const char *name)
{
	struct reading *x = user;
	bool foreign = x->foreign_depth > 0;
	int r;

	if (x->foreign_depth == x->depth)
		x->foreign_depth = 0;
	x->depth--;
	r = foreign || x->result < 0 ? 0 : x->events->on_end(x->user, local_name(name));
	if (r < 0)
		stop(x, r);
}

static void XMLCALL on_text(void *user, const char *text, int len)
{
	struct reading *x = user;
	int r = x->foreign_depth || x->result < 0 ? 0 : x->events->on_text(x->user, text, (size_t)len);

	if (r < 0)
		stop(x, r);
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public, int internal)
{
	struct reading *x = user;

	(void)name, (void)system, (void)public, (void)internal;
	stop(x, table_problem_set(x->err, TABLE_DOCTYPE, 0, 0, x->source->name));
}

/* One piece; 0 at the end, 1 for more to come. */
static int feed(struct reading *x)
{
	void *piece = XML_GetBuffer(x->parser, PIECE_BYTES);
	ssize_t n;

	if (!piece)
		return -ENOMEM;
	n = x->source->read(x->source->user, piece, PIECE_BYTES, x->err);
	if (n < 0)
		return (int)n;
	if (XML_ParseBuffer(x->parser, (int)n, n == 0) == XML_STATUS_OK)
		return n > 0;
	if (x->result < 0)
		return x->result;
	return XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY ? -ENOMEM : table_problem_set(x->err, TABLE_DAMAGED, 0, 0, x->source->name);
}

int xml_read(const struct xml_source *source, const struct xml_events *events, void *user, struct table_problem *err)
{
	struct reading x = { .events = events, .source = source, .user = user, .err = err };
	int r;

	x.parser = XML_ParserCreateNS(NULL, SEPARATOR);
	if (!x.parser)
		return -ENOMEM;
	XML_SetUserData(x.parser, &x);
	XML_SetElementHandler(x.parser, on_start, on_end);
	XML_SetStartDoctypeDeclHandler(x.parser, on_doctype);
	if (events->on_text)
		XML_SetCharacterDataHandler(x.parser, on_text);
	do
		r = feed(&x);
	while (r > 0);
	XML_ParserFree(x.parser);
	return r;
}

const char *xml_attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(local_name(*attributes), name) == 0)
			return attributes[1];
	return NULL;
}
