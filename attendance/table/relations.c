/* See relations.h. */
#include "attendance/table/relations.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "media/base/mem.h"

struct reading {
	struct relations *relations;
	const char *base;               /* the part whose relations they are */
	struct table_problem *err;
};

static ssize_t read_part(void *user, void *ret, size_t size, struct table_problem *err)
{
	return archive_part_read(user, ret, size, err);
}

int archive_read_xml(struct archive *a, const char *name, const struct xml_events *events, void *user, struct table_problem *err)
{
	CLEANUP(archive_part_closep) struct archive_part *p = NULL;
	struct xml_source source = { .read = read_part, .name = name };
	int r = archive_part_open(&p, a, name, err);

	if (r < 0)
		return r;
	source.user = p;
	return xml_read(&source, events, user, err);
}

/* The last word of a relation's type names its kind, in the transitional and the strict form alike. */
static bool kind_of(enum relation_kind *ret, const char *type)
{
	static const char *const words[] = { "/officeDocument", "/worksheet", "/sharedStrings", "/styles" };
	const char *last = type ? strrchr(type, '/') : NULL;

	for (size_t i = 0; last && i < ARRAY_LEN(words); i++) {
		if (strcmp(last, words[i]) == 0) {
			*ret = (enum relation_kind)i;
			return true;
		}
	}
	return false;
}

/* Appends one step of a path to ret. False: it leads out of the package or is too long. */
static bool step(char ret[PART_NAME_BYTES], const char *name, size_t len)
{
	size_t at = strlen(ret);
	char *slash;

	if (len == 0 || (len == 1 && name[0] == '.'))
		return true;
	if (len == 2 && memcmp(name, "..", 2) == 0) {
		slash = strrchr(ret, '/');
		if (at == 0)
			return false;
		*(slash ? slash : ret) = 0;
		return true;
	}
	return (size_t)snprintf(ret + at, PART_NAME_BYTES - at, "%s%.*s", at ? "/" : "", (int)len, name) < PART_NAME_BYTES - at;
}

/* Follows `target` from the folder of `base`. */
static bool resolve(char ret[PART_NAME_BYTES], const char *base, const char *target)
{
	const char *slash = strrchr(base, '/');

	ret[0] = 0;
	if (strlen(target) >= PART_NAME_BYTES)
		return false;
	if (target[0] != '/' && slash)
		snprintf(ret, PART_NAME_BYTES, "%.*s", (int)(slash - base), base);
	while (*target) {
		size_t len = strcspn(target, "/\\");

		if (!step(ret, target, len))
			return false;
		target += len + (target[len] != 0);
	}
	return ret[0] != 0;
}

static int add(struct relations *all, const struct relation *one)
{
	struct relation *bigger = mem_realloc(all->all, (all->n + 1) * sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	all->all = bigger;
	all->all[all->n++] = *one;
	return 0;
}

static int on_start(void *user, const char *name, const char **attributes)
{
	struct reading *x = user;
	const char *id = xml_attribute(attributes, "Id"), *target = xml_attribute(attributes, "Target");
	const char *mode = xml_attribute(attributes, "TargetMode");
	struct relation one;

	if (strcmp(name, "Relationship") != 0 || !kind_of(&one.kind, xml_attribute(attributes, "Type")) ||
	    (mode && strcmp(mode, "External") == 0))
		return 0;
	if (!id || !target || strlen(id) >= RELATION_ID_BYTES || !resolve(one.part, x->base, target) || x->relations->n == RELATIONS_MAX)
		return table_problem_set(x->err, TABLE_DAMAGED, 0, 0, "rels");
	snprintf(one.id, sizeof(one.id), "%s", id);
	return add(x->relations, &one);
}

static int on_end(void *user, const char *name)
{
	(void)user, (void)name;
	return 0;
}

int relations_read(struct relations *ret, struct archive *a, const char *part, struct table_problem *err)
{
	static const struct xml_events events = { .on_start = on_start, .on_end = on_end };
	struct reading x = { ret, part, err };
	const char *slash = strrchr(part, '/');
	const char *file = slash ? slash + 1 : part;
	char name[2 * PART_NAME_BYTES];

	snprintf(name, sizeof(name), "%.*s_rels/%s.rels", (int)(file - part), part, file);
	return archive_read_xml(a, name, &events, &x, err);
}

void relations_done(struct relations *r)
{
	mem_free(r->all);
	*r = (struct relations){ 0 };
}

const struct relation *relations_find(const struct relations *r, enum relation_kind kind, const char *id)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->all[i].kind == kind && (!id || strcmp(r->all[i].id, id) == 0))
			return &r->all[i];
	return NULL;
}
