/* Organisations as rows name them: by code, by name, by a path of names from above. Those of the directory and those of the file. */
#include <errno.h>
#include <string.h>

#include "attendance/import/state.h"
#include "media/base/mem.h"

#define PATH_BYTES 2048

struct named_org *import_org_by_id(const struct import *i, int64_t id)
{
	struct named_org *o;

	HASH_FIND(by_id, i->ids, &id, sizeof(id), o);
	return o;
}

struct named_org *import_org_by_code(const struct import *i, const char *code)
{
	struct named_org *o;

	HASH_FIND(by_code, i->codes, code, strlen(code), o);
	return o;
}

static struct named_org *first_of_name(const struct import *i, const char *name, size_t len)
{
	struct named_org *o;

	HASH_FIND(by_name, i->names, name, len, o);
	return o;
}

static void org_free(struct named_org *o)
{
	mem_free(o->name);
	mem_free(o->code);
	mem_free(o);
}

int import_org_add(struct import *i, int64_t id, int64_t parent, const char *name, const char *code, bool fresh, struct named_org **ret)
{
	struct named_org *o = mem_zalloc(sizeof(*o)), *first;

	if (!o)
		return -ENOMEM;
	o->id = id;
	o->parent = parent;
	o->fresh = fresh;
	o->name = mem_strdup(name);
	o->code = mem_strdup(code);
	if (o->name && o->code)
		HASH_ADD(by_id, i->ids, id, sizeof(o->id), o);
	if (!HASH_ADDED(by_id, o)) {
		org_free(o);
		return -ENOMEM;
	}
	first = first_of_name(i, name, strlen(name));
	if (first) {
		o->same = first->same;
		first->same = o;
	} else {
		HASH_ADD_KEYPTR(by_name, i->names, o->name, strlen(o->name), o);
	}
	if (*code && !import_org_by_code(i, code))
		HASH_ADD_KEYPTR(by_code, i->codes, o->code, strlen(o->code), o);
	if (ret)
		*ret = o;
	return first || HASH_ADDED(by_name, o) ? 0 : -ENOMEM;
}

static void forget_name(struct import *i, struct named_org *o)
{
	struct named_org *first = first_of_name(i, o->name, strlen(o->name)), *before = first;

	if (first == o) {
		HASH_DELETE(by_name, i->names, o);
		if (o->same)
			HASH_ADD_KEYPTR(by_name, i->names, o->same->name, strlen(o->same->name), o->same);
	}
	while (before && before != o && before->same != o)
		before = before->same;
	if (before && before != o)
		before->same = o->same;
	o->same = NULL;
	memset(&o->by_name, 0, sizeof(o->by_name));
}

int import_org_rename(struct import *i, struct named_org *o, const char *name)
{
	char *copy = mem_strdup(name);
	struct named_org *first;

	if (!copy)
		return -ENOMEM;
	forget_name(i, o);
	mem_free(o->name);
	o->name = copy;
	first = first_of_name(i, copy, strlen(copy));
	if (first) {
		o->same = first->same;
		first->same = o;
		return 0;
	}
	HASH_ADD_KEYPTR(by_name, i->names, o->name, strlen(o->name), o);
	return HASH_ADDED(by_name, o) ? 0 : -ENOMEM;
}

int import_orgs_load(struct import *i)
{
	const struct directory *d = i->cfg.directory;
	const struct org *o = NULL;
	int r = 0;

	while (r == 0 && (o = directory_next_org(d, o)))
		if (o->closed_us == 0 && (!i->cfg.org || directory_is_below(d, o->id, i->cfg.org)) && import_may(i, o->id))
			r = import_org_add(i, o->id, o->parent, o->name, o->code, false, NULL);
	return r;
}

void import_orgs_done(struct import *i)
{
	struct named_org *o, *next;

	HASH_CLEAR(by_name, i->names);
	HASH_CLEAR(by_code, i->codes);
	HASH_ITER(by_id, i->ids, o, next) {
		HASH_DELETE(by_id, i->ids, o);
		org_free(o);
	}
}

/* Whether the names before `len` of the path stand above it, in order; steps between them may be left out. */
static bool stands_below(const struct import *i, const struct named_org *o, const char *path, size_t len)
{
	while (len > 0) {
		const char *slash = memrchr(path, '/', len);
		size_t begin = slash ? (size_t)(slash - path) + 1 : 0, n = len - begin;

		do
			o = import_org_by_id(i, o->parent);
		while (o && (strlen(o->name) != n || memcmp(o->name, path + begin, n) != 0));
		if (!o)
			return false;
		len = begin ? begin - 1 : 0;
	}
	return true;
}

int import_org_find(const struct import *i, const char *text, struct named_org **ret)
{
	char path[PATH_BYTES], code[VALUE_CODE_BYTES];
	struct named_org *found = NULL;
	const char *last;
	int r = 0;

	*ret = value_code(code, text) == 0 ? import_org_by_code(i, code) : NULL;
	if (*ret || value_path(path, sizeof(path), text) < 0)
		return 0;
	last = strrchr(path, '/');
	last = last ? last + 1 : path;
	for (struct named_org *o = first_of_name(i, last, strlen(last)); o; o = o->same) {
		if (!stands_below(i, o, path, last > path ? (size_t)(last - path) - 1 : 0))
			continue;
		r = found ? -EEXIST : 0;
		found = o;
	}
	*ret = r < 0 ? NULL : found;
	return r;
}
